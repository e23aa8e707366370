#pragma once
// Tree: a modelled process tree of one attempt, and how it is going to behave.
//
//   launch ──▶ spawned ──▶ main ends ──▶ all dead ──▶ told
//     │                       │ leaks: what is left is killed first
//     └─ spawn fails          └─ SIGTERM obeyed after a moment, or ignored until SIGKILL

#include <cstdint>
#include <optional>

#include "base/ids.h"
#include "base/time.h"
#include "core/event.h"
#include "sim/faults.h"

namespace takt::sim {

/// Drawn at the launch.
struct Behaviour {
  Duration spawn_takes{0};
  Duration deferred{0};            // there is no process to be had for so long
  std::optional<int> spawn_errno;  // it never comes into being
  Duration runs{0};
  bool hangs = false;  // does not end by itself
  int exit_code = 0;
  std::optional<int> signal;  // instead of the exit code
  bool ignores_term = false;
  Duration obeys_after{0};
  std::optional<int> exit_on_term;       // none: dies of the signal
  int leaks = 0;                         // processes that outlive the main one
  Duration drain{0};                     // how long output is read once the main one has ended
  bool out_of_memory = false;            // the kernel kills it
  std::int64_t emits = 0;                // bytes of output
  bool told_twice = false;               // its end
  std::optional<Duration> beats_every;   // none: it gives no sign of life
  std::optional<Duration> silent_after;  // from its start on; none: it never stops beating
  std::optional<Fault> fault;            // that it is going to be
};

struct Tree {
  Token token;
  RunId run;
  int attempt = 1;
  JobIndex job = 0;
  Behaviour behaviour;
  int life = 0;  // of the daemon that launched it
  int pid = 0;
  bool deferred = false;  // the launcher has said that it cannot be started for now
  bool spawned = false;
  bool main_alive = false;
  int children = 0;
  bool terminated = false;  // SIGTERM has come
  int version = 0;          // steps entered for an older one no longer hold
  Instant started;
  Instant quiet_since;                    // its start, or its last beat
  std::optional<Duration> kill_on_spawn;  // grace of a kill that came before the process
  core::ProcessEnd end;
};

}  // namespace takt::sim
