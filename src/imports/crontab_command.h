#pragma once
// CrontabCommand: what stands behind the schedule. An unescaped % ends the command; what follows is its
// standard input, in which further ones are line ends. \% is a percent sign in both.

#include <optional>
#include <string>
#include <string_view>

namespace takt::imports {

struct CrontabCommand {
  std::string text;
  std::optional<std::string> input;  // without its last line end
};

CrontabCommand read_crontab_command(std::string_view text);

/// The command as one text for `shell`; with an input, through a pipe from printf.
std::string command_line(const CrontabCommand& command, std::string_view shell);

}  // namespace takt::imports
