// Contract: a store that fails for a while.

#include <algorithm>

#include "store/contract_world.h"

namespace takt::store {
namespace {

template <class World>
class OutageContract : public Contract<World> {
 protected:
  /// Batches first..last, an event and a run each.
  void submit(int first, int last) {
    for (int seq = first; seq <= last; ++seq) {
      this->world_.store().submit(batch(seq, {event_row(seq), run_row(seq)}));
    }
  }
};

TYPED_TEST_SUITE(OutageContract, Worlds, WorldNames);

TYPED_TEST(OutageContract, EverythingIsJournaledMeanwhileAndRecordedAfterwards) {
  this->write(batch(1, {event_row(1), run_row(1)}));
  this->world_.fail();
  this->submit(2, 5);
  ASSERT_TRUE(this->world_.heard.wait_journaled(Seq{5}));
  EXPECT_EQ(this->world_.store().backlog(), 4U);
  EXPECT_EQ(this->run_ids({}), std::vector<std::int64_t>{1});
  this->world_.heal();
  ASSERT_TRUE(this->world_.heard.wait_recorded(Seq{5}));
  EXPECT_EQ(this->run_ids({}), (std::vector<std::int64_t>{5, 4, 3, 2, 1}));
  const auto said = this->world_.heard.all();
  const auto back = std::ranges::find(said, Heard::Said::What::back, &Heard::Said::what);
  ASSERT_NE(back, said.end());
  EXPECT_EQ(back->outage.journaled, 4);
  EXPECT_EQ(back->outage.held, 0);
}

TYPED_TEST(OutageContract, WhatWasJournaledIsThereAfterAnEndInTheMiddleOfIt) {
  this->world_.fail();
  this->submit(1, 3);
  ASSERT_TRUE(this->world_.heard.wait_journaled(Seq{3}));
  this->world_.reopen();
  const auto stored = this->world_.store().load().value();
  EXPECT_EQ(stored.journal_replayed, 3);
  EXPECT_EQ(stored.open_runs.size(), 3U);
  EXPECT_EQ(stored.fleet->last_event, EventId{3});
  this->world_.heal();
  this->submit(4, 4);
  ASSERT_TRUE(this->world_.heard.wait_recorded(Seq{4}));
  EXPECT_EQ(this->run_ids({}), (std::vector<std::int64_t>{4, 3, 2, 1}));
  this->world_.reopen();
  EXPECT_EQ(this->world_.store().load().value().journal_replayed, 0);
}

TYPED_TEST(OutageContract, WhenTheJournalIsFullTheRestWaitsInMemory) {
  this->world_.fail();
  for (int seq = 1; seq <= 12; ++seq) {
    this->world_.store().submit(batch(seq, {event_row(seq, std::string(100'000, 'j'))}));
  }
  ASSERT_TRUE(this->world_.heard.wait_journal_full());
  this->world_.heal();
  ASSERT_TRUE(this->world_.heard.wait_recorded(Seq{12}));
  const auto story = this->world_.heard.story();
  EXPECT_TRUE(story.ends_with(" journaled(10) journal_full back recorded(12)")) << story;
  EXPECT_EQ(this->world_.history().events({.window = {.all = true}}).value().size(), 12U);
}

TYPED_TEST(OutageContract, LoadingTellsOfTheLastDaemon) {
  EXPECT_FALSE(this->world_.store().load().value().last_node);
  core::NodeRow first;
  first.node = NodeId{"ffff"};
  first.boot_id = "a";
  core::NodeRow second;
  second.node = NodeId{"0000"};
  second.boot_id = "b";
  this->write(batch(1, {first}));
  this->write(batch(2, {second}));
  first.stopped_at = at(1);
  this->write(batch(3, {first}));
  EXPECT_EQ(this->world_.store().load().value().last_node->node, second.node);
}

}  // namespace
}  // namespace takt::store
