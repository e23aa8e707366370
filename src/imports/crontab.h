#pragma once
// Crontab: from the text of a crontab to a fleet file that runs the same commands at the same times.
// Pure: whatever the machine has to say (its zone, home folders) comes in with the options.
//
//   # comment              stays, in front of what follows it
//   NAME = value           for the lines below: env, or what it means to cron (SHELL, HOME, CRON_TZ, ...)
//   schedule [user] cmd    a job; its doc is the line
//   anything else          a comment "not imported", and a warning
//
// What cron does and takt would not is said in [defaults]: overlap, catchup, umask.

#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "imports/imported.h"

namespace takt::imports {

struct CrontabOptions {
  std::string file;              // how problems and the fleet file call it
  bool user_field = false;       // the sixth field is a user, as in /etc/crontab
  std::string timezone = "UTC";  // the machine's: cron follows it
  bool plan_offsets = false;  // what comes at one pace becomes `every`, at a phase that takt plans
  /// Home folder of a user; of whose crontab it is for "". nullopt: not known here.
  std::function<std::optional<std::string>(std::string_view user)> home_of;
};

/// Total over all texts. The file that comes out is valid.
Imported import_crontab(std::string_view text, const CrontabOptions& options);

/// Whether a crontab at this path has users in its lines: /etc/crontab and /etc/cron.d/.
bool has_user_field(std::string_view path);

}  // namespace takt::imports
