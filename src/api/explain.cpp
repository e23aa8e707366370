#include "api/explain.h"

#include <fmt/format.h>

#include <string>

namespace takt::api {
namespace {

/// How the last attempt ended: "failed (exit 3)", "failed (signal 9)", "ok".
std::string end_of(const ports::RunWithAttempts& item) {
  const auto outcome = item.run.outcome ? word(*item.run.outcome) : "not known";
  if (item.attempts.empty()) return std::string(outcome);
  const auto& last = item.attempts.back();
  if (last.signal) return fmt::format("{} (signal {})", outcome, *last.signal);
  if (last.exit_code.value_or(0) != 0) return fmt::format("{} (exit {})", outcome, *last.exit_code);
  if (!last.error.empty()) return fmt::format("{} ({})", outcome, last.error);
  return std::string(outcome);
}

/// The sentence of the gate that stood in the way; empty when none was stored.
std::string obstacle(const core::Gates& gates) {
  for (const auto& gate : gates) {
    if (gate.answer == core::GateAnswer::skip && !gate.text.empty()) return gate.text;
  }
  for (const auto& gate : gates) {
    if (gate.answer == core::GateAnswer::hold && !gate.text.empty()) return gate.text;
  }
  return {};
}

std::string ran(const ports::RunWithAttempts& item) {
  const auto& run = item.run;
  auto out = fmt::format("Run {} of {} ran", run.run.value, run.job);
  if (run.started_at) out += fmt::format(" at {}", format_rfc3339(*run.started_at));
  if (run.lateness && run.lateness->count() > 0) {
    out += fmt::format(", {} late", format_duration(*run.lateness));
  }
  if (run.attempts > 1) out += fmt::format(", in {} attempts", run.attempts);
  out += fmt::format("; outcome: {}", end_of(item));
  if (const auto held = obstacle(run.gates); !held.empty()) {
    out += fmt::format(". It did not start at once: {}", held);
  }
  return out;
}

std::string did_not_run(const core::RunRow& run) {
  auto out = fmt::format("Run {} of {} did not run: {}", run.run.value, run.job,
                         run.disposition ? word(*run.disposition) : "not decided");
  if (run.reason) out += fmt::format(" ({})", word(*run.reason));
  if (const auto held = obstacle(run.gates); !held.empty()) out += fmt::format(". {}", held);
  return out;
}

std::string unfinished(const core::RunRow& run) {
  auto out = fmt::format("Run {} of {} is {}", run.run.value, run.job, word(run.state));
  if (run.retry_at) out += fmt::format(", next attempt at {}", format_rfc3339(*run.retry_at));
  if (const auto held = obstacle(run.gates); !held.empty()) out += fmt::format(". {}", held);
  return out;
}

}  // namespace

core::WhyView explain(const ports::RunWithAttempts& item) {
  const auto& run = item.run;
  core::WhyView view{.job = run.job,
                     .run = run.run,
                     .state = std::string(word(run.state)),
                     .gates = run.gates,
                     .expected_start = std::nullopt,
                     .summary = {}};
  if (run.state != core::RunState::ended) {
    view.summary = unfinished(run);
  } else if (run.disposition == core::Disposition::ran || run.started_at) {
    view.summary = ran(item);
  } else {
    view.summary = did_not_run(run);
  }
  return view;
}

}  // namespace takt::api
