// RunCheck, what is recorded of an attempt's end: against what the witness saw of it.

#include <fmt/format.h>

#include <string_view>

#include "sim/checker_runs.h"

namespace takt::sim {

void RunCheck::ended_attempt(Run& run, const core::AttemptRow& row, AttemptFacts& facts) {
  if (facts.outcome) {
    if (facts.outcome != row.outcome) {
      context_.violation(
          "S7", fmt::format("{}: run {} attempt {} was {} and now is {}", row.job, row.run.value,
                            row.attempt, word(*facts.outcome), word(*row.outcome)));
    }
    return;
  }
  facts.outcome = row.outcome;
  check_truth(row, facts);
  count(run, row);
}

void RunCheck::check_truth(const core::AttemptRow& row, const AttemptFacts& facts) {
  const auto lie = [&](std::string_view invariant, std::string_view what) {
    context_.violation(invariant,
                       fmt::format("{}: run {} attempt {} is recorded as {}, {}", row.job,
                                   row.run.value, row.attempt, word(*row.outcome), what));
  };
  if (facts.started && !facts.dead) lie("S8", "but its tree lives");
  if (row.exit_code && row.exit_code != facts.exit_code) lie("S7", "but its exit code was another");
  if (row.signal && row.signal != facts.signal) lie("S7", "but it did not die of that signal");
  const bool is_heard = row.exit_code || row.signal;
  if (is_heard && facts.emitted && row.log_bytes != *facts.emitted) {
    lie("S16",
        fmt::format("with {} bytes of output, it emitted {}", row.log_bytes, *facts.emitted));
  }
  switch (*row.outcome) {
    case core::Outcome::ok:
      if (facts.exit_code != 0) lie("S7", "but did not exit with 0");
      return;
    case core::Outcome::failed:
      if (facts.exit_code == 0) lie("S7", "but exited with 0");
      if (!facts.exit_code && !facts.signal) lie("S7", "but nobody saw it end");
      if (facts.out_of_memory && !facts.signalled) lie("S7", "but it died for lack of memory");
      return;
    case core::Outcome::lost:
      if (facts.life == context_.life) lie("S7", "but its daemon never went away");
      return;
    case core::Outcome::spawn_failed:
      if (facts.started) lie("S7", "but it ran");
      return;
    case core::Outcome::hung:
    case core::Outcome::timeout:
      check_killed(row, facts);
      return;
    case core::Outcome::oom:
      if (!facts.out_of_memory) lie("S7", "but nothing killed it for its memory");
      return;
    case core::Outcome::cancelled:
    case core::Outcome::browser_lost:
      return;
  }
}

void RunCheck::check_killed(const core::AttemptRow& row, const AttemptFacts& facts) {
  const core::JobSpec& spec = context_.spec(facts.job);
  const bool is_hung = row.outcome == core::Outcome::hung;
  const auto limit = is_hung ? spec.hung_after : spec.timeout;
  const bool was_killed = facts.started && facts.signalled;
  if (was_killed && limit && *facts.signalled - *facts.started >= *limit) return;
  const auto quiet_since = facts.last_beat ? facts.last_beat : facts.started;
  const bool was_silent = was_killed && is_hung && spec.beat_within &&
                          *facts.signalled - *quiet_since >= *spec.beat_within;
  if (was_silent) return;
  context_.violation("S7", fmt::format("{}: run {} attempt {} is recorded as {}, but it was {}",
                                       row.job, row.run.value, row.attempt, word(*row.outcome),
                                       !facts.started     ? "never started"
                                       : !facts.signalled ? "never signalled"
                                                          : "not that old or silent"));
}

}  // namespace takt::sim
