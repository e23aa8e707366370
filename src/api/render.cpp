#include "api/render.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <string>

#include "api/render_values.h"
#include "base/unicode.h"

namespace takt::api {
namespace {

namespace json = boost::json;

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

json::object why(const core::WhyView& view) {
  json::value expected;
  if (const auto& e = view.expected_start) {
    expected = json::object{{"at", time(e->at)}, {"from", time(e->from)}, {"to", time(e->to)}};
  }
  return {{"job", utf8(view.job)},      {"run", id(view.run)},
          {"state", utf8(view.state)},  {"gates", gates(view.gates)},
          {"expected_start", expected}, {"summary", utf8(view.summary)}};
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
