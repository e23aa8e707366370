#include "audit/scene.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace takt::audit {
namespace {

void move_by(WallTime& at, Duration by) { at += by; }
void move_by(std::optional<WallTime>& at, Duration by) {
  if (at) *at += by;
}

/// Brings the instants of a row onto the line.
template <class... Times>
bool straighten(const Frames& frames, WallTime written, Times&... times) {
  const auto shift = frames.shift_of(written);
  (move_by(times, shift.by), ...);
  return shift.unclear;
}

void straighten_rows(const Frames& frames, WallTime now, store::WholeHistory& all) {
  for (auto& row : all.nodes) {
    straighten(frames, row.stopped_at.value_or(row.started_at), row.started_at, row.stopped_at);
  }
  for (auto& row : all.jobs) {
    straighten(frames, now, row.first_loaded_at, row.next_at, row.paused_until, row.resumed_at,
               row.last_recovery_at);
  }
  for (auto& row : all.heartbeats) {
    straighten(frames, now, row.last_start_at, row.last_success_at, row.last_failure_at,
               row.last_skip_at);
  }
  for (auto& row : all.events) straighten(frames, row.at, row.at);
}

class Builder {
 public:
  Builder(Scene& scene, Findings& findings) : scene_(scene), findings_(findings) {}

  void jobs(store::WholeHistory& all) {
    for (const core::JobSpec& spec : scene_.spec.jobs) {
      facts(spec.name).spec = &spec;
      facts(spec.name).off_the_line =
          scene_.frames.steps() > 0 && core::follows_the_wall(spec.schedule);
    }
    for (auto& row : all.jobs) facts(row.job).row = std::move(row);
    for (auto& row : all.heartbeats) facts(row.job).heartbeat = std::move(row);
  }

  void runs(std::vector<core::RunRow>& rows) {
    for (auto& row : rows) {
      RunFacts run;
      const auto slot_at = row.slot_at;
      run.unclear =
          straighten(scene_.frames, row.ended_at.value_or(scene_.fleet.clock), row.slot_at,
                     row.rank_at, row.queued_at, row.started_at, row.ended_at, row.retry_at);
      run.job = &facts(row.job);
      if (run.job->off_the_line) row.slot_at = slot_at;
      run.row = std::move(row);
      RunFacts& placed = scene_.runs.emplace(run.row.run, std::move(run)).first->second;
      placed.job->runs.push_back(&placed);
      placed.job->unclear |= placed.unclear;
    }
  }

  void attempts(std::vector<core::AttemptRow>& rows) {
    for (auto& row : rows) {
      AttemptFacts attempt;
      attempt.unclear = straighten(scene_.frames, row.ended_at.value_or(row.started_at),
                                   row.started_at, row.ended_at);
      const auto run = scene_.runs.find(row.run);
      if (run != scene_.runs.end()) attempt.run = &run->second;
      attempt.row = std::move(row);
      AttemptFacts& placed =
          scene_.attempts.emplace(attempt.row.token, std::move(attempt)).first->second;
      facts(placed.row.job).attempts.push_back(&placed);
      if (placed.run != nullptr) {
        placed.run->attempts.push_back(&placed);
      } else {
        findings_.add({Verdict::integrity,
                       placed.row.job,
                       placed.row.run,
                       fmt::format("attempt {} (token {}) is of a run that is not there",
                                   placed.row.attempt, placed.row.token.value),
                       {}});
      }
    }
    for (auto& [id, run] : scene_.runs) {
      std::ranges::sort(run.attempts, {}, [](const AttemptFacts* a) { return a->row.attempt; });
    }
  }

  void ranges(std::vector<core::SlotsRow>& rows) {
    for (auto& row : rows) {
      JobFacts& job = facts(row.job);
      const WallTime written = row.decided_at;
      if (straighten(scene_.frames, written, row.decided_at)) {
        job.unclear = true;
        job.unclear_ranges.insert(row.first);
      }
      if (!job.off_the_line) straighten(scene_.frames, written, row.at, row.last_at);
      job.ranges.push_back(std::move(row));
    }
  }

  void finish(const std::map<std::string, store::KeptFrom>& kept_from) {
    for (auto& [name, job] : scene_.jobs) {
      const auto kept = kept_from.find(name);
      if (kept != kept_from.end()) note_kept(job, kept->second);
      if (job.spec == nullptr || !job.spec->command) continue;
      const auto& argv = job.spec->command->argv;
      job.by_shell = argv.size() == 3 && argv[0] == "/bin/sh" && argv[1] == "-c";
      job.witnessed = std::ranges::any_of(
          argv, [](const std::string& word) { return word.contains("takt-witness"); });
    }
  }

