#include "api/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "base/unicode.h"

namespace takt::api {
namespace {

namespace json = boost::json;

json::value time(const std::optional<WallTime>& at) {
  if (!at) return nullptr;
  return json::string(format_rfc3339(*at));
}

json::value duration(const std::optional<Duration>& d) {
  if (!d) return nullptr;
  return d->count();
}

template <class E>
json::value word_of(const std::optional<E>& value) {
  if (!value) return nullptr;
  return json::string(word(*value));
}

template <class E>
json::string word_of(E value) {
  return json::string(word(value));
}

template <class Number>
json::value number(const std::optional<Number>& value) {
  if (!value) return nullptr;
  return *value;
}

json::value id(const std::optional<RunId>& run) {
  if (!run) return nullptr;
  return run->value;
}

json::value text_or_null(std::string_view text) {
  if (text.empty()) return nullptr;
  return utf8(text);
}

/// 0 means that no process is known; null cannot be mistaken for one.
json::value pid_or_null(int pid) {
  if (pid == 0) return nullptr;
  return pid;
}

json::object pairs(const std::vector<std::pair<std::string, std::string>>& items) {
  json::object out;
  for (const auto& [name, value] : items) out[utf8(name)] = utf8(value);
  return out;
}

/// Numbers as numbers; everything else as the text it is.
json::object event_data(const std::vector<std::pair<std::string, std::string>>& items) {
  json::object out;
  for (const auto& [name, value] : items) {
    std::int64_t number = 0;
    const char* const end = value.data() + value.size();
    const auto [stop, error] = std::from_chars(value.data(), end, number);
    const bool is_number = error == std::errc{} && stop == end;
    out[utf8(name)] = is_number ? json::value(number) : json::value(utf8(value));
  }
  return out;
}

json::array names(const std::vector<std::string>& items) {
  json::array out;
  for (const auto& item : items) out.push_back(utf8(item));
  return out;
}

json::object gate(const core::Gate& g) {
  json::array holders;
  for (const auto& holder : g.holders) {
    holders.push_back(json::object{{"job", utf8(holder.job)}, {"run", holder.run.value}});
  }
  return {{"gate", word_of(g.gate)}, {"answer", word_of(g.answer)},   {"value", utf8(g.value)},
          {"limit", utf8(g.limit)},  {"holders", std::move(holders)}, {"until", time(g.until)},
          {"text", utf8(g.text)}};
}

json::value running(const std::optional<core::RunningAttempt>& attempt) {
  if (!attempt) return nullptr;
  return json::object{{"run", attempt->run.value},
                      {"attempt", attempt->attempt},
                      {"pid", pid_or_null(attempt->pid)},
                      {"since", time(attempt->since)},
                      {"last_beat_at", time(attempt->last_beat_at)},
                      {"progress", number(attempt->progress)},
                      {"note", text_or_null(attempt->note)}};
}

json::object attempt(const core::AttemptRow& row) {
  json::object out{{"attempt", row.attempt},
                   {"token", row.token.value},
                   {"pid", pid_or_null(row.process.pid)},
                   {"started_at", time(row.started_at)},
                   {"ended_at", time(row.ended_at)},
                   {"outcome", word_of(row.outcome)},
                   {"exit_code", number(row.exit_code)},
                   {"signal", number(row.signal)},
                   {"rss_max_bytes", row.rss_max_bytes},
                   {"log_bytes", row.log_bytes}};
  if (row.spawn_errno) out["errno"] = *row.spawn_errno;
  if (!row.error.empty()) out["error"] = utf8(row.error);
  if (row.leaked > 0) out["leaked"] = row.leaked;
  return out;
}

json::object slots_row(const core::SlotsRow& row) {
  json::object out{{"job", utf8(row.job)},
                   {"at", time(row.at)},
                   {"disposition", word_of(row.disposition)},
                   {"reason", word_of(row.reason)},
                   {"run", id(row.run)},
                   {"gates", gates(row.gates)}};
  if (const auto count = row.last - row.first + 1; count > 1) {
    out["count"] = count;
    out["last_at"] = time(row.last_at);
  }
  return out;
}

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

json::object event(const core::EventRow& row) {
  return {{"id", row.id.value},
          {"at", time(row.at)},
          {"severity", word_of(row.severity)},
          {"kind", word_of(row.kind)},
          {"job", text_or_null(row.job)},
          {"run", id(row.run)},
          {"text", utf8(row.text)},
          {"data", event_data(row.data)}};
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

}  // namespace

json::string utf8(std::string_view text) {
  if (!find_invalid_utf8(text)) return json::string(text);
  json::string out;
  for (std::size_t at = 0; at < text.size();) {
    const auto point = code_point_at(text, at);
    out.append(point.valid ? text.substr(at, point.bytes) : std::string_view("\xef\xbf\xbd"));
    at += point.bytes;
  }
  return out;
}

json::array gates(const core::Gates& items) {
  json::array out;
  for (const auto& item : items) out.push_back(gate(item));
  return out;
}

json::object job(const core::JobView& view) {
  json::object uses;
  for (const auto& [pool, weight] : view.uses) uses[utf8(pool)] = weight;
  json::object out{{"name", utf8(view.name)},
                   {"state", word_of(view.state)},
                   {"priority", word_of(view.priority)},
                   {"critical", view.critical},
                   {"next_at", time(view.next_at)},
                   {"running", running(view.running)},
                   {"last_outcome", word_of(view.last_outcome)},
                   {"last_start_at", time(view.last_start_at)},
                   {"last_success_at", time(view.last_success_at)},
                   {"last_failure_at", time(view.last_failure_at)},
                   {"consecutive_failures", view.consecutive_failures},
                   {"last_beat_at", time(view.last_beat_at)},
                   {"progress", number(view.progress)},
                   {"note", text_or_null(view.note)},
                   {"waiting_for", gates(view.waiting_for)},
                   {"p50_ms", duration(view.p50)},
                   {"p95_ms", duration(view.p95)},
                   {"stale_margin_ms", duration(view.stale_margin)},
                   {"stuck", view.stuck},
                   {"overdue", view.overdue},
                   {"uses", std::move(uses)}};
  if (view.paused_until) out["paused_until"] = time(view.paused_until);
  if (!view.state_reason.empty()) out["state_reason"] = utf8(view.state_reason);
  return out;
}

json::object ls(const std::vector<core::JobView>& views, WallTime now) {
  json::array jobs;
  jobs.reserve(views.size());
  for (const auto& view : views) jobs.push_back(job(view));
  return {{"jobs", std::move(jobs)}, {"now", time(now)}};
}

json::object run(const ports::RunWithAttempts& item) {
  const auto& row = item.run;
  json::array attempts;
  for (const auto& a : item.attempts) attempts.push_back(attempt(a));
  json::object out{{"id", row.run.value},
                   {"job", utf8(row.job)},
                   {"cause", word_of(row.cause)},
                   {"slot_at", time(row.slot_at)},
                   {"priority", word_of(row.priority)},
                   {"rank_at", time(std::min(row.rank_at, row.lent_rank_at.value_or(row.rank_at)))},
                   {"state", word_of(row.state)},
                   {"disposition", word_of(row.disposition)},
                   {"reason", word_of(row.reason)},
                   {"outcome", word_of(row.outcome)},
                   {"queued_at", time(row.queued_at)},
                   {"started_at", time(row.started_at)},
                   {"ended_at", time(row.ended_at)},
                   {"lateness_ms", duration(row.lateness)},
                   {"node", text_or_null(row.node.value)},
                   {"triggered_by", id(row.triggered_by)},
                   {"attempts", std::move(attempts)},
                   {"retry_at", time(row.retry_at)},
                   {"params", pairs(row.params)},
                   {"gates", gates(row.gates)}};
  if (!row.note.empty()) out["note"] = utf8(row.note);
  return out;
}

json::object runs(const std::vector<ports::RunWithAttempts>& items) {
  json::array out;
  out.reserve(items.size());
  for (const auto& item : items) out.push_back(run(item));
  return {{"runs", std::move(out)}};
}

json::object slots(const std::vector<core::SlotsRow>& rows) {
  json::array out;
  out.reserve(rows.size());
  for (const auto& row : rows) out.push_back(slots_row(row));
  return {{"slots", std::move(out)}};
}

json::object events(const std::vector<core::EventRow>& rows) {
  json::array out;
  out.reserve(rows.size());
  for (const auto& row : rows) out.push_back(event(row));
  return {{"events", std::move(out)}};
}

json::object pools(const std::vector<core::PoolView>& views) {
  json::array out;
  out.reserve(views.size());
  for (const core::PoolView& view : views) out.push_back(pool(view));
  return {{"pools", std::move(out)}};
}

json::object why(const core::WhyView& view) {
  json::value expected;
  if (const auto& e = view.expected_start) {
    expected = json::object{{"at", time(e->at)}, {"from", time(e->from)}, {"to", time(e->to)}};
  }
  return {{"job", utf8(view.job)},      {"run", id(view.run)},
          {"state", utf8(view.state)},  {"gates", gates(view.gates)},
          {"expected_start", expected}, {"summary", utf8(view.summary)}};
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

namespace {

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

json::array problems(const std::vector<fleet::Problem>& problems) {
  json::array out;
  out.reserve(problems.size());
  for (const fleet::Problem& problem : problems) {
    const bool error = problem.severity == fleet::Problem::Severity::error;
    json::object object{{"severity", error ? "error" : "warning"},
                        {"file", utf8(problem.file)},
                        {"line", problem.line},
                        {"column", problem.column},
                        {"message", utf8(problem.message)}};
    if (!problem.hint.empty()) object["hint"] = utf8(problem.hint);
    out.push_back(std::move(object));
  }
  return out;
}

json::object reloaded(const Reloaded& reloaded) {
  json::object out{{"ok", !reloaded.is_bad_file() && reloaded.result.has_value()},
                   {"problems", problems(reloaded.problems)}};
  if (reloaded.result) out["summary"] = utf8(*reloaded.result);
  if (!reloaded.is_bad_file()) return out;
  out["error"] = json::object{{"what", "the fleet file is invalid: nothing has changed"},
                              {"where", utf8(reloaded.problems.front().file)},
                              {"hint", "mend it and reload; takt check tells the same"}};
  return out;
}

json::object triggered(RunId run, std::string_view state) {
  return {{"run", run.value}, {"state", utf8(state)}};
}

json::object ok() { return {{"ok", true}}; }

json::object error(std::string_view what, std::string_view where, std::string_view hint,
                   const core::Gates& refusing) {
  json::object inner{{"what", utf8(what)}, {"where", utf8(where)}, {"hint", utf8(hint)}};
  if (!refusing.empty()) inner["gates"] = gates(refusing);
  return {{"error", std::move(inner)}};
}

}  // namespace takt::api
