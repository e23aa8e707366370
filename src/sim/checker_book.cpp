#include "sim/checker_book.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

namespace takt::sim {
namespace {

constexpr Duration kLengthDefault = std::chrono::minutes{1};
constexpr std::size_t kLengthsKept = 50;
constexpr double kShare = 0.95;

}  // namespace

Duration rounded(Duration length) {
  std::int64_t step = 1;
  while (step * 8 <= std::max<std::int64_t>(length.count(), 1)) step *= 2;  // 4 to 8 steps long
  const std::int64_t steps = (std::max<std::int64_t>(length.count(), 1) + step - 1) / step;
  return Duration{steps * step};
}

Book::Book(CheckContext& context)
    : jobs(context.fleet.jobs.size()), context_(context), pools_(context.fleet.pools) {
  for (JobIndex job = 0; job < jobs.size(); ++job) {
    if (!context.spec(job).needs->empty()) needing_.push_back(job);
  }
}

BookRun* Book::find(RunId run) {
  const auto found = runs.find(run);
  return found == runs.end() ? nullptr : &found->second;
}

const BookRun* Book::find(RunId run) const {
  const auto found = runs.find(run);
  return found == runs.end() ? nullptr : &found->second;
}

Duration Book::length_of(JobIndex job) const {
  const core::JobSpec& spec = context_.spec(job);
  const std::vector<Duration>& known = jobs[job].lengths_in_order;
  Duration length = spec.expect.value_or(kLengthDefault);
  if (!known.empty()) {
    const auto nth =
        static_cast<std::size_t>(std::ceil(kShare * static_cast<double>(known.size())));
    length = known[std::max<std::size_t>(nth, 1) - 1];
  }
  return spec.timeout ? std::min(length, *spec.timeout) : length;
}

bool Book::is_dead(Token token) const {
  const auto found = context_.attempts.find(token);
  if (found == context_.attempts.end() || !found->second.dead) return false;
  return context_.now - *found->second.dead >= kStartTolerance;
}

bool Book::is_blocked(const BookRun& run) const {
  const bool excludes = context_.spec(run.job).overlap != core::Overlap::allow;
  for (const RunId id : jobs[run.job].open) {
    if (id >= run.id) return false;
    const BookRun* older = find(id);
    if (older == nullptr || older->over) continue;
    if (excludes) return true;
    if (run.cause == core::Cause::catchup && older->cause == core::Cause::catchup) return true;
  }
  return false;
}

bool share_pool(const core::Uses& a, const core::Uses& b) {
  return std::ranges::any_of(a, [&](const core::Use& use) {
    return std::ranges::count(b, use.pool, &core::Use::pool) > 0;
  });
}

bool Book::share_pool(const BookRun& a, const BookRun& b) const {
  return sim::share_pool(*context_.spec(a.job).uses, *context_.spec(b.job).uses);
}

bool Book::can_bring(JobIndex job) const {
  const core::JobSpec& spec = context_.spec(job);
  return spec.enabled && spec.problem.empty() && !jobs[job].paused && !jobs[job].quarantined;
}

Instant Book::rank_of_its_slot(const BookRun& run) const {
  const bool by_slot = run.slot_due && run.cause != core::Cause::catchup;
  return saturating_add(by_slot ? *run.slot_due : run.queued_at,
                        static_cast<int>(run.priority) * context_.fleet.ageing);
}

Instant Book::rank_to_lend(const BookRun& run) const {
  const Instant own = std::max(run.own_rank, rank_of_its_slot(run));
  return run.lent_rank ? std::min(*run.lent_rank, own) : own;
}

bool Book::waits(JobIndex job) const {
  return std::ranges::any_of(jobs[job].open, [&](RunId id) { return !has_attempt(id); });
}

std::optional<Instant> Book::last_waited(JobIndex job) const {
  const bool has_needs = !context_.spec(job).needs->empty();
  return has_needs && waits(job) ? std::optional{context_.now} : jobs[job].last_waited;
}

/// Who holds units is expected to do so for as long as runs of its job take by now.
void Book::take_up_anew() {
  for (auto& [token, lease] : leases) {
    lease.expected_end = lease.decided + rounded(length_of(lease.job));
  }
  for (auto& [id, run] : runs) {
    // Whoever has heard that a need failed remembers that; a new daemon does not.
    for (Join& join : run.joins) join.upstream.reset();
    run.unclear = false;
    run.eligible_since.reset();
    run.owed_since.reset();
  }
}

void Book::daemon_up(const std::vector<core::PoolSpec>& file) {
  pools_ = file;
  for (auto& [token, lease] : leases) {
    lease.since = Instant{lease.started_at.time_since_epoch() - context_.wall_offset};
    lease.decided = lease.since;
    lease.unclear = false;
  }
  for (auto& [id, run] : runs) run.joins.clear();
  take_up_anew();
}

void Book::Turn::begin(Instant clock) {
  at = clock;
  started.clear();  // they keep their room
  made.clear();
  over.clear();
  by_hand = muddled = reloaded = false;
}

void Book::open_turn(const core::Batch& batch, const std::vector<core::PoolSpec>& file) {
  for (const JobIndex job : changed_jobs_) {
    jobs[job].could_not_bring = !can_bring(job);
    jobs[job].waited_due = jobs[job].waiting_due;
  }
  changed_jobs_.clear();
  turn_.begin(context_.on_line(batch.fleet.clock));
  for (const JobIndex job : needing_) {  // up to this turn, also where it is the one that ends it
    if (waits(job)) jobs[job].last_waited = turn_.at;
  }
  for (const core::Row& row : batch.rows) {
    const auto* event = std::get_if<core::EventRow>(&row);
    turn_.reloaded |= event != nullptr && event->kind == core::EventKind::reloaded;
  }
  if (turn_.reloaded) {
    if (!file.empty()) pools_ = file;
    take_up_anew();
    for (auto& [token, lease] : leases) lease.unclear |= !lease.has_process;
  }
  for (const core::Row& row : batch.rows) {
    if (const auto* job = std::get_if<core::JobRow>(&row)) apply(*job);
    if (const auto* run = std::get_if<core::RunRow>(&row)) apply(*run);
  }
  for (const core::Row& row : batch.rows) {
    if (const auto* attempt = std::get_if<core::AttemptRow>(&row)) apply(*attempt);
  }
}

void Book::close_turn() {
  for (const RunId id : turn_.over) {
    const auto found = runs.find(id);
    if (found == runs.end()) continue;
    std::erase(jobs[found->second.job].open, id);
    runs.erase(found);
  }
}

void Book::apply(const core::JobRow& row) {
  const auto job = context_.job_of(row.job);
  if (!job) return;
  jobs[*job].could_not_bring = !can_bring(*job);
  changed_jobs_.push_back(*job);
  jobs[*job].paused = row.paused;
  jobs[*job].quarantined = row.quarantined;
  jobs[*job].waiting_due.reset();
  if (row.waiting_due_at) jobs[*job].waiting_due = context_.on_line(*row.waiting_due_at);
}

void Book::apply(const core::RunRow& row) {
  const auto job = context_.job_of(row.job);
  if (!job) return;
  const auto line = [&](std::optional<WallTime> at) {
    return at ? std::optional{context_.on_line(*at)} : std::nullopt;
  };
  const auto [found, is_new] = runs.try_emplace(row.run);
  BookRun& run = found->second;
  if (is_new) {
    run.id = row.run;
    run.job = *job;
    jobs[*job].open.push_back(row.run);
    std::ranges::sort(jobs[*job].open);
    turn_.made.push_back(row.run);
    turn_.by_hand |= row.cause == core::Cause::manual;
  }
  run.cause = row.cause;
  run.priority = row.priority;
  run.own_rank = context_.on_line(row.rank_at);
  run.lent_rank = line(row.lent_rank_at);
  run.state = row.state;
  run.queued_at = context_.on_line(row.queued_at);
  run.slot_due = line(row.slot_at);
  run.started_at = line(row.started_at);
  run.retry_at = line(row.retry_at);
  run.triggered_by = row.triggered_by;
  run.forced = row.forced;
  run.cancelled = row.reason.has_value();
  if (row.state == core::RunState::ended) settle(run, row);
}

void Book::settle(BookRun& run, const core::RunRow& row) {
  run.over = &row;
  turn_.over.push_back(run.id);
  if (row.disposition != core::Disposition::ran || row.outcome != core::Outcome::ok) return;
  BookJob& job = jobs[run.job];
  job.last_success = row.ended_at ? context_.on_line(*row.ended_at) : turn_.at;
  job.last_success_started = run.started_at;
  if (!row.started_at || !row.ended_at) return;
  const Duration length = *row.ended_at - *row.started_at;
  job.lengths.push_back(length);
  auto& in_order = job.lengths_in_order;
  in_order.insert(std::ranges::upper_bound(in_order, length), length);
  if (job.lengths.size() <= kLengthsKept) return;
  in_order.erase(std::ranges::lower_bound(in_order, job.lengths.front()));
  job.lengths.pop_front();
}

void Book::apply(const core::AttemptRow& row) {
  const auto job = context_.job_of(row.job);
  if (!job) return;
  const auto known = leases.find(row.token);
  if (row.outcome) {
    turn_.muddled |= std::ranges::count(turn_.started, row.token) > 0;
    if (known != leases.end()) leases.erase(known);
    if (const auto at = living_.find(row.run); at != living_.end() && at->second == row.token) {
      living_.erase(at);
    }
    return;
  }
  if (known != leases.end()) {
    known->second.started_at = row.started_at;
    known->second.since = context_.on_line(row.started_at);
    known->second.has_process |= row.process.pid != 0;
    return;
  }
  BookLease lease;
  lease.run = row.run;
  lease.job = *job;
  lease.started_at = row.started_at;
  lease.since = context_.on_line(row.started_at);
  lease.decided = lease.since;
  lease.expected_end = lease.decided + rounded(length_of(*job));
  if (const BookRun* run = find(row.run)) {
    lease.priority = run->priority;
    lease.place = run->rank();
  }
  core::Uses units;
  for (const auto& [name, weight] : row.uses) {
    const auto pool = std::ranges::find(pools_, name, &core::PoolSpec::name);
    if (pool == pools_.end()) continue;
    units.push_back({static_cast<core::PoolIndex>(pool - pools_.begin()), std::stoi(weight)});
    lease.slots_then.push_back(pool->slots);
  }
  if (!units.empty()) lease.units = std::move(units);
  living_[row.run] = row.token;
  leases.emplace(row.token, std::move(lease));
  turn_.started.push_back(row.token);
}

}  // namespace takt::sim
