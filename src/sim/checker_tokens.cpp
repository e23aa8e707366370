#include "sim/checker_tokens.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

namespace takt::sim {
namespace {

std::string named(const core::AttemptRow& row) {
  return fmt::format("{}: run {} attempt {} (token {})", row.job, row.run.value, row.attempt,
                     row.token.value);
}

}  // namespace

void TokenCheck::run_row(const core::RunRow& row) {
  last_run_ = std::max(last_run_, row.run);
  if (row.state == core::RunState::ended) ended_.push_back(row.run);
}

void TokenCheck::attempt_row(const core::AttemptRow& row) {
  Token& newest = newest_[row.run];
  if (row.token > newest) {
    new_token(row);
    newest = row.token;
  } else if (row.token < newest) {
    context_.violation(
        "S11", fmt::format("{} is written after token {} of that run", named(row), newest.value));
  }
  if (row.outcome) end_row(row);
}

void TokenCheck::new_token(const core::AttemptRow& row) {
  if (row.token <= last_token_) {
    context_.violation("S11", fmt::format("{} has a token that was given out before, {} was the "
                                          "last",
                                          named(row), last_token_.value));
  }
  last_token_ = std::max(last_token_, row.token);
}

void TokenCheck::end_row(const core::AttemptRow& row) {
  const AttemptFacts* facts = context_.attempt(row.token);
  const bool says_how = row.exit_code || row.signal || row.spawn_errno;
  if (!says_how || (facts != nullptr && facts->end_told)) return;
  context_.violation("S11", fmt::format("{} takes an end that it never told", named(row)));
}

void TokenCheck::batch_done(const core::FleetRow& fleet) {
  const auto went_back = [&](std::string_view what, std::int64_t told, std::int64_t last) {
    if (told >= last) return;
    context_.violation("S11",
                       fmt::format("{} {} was given out, and the store says {}", what, last, told));
  };
  went_back("token", fleet.last_token.value, last_token_.value);
  went_back("run", fleet.last_run.value, last_run_.value);
  went_back("event", fleet.last_event.value, last_event_.value);
  last_event_ = std::max(last_event_, fleet.last_event);
  for (const RunId run : ended_) newest_.erase(run);
  ended_.clear();
}

void TokenCheck::end_told(Token token) {
  if (AttemptFacts* facts = context_.attempt(token)) facts->end_told = true;
}

void TokenCheck::kill_asked(Token token) {
  const AttemptFacts* facts = context_.attempt(token);
  if (facts != nullptr && facts->life == context_.life && !facts->end_told) return;
  context_.violation("S9", fmt::format("a signal for token {}, which {}", token.value,
                                       facts == nullptr  ? "is no attempt that is open"
                                       : facts->end_told ? "has ended"
                                                         : "this daemon has not launched"));
}

void TokenCheck::leftover_sought(const core::AttemptRow& attempt) {
  const AttemptFacts* facts = context_.attempt(attempt.token);
  if (facts == nullptr || facts->outcome || facts->life == context_.life) {
    context_.violation("S9", fmt::format("{} is sought to be killed and is nothing that an earlier "
                                         "daemon left",
                                         named(attempt)));
    return;
  }
  const bool is_same = attempt.process.pid == facts->pid &&
                       attempt.process.start_ticks == facts->start_ticks &&
                       (facts->pid == 0 || !attempt.process.boot_id.empty());
  if (is_same) return;
  context_.violation("S9",
                     fmt::format("{} is sought as pid {} started at {}, its row says {} at {}",
                                 named(attempt), attempt.process.pid, attempt.process.start_ticks,
                                 facts->pid, facts->start_ticks));
}

}  // namespace takt::sim
