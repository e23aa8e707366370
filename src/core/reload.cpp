#include "core/reload.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/definition.h"
#include "core/degraded.h"
#include "core/dependencies.h"
#include "core/job_names.h"
#include "core/notices.h"
#include "core/probe_records.h"
#include "core/rearrangement.h"
#include "core/schedule.h"
#include "core/settle.h"
#include "core/slots.h"
#include "core/waiting.h"
#include "core/wall_slots.h"
#include "core/watchdog.h"

namespace takt::core {
namespace {

constexpr std::size_t kNamesTold = 20;

std::string why_not(const State& s, const FleetSpec& fleet) {
  if (s.mode == Mode::stopping || s.mode == Mode::stopped) return "the daemon is stopping";
  if (fleet.name != s.spec.name) {
    return fmt::format("the fleet's name is '{}' in the file, and '{}' here", fleet.name,
                       s.spec.name);
  }
  if (fleet.state_dir != s.spec.state_dir) {
    return fmt::format("state_dir is '{:.300}' in the file, and '{:.300}' here", fleet.state_dir,
                       s.spec.state_dir);
  }
  return {};
}

/// Names of jobs with their number; a long list is cut.
class NameList {
 public:
  void add(const std::string& name) {
    if (++count_ > kNamesTold) return;
    if (!names_.empty()) names_ += ", ";
    names_ += name;
  }
  std::size_t count() const { return count_; }
  std::string names() const {
    return count_ > kNamesTold ? fmt::format("{}, and {} more", names_, count_ - kNamesTold)
                               : names_;
  }

 private:
  std::size_t count_ = 0;
  std::string names_;
};

struct Difference {
  NameList added;
  NameList removed;
  NameList changed;
  std::string settings;  // of the fleet, as keys

  bool any() const {
    return added.count() + removed.count() + changed.count() > 0 || !settings.empty();
  }

  std::string text() const {
    std::string text;
    const auto tell = [&](std::string_view what, const std::string& names, std::size_t count) {
      if (count == 0) return;
      text += fmt::format("{}{} {} ({})", text.empty() ? "" : ", ", count, what, names);
    };
    tell("added", added.names(), added.count());
    tell("changed", changed.names(), changed.count());
    tell("removed", removed.names(), removed.count());
    if (!settings.empty()) {
      text += fmt::format("{}settings ({})", text.empty() ? "" : ", ", settings);
    }
    return text.empty() ? "nothing has changed" : text;
  }

