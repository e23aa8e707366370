#pragma once
// Gate: one condition that a run must pass to start, with the evidence it was answered by. The list
// of gates is both the decision and its explanation: admission reads the answers, `takt why` prints
// them, and a run that did not start at once keeps them in its row.
//
//   enabled      the job is switched on and can run on this machine        else skip
//   paused       nobody paused it                                          else skip
//   quarantined  it is not locked up after failing too often               else skip
//   overlap      no earlier run of the job is in the way                   else skip or hold
//   dependencies what it needs is fresh                                    else hold or skip
//   memory       enough is free (critical jobs: a warning)                 else skip or hold
//   pools        its units of every pool are free                          else hold
//   turn         nobody of better rank would be delayed                    else hold
//   node         this node takes work (not draining, below max_running)    else hold
//   store        rows can be written                                       else hold
//
// skip gives the slot up at once; hold keeps the run waiting until start_within is over.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "base/words.h"
#include "core/vocabulary.h"

namespace takt::core {

enum class GateName {
  enabled,
  paused,
  quarantined,
  overlap,
  dependencies,
  memory,
  pools,
  turn,
  node,
  store
};
enum class GateAnswer { pass, hold, skip, not_asked };

/// A run that stands in the way.
struct Holder {
  std::string job;
  RunId run;
  friend bool operator==(const Holder&, const Holder&) = default;
};

struct Gate {
  GateName gate;
  GateAnswer answer = GateAnswer::pass;
  std::string value;  // what was measured, e.g. "1 running"
  std::string limit;  // what it was measured against, e.g. "1"
  std::vector<Holder> holders;
  std::optional<WallTime> until;  // when it is expected to pass
  std::string text;               // one sentence for people
  /// Of a skip, where the gate knows more reasons than one. Not part of what is stored.
  std::optional<Reason> reason;
  friend bool operator==(const Gate&, const Gate&) = default;
};

using Gates = std::vector<Gate>;

}  // namespace takt::core

namespace takt {

template <>
inline constexpr std::array<std::string_view, 10> kWords<core::GateName>{
    "enabled", "paused", "quarantined", "overlap", "dependencies",
    "memory",  "pools",  "turn",        "node",    "store"};
template <>
inline constexpr std::array<std::string_view, 4> kWords<core::GateAnswer>{"pass", "hold", "skip",
                                                                          "not_asked"};

}  // namespace takt
