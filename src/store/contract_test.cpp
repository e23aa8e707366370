// Contract: writing, the slot ledger, loading.

#include "store/contract_world.h"

namespace takt::store {
namespace {

using core::Outcome;
using core::Reason;
using core::RunState;

template <class World>
class StoreContract : public Contract<World> {};

TYPED_TEST_SUITE(StoreContract, Worlds, WorldNames);

// --- writing -------------------------------------------------------------------------------------

TYPED_TEST(StoreContract, ANewStoreIsEmpty) {
  const auto stored = this->world_.store().load().value();
  EXPECT_FALSE(stored.fleet);
  EXPECT_TRUE(stored.jobs.empty() && stored.heartbeats.empty() && stored.open_runs.empty());
  EXPECT_TRUE(stored.open_attempts.empty() && stored.durations.empty());
  EXPECT_TRUE(this->world_.history().runs({}).value().empty());
  EXPECT_FALSE(this->world_.history().fleet().value());
}

TYPED_TEST(StoreContract, BatchesAreRecordedInOrder) {
  for (int seq = 1; seq <= 500; ++seq) {
    this->world_.store().submit(batch(seq, {event_row(seq), event_row(1, "the last wins")}));
  }
  EXPECT_TRUE(this->world_.store().flush(std::chrono::seconds{30}));
  EXPECT_EQ(this->world_.store().backlog(), 0U);
  Seq before;
  for (const auto& said : this->world_.heard.all()) {
    EXPECT_EQ(said.what, Heard::Said::What::recorded);
    EXPECT_GT(said.seq, before);
    before = said.seq;
  }
  EXPECT_EQ(before, Seq{500});
  EXPECT_EQ(this->world_.history().events({.window = {.all = true}}).value().size(), 500U);
  EXPECT_EQ(this->world_.history().fleet().value()->last_event, EventId{500});
}

TYPED_TEST(StoreContract, ABatchCountsAsBacklogUntilItsRecordedHasReturned) {
  std::size_t seen = 0;
  this->world_.heard.on_recorded = [&](Seq) { seen = this->world_.store().backlog(); };
  this->write(batch(1));
  EXPECT_TRUE(this->world_.store().flush(std::chrono::seconds{30}));
  EXPECT_EQ(seen, 1U);
  EXPECT_EQ(this->world_.store().backlog(), 0U);
}

TYPED_TEST(StoreContract, WhatIsRecordedIsThereForReaders) {
  bool there = false;
  this->world_.heard.on_recorded = [&](Seq) {
    there = this->world_.history().runs({.run = RunId{1}}).value().size() == 1;
  };
  this->write(batch(1, {run_row(1)}));
  EXPECT_TRUE(there);
}

TYPED_TEST(StoreContract, ASyncedBatchIsRecordedToo) {
  core::Batch made = batch(1, {run_row(1)});
  made.synced = true;
  this->write(made);
  this->write(batch(2, {run_row(2)}));
  EXPECT_EQ(this->run_ids({}), (std::vector<std::int64_t>{2, 1}));
}

TYPED_TEST(StoreContract, ABatchWrittenTwiceChangesNothing) {
  const core::Batch made =
      batch(1, {run_row(1), attempt_row(1, 1, 1), event_row(1), slots_row(2, 3, Reason::paused),
                core::HeartbeatRow{.job = "post"}, core::JobRow{.job = "post"}, core::NodeRow{}});
  this->write(made);
  core::Batch again = made;
  again.seq = Seq{2};
  this->write(again);
  const auto runs = this->world_.history().runs({}).value();
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_EQ(runs[0].attempts.size(), 1U);
  EXPECT_EQ(this->world_.history().events({}).value().size(), 1U);
  EXPECT_TRUE(
      same(this->world_.history().slots({}).value(), std::vector{slots_row(2, 3, Reason::paused)}));
}

TYPED_TEST(StoreContract, ARowReplacesTheOneWithItsKey) {
  this->write(batch(1, {run_row(1), attempt_row(1, 1, 1)}));
  auto ended = good_run(1, std::chrono::seconds{5});
  auto attempt = attempt_row(1, 1, 1);
  attempt.outcome = Outcome::ok;
  attempt.exit_code = 0;
  this->write(batch(2, {ended, attempt}));
  const auto runs = this->world_.history().runs({}).value();
  ASSERT_EQ(runs.size(), 1U);
  EXPECT_TRUE(same(runs[0].run, ended));
  EXPECT_TRUE(same(runs[0].attempts, std::vector{attempt}));
}

// --- slots ---------------------------------------------------------------------------------------

TYPED_TEST(StoreContract, NeighbouringSlotsThatEndedAlikeAreOneRow) {
  this->write(batch(1, {slots_row(1, 1, Reason::paused), slots_row(2, 2, Reason::paused)}));
  this->write(batch(2, {slots_row(3, 5, Reason::paused), slots_row(6, 6, Reason::overlap),
                        slots_row(8, 8, Reason::overlap), slots_row(4, 4, Reason::paused)}));
  EXPECT_TRUE(same(this->world_.history().slots({.job = "post"}).value(),
                   std::vector{slots_row(8, 8, Reason::overlap), slots_row(6, 6, Reason::overlap),
                               slots_row(1, 5, Reason::paused)}));
}

TYPED_TEST(StoreContract, RangesOfDifferentJobsStayApart) {
  this->write(batch(1, {slots_row(1, 1, Reason::down, "a"), slots_row(2, 2, Reason::down, "b")}));
  EXPECT_EQ(this->world_.history().slots({}).value().size(), 2U);
}

TYPED_TEST(StoreContract, TheLedgerHasEveryDecidedSlotOnce) {
  auto waiting = run_row(4);
  auto by_hand = good_run(5, std::chrono::seconds{1});
  by_hand.slot_number.reset();
  by_hand.slot_at.reset();
  auto ran = good_run(1, std::chrono::seconds{1});
  ran.gates = {core::Gate{.gate = core::GateName::node, .answer = core::GateAnswer::hold}};
  this->write(batch(1, {ran, slots_row(2, 3, Reason::overlap), waiting, by_hand}));
  const auto slots = this->world_.history().slots({.job = "post"}).value();
  ASSERT_EQ(slots.size(), 2U);
  EXPECT_TRUE(same(slots[0], slots_row(2, 3, Reason::overlap)));
  EXPECT_EQ(slots[1].first, 1);
  EXPECT_EQ(slots[1].last, 1);
  EXPECT_EQ(slots[1].run, RunId{1});
  EXPECT_EQ(slots[1].disposition, core::Disposition::ran);
  EXPECT_EQ(slots[1].at, at(1));
  EXPECT_EQ(slots[1].decided_at, at(1));
  EXPECT_EQ(slots[1].gates, ran.gates);
}

TYPED_TEST(StoreContract, TheLedgerOfAllJobsIsNewestFirstByItsLastSlot) {
  this->write(
      batch(1, {slots_row(1, 9, Reason::down, "a"), slots_row(5, 5, Reason::down, "b"),
                good_run(7, std::chrono::seconds{1}, "c"), slots_row(5, 5, Reason::down, "a0")}));
  std::string jobs;
  const auto slots = this->world_.history().slots({}).value();
  for (const auto& slot : slots) jobs += slot.job + " ";
  EXPECT_EQ(jobs, "a c a0 b ");
  EXPECT_EQ(this->world_.history().slots({.window = {.limit = 2}}).value().size(), 2U);
  EXPECT_EQ(this->world_.history().slots({.window = {.since = at(7)}}).value().size(), 2U);
}

// --- loading -------------------------------------------------------------------------------------

TYPED_TEST(StoreContract, LoadGivesBackWhatWasWrittenBeforeTheEnd) {
  const core::JobRow job{.job = "post", .schedule = "every 5m", .next_number = 7, .next_at = at(9)};
  const core::HeartbeatRow heartbeat{
      .job = "post", .state = core::JobState::retrying, .attempt = 2};
  auto retrying = run_row(2);
  retrying.state = RunState::retrying;
  core::Batch made =
      batch(1, {job, heartbeat, good_run(1, std::chrono::seconds{4}), run_row(3),
                attempt_row(1, 1, 1), attempt_row(3, 2, 2), attempt_row(2, 2, 1), retrying});
  made.fleet.last_token = Token{3};
  this->write(made);
  this->world_.reopen();
  const auto stored = this->world_.store().load().value();
  ASSERT_TRUE(stored.fleet);
  EXPECT_TRUE(same(*stored.fleet, made.fleet));
  EXPECT_TRUE(same(stored.jobs, std::vector{job}));
  EXPECT_TRUE(same(stored.heartbeats, std::vector{heartbeat}));
  EXPECT_TRUE(same(stored.open_runs, std::vector{retrying, run_row(3)}));
  EXPECT_TRUE(same(stored.open_attempts, std::vector{attempt_row(2, 2, 1), attempt_row(3, 2, 2)}));
  EXPECT_EQ(stored.durations.at("post"), std::vector<Duration>{std::chrono::seconds{4}});
}

TYPED_TEST(StoreContract, DurationsAreThoseOfTheLastFiftyGoodRunsOldestFirst) {
  std::vector<core::Row> rows;
  for (int i = 1; i <= 60; ++i) rows.emplace_back(good_run(i, std::chrono::seconds{i}));
  auto failed = good_run(61, std::chrono::seconds{999});
  failed.outcome = Outcome::failed;
  rows.emplace_back(failed);
  rows.emplace_back(good_run(62, std::chrono::seconds{3}, "other"));
  rows.emplace_back(run_row(63, "never ran"));
  this->write(batch(1, std::move(rows)));
  const auto durations = this->world_.store().load().value().durations;
  ASSERT_EQ(durations.size(), 2U);
  ASSERT_EQ(durations.at("post").size(), 50U);
  EXPECT_EQ(durations.at("post").front(), std::chrono::seconds{11});
  EXPECT_EQ(durations.at("post").back(), std::chrono::seconds{60});
  EXPECT_EQ(durations.at("other"), std::vector<Duration>{std::chrono::seconds{3}});
}

TYPED_TEST(StoreContract, ANewIncarnationCountsItsBatchesFromOneAgain) {
  this->write(batch(1, {run_row(1)}));
  this->world_.reopen();
  this->write(batch(1, {run_row(2)}));
  EXPECT_TRUE(this->world_.store().flush(std::chrono::seconds{30}));
  EXPECT_EQ(this->run_ids({}), (std::vector<std::int64_t>{2, 1}));
}

}  // namespace
}  // namespace takt::store
