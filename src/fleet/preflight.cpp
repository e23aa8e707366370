#include "fleet/preflight.h"

#include <fmt/format.h>

#include <string>
#include <string_view>

#include "fleet/complaints.h"
#include "fleet/machine.h"
#include "fleet/outside_preflight.h"

namespace takt::fleet {
namespace {

/// What is wrong with one job, said and noted in the job.
class Findings {
 public:
  Findings(core::JobSpec& job, JobIndex index, const Positions& where, Complaints& complaints)
      : job_(job), index_(index), where_(where), complaints_(complaints) {
    job_.problem.clear();
  }

  void disable_if(const std::string& wrong, std::string_view key) {
    if (wrong.empty()) return;
    job_.problem += job_.problem.empty() ? wrong : "; " + wrong;
    complaints_.warning(where_.value(index_, key),
                        fmt::format("job '{}' is disabled on this machine: {}", job_.name, wrong));
  }

  void warn_if(const std::string& wrong, std::string_view key) {
    if (wrong.empty()) return;
    complaints_.warning(where_.value(index_, key), fmt::format("job '{}': {}", job_.name, wrong),
                        std::string{kWhereProgramsAre});
  }

 private:
  core::JobSpec& job_;
  JobIndex index_;
  const Positions& where_;
  Complaints& complaints_;
};

}  // namespace

std::vector<Problem> preflight(core::FleetSpec& spec, const Positions& where) {
  Complaints complaints{where.sources()};
  Machine machine;
  for (JobIndex i = 0; i < spec.jobs.size(); ++i) {
    core::JobSpec& job = spec.jobs[i];
    Findings findings{job, i, where, complaints};
    if (!job.command || job.builtin != core::Builtin::none) continue;
    const core::Command& command = *job.command;
    findings.disable_if(machine.judge_user(command.user), "user");
    findings.disable_if(machine.judge_folder(command.cwd), "cwd");
    findings.disable_if(machine.judge_env_file(command.env_file, command.user), "env_file");
    if (command.argv.empty()) continue;
    findings.warn_if(machine.judge_program(command.argv.front(), command.cwd), "run");
  }
  if (spec.cleanup) {
    const std::string wrong = machine.judge_program(spec.cleanup->argv.front(), spec.cleanup->cwd);
    if (!wrong.empty()) {
      complaints.warning(where.cleanup(), fmt::format("cleanup: {}", wrong),
                         std::string{kWhereProgramsAre});
    }
  }
  look_at_checks(spec, where, machine, complaints);
  look_at_contacts(spec, where, machine, complaints);
  return complaints.take();
}

}  // namespace takt::fleet
