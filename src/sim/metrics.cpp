#include "sim/metrics.h"

#include <algorithm>
#include <string>

#include "base/words.h"

namespace takt::sim {
namespace {

/// Sets the flag of a run and says whether it was set before.
bool set_flag(std::vector<bool>& flags, RunId run) {
  const auto at = static_cast<std::size_t>(run.value);
  if (at >= flags.size()) flags.resize(at * 2 + 64);
  const bool before = flags[at];
  flags[at] = true;
  return before;
}

Duration percentile(const std::vector<std::int32_t>& sorted, int percent) {
  if (sorted.empty()) return Duration{0};
  const std::size_t rank = (sorted.size() * static_cast<std::size_t>(percent) + 99) / 100;
  return Duration{sorted[std::max<std::size_t>(rank, 1) - 1]};
}

}  // namespace

Metrics::Metrics(const core::FleetSpec& fleet) : jobs_(fleet.jobs.size()) {
  for (JobIndex job = 0; job < jobs_.size(); ++job) {
    index_.emplace(fleet.jobs[job].name, job);
    jobs_[job].report.name = fleet.jobs[job].name;
  }
}

void Metrics::committed(const core::Batch& batch) {
  for (const core::Row& row : batch.rows) {
    if (const auto* made = std::get_if<core::RunRow>(&row)) run(*made);
    if (const auto* decided = std::get_if<core::SlotsRow>(&row)) slots(*decided);
  }
}

void Metrics::detected(JobIndex job, Duration late) {
  auto& worst = jobs_[job].report.detection_max;
  worst = std::max(worst.value_or(Duration{0}), late);
}

void Metrics::run(const core::RunRow& row) {
  const auto found = index_.find(row.job);
  if (found == index_.end()) return;
  Job& job = jobs_[found->second];
  if (!set_flag(seen_, row.run)) {
    runs_ += 1;
    if (row.slot_number) job.report.slots += 1;
    if (row.cause == core::Cause::recovery) job.report.recoveries += 1;
  }
  if (row.state != core::RunState::ended || set_flag(ended_, row.run)) return;
  if (row.disposition != core::Disposition::ran) {
    if (row.disposition) give_up(job, *row.disposition, row.reason, 1);
    return;
  }
  job.report.ran += 1;
  if (row.outcome == core::Outcome::ok) job.report.ok += 1;
  if (row.outcome != core::Outcome::ok && row.outcome != core::Outcome::cancelled) {
    job.report.failed += 1;
  }
  if (row.cause == core::Cause::schedule && row.lateness) {
    job.lateness_ms.push_back(static_cast<std::int32_t>(row.lateness->count()));
  }
}

void Metrics::slots(const core::SlotsRow& row) {
  const auto found = index_.find(row.job);
  if (found == index_.end()) return;
  Job& job = jobs_[found->second];
  const SlotNumber counted_to = job.range_first == row.first ? job.range_last : row.first - 1;
  job.range_first = row.first;
  job.range_last = row.last;
  const std::int64_t count = row.last - counted_to;
  job.report.slots += count;
  give_up(job, row.disposition, row.reason, count);
}

void Metrics::give_up(Job& job, core::Disposition disposition, std::optional<core::Reason> reason,
                      std::int64_t count) {
  if (disposition == core::Disposition::missed) job.report.missed += count;
  if (disposition == core::Disposition::skipped && reason) {
    job.report.skipped[std::string{word(*reason)}] += count;
  }
}

std::vector<JobReport> Metrics::reports() const {
  std::vector<JobReport> all;
  for (const Job& job : jobs_) {
    std::vector<std::int32_t> sorted = job.lateness_ms;
    std::ranges::sort(sorted);
    JobReport report = job.report;
    report.lateness_p50 = percentile(sorted, 50);
    report.lateness_p99 = percentile(sorted, 99);
    report.lateness_max = percentile(sorted, 100);
    all.push_back(std::move(report));
  }
  return all;
}

}  // namespace takt::sim
