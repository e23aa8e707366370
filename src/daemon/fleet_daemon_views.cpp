// What the API asks of the daemon, answered from what the coordinator and the parts around it know.

#include <utility>

#include "daemon/fleet_daemon.h"
#include "daemon/reloader.h"
#include "store/sqlite_history.h"

namespace takt::daemon {

core::FleetView FleetDaemon::fleet() const {
  core::FleetView view = coordinator_.fleet_view(clock_.now());
  view.store_backlog = static_cast<std::int64_t>(store_.backlog());
  return view;
}

std::vector<core::JobView> FleetDaemon::jobs() const {
  return coordinator_.job_views(clock_.now());
}

std::vector<core::PoolView> FleetDaemon::pools() const {
  return coordinator_.pool_views(clock_.now());
}

std::optional<core::WhyView> FleetDaemon::why(std::string_view job) const {
  return coordinator_.why(job, clock_.now());
}

std::optional<core::WhyView> FleetDaemon::why(RunId run) const {
  return coordinator_.why(run, clock_.now());
}

api::Metrics FleetDaemon::metrics() const {
  api::Metrics metrics;
  metrics.max_running = coordinator_.spec().max_running;
  metrics.store_backlog = static_cast<std::int64_t>(store_.backlog());
  metrics.counters = counters_.values();
  metrics.process = process_facts();
  return metrics;
}

api::Memory FleetDaemon::memory() const {
  api::Memory memory{.fleet = coordinator_.memory_view(),
                     .limited = launcher_->limited_trees(),
                     .skipped = counters_.slots_for(core::Reason::memory)};
  memory.fleet.reading = meter_.read(memory.fleet.limits.source);
  return memory;
}

std::vector<core::HealthView> FleetDaemon::health() const { return coordinator_.health_views(); }

bool FleetDaemon::ready() const { return !ready_; }

void FleetDaemon::reload(std::function<void(api::Reloaded)> done) {
  reloader_->reload(std::move(done));
}

std::expected<std::unique_ptr<ports::History>, ports::StoreError> FleetDaemon::open_history()
    const {
  auto opened = store::SqliteHistory::open(database_);
  if (!opened) return std::unexpected(std::move(opened.error()));
  return std::unique_ptr<ports::History>(std::move(*opened));
}

}  // namespace takt::daemon
