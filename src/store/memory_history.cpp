// The History half of MemoryStore: the same questions that SqliteHistory asks of its tables.

#include <algorithm>
#include <ranges>

#include "store/memory_store.h"

namespace takt::store {
namespace {

using ports::RunWithAttempts;
using ports::StoreError;
using ports::Window;

bool within(const Window& window, WallTime at) { return !window.since || at >= *window.since; }

bool is_full(const Window& window, std::size_t count) {
  if (window.since || window.all) return false;
  return count >= static_cast<std::size_t>(std::max(window.limit, 0));
}

bool answers(const ports::RunQuery& query, const core::RunRow& run) {
  return (query.job.empty() || run.job == query.job) && (!query.run || run.run == *query.run) &&
         (!query.state || run.state == *query.state) && within(query.window, run.queued_at);
}

/// The line of the ledger for a slot that became a run.
core::SlotsRow slot_of(const core::RunRow& run) {
  core::SlotsRow slot;
  slot.job = run.job;
  slot.first = slot.last = *run.slot_number;
  slot.at = slot.last_at = run.slot_at.value_or(WallTime{});
  slot.disposition = *run.disposition;
  slot.reason = run.reason;
  slot.run = run.run;
  slot.decided_at = run.started_at.value_or(run.ended_at.value_or(run.queued_at));
  slot.gates = run.gates;
  return slot;
}

std::vector<core::SlotsRow> ledger(const MemoryRows& rows, const ports::SlotQuery& query) {
  std::vector<core::SlotsRow> slots;
  const auto take = [&](core::SlotsRow slot) {
    if (!query.job.empty() && slot.job != query.job) return;
    if (within(query.window, slot.last_at)) slots.push_back(std::move(slot));
  };
  for (const auto& [id, run] : rows.runs()) {
    if (run.slot_number && run.disposition) take(slot_of(run));
  }
  for (const auto& [job, ranges] : rows.slots()) {
    for (const auto& [first, range] : ranges) take(range);
  }
  return slots;
}

template <class Map>
auto values_of(const Map& map) {
  std::vector<typename Map::mapped_type> values;
  for (const auto& [key, value] : map) values.push_back(value);
  return values;
}

}  // namespace

std::expected<std::vector<RunWithAttempts>, StoreError> MemoryStore::runs(
    const ports::RunQuery& query) {
  std::vector<RunWithAttempts> found;
  for (const auto& [id, run] : rows_.runs() | std::views::reverse) {
    if (is_full(query.window, found.size())) break;
    if (answers(query, run)) found.push_back({run, rows_.attempts_of(id)});
  }
  return found;
}

std::expected<std::vector<core::SlotsRow>, StoreError> MemoryStore::slots(
    const ports::SlotQuery& query) {
  auto slots = ledger(rows_, query);
  if (query.job.empty()) {
    std::ranges::sort(slots, [](const core::SlotsRow& a, const core::SlotsRow& b) {
      return a.last_at != b.last_at ? a.last_at > b.last_at : a.job < b.job;
    });
  } else {
    std::ranges::sort(slots, std::greater<>{}, &core::SlotsRow::first);
  }
  const Window& window = query.window;
  if (is_full(window, slots.size()))
    slots.resize(static_cast<std::size_t>(std::max(window.limit, 0)));
  return slots;
}

std::expected<std::vector<core::EventRow>, StoreError> MemoryStore::events(
    const ports::EventQuery& query) {
  std::vector<core::EventRow> found;
  for (const auto& [id, event] : rows_.events() | std::views::reverse) {
    if (is_full(query.window, found.size()) || (query.after && id <= *query.after)) break;
    if (within(query.window, event.at)) found.push_back(event);
  }
  return found;
}

std::expected<std::vector<core::HeartbeatRow>, StoreError> MemoryStore::heartbeats() {
  return values_of(rows_.heartbeats());
}

std::expected<std::vector<core::JobRow>, StoreError> MemoryStore::jobs() {
  return values_of(rows_.jobs());
}

std::expected<std::optional<core::FleetRow>, StoreError> MemoryStore::fleet() {
  return rows_.fleet();
}

}  // namespace takt::store