  std::vector<std::pair<std::string, std::string>> data(std::size_t jobs) const {
    std::vector<std::pair<std::string, std::string>> data{
        {"jobs", std::to_string(jobs)},
        {"added_count", std::to_string(added.count())},
        {"changed_count", std::to_string(changed.count())},
        {"removed_count", std::to_string(removed.count())}};
    const auto name = [&](std::string_view key, std::string names) {
      if (!names.empty()) data.emplace_back(key, std::move(names));
    };
    name("added", added.names());
    name("changed", changed.names());
    name("removed", removed.names());
    name("settings", settings);
    return data;
  }
};

void note_settings(std::string& settings, const FleetSpec& before, const FleetSpec& now) {
  const auto note = [&](bool differs, std::string_view key) {
    if (!differs) return;
    if (!settings.empty()) settings += ", ";
    settings += key;
  };
  note(before.timezone != now.timezone, "timezone");
  note(before.ageing != now.ageing, "ageing");
  note(before.max_running != now.max_running, "max_running");
  note(before.memory != now.memory, "memory");
  note(!same_command(before.cleanup, now.cleanup), "cleanup");
  note(before.pools != now.pools, "pools");
  note(before.health != now.health, "health");
  note(before.contacts != now.contacts, "notify");
  note(before.ping != now.ping, "ping");
}

void tell_problem(Turn& turn, JobIndex index, const std::string& before) {
  const JobSpec& spec = turn.s.spec_of(index);
  if (spec.problem.empty() || spec.problem == before) return;
  turn.event(Severity::warning, EventKind::problem, index, std::nullopt,
             fmt::format("{} is disabled: {}", spec.name, spec.problem));
}

void add_job(Turn& turn, JobIndex index) {
  Job& job = turn.job(index);
  job.first_loaded = turn.now;
  job.next = entry_slot(turn.s, index, turn.now, 0);
  turn.touch(index, true);
  tell_problem(turn, index, {});
}

void remove_job(Turn& turn, JobIndex index) {
  Job& job = turn.job(index);
  job.next.reset();
  job.stuck = job.overdue = false;
  job.recovery_due.reset();
  job.recovery_for.reset();
  turn.touch(index, true);
  redefine_runs(turn, index, turn.s.spec.ageing);
}

/// Verdicts that the new definition would not give, or not yet. They come again by its own limits.
void watch_by(Turn& turn, JobIndex index, const Changed& change) {
  const JobSpec& spec = turn.s.spec_of(index);
  Job& job = turn.job(index);
  if (change.was_away || (spec.can_run() && !change.before.can_run())) watch_anew(job, turn.now);
  if (!spec.can_run() || spec.stale_after != change.before.stale_after) job.stuck = false;
  if (!spec.can_run() || spec.late_after != change.before.late_after) job.overdue = false;
}

bool waits_alike(const JobSpec& a, const JobSpec& b) {
  return a.start_within == b.start_within && a.overlap == b.overlap && a.catchup == b.catchup &&
         schedule_fingerprint(a) == schedule_fingerprint(b);
}

/// What runs goes on under the definition it was started with.
void hold_to_old(Turn& turn, JobIndex index, const JobSpec& before) {
  std::shared_ptr<const JobSpec> old;
  for (const RunId id : turn.job(index).open) {
    Run& run = turn.run(id);
    if (!run.attempt || run.attempt->phase == Phase::recording || run.attempt->under) continue;
    if (!old) old = std::make_shared<const JobSpec>(before);
    run.attempt->under = old;
  }
}

void change_job(Turn& turn, const Changed& change) {
  State& s = turn.s;
  const JobIndex index = change.job;
  Job& job = turn.job(index);
  const auto next = job.next ? std::optional{job.next->due} : std::nullopt;
  const std::string followed =
      change.was_away ? std::string{kNoSchedule} : schedule_fingerprint(change.before);
  follow_schedule(s, index, followed, next, turn.now, turn.now);
  complete_after(s, index, turn.now);
  watch_by(turn, index, change);
  hold_to_old(turn, index, change.before);
  if (change.before.needs != s.spec_of(index).needs) forget_needs(turn, index);
  redefine_runs(turn, index, s.spec.ageing);
  if (!waits_alike(change.before, s.spec_of(index))) {
    for (const RunId id : job.open) {
      Run& run = turn.run(id);
      if (run.state == RunState::waiting) run.deadline = deadline_of(s, run, turn.now);
    }
  }
  turn.touch(index, true);
  tell_problem(turn, index, change.was_away ? std::string{} : change.before.problem);
}

void refuse(Turn& turn, const Reload& event, const std::string& why) {
  constexpr auto kHint = "the running fleet is as it was; `takt down` and `takt up` load the file";
  turn.event(Severity::error, EventKind::problem, std::nullopt, std::nullopt,
             "the fleet file is not reloaded: " + why);
  turn.effects.emplace_back(Answer{
      event.request, Seq{}, std::unexpected(Refusal{Refusal::Kind::refused, why, kHint, {}}), {}});
}

/// Slots that an outage of the store keeps undecided are the old definition's, of each job that gets
/// another one or none.
void miss_slots_of_changed(Turn& turn, const FleetSpec& fleet) {
  if (turn.s.store_ok) return;
  const JobNames wanted(fleet.jobs, static_cast<JobIndex>(fleet.jobs.size()));
  for (JobIndex i = 0; i < turn.s.listed; ++i) {
    const JobSpec& before = turn.s.spec_of(i);
    if (const auto found = wanted.find(fleet.jobs, before.name)) {
      JobSpec spec = fleet.jobs[*found];
      share_command(spec, before);
      if (spec == before) continue;
    }
    miss_held_slots(turn, i);
  }
}

}  // namespace

void on_reload(Turn& turn, const Reload& event) {
  State& s = turn.s;
  if (const std::string why = why_not(s, *event.fleet); !why.empty()) {
    refuse(turn, event, why);
    return;
  }
  miss_slots_of_changed(turn, *event.fleet);
  Difference difference;
  note_settings(difference.settings, s.spec, *event.fleet);
  const Duration old_ageing = s.spec.ageing;
  const Rearranged jobs = rearrange(turn, *event.fleet);

  if (old_ageing != s.spec.ageing) {
    for (auto& [id, run] : s.runs) {
      if (run.state != RunState::ended) rank_anew(turn, run, old_ageing);
    }
  }
  for (const JobIndex index : jobs.removed) {
    difference.removed.add(s.spec_of(index).name);
    remove_job(turn, index);
  }
  for (const JobIndex index : jobs.added) {
    difference.added.add(s.spec_of(index).name);
    add_job(turn, index);
  }
  for (const Changed& change : jobs.changed) {
    const std::string& name = s.spec_of(change.job).name;
    (change.was_away ? difference.added : difference.changed).add(name);
    change_job(turn, change);
  }
  forget_probes(turn);
  forget_contacts(turn);
  if (difference.any()) look_again_at_all(turn);
  for (JobIndex i = 0; i < s.jobs.size(); ++i) s.wake.set(i, wake_of(s, i));

  const std::string text = difference.text();
  turn.event(Severity::info, EventKind::reloaded, std::nullopt, std::nullopt,
             "the fleet file is reloaded: " + text, difference.data(s.listed));
  // The file says the same at the next start, so it needs no row to be true.
  const Seq after = nothing_is_durable(s) ? Seq{} : turn.seq();
  turn.effects.emplace_back(Answer{event.request, after, std::optional<RunId>{}, text});
}

void on_reload_failed(Turn& turn, const ReloadFailed& event) {
  turn.event(Severity::error, EventKind::problem, std::nullopt, std::nullopt,
             "the fleet file is not reloaded: " + event.why, event.data);
}

}  // namespace takt::core
