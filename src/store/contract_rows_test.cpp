// Contract: whatever is in a row, it comes back as it was.

#include "store/any_row.h"
#include "store/contract_world.h"

namespace takt::store {
namespace {

template <class World>
class RowContract : public Contract<World> {};

TYPED_TEST_SUITE(RowContract, Worlds, WorldNames);

TYPED_TEST(RowContract, RowsComeBackAsTheyWere) {
  std::int64_t turn = 0;
  const bool held = rc::check([&] {
    ++turn;
    auto run = any_row<core::RunRow>();
    run.run = RunId{turn};
    run.job = "job" + std::to_string(turn);
    auto attempt = any_row<core::AttemptRow>();
    attempt.token = Token{turn};
    attempt.run = run.run;
    auto event = any_row<core::EventRow>();
    event.id = EventId{turn};
    auto heartbeat = any_row<core::HeartbeatRow>();
    heartbeat.job = "the only one";
    auto job = any_row<core::JobRow>();
    job.job = "the only one";
    auto slots = any_row<core::SlotsRow>();
    slots.job = "slots" + std::to_string(turn);
    slots.first = turn;
    slots.last = turn + 7;
    core::Batch made = batch(turn, {run, attempt, event, heartbeat, job, slots});
    made.fleet.clock = at(static_cast<int>(turn));
    made.fleet.last_run = run.run;
    this->write(made);

    auto& history = this->world_.history();
    const auto runs = history.runs({.run = run.run}).value();
    RC_ASSERT(runs.size() == 1U);
    RC_ASSERT(same(runs[0].run, run));
    RC_ASSERT(same(runs[0].attempts, std::vector{attempt}));
    RC_ASSERT(same(history.events({.window = {.limit = 1}}).value(), std::vector{event}));
    RC_ASSERT(same(history.heartbeats().value(), std::vector{heartbeat}));
    RC_ASSERT(same(history.jobs().value(), std::vector{job}));
    RC_ASSERT(same(history.slots({.job = slots.job}).value(), std::vector{slots}));
    RC_ASSERT(same(*history.fleet().value(), made.fleet));
  });
  EXPECT_TRUE(held);
}

}  // namespace
}  // namespace takt::store
