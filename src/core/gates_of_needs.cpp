// The gates `dependencies` and `memory`.

#include <fmt/format.h>

#include <algorithm>

#include "core/dependencies.h"
#include "core/gate_rules.h"
#include "core/memory_gate.h"

namespace takt::core {
namespace {

GateAnswer answer_of(const Question& q, const NeedVerdict& verdict) {
  switch (verdict.answer) {
    case NeedAnswer::fresh:
      return GateAnswer::pass;
    case NeedAnswer::joined:
    case NeedAnswer::stale:
      return GateAnswer::hold;
    case NeedAnswer::timed_out:
    case NeedAnswer::failed:
      return verdict.ran_anyway ? GateAnswer::pass : no(q);
  }
  return GateAnswer::hold;
}

std::string age_words(const Question& q, const Need& need) {
  const auto upstream = q.s.find_job(need.job);
  if (!upstream) return need.job + " is not in the fleet";
  const std::optional<Instant> brought = q.s.jobs[*upstream].last_success;
  if (!brought) return need.job + " never succeeded";
  const auto age = std::chrono::floor<std::chrono::seconds>(q.now - *brought);
  return fmt::format("{} {} old", need.job, format_duration(age));
}

std::string limit_of(const Need& need) {
  return need.fresh ? fmt::format("{} {}", need.job, format_duration(*need.fresh))
                    : need.job + " since the last success here";
}

/// Why the other job cannot bring it.
std::string why_not(const Question& q, const Need& need) {
  const auto upstream = q.s.find_job(need.job);
  if (!upstream) return fmt::format("{} is not in the fleet", need.job);
  switch (job_state(q.s, *upstream)) {
    case JobState::paused:
    case JobState::quarantined:
    case JobState::disabled:
      return fmt::format("{} is {}", need.job, word(job_state(q.s, *upstream)));
    default:
      return fmt::format("{} did not bring it", need.job);
  }
}

std::string sentence(const Question& q, const Need& need, const NeedVerdict& verdict) {
  const std::string anyway = verdict.ran_anyway ? "; on_timeout = \"run\"" : "";
  switch (verdict.answer) {
    case NeedAnswer::fresh:
      return fmt::format("{} is fresh", need.job);
    case NeedAnswer::joined:
      return fmt::format("{} is stale, run {} of it is under way", need.job,
                         verdict.upstream->value);
    case NeedAnswer::stale:
      return fmt::format("{} is stale, a run of it is triggered", need.job);
    case NeedAnswer::timed_out:
      return fmt::format("{} was not fresh within {}{}", need.job, format_duration(need.wait),
                         anyway);
    case NeedAnswer::failed:
      return why_not(q, need) + anyway;
  }
  return {};
}

/// When the joined run is expected to end.
std::optional<Instant> expected_end(const State& s, RunId id) {
  const Run& run = s.runs.at(id);
  if (!run.attempt) return std::nullopt;
  return run.attempt->started_at +
         expected_longest(s.jobs[run.job].durations, s.spec_of(run.job).expect);
}

}  // namespace

GateAnswer ask_dependencies(const Question& q) {
  const bool is_running = q.run != nullptr && q.run->attempt;
  GateAnswer worst = GateAnswer::pass;
  if (is_running) return worst;  // it was asked before its start
  for (std::size_t nth = 0; nth < q.spec().needs->size(); ++nth) {
    worst = worse(answer_of(q, judge_need(q.s, q.index, q.run, nth, q.now)), worst);
  }
  return worst;
}

void explain_dependencies(const Question& q, Gate& gate) {
  const Needs& needs = *q.spec().needs;
  if (needs.empty()) gate.text = "it needs no other job";
  bool all_known = true;
  for (std::size_t nth = 0; nth < needs.size(); ++nth) {
    const NeedVerdict verdict = judge_need(q.s, q.index, q.run, nth, q.now);
    append(gate.value, age_words(q, needs[nth]));
    append(gate.limit, limit_of(needs[nth]));
    append(gate.text, sentence(q, needs[nth], verdict), "; ");
    if (answer_of(q, verdict) == GateAnswer::skip && !gate.reason) {
      gate.reason =
          verdict.answer == NeedAnswer::timed_out ? Reason::dep_timeout : Reason::dep_failed;
    }
    if (verdict.upstream) gate.holders.push_back({needs[nth].job, *verdict.upstream});
    if (answer_of(q, verdict) != GateAnswer::hold) continue;
    const auto end = verdict.upstream ? expected_end(q.s, *verdict.upstream) : std::nullopt;
    all_known &= end && *end > q.now;
    if (end && *end > q.now) gate.until = std::max(gate.until, std::optional{q.s.wall(*end)});
  }
  if (!all_known) gate.until.reset();
}

GateAnswer ask_memory(const Question& q) {
  if (q.s.memory.level != MemoryLevel::critical) return GateAnswer::pass;
  if (q.spec().starts_without_memory()) return GateAnswer::pass;
  if (q.run != nullptr && q.run->attempt) return GateAnswer::pass;  // it was asked before its start
  return q.s.memory.cleaning ? GateAnswer::hold : no(q);
}

void explain_memory(const Question& q, Gate& gate) {
  const MemoryState& memory = q.s.memory;
  gate.value = memory_words(memory.reading);
  gate.limit = limit_words(q.s.spec.memory.critical);
  switch (memory.level) {
    case MemoryLevel::normal:
      gate.text = "enough memory is free";
      break;
    case MemoryLevel::high:
      gate.text = fmt::format("memory is high ({}), but not critical", gate.value);
      break;
    case MemoryLevel::critical:
      gate.text = fmt::format("memory is critical: {}", gate.value);
      if (gate.answer == GateAnswer::pass) {
        gate.text += q.spec().builtin == Builtin::none ? "; a critical job starts all the same"
                                                       : "; takt's own work needs next to none";
      }
      if (gate.answer == GateAnswer::hold && memory.cleaning)
        gate.text += "; it is being cleaned up";
      break;
  }
}

}  // namespace takt::core
