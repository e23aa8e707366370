// `why`: every gate of a job's next start or of a run, with what is expected of it.

#include <fmt/format.h>

#include <algorithm>

#include "core/beats.h"
#include "core/coordinator_impl.h"
#include "core/degraded.h"
#include "core/forecast.h"
#include "core/gates.h"
#include "core/turn.h"

namespace takt::core {
namespace {

constexpr std::chrono::hours kLookAhead{12};  // beyond the moment that it could start at best

std::string first_text(const Gates& gates) {
  for (const Gate& gate : gates) {
    if (gate.answer == GateAnswer::hold || gate.answer == GateAnswer::skip) return gate.text;
  }
  return {};
}

ExpectedStart exactly(WallTime at) { return {at, at, at}; }

std::optional<ExpectedStart> expected_by_gates(const Gates& gates, WallTime otherwise) {
  WallTime at = otherwise;
  for (const Gate& gate : gates) {
    if (gate.answer != GateAnswer::hold && gate.answer != GateAnswer::skip) continue;
    if (!gate.until) return std::nullopt;
    at = std::max(at, *gate.until);
  }
  return exactly(at);
}

/// "; 42 %, half way, its last beat 3s ago"
std::string last_words(const Attempt& attempt, Instant now) {
  if (!attempt.last_beat) return {};
  const std::string said = beat_text(attempt.said);
  const auto ago = std::chrono::floor<std::chrono::seconds>(now - *attempt.last_beat);
  return fmt::format("; {}its last beat {} ago", said.empty() ? "" : said + ", ",
                     format_duration(ago));
}

WhyView why_of_run(const State& s, const Run& run, Instant now) {
  WhyView view;
  const std::string& name = s.spec_of(run.job).name;
  view.job = name;
  view.run = run.id;
  view.state = word(run.state);
  view.gates = evaluate_gates(s, run.job, &run, now);
  if (run.attempt) {
    view.summary = fmt::format("run {} of {} is running (attempt {}){}", run.id.value, name,
                               run.attempt->number, last_words(*run.attempt, now));
    return view;
  }
  if (run.state == RunState::retrying && run.retry_at && *run.retry_at > now) {
    view.expected_start = exactly(s.wall(*run.retry_at));
    view.summary = fmt::format("run {} of {} waits until {} before attempt {}", run.id.value, name,
                               format_rfc3339(s.wall(*run.retry_at)), run.attempts + 1);
    return view;
  }
  view.expected_start = expected_by_gates(view.gates, s.wall(now));
  const std::string text = first_text(view.gates);
  view.summary = text.empty() ? fmt::format("nothing blocks run {} of {}", run.id.value, name)
                              : fmt::format("run {} of {} waits: {}", run.id.value, name, text);
  return view;
}

WhyView why_of_job(const State& s, JobIndex index, Instant now) {
  const Job& job = s.jobs[index];
  if (!job.open.empty()) {
    WhyView view = why_of_run(s, s.runs.at(job.open.front()), now);
    view.state = word(job_state(s, index));
    return view;
  }
  WhyView view;
  view.job = s.spec_of(index).name;
  view.state = word(job_state(s, index));
  view.gates = evaluate_gates(s, index, nullptr, now);
  const std::string text = first_text(view.gates);
  if (is_held_by_store(s, index, now)) {
    view.state = word(JobState::waiting);
    view.summary = fmt::format("the slot of {} waits: {}", view.job, text);
    return view;
  }
  if (text.empty() && job.recovery_due && (!job.next || *job.recovery_due < job.next->due)) {
    view.expected_start = exactly(s.wall(*job.recovery_due));
    view.summary = fmt::format("{} hung; its next recovery run backs off until {}", view.job,
                               format_rfc3339(s.wall(*job.recovery_due)));
    return view;
  }
  if (job.next) view.expected_start = expected_by_gates(view.gates, s.wall(job.next->due));
  if (!text.empty()) {
    view.summary = fmt::format("{} would not start: {}", view.job, text);
  } else if (job.next) {
    view.summary = fmt::format("{} is not due before {}; nothing blocks it", view.job,
                               format_rfc3339(s.wall(job.next->due)));
  } else {
    view.summary =
        fmt::format("{} has no schedule; `takt trigger {}` starts it", view.job, view.job);
  }
  return view;
}

/// The first start that is meant, at three paces.
template <class Meant>
std::optional<ExpectedStart> forecast_of(const Coordinator& fleet, Instant now, Instant from,
                                         Meant meant) {
  std::optional<ExpectedStart> expected;
  for (const Pace pace : {Pace::usual, Pace::brisk, Pace::slow}) {
    const auto starts = forecast(fleet, now, saturating_add(from, kLookAhead), pace, meant);
    if (starts.empty() || !meant(starts.back())) {
      if (pace == Pace::usual) return std::nullopt;
      continue;
    }
    const WallTime at = fleet.wall(starts.back().at);
    if (!expected) expected = exactly(at);
    expected->from = std::min(expected->from, at);
    expected->to = std::max(expected->to, at);
  }
  return expected;
}

/// Nobody but a person can let it start.
bool waits_for_a_person(const Gates& gates) {
  return std::ranges::any_of(gates, [](const Gate& gate) {
    const bool refuses = gate.answer == GateAnswer::skip || gate.answer == GateAnswer::hold;
    const bool by_hand = gate.gate == GateName::enabled || gate.gate == GateName::quarantined ||
                         (gate.gate == GateName::paused && !gate.until);
    return refuses && by_hand;
  });
}

bool is_backing_off(const Run& run, Instant now) {
  return run.state == RunState::retrying && run.retry_at && *run.retry_at > now;
}

/// What the gates alone know is replaced by the forecast, where there is one.
void expect(WhyView& view, std::optional<ExpectedStart> forecast) {
  if (forecast) view.expected_start = forecast;
}

void expect_run(const Coordinator& fleet, const Run& run, Instant now, WhyView& view) {
  if (run.attempt || is_backing_off(run, now)) return;
  if (waits_for_a_person(view.gates)) {
    view.expected_start.reset();
    return;
  }
  if (first_text(view.gates).empty()) return;  // it starts now
  expect(view, forecast_of(fleet, now, now,
                           [&](const ForecastStart& start) { return start.run == run.id; }));
}

void expect_job(const Coordinator& fleet, const State& s, JobIndex index, Instant now,
                WhyView& view) {
  const Job& job = s.jobs[index];
  if (waits_for_a_person(view.gates)) view.expected_start.reset();
  if (!job.next || waits_for_a_person(view.gates) || job.recovery_due) return;
  if (job.next->due - now > 2 * kLookAhead) return;  // its time is known, the queue of then is not
  expect(view, forecast_of(fleet, now, std::max(job.next->due, now),
                           [&](const ForecastStart& start) { return start.job == index; }));
}

}  // namespace

std::optional<WhyView> Coordinator::why(std::string_view name, Instant now,
                                        bool with_forecast) const {
  const State& s = impl_->s;
  const auto index = s.find_job(name);
  if (!index) return std::nullopt;
  WhyView view = why_of_job(s, *index, now);
  if (!with_forecast) return view;
  if (view.run) {
    expect_run(*this, s.runs.at(*view.run), now, view);
  } else {
    expect_job(*this, s, *index, now, view);
  }
  return view;
}

std::optional<WhyView> Coordinator::why(RunId run, Instant now, bool with_forecast) const {
  const State& s = impl_->s;
  const auto found = s.runs.find(run);
  if (found == s.runs.end()) return std::nullopt;
  WhyView view = why_of_run(s, found->second, now);
  if (with_forecast) expect_run(*this, found->second, now, view);
  return view;
}

}  // namespace takt::core
