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
    uses_.push_back(fleet.jobs[job].uses.pointer());
  }
  for (const core::PoolSpec& pool : fleet.pools) pools_.emplace_back().report.name = pool.name;
}

void Metrics::committed(Instant at, const core::Batch& batch) {
  for (const core::Row& row : batch.rows) {
    if (const auto* made = std::get_if<core::RunRow>(&row)) run(*made);
    if (const auto* tried = std::get_if<core::AttemptRow>(&row)) attempt(at, *tried);
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
  waited(row, found->second);
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

void Metrics::attempt(Instant at, const core::AttemptRow& row) {
  const auto known = holding_.find(row.token);
  if (row.outcome) {
    if (known == holding_.end()) return;
    for (const core::Use& use : known->second.units) {
      pools_[use.pool].used -= use.weight;
      pools_[use.pool].unit_ms += use.weight * (at - known->second.since).count();
    }
    holding_.erase(known);
    return;
  }
  if (known != holding_.end() || row.uses.empty()) return;
  Holding holding{at, {}};
  for (const auto& [name, weight] : row.uses) {
    const auto pool = std::ranges::find(pools_, name, [](const Pool& p) { return p.report.name; });
    if (pool == pools_.end()) continue;
    const core::Use use{static_cast<core::PoolIndex>(pool - pools_.begin()), std::stoi(weight)};
    pool->used += use.weight;
    pool->report.peak = std::max(pool->report.peak, pool->used);
    holding.units.push_back(use);
  }
  holding_.emplace(row.token, std::move(holding));
}

void Metrics::waited(const core::RunRow& row, JobIndex job) {
  if (!row.started_at) return;
  const Duration wait = std::max(Duration{0}, *row.started_at - row.queued_at);
  for (const core::Use& use : *uses_[job]) {
    pools_[use.pool].waits_ms.push_back(static_cast<std::int32_t>(wait.count()));
  }
}

std::vector<PoolReport> Metrics::pool_reports(Instant begin, Instant end) const {
  std::vector<std::int64_t> unit_ms;
  for (const Pool& pool : pools_) unit_ms.push_back(pool.unit_ms);
  for (const auto& [token, holding] : holding_) {
    for (const core::Use& use : holding.units) {
      unit_ms[use.pool] += use.weight * (end - holding.since).count();
    }
  }
  const auto whole = static_cast<double>(std::max<std::int64_t>((end - begin).count(), 1));
  std::vector<PoolReport> all;
  for (core::PoolIndex pool = 0; pool < pools_.size(); ++pool) {
    std::vector<std::int32_t> sorted = pools_[pool].waits_ms;
    std::ranges::sort(sorted);
    PoolReport report = pools_[pool].report;
    report.used_mean = static_cast<double>(unit_ms[pool]) / whole;
    report.wait_p95 = percentile(sorted, 95);
    all.push_back(std::move(report));
  }
  return all;
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