 private:
  JobFacts& facts(const std::string& name) {
    JobFacts& job = scene_.jobs[name];
    job.name = name;
    return job;
  }

  /// A run that was deleted took its slot along: numbers are whole from the first run that cannot
  /// have been.
  void note_kept(JobFacts& job, const store::KeptFrom& from) {
    job.trimmed = true;
    job.runs_from = from.run;
    job.slots_from = job.row ? job.row->next_number : from.slot;
    for (const RunFacts* run : job.runs) {
      if (run->row.run < from.run || !run->row.slot_number) continue;
      job.slots_from = std::min(job.slots_from, *run->row.slot_number);
    }
    job.slots_from = std::max(job.slots_from, from.slot);
  }

  Scene& scene_;
  Findings& findings_;
};

/// Instants at which a daemon was there (`all`) and took up work (`work`), sorted.
struct Signs {
  std::vector<WallTime> all;
  std::vector<WallTime> work;

  explicit Signs(const Scene& scene) {
    for (const auto& [id, run] : scene.runs) {
      if (run.unclear) continue;
      worked(run.row.queued_at);
      if (run.row.started_at) worked(*run.row.started_at);
      if (run.row.ended_at) all.push_back(*run.row.ended_at);
    }
    for (const auto& [token, attempt] : scene.attempts) {
      if (attempt.row.ended_at && !attempt.unclear) all.push_back(*attempt.row.ended_at);
    }
    for (const auto& event : scene.events) all.push_back(event.at);
    for (const auto& [name, job] : scene.jobs) {
      for (const auto& range : job.ranges) worked(range.decided_at);
    }
    std::ranges::sort(all);
    std::ranges::sort(work);
  }

  /// The last sign of `from` that is not after `at`; else `otherwise`.
  static WallTime last(const std::vector<WallTime>& from, WallTime at, WallTime otherwise) {
    const auto after = std::ranges::upper_bound(from, at);
    return after == from.begin() ? otherwise : std::max(*std::prev(after), otherwise);
  }

 private:
  void worked(WallTime at) {
    work.push_back(at);
    all.push_back(at);
  }
};

/// The last instant at which each daemon is proven to have been there to decide. One that stops
/// decides nothing while it waits for trees to end.
std::vector<Presence> presences_of(const Scene& scene, const std::vector<core::NodeRow>& nodes,
                                   WallTime now) {
  Duration grace{0};
  for (const core::JobSpec& job : scene.spec.jobs) grace = std::max(grace, job.kill_grace);
  const Signs signs(scene);
  std::vector<Presence> presences;
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    Presence presence{nodes[i].started_at, nodes[i].started_at};
    if (nodes[i].stopped_at) {
      const WallTime stopping = *nodes[i].stopped_at - grace - kRecoveryBound;
      presence.to = std::max(presence.from, stopping);
      presence.to = Signs::last(signs.work, *nodes[i].stopped_at, presence.to);
    } else if (i + 1 < nodes.size()) {
      presence.to = Signs::last(signs.all, nodes[i + 1].started_at - Duration{1}, presence.from);
    } else {
      presence.to = std::max(presence.from, scene.running ? now : scene.fleet.clock);
    }
    presences.push_back(presence);
  }
  return presences;
}

/// The job whose witness file this is, by name or by the runs it speaks of.
class FileOwners {
 public:
  explicit FileOwners(const Scene& scene) : jobs_(scene.diaries.files.size()) {
    for (std::size_t i = 0; i < jobs_.size(); ++i) {
      const auto found = scene.jobs.find(scene.diaries.files[i].stem().string());
      if (found != scene.jobs.end()) jobs_[i] = &found->second;
    }
  }
  void spoke_of(const Entry& entry, const JobFacts* job) {
    if (jobs_[entry.file] == nullptr) jobs_[entry.file] = job;
  }
  const JobFacts* of(const Entry& entry) const { return jobs_[entry.file]; }

 private:
  std::vector<const JobFacts*> jobs_;
};

