// Contract: what history tells, in which order, within which window.

#include "store/contract_world.h"

namespace takt::store {
namespace {

using core::RunState;

template <class World>
class HistoryContract : public Contract<World> {};

TYPED_TEST_SUITE(HistoryContract, Worlds, WorldNames);

TYPED_TEST(HistoryContract, RunsAreNewestFirstAndTheLastFiftyUnlessToldOtherwise) {
  std::vector<core::Row> rows;
  for (int i = 1; i <= 60; ++i) rows.emplace_back(run_row(i));
  this->write(batch(1, std::move(rows)));
  const auto ids = this->run_ids({});
  ASSERT_EQ(ids.size(), 50U);
  EXPECT_EQ(ids.front(), 60);
  EXPECT_EQ(ids.back(), 11);
  EXPECT_EQ(this->run_ids({.window = {.limit = 2}}), (std::vector<std::int64_t>{60, 59}));
  EXPECT_EQ(this->run_ids({.window = {.limit = 0}}).size(), 0U);
  EXPECT_EQ(this->run_ids({.window = {.all = true}}).size(), 60U);
  EXPECT_EQ(this->run_ids({.window = {.since = at(3), .limit = 1}}).size(), 58U);
}

TYPED_TEST(HistoryContract, RunsAreChosenByJobRunAndState) {
  this->write(batch(1, {good_run(1, std::chrono::seconds{1}), run_row(2), run_row(3, "plan")}));
  EXPECT_EQ(this->run_ids({.job = "post"}), (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(this->run_ids({.run = RunId{3}}), (std::vector<std::int64_t>{3}));
  EXPECT_EQ(this->run_ids({.state = RunState::waiting}), (std::vector<std::int64_t>{3, 2}));
  EXPECT_EQ(this->run_ids({.job = "post", .state = RunState::ended}),
            (std::vector<std::int64_t>{1}));
  EXPECT_TRUE(this->run_ids({.job = "nobody"}).empty());
}

TYPED_TEST(HistoryContract, AttemptsAreOldestFirst) {
  this->write(batch(1, {run_row(1), attempt_row(9, 1, 2), attempt_row(4, 1, 1), run_row(2),
                        attempt_row(10, 2, 1), run_row(3)}));
  const auto runs = this->world_.history().runs({.window = {.limit = 3}}).value();
  ASSERT_EQ(runs.size(), 3U);
  EXPECT_TRUE(runs[0].attempts.empty());
  EXPECT_TRUE(same(runs[1].attempts, std::vector{attempt_row(10, 2, 1)}));
  EXPECT_TRUE(same(runs[2].attempts, std::vector{attempt_row(4, 1, 1), attempt_row(9, 1, 2)}));
}

TYPED_TEST(HistoryContract, EventsAreNewestFirstWithinTheirWindow) {
  std::vector<core::Row> rows;
  for (int i = 1; i <= 60; ++i) rows.emplace_back(event_row(i));
  this->write(batch(1, std::move(rows)));
  auto& history = this->world_.history();
  EXPECT_EQ(history.events({}).value().size(), 50U);
  EXPECT_EQ(history.events({}).value().front().id, EventId{60});
  EXPECT_EQ(history.events({.after = EventId{58}}).value().size(), 2U);
  EXPECT_EQ(history.events({.after = EventId{60}}).value().size(), 0U);
  EXPECT_EQ(history.events({.window = {.since = at(59)}}).value().size(), 2U);
  EXPECT_EQ(history.events({.window = {.all = true}}).value().size(), 60U);
  EXPECT_EQ(history.events({.window = {.limit = 3}}).value().back().id, EventId{58});
}

TYPED_TEST(HistoryContract, JobsAndHeartbeatsAreSortedByName) {
  this->write(batch(1, {core::JobRow{.job = "b"}, core::JobRow{.job = "a"},
                        core::HeartbeatRow{.job = "b"}, core::HeartbeatRow{.job = "a"}}));
  EXPECT_EQ(this->world_.history().jobs().value().front().job, "a");
  EXPECT_EQ(this->world_.history().heartbeats().value().front().job, "a");
}

}  // namespace
}  // namespace takt::store
