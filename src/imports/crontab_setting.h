#pragma once
// CrontabSetting: a line NAME = value of a crontab. Name and value may stand in quotes; blanks around
// the = and behind a bare value do not count, and nothing is expanded.

#include <optional>
#include <string>
#include <string_view>

namespace takt::imports {

struct CrontabSetting {
  std::string name;
  std::string value;
};

/// nullopt: the line is none, so it is an entry (or nonsense).
std::optional<CrontabSetting> read_crontab_setting(std::string_view line);

}  // namespace takt::imports
