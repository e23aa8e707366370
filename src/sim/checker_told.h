#pragma once
// Told: what the daemon has to go by, as far as it was told from outside: the memory, whether its store
// takes rows, whether it may start anything. Kept by batch, since a batch is judged when it is
// committed and was decided when it was handed over.
//
// The level of memory is worked out here again, from its definition (core/memory.h draws it).

#include <deque>
#include <optional>
#include <vector>

#include "core/event.h"
#include "sim/checker_context.h"

namespace takt::sim {

struct ToldFacts {
  core::MemoryReading reading;  // total_bytes 0: none was told to this daemon
  core::MemoryLevel level = core::MemoryLevel::normal;
  bool cleaning = false;
  bool store_fails = false;
  bool working = true;                // neither draining nor stopping
  std::vector<core::PoolSpec> pools;  // as the fleet file has them

  bool is_critical() const { return level == core::MemoryLevel::critical; }
};

class Told {
 public:
  explicit Told(CheckContext& context) : context_(context) { now_.pools = context.fleet.pools; }

  void daemon_up();
  void event(const core::Event& event);
  /// From the next reload or start on. More than one may come before the first is committed.
  void file_says(std::vector<core::PoolSpec> pools);
  /// The daemon asks for a cleanup (S13: never twice at a time).
  void cleanup_asked();
  /// A batch leaves the daemon: it was decided by what is told now.
  void handed_over(Seq seq);

  const ToldFacts& now() const { return now_; }
  /// What held when the batch was decided. Batches come in order.
  ToldFacts as_of(Seq seq);

 private:
  struct Version {
    Seq from;
    ToldFacts facts;
  };

  void read(const core::MemoryReading& reading);

  CheckContext& context_;
  ToldFacts now_;
  bool changed_ = true;
  bool owes_cleanup_ = false;
  std::deque<Version> versions_;
};

}  // namespace takt::sim
