#pragma once
// A small random fleet, and a world in which anything may happen to it in any order: for laws. What
// happens is a list of Steps, plain numbers that RapidCheck makes and shrinks.

#include <cstdint>
#include <iosfwd>
#include <string>
#include <vector>

#include "core/spec.h"
#include "scenarios/hand_shell.h"

namespace takt::scenarios {

/// One to three jobs of all kinds, max_running 1 to 3. Draws from RapidCheck: within a property only.
core::FleetSpec any_fleet();

/// The fleet after an edit: jobs changed, removed, one added, in another order.
core::FleetSpec any_edit_of(const core::FleetSpec& fleet);

/// One step: what happens (from 0 to 99), and two numbers that say to whom and how much.
struct Step {
  int what = 0;
  int which = 0;
  int amount = 0;
};

/// How RapidCheck prints a counterexample.
void showValue(const Step& step, std::ostream& out);

std::vector<Step> any_steps();

/// Plays steps on a shell.
class World {
 public:
  using Witness = HandShell::Witness;

  World(const core::FleetSpec& fleet, Witness witness)
      : fleet_(fleet), shell_(fleet, 1, std::move(witness)) {}

  HandShell& shell() { return shell_; }

  /// True: a daemon died in it.
  bool play(const Step& step);

  /// The daemon that is up takes over this fleet; without one the next start does.
  void reload(const core::FleetSpec& fleet);

 private:
  void process(const Step& step);
  void memory(const Step& step);
  void request(const Step& step);
  void store(const Step& step);

  core::FleetSpec fleet_;
  HandShell shell_;
  std::int64_t requests_ = 0;
};

/// Whatever happens is told in lines, one dump of all of it.
/// A fleet in a line a job, for the log of a case that fails.
std::string describe(const core::FleetSpec& fleet);

std::string dump(const core::FleetSpec& fleet, const std::vector<Step>& steps);

}  // namespace takt::scenarios
