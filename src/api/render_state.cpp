// How the fleet stands now, as JSON: status, pools, memory, health.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <string>

#include "api/render.h"
#include "api/render_values.h"

namespace takt::api {
namespace {

namespace json = boost::json;

json::object reserve_of(const core::PoolView& view) {
  json::object out;
  for (std::size_t at = 0; at < view.reserve.size(); ++at) {
    if (view.reserve[at] > 0) out[word(static_cast<core::Priority>(at))] = view.reserve[at];
  }
  return out;
}

json::object pool(const core::PoolView& view) {
  json::array holders;
  for (const core::PoolHolder& holder : view.holders) {
    holders.push_back(json::object{{"job", utf8(holder.job)},
                                   {"run", holder.run.value},
                                   {"weight", holder.weight},
                                   {"since", time(holder.since)}});
  }
  json::array queue;
  for (const core::PoolWaiter& waiter : view.queue) {
    queue.push_back(json::object{{"job", utf8(waiter.job)},
                                 {"run", waiter.run.value},
                                 {"rank_at", time(waiter.rank_at)},
                                 {"expected_at", time(waiter.expected_at)}});
  }
  return {
      {"name", utf8(view.name)},     {"slots", view.slots},           {"used", view.used},
      {"reserve", reserve_of(view)}, {"holders", std::move(holders)}, {"queue", std::move(queue)}};
}

std::optional<double> used_ratio(const core::MemoryReading& reading) {
  return reading.total_bytes > 0 ? std::optional(reading.used_ratio()) : std::nullopt;
}

/// What is wrong with a fleet, in words: "stuck: a, b; quarantined: c". Empty when nothing is.
std::string troubles(const core::FleetView& fleet) {
  std::string out;
  const auto add = [&](std::string_view title, const std::vector<std::string>& jobs) {
    if (jobs.empty()) return;
    constexpr std::size_t kShown = 5;
    const auto shown = std::min(jobs.size(), kShown);
    fmt::format_to(
        std::back_inserter(out), "{}{}: {}", out.empty() ? "" : "; ", title,
        fmt::join(jobs.begin(), jobs.begin() + static_cast<std::ptrdiff_t>(shown), ", "));
    if (jobs.size() > shown) {
      fmt::format_to(std::back_inserter(out), " and {} more", jobs.size() - shown);
    }
  };
  add("stuck", fleet.stuck);
  add("overdue", fleet.overdue);
  add("quarantined", fleet.quarantined);
  if (!fleet.store_ok) {
    fmt::format_to(std::back_inserter(out), "{}store degraded{}{}", out.empty() ? "" : "; ",
                   fleet.store_error.empty() ? "" : ": ", fleet.store_error);
  }
  return out;
}

std::string summary(const core::FleetView& fleet, int on_time) {
  auto out = fmt::format("{}: {} jobs, {} on time, {} running, {} waiting", fleet.name, fleet.jobs,
                         on_time, fleet.running, fleet.waiting);
  if (fleet.late > 0) out += fmt::format(", {} late", fleet.late);
  if (fleet.paused > 0) out += fmt::format(", {} paused", fleet.paused);
  if (fleet.draining) out += ", draining";
  if (const auto wrong = troubles(fleet); !wrong.empty()) out += "; " + wrong;
  return out;
}

json::object probe(const core::ProbeView& view) {
  return {{"name", utf8(view.name)},
          {"state", view.state ? json::value(word_of(*view.state)) : json::value()},
          {"since", time(view.since)},
          {"checked_at", time(view.checked_at)},
          {"value", utf8(view.value)},
          {"limit", utf8(view.limit)},
          {"text", utf8(view.text)},
          {"failing_since", time(view.failing_since)},
          {"last_remedy_at", time(view.last_remedy_at)},
          {"remedy_run", id(view.remedy_run)},
          {"vain_remedies", view.vain_remedies},
          {"escalated", view.escalated}};
}

bool is_troubled(const core::ProbeView& view) {
  return view.state == core::ProbeState::failing || view.state == core::ProbeState::unknown;
}

}  // namespace

json::object pools(const std::vector<core::PoolView>& views) {
  json::array out;
  out.reserve(views.size());
  for (const core::PoolView& view : views) out.push_back(pool(view));
  return {{"pools", std::move(out)}};
}

json::object status(const core::FleetView& fleet, const core::MemoryReading& memory) {
  const int on_time = std::max(0, fleet.jobs - fleet.late);
  json::object out{{"ok", fleet.ok()},
                   {"summary", utf8(summary(fleet, on_time))},
                   {"jobs", fleet.jobs},
                   {"on_time", on_time},
                   {"late", fleet.late},
                   {"running", fleet.running},
                   {"waiting", fleet.waiting},
                   {"paused", fleet.paused},
                   {"memory_used_ratio", number(used_ratio(memory))},
                   {"store", fleet.store_ok ? "ok" : "degraded"},
                   {"fleet", utf8(fleet.name)},
                   {"now", time(fleet.now)},
                   {"speed", fleet.speed},
                   {"draining", fleet.draining},
                   {"stuck", names(fleet.stuck)},
                   {"overdue", names(fleet.overdue)},
                   {"quarantined", names(fleet.quarantined)},
                   {"disabled_by_problem", names(fleet.disabled_by_problem)},
                   {"troubled_probes", names(fleet.troubled_probes)}};
  if (!fleet.store_ok) {
    out["store_error"] = utf8(fleet.store_error);
    out["journal_used_bytes"] = fleet.journal.used_bytes;
    out["journal_capacity_bytes"] = fleet.journal.capacity_bytes;
    out["store_backlog"] = fleet.store_backlog;
  }
  return out;
}

json::object memory(const Memory& view) {
  const core::MemoryReading& reading = view.fleet.reading;
  const core::MemorySpec& limits = view.fleet.limits;
  const bool known = reading.total_bytes > 0;
  const auto bytes = [&](std::int64_t count) { return known ? json::value(count) : json::value(); };
  json::array held;
  for (const core::MemoryHeld& run : view.fleet.held) {
    held.push_back(json::object{{"job", utf8(run.job)}, {"run", run.run.value}});
  }
  json::array jobs;
  for (const ports::TreeMemory& tree : view.limited) {
    jobs.push_back(json::object{{"job", utf8(tree.job)},
                                {"run", tree.run.value},
                                {"attempt", tree.attempt},
                                {"used_bytes", number(tree.used_bytes)},
                                {"memory_max_bytes", tree.limit_bytes}});
  }
  return {{"level", word_of(view.fleet.level)},
          {"source", known ? json::value(word_of(reading.source)) : json::value()},
          {"total_bytes", bytes(reading.total_bytes)},
          {"used_bytes", bytes(reading.used_bytes())},
          {"available_bytes", bytes(reading.available_bytes)},
          {"used_ratio", number(used_ratio(reading))},
          {"stalled_ratio", reading.stalled},
          {"high", spelled(limits.high)},
          {"high_used_bytes", bytes(reached_from(limits.high, reading.total_bytes))},
          {"critical", spelled(limits.critical)},
          {"critical_used_bytes", bytes(reached_from(limits.critical, reading.total_bytes))},
          {"source_wanted", word_of(limits.source)},
          {"skipped", view.skipped},
          {"cleaning", view.fleet.cleaning},
          {"held", std::move(held)},
          {"jobs", std::move(jobs)}};
}

json::object health(const std::vector<core::HealthView>& checks) {
  bool ok = true;
  json::array out;
  for (const core::HealthView& check : checks) {
    ok &= std::ranges::none_of(check.probes, is_troubled);
    json::array probes;
    for (const core::ProbeView& view : check.probes) probes.push_back(probe(view));
    out.push_back(json::object{
        {"name", utf8(check.name)}, {"jobs", names(check.jobs)}, {"probes", std::move(probes)}});
  }
  return {{"ok", ok}, {"checks", std::move(out)}};
}

}  // namespace takt::api
