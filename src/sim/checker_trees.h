#pragma once
// TreeCheck: what the witness sees of process trees: started once and only after their row (S2),
// never early (S4), never two of one job beyond its overlap (S3), killed in time (L4), none left
// over (S8), and their output is in the log up to its cap, with a mark for what is not (S16).

#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

#include "sim/checker_context.h"

namespace takt::sim {

class TreeCheck {
 public:
  explicit TreeCheck(CheckContext& context)
      : context_(context), alive_(context.fleet.jobs.size()) {}

  /// `slot`: the instant its slot is due, where it has one.
  void started(Token token, RunId run, int attempt, JobIndex job, std::optional<Instant> slot);
  void signalled(Token token);
  void beat(Token token);
  void main_ended(Token token, std::optional<int> exit_code, std::optional<int> signal,
                  bool out_of_memory);
  void output_stored(Token token, std::int64_t emitted, std::int64_t stored, std::int64_t cut);
  void dead(Token token);

  /// A daemon is up again: what earlier ones left must go.
  void daemon_up();

  /// What lives when all is over belongs to the daemon that is up.
  void finish();

  void missed_verdict(Token token);
  void missed_death(Token token, std::string_view invariant);

 private:
  CheckContext& context_;
  std::map<Token, JobIndex> living_;
  std::vector<std::int64_t> alive_;  // by job
};

}  // namespace takt::sim
