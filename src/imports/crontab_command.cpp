#include "imports/crontab_command.h"

#include <fmt/format.h>

#include "imports/shell_text.h"

namespace takt::imports {
namespace {

/// What the shell itself would make of the pipe: a command that is not plain runs in a shell of its
/// own, so that all of it reads the input.
std::string reader_of(const std::string& command, std::string_view shell) {
  if (is_plain_shell(command)) return command;
  return fmt::format("{} -c {}", shell_word(shell), shell_word(command));
}

}  // namespace

CrontabCommand read_crontab_command(std::string_view text) {
  CrontabCommand command;
  std::string* out = &command.text;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '\\' && at + 1 < text.size() && text[at + 1] == '%') {
      *out += '%';
      ++at;
    } else if (c != '%') {
      *out += c;
    } else if (command.input) {
      *out += '\n';
    } else {
      out = &command.input.emplace();
    }
  }
  if (command.input && command.input->ends_with('\n')) command.input->pop_back();
  return command;
}

std::string command_line(const CrontabCommand& command, std::string_view shell) {
  if (!command.input) return command.text;
  std::string lines;
  std::string_view rest = *command.input;
  while (true) {
    const auto end = std::min(rest.find('\n'), rest.size());
    lines += ' ' + shell_word(rest.substr(0, end));
    if (end == rest.size()) break;
    rest.remove_prefix(end + 1);
  }
  return fmt::format("printf '%s\\n'{} | {}", lines, reader_of(command.text, shell));
}

}  // namespace takt::imports
