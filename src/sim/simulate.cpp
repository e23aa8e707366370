#include "sim/simulate.h"

#include "sim/world.h"

namespace takt::sim {

Report simulate(const core::FleetSpec& spec, const Options& options) {
  const Scenario scenario{spec, options, Mix{}, nullptr, nullptr};
  return World(scenario).run();
}

}  // namespace takt::sim
