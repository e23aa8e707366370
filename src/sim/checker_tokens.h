#pragma once
// TokenCheck: tokens fence (S11), and signals go nowhere but to trees of the fleet (S9).
//
//   token   given out once, in growing order, over all restarts; an end is taken from the newest
//           attempt of its run and from no other, and only after that attempt told it
//   signal  for an attempt that this daemon launched and whose end it has not heard; what an
//           earlier daemon left is sought by the identity that its row holds, never by a bare pid

#include <cstdint>
#include <unordered_map>

#include "core/rows.h"
#include "sim/checker_context.h"

namespace takt::sim {

class TokenCheck {
 public:
  explicit TokenCheck(CheckContext& context) : context_(context) {}

  // Rows of one batch, before the other parts see its attempts.
  void run_row(const core::RunRow& row);
  void attempt_row(const core::AttemptRow& row);
  void batch_done(const core::FleetRow& fleet);

  /// The launcher has told the daemon how an attempt ended.
  void end_told(Token token);
  void kill_asked(Token token);
  /// What an earlier daemon left is going to be looked for and killed.
  void leftover_sought(const core::AttemptRow& attempt);

 private:
  void new_token(const core::AttemptRow& row);
  void end_row(const core::AttemptRow& row);

  CheckContext& context_;
  Token last_token_;
  RunId last_run_;
  EventId last_event_;
  std::unordered_map<RunId, Token> newest_;  // of open runs
  std::vector<RunId> ended_;                 // in the batch that is being judged
};

}  // namespace takt::sim
