#include "core/health_checks.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/match.h"
#include "core/attempts.h"
#include "core/memory_gate.h"
#include "core/notices.h"
#include "core/probe_records.h"
#include "core/remedies.h"

namespace takt::core {
namespace {

using Answer = Judgement::Answer;
using Data = std::vector<std::pair<std::string, std::string>>;

Measurement heartbeat_of(const State& s, const JobProbe& probe, const Condition& condition) {
  const auto index = s.find_job(probe.job);
  if (!index) return Unknown{"there is no job " + probe.job};
  const Job& job = s.jobs[*index];
  const auto text = [](std::string_view word) { return Measurement{std::string{word}}; };
  return std::visit(
      Match{[&](const Fresh&) -> Measurement {
              if (!job.last_success) return Absent{};
              return format_rfc3339(s.wall(*job.last_success));
            },
            [&](const AtLeast&) -> Measurement { return double(job.consecutive_failures); },
            [&](const AtMost&) -> Measurement { return double(job.consecutive_failures); },
            [&](const Equals&) -> Measurement {
              return job.last_outcome ? text(word(*job.last_outcome)) : Measurement{Absent{}};
            },
            [&](const Succeeds&) -> Measurement {
              if (!job.last_outcome) return Unknown{probe.job + " has not ended yet"};
              return *job.last_outcome == Outcome::ok;
            }},
      condition);
}

Measurement units_of(const State& s, const PoolProbe& probe) {
  const auto pool = std::ranges::find(s.spec.pools, probe.pool, &PoolSpec::name);
  if (pool == s.spec.pools.end()) return Unknown{"there is no pool " + probe.pool};
  const auto index = static_cast<PoolIndex>(pool - s.spec.pools.begin());
  const int used = s.queue.leases().used(index);
  return double(probe.free ? std::max(0, pool->slots - used) : used);
}

Measurement memory_of(const State& s) {
  if (s.memory.reading.total_bytes <= 0) return Unknown{"the memory was not read yet"};
  return 100 * s.memory.reading.used_ratio();
}

/// What the coordinator knows by itself, else what the shell found.
Measurement measurement_of(const State& s, const ProbeSpec& probe, const HealthMeasured& event,
                           std::size_t place) {
  const auto found = [&]() -> Measurement {
    if (place < event.measured.size()) return event.measured[place];
    return Unknown{"it was not measured"};
  };
  return std::visit(
      Match{[&](const JobProbe& of) { return heartbeat_of(s, of, probe.condition); },
            [&](const PoolProbe& of) { return units_of(s, of); },
            [&](const MemoryProbe&) { return memory_of(s); },
            [&](const SqlProbe&) { return found(); }, [&](const CommandProbe&) { return found(); },
            [&](const HttpProbe&) { return found(); }, [&](const FileProbe&) { return found(); }},
      probe.of);
}

/// One probe of a check that is being judged.
struct Judging {
  Turn& turn;
  const Run& run;
  const Check& check;
  const ProbeSpec& spec;
  Probe& probe;

  std::string name() const { return check.spec->name + "/" + spec.name; }

  void event(Severity severity, EventKind kind, const std::string& text, Data more = {}) const {
    Data data{{"health", check.spec->name},
              {"probe", spec.name},
              {"value", probe.value},
              {"limit", probe.limit}};
    std::ranges::move(more, std::back_inserter(data));
    turn.event(severity, kind, run.job, run.id, name() + " " + text, std::move(data));
  }

  void become(ProbeState state) const {
    if (probe.state == state) return;
    probe.state = state;
    probe.since = turn.now;
  }

  /// At the next check a remedy is held against what it was meant for.
  void judge_remedy(bool helped) const {
    if (probe.is_judged) return;
    probe.is_judged = true;
    probe.vain_remedies = helped ? 0 : probe.vain_remedies + 1;
    event(helped ? Severity::info : Severity::warning, EventKind::remedy_judged,
          fmt::format(
              "was mended, and {}: {} before, {} now{}", helped ? "it helped" : "it did not help",
              probe.value_before, probe.value,
              helped ? ""
                     : fmt::format(" ({} of {} in vain)", probe.vain_remedies, kVainRemediesMax)),
          {{"helped", helped ? "true" : "false"},
           {"before", probe.value_before},
           {"after", probe.value},
           {"vain", std::to_string(probe.vain_remedies)}});
  }

  void holds() const {
    judge_remedy(true);
    probe.unmet_since.reset();
    probe.remedy_run.reset();
    probe.vain_remedies = 0;
    probe.escalated = false;
    become(ProbeState::ok);
    const auto since = std::exchange(probe.failing_since, std::nullopt);
    if (!since) return;
    const Duration lasted = turn.now - *since;
    event(Severity::info, EventKind::probe_recovered,
          fmt::format("is well again after {}: {}", format_duration(lasted), probe.text),
          {{"failing_for_ms", std::to_string(lasted.count())}});
    tell_probe_recovered(turn, run.job, {check.spec->name, spec.name}, probe);
  }

