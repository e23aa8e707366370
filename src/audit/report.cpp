#include "audit/report.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>

#include "audit/ledger.h"

namespace takt::audit {
namespace {

namespace json = boost::json;

std::string disposition_of(std::optional<core::Disposition> disposition,
                           std::optional<core::Reason> reason) {
  if (!disposition) return "waiting";
  std::string text(word(*disposition));
  if (reason && *disposition != core::Disposition::ran) text += fmt::format("({})", word(*reason));
  return text;
}

/// What the job itself wrote; where it wrote nothing, what the row says.
std::optional<Duration> lateness_of(const Scene& scene, const RunFacts& run) {
  const core::RunRow& row = run.row;
  if (run.unclear || run.job->off_the_line || row.cause != core::Cause::schedule || !row.slot_at ||
      !row.started_at) {
    return std::nullopt;
  }
  const Entry* start = run.attempts.empty() ? nullptr : run.attempts.front()->start();
  if (start == nullptr || !scene.real_time()) return row.lateness;
  const WallTime at{std::chrono::ceil<Duration>(start->line.realtime)};
  const auto shift = scene.frames.shift_of(at);
  if (shift.unclear) return row.lateness;
  return at + shift.by - *row.slot_at;
}

std::int64_t percentile(const std::vector<Duration>& sorted, double part) {
  if (sorted.empty()) return 0;
  const auto last = sorted.size() - 1;
  return sorted[static_cast<std::size_t>(part * static_cast<double>(last) + 0.5)].count();
}

void note(Tally& result, std::int64_t count, const char* what) {
  if (count > 0) result.notes.push_back(fmt::format("{} {}", count, what));
}

void take_notes(const Scene& scene, Tally& result) {
  std::int64_t other_definition = 0;
  std::int64_t removed = 0;
  std::int64_t trimmed = 0;
  for (const auto& [name, job] : scene.jobs) {
    removed += job.spec == nullptr ? 1 : 0;
    trimmed += job.spec != nullptr && job.trimmed ? 1 : 0;
    other_definition += job.spec != nullptr && job.row && !follows_the_file(job) ? 1 : 0;
  }
  std::int64_t off_the_line = 0;
  for (const auto& [name, job] : scene.jobs) off_the_line += job.off_the_line ? 1 : 0;
  std::int64_t unclear = 0;
  for (const auto& [id, run] : scene.runs) unclear += run.unclear ? 1 : 0;
  note(
      result, other_definition,
      "jobs whose schedule in the file is not the one that the daemon follows: slots not compared");
  note(result, removed, "jobs that are no longer in the file: rows only");
  note(result, trimmed,
       "jobs whose older history retention has deleted: judged from where it is whole");
  note(result, off_the_line,
       "jobs with wall-clock slots and a stepped clock: reasons and earliness not judged");
  note(result, scene.beyond_history, "witness lines of attempts that retention has taken");
  note(result, unclear,
       "runs whose instants a stepped clock makes ambiguous: their times, and the reasons of their "
       "jobs, are not judged");
  note(result, scene.diaries.torn, "torn witness lines");
  if (!scene.real_time()) {
    result.notes.push_back(
        fmt::format("fleet time runs {} times as fast as the wall: the times of witness lines are "
                    "compared with each other only",
                    scene.fleet.speed));
  }
}

std::string counts_of(const std::map<std::string, std::int64_t>& counts) {
  std::string text;
  for (const auto& [name, count] : counts) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", name, count);
  }
  return text.empty() ? "none" : text;
}

json::object object_of(const std::map<std::string, std::int64_t>& counts) {
  json::object object;
  for (const auto& [name, count] : counts) object[name] = count;
  return object;
}

json::object object_of(const Finding& finding) {
  json::object object{{"verdict", word(finding.verdict)}, {"text", finding.text}};
  object["job"] = finding.job.empty() ? json::value(nullptr) : json::value(finding.job);
  object["run"] = finding.run ? json::value(finding.run->value) : json::value(nullptr);
  json::array where;
  for (const auto& place : finding.where) where.emplace_back(place);
  object["where"] = std::move(where);
  return object;
}

}  // namespace

