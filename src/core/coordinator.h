#pragma once
// Coordinator: decides everything about a fleet and does nothing. Events and the instant go in,
// effects come out; between two calls it is a value. No clock, thread, file or randomness: the
// daemon and the simulator run the very same object.
//
//   slot due ─▶ gates ─▶ waiting ─▶ recording ─▶ launching ─▶ running ─▶ ended ─▶ settled
//                 │skip     │give up      (row committed)                 │
//                 ▼         ▼                                             └─▶ retrying ─▶ gates
//              skipped    missed
//
// One call is one turn: the event is applied, everything due by `now` is fired in order, waiting
// runs are admitted by rank, and whatever changed leaves as one batch of rows (Persist) beside the
// other effects. An attempt is launched only after the batch that holds its row was Recorded.
//
// Shell's duties: call open() once; call handle() with now never going back; call handle(Tick) when
// next_wake() comes; carry out effects in order; answer each with the event its comment names.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "core/effect.h"
#include "core/event.h"
#include "core/rows.h"
#include "core/spec.h"
#include "core/view.h"

namespace takt::core {

/// Who runs the coordinator: written to `nodes`, stamped on runs and attempts.
struct NodeFacts {
  NodeId node;
  int pid = 0;
  std::string boot_id;
};

class Coordinator {
 public:
  /// Restores the fleet from `stored` (empty for a new one: its epoch becomes `now`). `now` is
  /// where the elapsed line begins; wall time equals it until a ClockStepped. At a speed other than
  /// 1 downtime does not count, so the shell passes the stored clock as `now`.
  Coordinator(FleetSpec spec, const Stored& stored, NodeFacts node, double speed, Instant now);
  ~Coordinator();
  /// A twin that goes on by itself; see core/forecast.h.
  Coordinator(const Coordinator& other);
  Coordinator(Coordinator&&) noexcept;
  Coordinator& operator=(Coordinator&&) noexcept;

  /// First turn: asks for the leftovers of unfinished attempts, decides the slots missed while
  /// down. `memory`: as it is just now, so that nothing starts without it; total 0: not known.
  Effects open(Instant now, const MemoryReading& memory = {});

  /// One turn. `now` must not be before the last one's.
  Effects handle(const Event& event, Instant now);

  /// When the next Tick is needed; Instant::max() when nothing is.
  Instant next_wake() const;

  /// All leftovers of earlier daemons are proven dead and settled.
  bool reconciled() const;

  /// Between StoreFailed and StoreBack: false.
  bool store_ok() const;

  /// No attempt is alive or on its way.
  bool quiet() const;

  /// The fleet as it is now; behind the jobs of the file stand those that have left it.
  const FleetSpec& spec() const;
  /// Whether a Reload with this fleet would take jobs away.
  bool would_remove_jobs(const FleetSpec& fleet) const;
  WallTime wall(Instant at) const;
  WallTime epoch() const;

  FleetView fleet_view(Instant now) const;
  std::vector<JobView> job_views(Instant now) const;
  std::optional<JobView> job_view(std::string_view job, Instant now) const;

  /// The pools of the fleet, in the order of the file. `with_expected`: the queue's expected starts,
  /// which take a forecast.
  std::vector<PoolView> pool_views(Instant now, bool with_expected = true) const;
  /// The health checks, in the order of the file.
  std::vector<HealthView> health_views() const;
  MemoryView memory_view() const;
  MemoryLevel memory_level() const;

  /// Every gate of a job's next start, evaluated as admission would at `now`. nullopt: no such job.
  /// Without `with_forecast` the expected start is what the gates alone know.
  std::optional<WhyView> why(std::string_view job, Instant now, bool with_forecast = true) const;
  /// The same for a run that has not ended. nullopt: not a live run.
  std::optional<WhyView> why(RunId run, Instant now, bool with_forecast = true) const;

 private:
  friend class Forecast;
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace takt::core
