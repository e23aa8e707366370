#pragma once
// Planted bugs: what takt could get wrong, done to it on purpose, and the invariant that must catch
// it. A checker that cannot fail proves nothing.
//
//   planted by a    between the coordinator and the world, or inside the modelled timer, launcher,
//   saboteur        store or lock
//   planted by a    the coordinator is given another fleet than the checker, and so keeps another
//   misread fleet   law

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/spec.h"
#include "sim/saboteur.h"

namespace takt::sim {

struct PlantedBug {
  std::string name;       // what takt does wrong: "LaunchesTwice"
  std::string invariant;  // that must catch it: "S2"
  std::string how;        // it is planted
  std::function<std::unique_ptr<Saboteur>()> saboteur;
  std::function<void(core::JobSpec&)> misread;
  std::optional<int> max_running;  // misread too
  std::function<void(core::FleetSpec&)> misread_fleet;
  bool is_tight = false;  // in the fleet that fights for pools
};

std::vector<PlantedBug> slot_bugs();      // S1 S4 S5
std::vector<PlantedBug> attempt_bugs();   // S2 S3 S6 S13
std::vector<PlantedBug> truth_bugs();     // S7 S8 S16
std::vector<PlantedBug> fencing_bugs();   // S9 S10 S11 S12
std::vector<PlantedBug> liveness_bugs();  // L1 L2 L4 - L10
std::vector<PlantedBug> pool_bugs();      // S13
std::vector<PlantedBug> memory_bugs();    // S13
std::vector<PlantedBug> need_bugs();      // S14
std::vector<PlantedBug> rank_bugs();      // S15 L6

}  // namespace takt::sim
