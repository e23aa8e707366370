#include "daemon/tally.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/match.h"
#include "core/retry.h"

namespace takt::daemon {
namespace {

using core::Disposition;

Duration percentile(std::vector<Duration> values, double share) {
  if (values.empty()) return Duration{0};
  std::ranges::sort(values);
  const auto at =
      static_cast<std::size_t>(std::llround(share * static_cast<double>(values.size() - 1)));
  return values[at];
}

}  // namespace

void Tally::count(const core::Row& row) {
  std::visit(Match{[](const core::NodeRow&) {}, [](const core::JobRow&) {},
                   [](const core::HeartbeatRow&) {}, [&](const core::RunRow& r) { count_run(r); },
                   [&](const core::AttemptRow& r) { count_attempt(r); },
                   [&](const core::SlotsRow& r) { count_slots(r); },
                   [&](const core::EventRow& r) { events_[std::string{word(r.kind)}] += 1; },
                   [](const core::ProbeRow&) {}, [](const core::NoticeRow&) {}},
             row);
}

void Tally::count_run(const core::RunRow& run) {
  if (run.state != core::RunState::ended) return;
  PerJob& job = jobs_[run.job];
  if (run.disposition == Disposition::skipped) job.skipped += 1;
  if (run.disposition == Disposition::missed) job.missed += 1;
  if (run.cause == core::Cause::recovery) job.recoveries += 1;
  if (!run.outcome) return;
  if (*run.outcome == core::Outcome::ok) job.ok += 1;
  if (*run.outcome == core::Outcome::cancelled) job.cancelled += 1;
  if (core::counts_as_failure(*run.outcome) || *run.outcome == core::Outcome::lost) job.failed += 1;
  if (run.lateness && run.slot_number && run.cause == core::Cause::schedule) {
    job.lateness.push_back(*run.lateness);
  }
}

void Tally::count_attempt(const core::AttemptRow& attempt) {
  const bool ended = attempt.outcome.has_value();
  if (ended && attempt.attempt > 1) jobs_[attempt.job].retries += 1;
}

void Tally::count_slots(const core::SlotsRow& slots) {
  PerJob& job = jobs_[slots.job];
  const std::int64_t count = slots.last - slots.first + 1;
  if (slots.disposition == Disposition::skipped) job.skipped += count;
  if (slots.disposition == Disposition::missed) job.missed += count;
  if (slots.disposition == Disposition::coalesced) job.coalesced += count;
}

bool Tally::all_well() const {
  return std::ranges::all_of(jobs_, [](const auto& entry) {
    return entry.second.failed == 0 && entry.second.missed == 0;
  });
}

std::string Tally::summary(Duration fleet_time, Duration wall_time) const {
  const auto whole_seconds = [](Duration d) {
    return format_duration(std::chrono::floor<std::chrono::seconds>(d));
  };
  std::string text = fmt::format("\n{} of fleet time in {}\n", whole_seconds(fleet_time),
                                 whole_seconds(wall_time));
  text += fmt::format("{:<24}{:>6}{:>8}{:>9}{:>9}{:>8}{:>11}{:>11}{:>10}{:>10}\n", "job", "ok",
                      "failed", "retries", "skipped", "missed", "coalesced", "recovered",
                      "late p50", "late max");
  PerJob total;
  const auto line = [&](const std::string& name, const PerJob& job) {
    const Duration worst =
        job.lateness.empty() ? Duration{0} : *std::ranges::max_element(job.lateness);
    text +=
        fmt::format("{:<24}{:>6}{:>8}{:>9}{:>9}{:>8}{:>11}{:>11}{:>10}{:>10}\n", name, job.ok,
                    job.failed, job.retries, job.skipped, job.missed, job.coalesced, job.recoveries,
                    format_duration(percentile(job.lateness, 0.5)), format_duration(worst));
  };
  for (const auto& [name, job] : jobs_) {
    line(name, job);
    total.ok += job.ok;
    total.failed += job.failed;
    total.retries += job.retries;
    total.skipped += job.skipped;
    total.missed += job.missed;
    total.coalesced += job.coalesced;
    total.recoveries += job.recoveries;
    total.lateness.insert(total.lateness.end(), job.lateness.begin(), job.lateness.end());
  }
  line("all", total);
  return text;
}

}  // namespace takt::daemon
