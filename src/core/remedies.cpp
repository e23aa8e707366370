#include "core/remedies.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/match.h"
#include "core/attempts.h"
#include "core/dependencies.h"
#include "core/probe_records.h"
#include "core/settle.h"
#include "core/waiting.h"

namespace takt::core {
namespace {

Duration interval_of(const Schedule& schedule) {
  return std::visit(
      Match{[](const Every& every) { return every.interval; },
            [](const EveryBetween& between) { return between.shortest; },
            [](const After& after) { return after.delay; },
            [](const Manual&) { return Duration{0}; }, [](const Cron&) { return Duration{0}; },
            [](const At&) { return Duration{0}; }},
      schedule);
}

/// The step that a check is at.
struct AtStep {
  const ProbeSpec& spec;
  const Remedy& remedy;
  ProbeKey key;
};

AtStep step_of(const Check& check) {
  const Check::Step& step = check.steps.front();
  const ProbeSpec& spec = check.spec->probes[step.probe];
  return {spec, spec.otherwise[step.remedy], {check.spec->name, spec.name}};
}

/// What was done: in the event, and in the attempt's log.
struct Done {
  Severity severity = Severity::info;
  std::string text;
  std::string after;  // the value now, where it is known
  std::optional<RunId> run;
};

void tell(Turn& turn, const Run& check_run, Check& check, const AtStep& at, const Done& done) {
  const Probe& probe = turn.s.probes.at(at.key);
  const std::string action = words_of(at.remedy);
  std::vector<std::pair<std::string, std::string>> data{{"health", at.key.first},
                                                        {"probe", at.key.second},
                                                        {"action", action},
                                                        {"before", probe.value_before}};
  if (!done.after.empty()) data.emplace_back("after", done.after);
  if (done.run) data.emplace_back("run", std::to_string(done.run->value));
  const std::string text =
      fmt::format("{}/{} was {}: {}", at.key.first, at.key.second, probe.value_before, done.text);
  turn.event(done.severity, EventKind::remedy_done, check_run.job, done.run.value_or(check_run.id),
             text, std::move(data));
  check.lines.push_back(fmt::format("{}: {}", at.spec.name, done.text));
}

/// The run ranks as a new one of the remedy's priority would, if that is better.
void raise(Turn& turn, Run& run, Priority priority) {
  const Instant rank_at = std::min(run.rank_at, rank_of(turn.s, turn.now, priority));
  if (rank_at == run.rank_at && run.priority <= priority) return;
  run.priority = std::min(run.priority, priority);
  set_rank(turn, run, rank_at, run.lent_rank_at);
  lend_rank_anew(turn, run);
}

Done join(Turn& turn, RunId id, const RunJob& remedy) {
  Run& run = turn.run(id);
  if (!run.attempt) raise(turn, run, remedy.priority);
  return {.text = fmt::format("run {} of {} is under way", id.value, remedy.job), .run = id};
}

Done run_job(Turn& turn, const Run& check_run, const AtStep& at, const RunJob& remedy) {
  const auto index = turn.s.find_job(remedy.job);
  if (!index) return {Severity::warning, "there is no job " + remedy.job + " any more"};
  if (!is_at_work(turn.s, *index)) {
    return {Severity::warning, fmt::format("{} is {}, and nothing of it is started", remedy.job,
                                           word(job_state(turn.s, *index)))};
  }
  const auto& open = turn.job(*index).open;
  if (!open.empty()) return join(turn, open.front(), remedy);
  RunDraft draft;
  draft.cause = Cause::health;
  draft.priority = remedy.priority;
  draft.triggered_by = check_run.id;
  draft.note = fmt::format("{}/{}: {}", at.key.first, at.key.second, turn.s.probes.at(at.key).text);
  draft.params = remedy.params;
  const RunId id = make_run(turn, *index, std::move(draft));
  return {.text = fmt::format("run {} of {} is started", id.value, remedy.job), .run = id};
}

/// Nothing: it is the shell's.
std::optional<Done> done_here(Turn& turn, const Run& check_run, const AtStep& at) {
  return std::visit(Match{[&](const RunJob& remedy) -> std::optional<Done> {
                            Done done = run_job(turn, check_run, at, remedy);
                            turn.s.probes.at(at.key).remedy_run = done.run;
                            write_probe(turn, at.key);
                            return done;
                          },
                          [&](const TellEvent& remedy) -> std::optional<Done> {
                            return Done{remedy.severity, turn.s.probes.at(at.key).text};
                          },
                          [](const RunSql&) -> std::optional<Done> { return std::nullopt; },
                          [](const RunCommand&) -> std::optional<Done> { return std::nullopt; }},
                    at.remedy);
}

}  // namespace

Duration cooldown_of(const ProbeSpec& probe, const JobSpec& job) {
  return probe.cooldown.value_or(interval_of(job.schedule));
}

bool remedy_is_under_way(const State& s, const Probe& probe) {
  return !probe.is_judged && probe.remedy_run && s.runs.contains(*probe.remedy_run);
}

void go_on_mending(Turn& turn, Token token) {
  const Run& run = *run_of(turn, token);
  Check& check = turn.s.checks.at(token);
  while (!check.steps.empty()) {
    const AtStep at = step_of(check);
    if (!turn.s.probes.contains(at.key)) {  // a reload took it away
      check.steps.pop_front();
      continue;
    }
    const auto done = done_here(turn, run, at);
    if (!done) {
      turn.effects.emplace_back(Mend{token, check.steps.front().probe, check.steps.front().remedy});
      return;
    }
    tell(turn, run, check, at, *done);
    check.steps.pop_front();
  }
  turn.effects.emplace_back(EndBuiltin{token, std::exchange(check.lines, {})});
}

void on_mended(Turn& turn, const Mended& event) {
  const Run* run = run_of(turn, event.token);
  const auto found = turn.s.checks.find(event.token);
  if (run == nullptr || found == turn.s.checks.end() || found->second.steps.empty()) return;
  Check& check = found->second;
  const AtStep at = step_of(check);
  if (turn.s.probes.contains(at.key)) {
    const bool known = !std::holds_alternative<Unknown>(event.after);
    const std::string after =
        known ? judge(at.spec.condition, event.after, turn.s.wall(turn.now)).value : std::string{};
    tell(turn, *run, check, at,
         {.severity = event.ok ? Severity::info : Severity::warning,
          .text = fmt::format("{}: {}{}", words_of(at.remedy), event.text,
                              known ? "; now " + after : std::string{}),
          .after = after});
  }
  check.steps.pop_front();
  go_on_mending(turn, event.token);
}

}  // namespace takt::core
