#include "core/requests.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "core/admission.h"
#include "core/attempts.h"
#include "core/degraded.h"
#include "core/dependencies.h"
#include "core/gates.h"
#include "core/params.h"
#include "core/settle.h"
#include "core/slots.h"
#include "core/waiting.h"
#include "core/watchdog.h"

namespace takt::core {
namespace {

void refuse(Turn& turn, RequestId request, Refusal refusal) {
  turn.effects.emplace_back(Answer{request, Seq{}, std::unexpected(std::move(refusal)), {}});
}

void refuse_unknown_job(Turn& turn, RequestId request, const std::string& job) {
  refuse(turn, request,
         {Refusal::Kind::not_found,
          fmt::format("there is no job '{:.80}'", job),
          "`takt ls` shows the jobs",
          {}});
}

/// Done: to be said when this turn's rows are recorded.
void accept(Turn& turn, RequestId request, std::optional<RunId> run = std::nullopt) {
  std::string state;
  if (run) state = word(turn.run(*run).state);
  turn.effects.emplace_back(Answer{request, turn.seq(), run, std::move(state)});
}

/// Done already: to be said when what did it is recorded.
void accept_unchanged(Turn& turn, RequestId request) {
  turn.effects.emplace_back(Answer{request, turn.s.last_seq, std::optional<RunId>{}, {}});
}

/// True, and refused, while nothing that is asked for could be kept.
bool refuse_undurable(Turn& turn, RequestId request) {
  if (!nothing_is_durable(turn.s)) return false;
  refuse(turn, request,
         {Refusal::Kind::refused,
          "it cannot be recorded: " + turn.s.store_error,
          "free space or repair the disk, takt goes on by itself; then ask again",
          {}});
  return true;
}

/// One job by name, or all of them for an empty name; nullopt (and refused) for an unknown one.
std::optional<std::vector<JobIndex>> jobs_meant(Turn& turn, RequestId request,
                                                const std::string& name) {
  if (name.empty()) {
    std::vector<JobIndex> all(turn.s.listed);
    std::iota(all.begin(), all.end(), 0);
    return all;
  }
  if (const auto index = turn.s.find_job(name)) return std::vector{*index};
  refuse_unknown_job(turn, request, name);
  return std::nullopt;
}

std::string sentence_of(const Gates& gates) {
  std::string text;
  for (const Gate& gate : gates) {
    if (gate.answer == GateAnswer::pass || gate.answer == GateAnswer::not_asked) continue;
    if (!text.empty()) text += "; ";
    text += gate.text;
  }
  return text;
}

/// What stands against a run made by hand: any skip, a store that can neither record nor journal it,
/// a run that is queued already, and with overlap = "skip" any open run. Being held is no refusal;
/// but a run that would be ended for one that is held goes on.
bool refuses_trigger(const State& s, JobIndex index, const Gates& gates) {
  if (decision(gates) == GateAnswer::skip) return true;
  const Overlap overlap = s.spec_of(index).overlap;
  if (!s.store_ok && !journal_takes_starts(s)) return true;
  if (!decides(s, index) && overlap == Overlap::replace) return true;
  if (overlap != Overlap::queue && overlap != Overlap::replace) return false;
  for (const RunId id : s.jobs[index].open) {
    if (s.runs.at(id).state == RunState::waiting) return true;
  }
  return false;
}

void cancel_open_runs(Turn& turn, JobIndex index) {
  const std::vector<RunId> open = turn.job(index).open;
  for (const RunId id : open) cancel_run(turn, turn.run(id), Reason::overlap);
}

void resume_job(Turn& turn, JobIndex index) {
  Job& job = turn.job(index);
  if (job.quarantined) job.consecutive_failures = 0;
  job.pause.reset();
  job.quarantined = false;
  watch_anew(job, turn.now);
  turn.touch(index, true);
  look_again(turn, index);
  look_again_at_dependents(turn, index);
}

}  // namespace

void on_trigger(Turn& turn, const Trigger& event) {
  State& s = turn.s;
  const auto index = s.find_job(event.job);
  if (!index) {
    refuse_unknown_job(turn, event.request, event.job);
    return;
  }
  const JobSpec& spec = s.spec_of(*index);
  if (const auto checked = check_params(spec, event.params); !checked) {
    refuse(
        turn, event.request,
        {Refusal::Kind::invalid, checked.error(), "parameters are declared in the fleet file", {}});
    return;
  }
  if (s.mode == Mode::stopping || s.mode == Mode::stopped) {
    refuse(turn, event.request,
           {Refusal::Kind::refused, "the daemon is stopping", "start it with `takt up`",
            evaluate_gates(s, *index, nullptr, turn.now)});
    return;
  }
  Gates gates = evaluate_gates(s, *index, nullptr, turn.now);
  if (event.force) pass_by_force(gates);
  if (refuses_trigger(s, *index, gates)) {
    refuse(
        turn, event.request,
        {Refusal::Kind::refused, fmt::format("{} cannot start: {}", spec.name, sentence_of(gates)),
         event.force
             ? "`takt why` shows every gate"
             : "`takt why` shows every gate; --force passes all but overlap, pools, node and store",
         std::move(gates)});
    return;
  }
  if (spec.overlap == Overlap::replace) cancel_open_runs(turn, *index);
  RunDraft draft;
  draft.cause = Cause::manual;
  draft.params = event.params;
  draft.forced = event.force;
  const RunId run = make_run(turn, *index, std::move(draft));
  admit(turn);
  accept(turn, event.request, run);
}

void on_cancel(Turn& turn, const Cancel& event) {
  State& s = turn.s;
  const auto found = s.runs.find(event.run);
  if (found == s.runs.end()) {
    const bool known = event.run.value >= 1 && event.run <= s.last_run;
    if (known) {
      refuse(turn, event.request,
             {Refusal::Kind::refused,
              fmt::format("run {} has ended", event.run.value),
              "`takt runs` shows how",
              {}});
    } else {
      refuse(turn, event.request,
             {Refusal::Kind::not_found,
              fmt::format("there is no run {}", event.run.value),
              "`takt runs` shows the runs",
              {}});
    }
    return;
  }
  Run& run = found->second;
  const bool durable = !nothing_is_durable(s);
  turn.event(
      Severity::info, EventKind::run_cancelled, run.job, run.id,
      fmt::format("{}: run {} is cancelled by request", s.spec_of(run.job).name, run.id.value));
  cancel_run(turn, run, Reason::manual);
  if (durable) {
    accept(turn, event.request);
    return;
  }
  refuse(turn, event.request,
         {Refusal::Kind::refused,
          fmt::format("run {} is being ended, but that cannot be recorded: {}", event.run.value,
                      s.store_error),
          "if takt is killed before the store is back, the run goes on at its next start",
          {}});
}

void on_pause(Turn& turn, const Pause& event) {
  const auto jobs = jobs_meant(turn, event.request, event.job);
  if (!jobs || refuse_undurable(turn, event.request)) return;
  PauseFacts facts;
  if (event.lasting) facts.until = saturating_add(turn.now, *event.lasting);
  facts.reason = event.reason;
  for (const JobIndex index : *jobs) {
    miss_held_slots(turn, index);
    turn.job(index).pause = facts;
    turn.job(index).stuck = turn.job(index).overdue =
        false;  // nobody waits for a success of it now
    turn.touch(index, true);
    recheck_waiting(turn, index);
    look_again(turn, index);
    look_again_at_dependents(turn, index);
  }
  const std::string what = event.job.empty() ? "every job" : event.job;
  const std::string until =
      facts.until ? fmt::format(" until {}", format_rfc3339(turn.s.wall(*facts.until))) : "";
  const auto only = event.job.empty() ? std::nullopt : std::optional{jobs->front()};
  turn.event(Severity::info, EventKind::paused, only, std::nullopt,
             fmt::format("{} is paused{}{}{}", what, until, event.reason.empty() ? "" : ": ",
                         event.reason));
  accept(turn, event.request);
}

void on_resume(Turn& turn, const Resume& event) {
  const auto jobs = jobs_meant(turn, event.request, event.job);
  if (!jobs || refuse_undurable(turn, event.request)) return;
  bool changed = false;
  for (const JobIndex index : *jobs) {
    const Job& job = turn.job(index);
    if (!job.pause && !job.quarantined) continue;
    resume_job(turn, index);
    changed = true;
  }
  if (!changed) {
    accept_unchanged(turn, event.request);
    return;
  }
  const std::string what = event.job.empty() ? "every job" : event.job;
  const auto only = event.job.empty() ? std::nullopt : std::optional{jobs->front()};
  turn.event(Severity::info, EventKind::resumed, only, std::nullopt,
             fmt::format("{} is resumed", what));
  accept(turn, event.request);
}

void on_drain(Turn& turn, const Drain& event) {
  if (turn.s.mode != Mode::working) {
    accept_unchanged(turn, event.request);
    return;
  }
  turn.s.mode = Mode::draining;
  turn.event(Severity::info, EventKind::draining, std::nullopt, std::nullopt,
             "draining: nothing more starts, what runs may end");
  // It ends with this daemon and needs no row to be true.
  const Seq after = nothing_is_durable(turn.s) ? Seq{} : turn.seq();
  turn.effects.emplace_back(Answer{event.request, after, std::optional<RunId>{}, {}});
}

void on_shut_down(Turn& turn, const ShutDown& event) {
  State& s = turn.s;
  const bool again = s.mode == Mode::stopping;
  if (s.mode != Mode::stopped) s.mode = Mode::stopping;
  std::vector<RunId> alive;
  for (const auto& [token, run] : s.tokens) alive.push_back(run);
  for (const RunId id : alive) kill_attempt(turn, turn.run(id), KillReason::shutdown, again);
  turn.effects.emplace_back(Answer{event.request, Seq{}, std::optional<RunId>{}, {}});
}

bool fire_pause_end(Turn& turn, JobIndex index) {
  const Job& job = turn.job(index);
  if (!job.pause || !job.pause->until || *job.pause->until > turn.now) return false;
  if (turn.s.has_left(index)) return false;
  turn.event(Severity::info, EventKind::resumed, index, std::nullopt,
             fmt::format("{}: the pause is over", turn.s.spec_of(index).name));
  // Slots up to the end of the pause were the pause's; a quarantine is not ended by it.
  turn.job(index).pause.reset();
  watch_anew(turn.job(index), turn.now);
  turn.touch(index, true);
  look_again(turn, index);
  look_again_at_dependents(turn, index);
  return true;
}

void check_stopped(Turn& turn) {
  State& s = turn.s;
  if (s.mode != Mode::stopping || s.live_attempts > 0 || s.leftovers > 0) return;
  s.mode = Mode::stopped;
  const auto open = std::ranges::count_if(
      s.runs, [](const auto& run) { return run.second.state != RunState::ended; });
  turn.event(Severity::info, EventKind::fleet_stopped, std::nullopt, std::nullopt,
             fmt::format("{} stops; {} run{} will go on at the next start", s.spec.name, open,
                         open == 1 ? "" : "s"));
  NodeRow row;
  row.node = s.node.node;
  row.started_at = s.wall(s.opened_at);
  row.stopped_at = s.wall(turn.now);
  row.pid = s.node.pid;
  row.boot_id = s.node.boot_id;
  turn.rows.emplace_back(std::move(row));
  turn.effects.emplace_back(Stopped{turn.seq()});
}

}  // namespace takt::core
