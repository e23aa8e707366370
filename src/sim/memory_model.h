#pragma once
// MemoryModel: the memory of the simulated machine, as a shell would read it. Most of the time a part of
// it is used and trembles a little. An episode raises what is used to a peak, holds it and lets it
// fall; or lets tasks wait for memory although much of it is free.
//
//   used      ______/‾‾‾‾‾‾‾‾\______        a cleanup takes its share off what the episode adds
//                begin      end

#include <optional>

#include "base/time.h"
#include "core/memory.h"
#include "sim/random.h"

namespace takt::sim {

class MemoryModel {
 public:
  struct Episode {
    Instant begin;
    Duration rises{0};  // and falls in the same time
    Duration holds{0};
    double peak = 0;            // used ratio at its height
    double stalled = 0;         // PSI, while it holds
    double freed_by_cleanup{};  // of what it adds, 0..1
  };

  bool is_busy(Instant at) const { return episode_ && at < end_of(*episode_); }
  /// Nothing may be going on.
  void begin(const Episode& episode);
  /// What goes on is over at `at` at the latest.
  void calm(Instant at);

  core::MemoryReading read(Instant at) const;

  /// A cleanup did what it could.
  void clean() { cleaned_ = true; }

 private:
  static Instant end_of(const Episode& episode) {
    return episode.begin + 2 * episode.rises + episode.holds;
  }

  std::optional<Episode> episode_;
  std::optional<Instant> calm_from_;
  bool cleaned_ = false;
};

}  // namespace takt::sim
