#include "sim/simulate.h"

#include "sim/world.h"

namespace takt::sim {

Report simulate(const core::FleetSpec& spec, const Options& options, const Mix& mix) {
  const Scenario scenario{spec, options, mix, nullptr, nullptr, std::nullopt};
  return World(scenario).run();
}

}  // namespace takt::sim