Tally tally(const Scene& scene) {
  Tally result;
  for (const auto& [name, job] : scene.jobs) {
    result.jobs += job.spec != nullptr ? 1 : 0;
    result.witnessed += job.spec != nullptr && job.witnessed ? 1 : 0;
    for (const auto& range : job.ranges) {
      result.slots[disposition_of(range.disposition, range.reason)] += range.last - range.first + 1;
    }
  }
  for (const auto& [token, attempt] : scene.attempts) {
    result.attempts[std::string(attempt.is_over() ? word(*attempt.row.outcome) : "open")] += 1;
  }
  for (const auto& [id, run] : scene.runs) {
    if (run.row.slot_number) {
      result.slots[disposition_of(run.row.disposition, run.row.reason)] += 1;
    }
    if (const auto late = lateness_of(scene, run)) result.lateness.push_back(*late);
  }
  std::ranges::sort(result.lateness);
  take_notes(scene, result);
  return result;
}

std::string text_of(const Judgement& judgement) {
  std::string text;
  const Findings& findings = judgement.findings;
  for (const Finding& finding : findings.list()) {
    text += fmt::format("{:<9} {}\n", word(finding.verdict), finding.text);
    for (const auto& place : finding.where) text += fmt::format("          {}\n", place);
  }
  if (!text.empty()) text += '\n';
  text += "VERDICT    COUNT\n";
  for (std::size_t i = 0; i < kVerdicts; ++i) {
    const auto verdict = static_cast<Verdict>(i);
    text += fmt::format("{:<9} {:>6}\n", word(verdict), findings.count(verdict));
  }
  if (judgement.scene == nullptr) return text;
  const Scene& scene = *judgement.scene;
  const Tally counts = tally(scene);
  text += fmt::format(
      "\nfleet      {}, {}, judged until {}\n"
      "jobs       {}, {} of them witnessed by {} lines in {} files\n"
      "attempts   {}\nslots      {}\n",
      scene.fleet.name, scene.running ? "running" : "stopped", format_rfc3339(scene.until),
      counts.jobs, counts.witnessed, scene.diaries.entries.size(), scene.diaries.files.size(),
      counts_of(counts.attempts), counts_of(counts.slots));
  const auto& late = counts.lateness;
  text += fmt::format("lateness   of {} starts: p50 {} ms, p95 {} ms, p99 {} ms, max {} ms\n",
                      late.size(), percentile(late, 0.5), percentile(late, 0.95),
                      percentile(late, 0.99), percentile(late, 1));
  for (const auto& each : counts.notes) text += fmt::format("note       {}\n", each);
  return text;
}

json::object json_of(const Judgement& judgement) {
  const Findings& findings = judgement.findings;
  json::object verdicts;
  for (std::size_t i = 0; i < kVerdicts; ++i) {
    const auto verdict = static_cast<Verdict>(i);
    verdicts[word(verdict)] = findings.count(verdict);
  }
  json::array list;
  for (const Finding& finding : findings.list()) list.push_back(object_of(finding));
  json::object object{
      {"ok", findings.total() == 0}, {"verdicts", verdicts}, {"findings", std::move(list)}};
  if (judgement.scene == nullptr) return object;
  const Scene& scene = *judgement.scene;
  const Tally counts = tally(scene);
  object["fleet"] = scene.fleet.name;
  object["running"] = scene.running;
  object["until"] = format_rfc3339(scene.until);
  object["jobs"] = counts.jobs;
  object["witnessed_jobs"] = counts.witnessed;
  object["attempts"] = object_of(counts.attempts);
  object["slots"] = object_of(counts.slots);
  object["lateness"] = {{"count", counts.lateness.size()},
                        {"p50_ms", percentile(counts.lateness, 0.5)},
                        {"p95_ms", percentile(counts.lateness, 0.95)},
                        {"p99_ms", percentile(counts.lateness, 0.99)},
                        {"max_ms", percentile(counts.lateness, 1)}};
  object["witness"] = {{"files", scene.diaries.files.size()},
                       {"lines", scene.diaries.entries.size()},
                       {"torn", scene.diaries.torn},
                       {"beyond_history", scene.beyond_history}};
  json::array notes;
  for (const auto& each : counts.notes) notes.emplace_back(each);
  object["notes"] = std::move(notes);
  return object;
}

}  // namespace takt::audit
