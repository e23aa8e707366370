#pragma once
// CrontabTime: the schedule of a crontab line, from cron's grammar to an expression of takt's that
// means the same times.
//
//   */5 1-23/2 1,15 * mon-fri    as it is                @daily and the like    as they are
//   0~59  ~  10~20               H(0-59)  H  H(10-20)    a random value, drawn from the job's name
//
// cron takes less than takt does: `?`, H and ranges that run backwards are errors here, as there.

#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "imports/line_problem.h"

namespace takt::imports {

struct CrontabTime {
  std::string expression;            // empty: @reboot
  bool meant_once = false;           // cron's own rule at DST: times of day, each once
  std::vector<std::string> remarks;  // what is not quite the same
};

/// Where the schedule of a line ends: behind its fifth field, or its @word.
std::size_t end_of_time(std::string_view line);

/// `text` is the line up to there; it begins with the schedule.
std::expected<CrontabTime, LineProblem> read_crontab_time(std::string_view text);

/// The interval of an expression that comes at one pace for ever: "*/5 * * * *" is 5m, "17 * * * *"
/// 1h. Empty for all others.
std::string interval_of(std::string_view expression);

}  // namespace takt::imports
