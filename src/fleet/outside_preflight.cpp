#include "fleet/outside_preflight.h"

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <variant>

namespace takt::fleet {
namespace {

void warn_if(const std::string& wrong, const std::string& whose, Position at, std::string hint,
             Complaints& complaints) {
  if (wrong.empty()) return;
  complaints.warning(at, fmt::format("{}: {}", whose, wrong), std::move(hint));
}

void look_at_program(const core::Command& command, const std::string& whose, Position at,
                     Machine& machine, Complaints& complaints) {
  warn_if(machine.judge_program(command.argv.front(), command.cwd), whose, at,
          std::string{kWhereProgramsAre}, complaints);
}

void look_at_probe(const core::ProbeSpec& probe, const std::string& whose,
                   const ProbePlaces& places, Machine& machine, Complaints& complaints) {
  if (const auto* of = std::get_if<core::CommandProbe>(&probe.of)) {
    look_at_program(*of->command, whose, places.of, machine, complaints);
  }
  for (std::size_t i = 0; i < probe.otherwise.size(); ++i) {
    const auto* remedy = std::get_if<core::RunCommand>(&probe.otherwise[i]);
    if (remedy == nullptr) continue;
    look_at_program(*remedy->command, whose, places.remedy(i), machine, complaints);
  }
}

}  // namespace

void look_at_checks(const core::FleetSpec& spec, const Positions& where, Machine& machine,
                    Complaints& complaints) {
  for (std::size_t i = 0; i < spec.health.size(); ++i) {
    const core::HealthSpec& check = spec.health[i];
    const bool is_file = check.database.starts_with('/');
    if (is_file) {
      warn_if(machine.judge_database(check.database), fmt::format("health check '{}'", check.name),
              where.check(i).database, "what sql is asked of it is unknown until it is there",
              complaints);
    }
    for (std::size_t j = 0; j < check.probes.size(); ++j) {
      look_at_probe(check.probes[j],
                    fmt::format("health check '{}', probe '{}'", check.name, check.probes[j].name),
                    where.probe(i, j), machine, complaints);
    }
  }
}

void look_at_contacts(const core::FleetSpec& spec, const Positions& where, Machine& machine,
                      Complaints& complaints) {
  for (std::size_t i = 0; i < spec.contacts.size(); ++i) {
    const core::ContactSpec& contact = spec.contacts[i];
    const std::string whose = fmt::format("contact '{}'", contact.name);
    if (const auto* by = std::get_if<core::NotifyCommand>(&contact.by)) {
      look_at_program(*by->command, whose, where.contact(i).by, machine, complaints);
    }
    if (const auto* mail = std::get_if<core::Email>(&contact.by)) {
      warn_if(machine.judge_password_file(mail->password_file), whose,
              where.contact(i).password_file, "until then it cannot log in, and no mail is sent",
              complaints);
    }
  }
}

}  // namespace takt::fleet