  void unknown() const {
    if (probe.state == ProbeState::unknown) return;
    become(ProbeState::unknown);
    event(Severity::warning, EventKind::probe_unknown, "is " + probe.text);
  }

  void begin_failing() const {
    become(ProbeState::failing);
    if (probe.failing_since) return;
    probe.failing_since = turn.now;
    event(Severity::warning, EventKind::probe_failed, "fails: " + probe.text);
    tell_probe_failed(turn, run.job, {check.spec->name, spec.name}, probe, run.id);
  }

  void escalate() const {
    probe.escalated = true;
    event(Severity::error, EventKind::probe_escalated,
          fmt::format("was mended {} times in vain and is left alone until it is well again: {}",
                      probe.vain_remedies, probe.text),
          {{"vain", std::to_string(probe.vain_remedies)}});
    tell_probe_escalated(turn, run.job, {check.spec->name, spec.name}, probe, run.id);
  }

  /// True: it is to be mended now.
  bool does_not_hold() const {
    if (!probe.unmet_since) probe.unmet_since = turn.now;
    const bool long_enough = turn.now - *probe.unmet_since >= spec.lasting;
    if (!probe.failing_since && !long_enough) {
      become(ProbeState::pending);
      return false;
    }
    begin_failing();
    if (remedy_is_under_way(turn.s, probe)) {
      probe.text += fmt::format("; run {} is under way", probe.remedy_run->value);
      return false;
    }
    if (was_interrupted()) return turn.s.mode == Mode::working;
    judge_remedy(false);
    if (probe.vain_remedies >= kVainRemediesMax && !probe.escalated) escalate();
    return may_be_mended();
  }

  /// An earlier attempt of this very run began to mend it, and did not come to its end.
  bool was_interrupted() const { return !probe.is_judged && probe.last_remedy == check.due; }

  bool may_be_mended() const {
    if (spec.otherwise.empty() || turn.s.mode != Mode::working) return false;
    if (probe.escalated) {
      probe.text += "; nobody mends it any more";
      return false;
    }
    const Duration cooldown = cooldown_of(spec, turn.s.spec_of(run.job));
    if (!probe.last_remedy || check.due - *probe.last_remedy >= cooldown) return true;
    probe.text += fmt::format("; not mended before {}",
                              format_rfc3339(turn.s.wall(*probe.last_remedy + cooldown)));
    return false;
  }

  /// True: it is to be mended now.
  bool judge_it(const Measurement& measured) const {
    const Judgement judgement = judge(spec.condition, measured, turn.s.wall(turn.now));
    probe.checked_at = turn.now;
    probe.value = judgement.value;
    probe.limit = judgement.limit;
    probe.text = judgement.text;
    switch (judgement.answer) {
      case Answer::holds:
        holds();
        return false;
      case Answer::unknown:
        unknown();
        return false;
      case Answer::does_not_hold:
        return does_not_hold();
    }
    return false;
  }
};

void judge_probe(Turn& turn, const Run& run, Check& check, std::size_t place,
                 const HealthMeasured& event) {
  const ProbeSpec& spec = check.spec->probes[place];
  const ProbeKey key{check.spec->name, spec.name};
  const auto [found, is_new] = turn.s.probes.try_emplace(key);
  Probe& probe = found->second;
  if (is_new) probe.since = turn.now;
  const Judging judging{turn, run, check, spec, probe};
  const bool mend = judging.judge_it(measurement_of(turn.s, spec, event, place));
  check.lines.push_back(fmt::format("{} {}: {}", spec.name, word(probe.state), probe.text));
  if (mend) {
    for (std::size_t remedy = 0; remedy < spec.otherwise.size(); ++remedy) {
      check.steps.push_back({place, remedy});
    }
    probe.value_before = probe.value;
    probe.last_remedy = check.due;
    probe.remedy_run.reset();
    probe.is_judged = false;
  }
  write_probe(turn, key);
}

}  // namespace

void on_health_measured(Turn& turn, const HealthMeasured& event) {
  const Run* run = run_of(turn, event.token);
  const auto found = turn.s.checks.find(event.token);
  if (run == nullptr || found == turn.s.checks.end() || found->second.measured) return;
  Check& check = found->second;
  check.measured = true;
  for (std::size_t i = 0; i < check.spec->probes.size(); ++i) {
    judge_probe(turn, *run, check, i, event);
  }
  go_on_mending(turn, event.token);
}

}  // namespace takt::core
