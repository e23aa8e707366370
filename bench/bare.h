#pragma once
// The bare baseline: processes spawned vfork-style, their output read to its end, reaped; no record,
// no log, no limits, no orphans. What is left of a scheduler when everything it is for is taken out.

#include <string>
#include <vector>

#include "exec/spawn.h"

namespace takt::bench {

/// Starts one program again and again.
class Bare {
 public:
  explicit Bare(std::vector<std::string> argv);

  /// `runs` processes, at most `in_flight` at once; returns when the last one is reaped.
  void run(int runs, int in_flight);

  /// The same with an environment: what all of them find in it, besides PATH, HOME and LANG.
  void set_environment(std::vector<std::string> extra);

 private:
  struct Child;
  Child start();

  exec::Spawner spawner_;
  exec::SpawnPlan plan_;
  exec::Descriptor nothing_;
  exec::Descriptor epoll_;
};

/// Says why on stderr and ends the program: a benchmark that cannot measure prints no figure.
[[noreturn]] void give_up(const std::string& why);

}  // namespace takt::bench
