// Contract: whatever is in a row, it comes back as it was.

#include <rapidcheck.h>

#include "store/contract_world.h"

namespace takt::store {
namespace {

template <class World>
class RowContract : public Contract<World> {};

TYPED_TEST_SUITE(RowContract, Worlds, WorldNames);

std::string any_text() { return *rc::gen::container<std::string>(rc::gen::arbitrary<char>()); }

template <std::integral T>
void fill(T& value) {
  value = *rc::gen::arbitrary<T>();
}
void fill(std::string& value) { value = any_text(); }
template <class E>
  requires(kWords<E>.size() > 0)
void fill(E& value) {
  value = static_cast<E>(*rc::gen::inRange<std::size_t>(0, kWords<E>.size()));
}
void fill(WallTime& value) {
  value = wall_from_millis(*rc::gen::inRange<std::int64_t>(0, 4'000'000'000'000));
}
void fill(Duration& value) { value = Duration{*rc::gen::arbitrary<std::int64_t>()}; }
template <class Tag, class Value>
void fill(Id<Tag, Value>& id) {
  fill(id.value);
}
void fill(std::vector<std::pair<std::string, std::string>>& pairs) {
  const auto texts = *rc::gen::container<std::vector<std::string>>(
      rc::gen::container<std::string>(rc::gen::arbitrary<char>()));
  for (const auto& text : texts) pairs.emplace_back("p" + std::to_string(pairs.size()), text);
}
template <class T>
void fill(std::optional<T>& value) {
  if (*rc::gen::arbitrary<bool>()) fill(value.emplace());
}
void fill(core::Gates& gates) {
  gates.resize(*rc::gen::inRange<std::size_t>(0, 3));
  for (core::Gate& gate : gates) {
    fill(gate.gate);
    fill(gate.answer);
    fill(gate.value);
    fill(gate.limit);
    gate.holders.resize(*rc::gen::inRange<std::size_t>(0, 3));
    for (core::Holder& holder : gate.holders) {
      fill(holder.job);
      fill(holder.run);
    }
    fill(gate.until);
    fill(gate.text);
  }
}

template <class Row>
Row any_row() {
  Row row{};
  std::apply([](auto&... field) { (fill(field), ...); }, RowTable<Row>::fields(row));
  return row;
}

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
