#include "daemon/own_work.h"

#include <algorithm>

namespace takt::daemon {
namespace {

bool runs_a_program(const core::ProbeSpec& probe) {
  return std::holds_alternative<core::CommandProbe>(probe.of) ||
         std::ranges::any_of(probe.otherwise, [](const core::Remedy& remedy) {
           return std::holds_alternative<core::RunCommand>(remedy);
         });
}

}  // namespace

bool runs_own_programs(const core::FleetSpec& fleet) {
  return std::ranges::any_of(fleet.health,
                             [](const core::HealthSpec& check) {
                               return std::ranges::any_of(check.probes, runs_a_program);
                             }) ||
         std::ranges::any_of(fleet.contacts, [](const core::ContactSpec& contact) {
           return std::holds_alternative<core::NotifyCommand>(contact.by);
         });
}

}  // namespace takt::daemon