/// Whether retention may have taken the attempt that the line speaks of.
bool is_beyond_history(const Scene& scene, const Entry& entry, const JobFacts* owner) {
  const RunId run = entry.line.speaker.run;
  const auto before_all_of = [&](const JobFacts& job) {
    return job.trimmed && run < job.runs_from;
  };
  if (owner != nullptr) return before_all_of(*owner);
  return std::ranges::any_of(scene.jobs,
                             [&](const auto& named) { return before_all_of(named.second); });
}

AttemptFacts* attempt_of(Scene& scene, const Entry& entry) {
  const witness::Speaker& who = entry.line.speaker;
  const auto found = scene.attempts.find(who.token);
  if (found == scene.attempts.end()) return nullptr;
  AttemptFacts& attempt = found->second;
  if (attempt.row.run != who.run || attempt.row.attempt != who.attempt) return nullptr;
  const auto& process = attempt.row.process;
  const JobFacts* job = attempt.run != nullptr ? attempt.run->job : nullptr;
  // Not known: the daemon was killed before it could write down whom it had started.
  if (process.pid == 0 || (job != nullptr && job->by_shell)) return &attempt;
  return process.pid == who.pid && process.start_ticks == who.start_ticks ? &attempt : nullptr;
}

void join_lines(Scene& scene, const Diaries& early) {
  std::map<std::filesystem::path, int> known;
  for (const Entry& entry : early.entries) known[early.files[entry.file]] = entry.number;
  FileOwners owners(scene);
  std::vector<const Entry*> unknown;
  for (const Entry& entry : scene.diaries.entries) {
    AttemptFacts* attempt = attempt_of(scene, entry);
    if (attempt == nullptr) {
      const auto lines = known.find(scene.diaries.files[entry.file]);
      if (lines != known.end() && entry.number <= lines->second) unknown.push_back(&entry);
      continue;
    }
    if (attempt->run != nullptr) {
      attempt->run->job->witnessed = true;
      owners.spoke_of(entry, attempt->run->job);
    }
    auto& list = entry.line.mark == witness::Mark::start ? attempt->starts
                 : entry.line.mark == witness::Mark::end ? attempt->ends
                                                         : attempt->marks;
    list.push_back(&entry);
  }
  for (const Entry* entry : unknown) {
    if (is_beyond_history(scene, *entry, owners.of(*entry))) {
      scene.beyond_history += 1;
    } else {
      scene.strangers.push_back(entry);
    }
  }
}

WallTime judged_until(const Scene& scene, const SceneOptions& options) {
  WallTime last = scene.fleet.clock;
  if (scene.real_time() && options.running) last = options.now;
  if (!options.running && !scene.presences.empty()) last = scene.presences.back().to;
  return options.until ? std::min(*options.until, last) : last;
}

}  // namespace

JobFacts* Scene::job(std::string_view name) {
  const auto found = jobs.find(name);
  return found == jobs.end() ? nullptr : &found->second;
}

bool Scene::may_have_changed_since(WallTime at) const {
  return (!reloads.empty() && reloads.back() >= at) || (!restarts.empty() && restarts.back() >= at);
}

std::unique_ptr<Scene> set_scene(core::FleetSpec spec, store::WholeHistory history,
                                 const Diaries& early, Diaries late, const SceneOptions& options,
                                 Findings& findings) {
  auto scene = std::make_unique<Scene>();
  scene->spec = std::move(spec);
  scene->fleet = history.fleet.value_or(core::FleetRow{});
  scene->frames = Frames(history.events);
  scene->running = options.running;
  scene->boot_id = options.boot_id;
  scene->diaries = std::move(late);
  straighten_rows(scene->frames, scene->fleet.clock, history);
  scene->events = std::move(history.events);
  Builder builder(*scene, findings);
  builder.jobs(history);
  builder.runs(history.runs);
  builder.attempts(history.attempts);
  builder.ranges(history.slots);
  builder.finish(history.kept_from);
  scene->nodes = std::move(history.nodes);
  scene->now = options.now;
  scene->presences = presences_of(*scene, scene->nodes, options.now);
  scene->until = judged_until(*scene, options);
  bool first = true;
  for (const auto& event : scene->events) {
    const bool started = event.kind == core::EventKind::fleet_started;
    if (event.kind == core::EventKind::reloaded) scene->reloads.push_back(event.at);
    if (started && !first) scene->restarts.push_back(event.at);
    first = first && !started;
  }
  for (const auto& line : history.damage) {
    findings.add({Verdict::integrity, "", std::nullopt, "the database is damaged: " + line, {}});
  }
  join_lines(*scene, early);
  return scene;
}

}  // namespace takt::audit
