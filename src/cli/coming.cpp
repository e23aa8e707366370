#include "cli/coming.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <queue>
#include <utility>

#include "base/state_dir.h"
#include "cli/planned.h"
#include "core/restore.h"
#include "core/schedule.h"
#include "store/sqlite_history.h"

namespace takt::cli {
namespace {

using core::JobSpec;
using core::Slot;
using core::TimeLine;

/// "2026-03-08 03:00:00 -04:00" in the zone of a cron job.
std::string local_text(const JobSpec& job, WallTime at) {
  const auto* cron = std::get_if<core::Cron>(&job.schedule);
  if (cron == nullptr) return {};
  const auto second = std::chrono::floor<std::chrono::seconds>(at);
  const auto offset = std::chrono::floor<std::chrono::minutes>(cron->rule->zone->offset_at(second));
  const std::string shown = format_rfc3339(at + offset);
  const auto minutes = std::chrono::abs(offset).count();
  return fmt::format("{} {} {}{:02}:{:02}", shown.substr(0, 10), shown.substr(11, 8),
                     offset.count() < 0 ? '-' : '+', minutes / 60, minutes % 60);
}

ComingSlot coming_slot(const JobSpec& job, const TimeLine& line, const Slot& slot) {
  const WallTime at = line.wall(slot.due);
  return {job.name, at, local_text(job, at), core::moved_by_dst(job, line, slot)};
}

/// What the store knows of the fleet: its epoch, clock and cursors. Nothing: it has not started yet.
core::Stored stored_fleet(Context& context, const core::FleetSpec& spec) {
  core::Stored stored;
  std::error_code error;
  const auto file = database_file(spec.state_dir);
  auto& err = context.console().err;
  constexpr auto kFromNow = "grids are shown as if the fleet started now";
  if (!std::filesystem::exists(file, error)) {
    err << fmt::format("{} has no database yet: {}\n", spec.state_dir, kFromNow);
    return stored;
  }
  auto history = store::SqliteHistory::open(file);
  if (history) {
    auto fleet = (*history)->fleet();
    auto jobs = (*history)->jobs();
    if (fleet && jobs) {
      stored.fleet = std::move(*fleet);
      stored.jobs = std::move(*jobs);
      return stored;
    }
  }
  err << fmt::format("{} cannot be read{}: {}\n", file.native(),
                     history ? "" : ": " + history.error().what, kFromNow);
  return stored;
}

/// Walks the slots of one job.
class Walk {
 public:
  Walk(const JobSpec& job, const TimeLine& line, std::optional<Slot> slot)
      : job_(&job), line_(&line), slot_(slot) {}

  const std::optional<Slot>& slot() const { return slot_; }
  const JobSpec& job() const { return *job_; }
  void advance() { slot_ = core::next_slot(*job_, *line_, *slot_); }

  /// On to the first one after `from`.
  void pass(Instant from) {
    if (!slot_ || slot_->due > from) return;
    slot_ = core::due_slots(*job_, *line_, *slot_, from).last;
    advance();
  }

 private:
  const JobSpec* job_;
  const TimeLine* line_;
  std::optional<Slot> slot_;
};

struct LaterFirst {
  bool operator()(const Walk& a, const Walk& b) const {
    const Instant one = a.slot()->due;
    const Instant other = b.slot()->due;
    return one != other ? one > other : a.job().name > b.job().name;
  }
};

Coming merged(const std::vector<Walk>& walks, const TimeLine& line, std::int64_t count) {
  std::priority_queue<Walk, std::vector<Walk>, LaterFirst> queue;
  for (const Walk& walk : walks) {
    if (walk.slot()) queue.push(walk);
  }
  Coming slots;
  while (!queue.empty() && std::ssize(slots) < count) {
    Walk walk = queue.top();
    queue.pop();
    slots.push_back(coming_slot(walk.job(), line, *walk.slot()));
    walk.advance();
    if (walk.slot()) queue.push(walk);
  }
  return slots;
}

/// The walk of a job from its cursor; from `from` where the schedule tells its slots at any time.
Walk walk_of(const core::State& s, const TimeLine& line, JobIndex index,
             std::optional<Instant> from) {
  const JobSpec& spec = s.spec_of(index);
  const auto& next = s.jobs[index].next;
  const bool by_draws = std::holds_alternative<core::EveryBetween>(spec.schedule);
  const bool by_ends = std::holds_alternative<core::After>(spec.schedule);
  if (from && !by_draws && !by_ends) {
    return {spec, line, core::first_slot(spec, line, *from + Duration{1}, 0)};
  }
  return {spec, line, next};
}

/// The end of its open run decides when an `after` job is due, and nobody knows that here.
bool waits_for_an_end(const core::Stored& stored, const JobSpec& job) {
  if (!std::holds_alternative<core::After>(job.schedule)) return false;
  const auto row = std::ranges::find(stored.jobs, job.name, &core::JobRow::job);
  return row != stored.jobs.end() && !row->next_at;
}

void say_why_there_are_none(Console& console, const JobSpec& job, const core::Stored& stored) {
  std::string_view why = "its only slot has passed";
  if (std::holds_alternative<core::Manual>(job.schedule)) why = "it has no schedule";
  if (waits_for_an_end(stored, job)) why = "its next slot follows from the end of its run";
  console.err << fmt::format("{}: {}\n", job.name, why);
}

}  // namespace

WallTime wall_clock() { return std::chrono::floor<Duration>(std::chrono::system_clock::now()); }

Coming coming_slots_of(const JobSpec& job, WallTime from, std::int64_t count) {
  const TimeLine line{Instant{}};
  Walk walk{job, line, core::first_slot(job, line, line.instant(from) + Duration{1}, 0)};
  Coming slots;
  for (; walk.slot() && std::ssize(slots) < count; walk.advance()) {
    slots.push_back(coming_slot(job, line, *walk.slot()));
  }
  return slots;
}

std::expected<Coming, Failure> coming_of_fleet(Context& context, std::string_view job,
                                               std::optional<WallTime> from, std::int64_t count) {
  const auto loaded = planned_spec(context);
  if (!loaded) return std::unexpected(loaded.error());
  const core::FleetSpec& spec = *loaded;
  const bool one = !job.empty();
  if (one && std::ranges::find(spec.jobs, job, &JobSpec::name) == spec.jobs.end()) {
    return std::unexpected(no_such_job(context, job));
  }
  const core::Stored stored = stored_fleet(context, spec);
  const double speed = stored.fleet ? stored.fleet->speed : 1;
  const WallTime clock = speed == 1 ? wall_clock() : stored.fleet->clock;
  const Instant now{clock.time_since_epoch()};
  const core::State s = core::restore(spec, stored, {}, speed, now);
  const TimeLine line = s.line();
  const auto start = from ? std::optional{line.instant(*from)} : std::nullopt;

  std::vector<Walk> walks;
  for (JobIndex i = 0; i < s.listed; ++i) {
    const JobSpec& candidate = s.spec_of(i);
    if (one ? candidate.name != job : !candidate.enabled) continue;
    Walk walk = waits_for_an_end(stored, candidate) ? Walk{candidate, line, std::nullopt}
                                                    : walk_of(s, line, i, start);
    walk.pass(start.value_or(now));
    if (one && !walk.slot()) say_why_there_are_none(context.console(), candidate, stored);
    walks.push_back(walk);
  }
  return merged(walks, line, count);
}

}  // namespace takt::cli
