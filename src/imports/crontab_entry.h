#pragma once
// CrontabEntry: a line of a crontab that runs something, taken apart.
//
//   schedule command           schedule user command           -schedule ...    (do not log it)

#include <expected>
#include <string>
#include <string_view>

#include "imports/crontab_command.h"
#include "imports/crontab_time.h"
#include "imports/line_problem.h"

namespace takt::imports {

struct CrontabEntry {
  CrontabTime time;
  std::string user;  // empty in a crontab without users
  CrontabCommand command;
  bool silent = false;
};

/// `line` begins with the schedule. With `user_field` a user stands in front of the command.
std::expected<CrontabEntry, LineProblem> read_crontab_entry(std::string_view line, bool user_field);

}  // namespace takt::imports
