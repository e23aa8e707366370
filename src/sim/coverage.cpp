#include "sim/coverage.h"

#include <fmt/format.h>

namespace takt::sim {
namespace {

template <class E>
std::size_t index(E value) {
  return static_cast<std::size_t>(value);
}

template <class E, std::size_t N>
void name_points(std::map<std::string, std::int64_t>& points, std::string_view prefix,
                 const std::array<std::int64_t, N>& counts) {
  for (std::size_t i = 0; i < N; ++i) {
    points[fmt::format("{}.{}", prefix, kWords<E>[i])] = counts[i];
  }
}

}  // namespace

void Coverage::committed(const core::Batch& batch) {
  for (const core::Row& any : batch.rows) {
    std::visit([&](const auto& known) { row(known); }, any);
  }
}

void Coverage::row(const core::HeartbeatRow& row) { states_[index(row.state)] += 1; }

void Coverage::row(const core::RunRow& row) {
  answered(row.gates);
  if (row.state != core::RunState::ended) return;
  causes_[index(row.cause)] += 1;
  if (row.outcome) runs_[index(*row.outcome)] += 1;
  if (row.disposition) gave_up(*row.disposition, row.reason);
}

void Coverage::row(const core::AttemptRow& row) {
  if (row.outcome) attempts_[index(*row.outcome)] += 1;
}

void Coverage::row(const core::SlotsRow& row) {
  gave_up(row.disposition, row.reason);
  answered(row.gates);
}

void Coverage::row(const core::EventRow& row) { events_[index(row.kind)] += 1; }

void Coverage::gave_up(core::Disposition disposition, std::optional<core::Reason> reason) {
  const std::size_t column = reason ? index(*reason) : kCount<core::Reason>;
  slots_[index(disposition)][column] += 1;
}

void Coverage::answered(const core::Gates& gates) {
  for (const core::Gate& gate : gates) gates_[index(gate.gate)][index(gate.answer)] += 1;
}

std::map<std::string, std::int64_t> Coverage::points() const {
  std::map<std::string, std::int64_t> points;
  name_points<core::Outcome>(points, "attempt", attempts_);
  name_points<core::Outcome>(points, "run", runs_);
  name_points<core::Cause>(points, "cause", causes_);
  name_points<core::JobState>(points, "state", states_);
  name_points<core::EventKind>(points, "event", events_);
  for (std::size_t gate = 0; gate < gates_.size(); ++gate) {
    name_points<core::GateAnswer>(points, fmt::format("gate.{}", kWords<core::GateName>[gate]),
                                  gates_[gate]);
  }
  for (std::size_t disposition = 0; disposition < slots_.size(); ++disposition) {
    const std::string_view name = kWords<core::Disposition>[disposition];
    for (std::size_t reason = 0; reason < kCount<core::Reason>; ++reason) {
      const std::int64_t count = slots_[disposition][reason];
      if (count > 0) points[fmt::format("slot.{}.{}", name, kWords<core::Reason>[reason])] = count;
    }
    points[fmt::format("slot.{}", name)] = slots_[disposition][kCount<core::Reason>];
  }
  return points;
}

}  // namespace takt::sim
