#include "imports/crontab_entry.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "fleet/quote.h"
#include "fleet/read.h"

namespace takt::imports {
namespace {

using fleet::quote_name;

constexpr std::string_view kBlank = " \t";

std::expected<std::string, LineProblem> take_user(std::string_view line, std::size_t& at) {
  at = std::min(line.find_first_not_of(kBlank, at), line.size());
  const auto end = std::min(line.find_first_of(kBlank, at), line.size());
  const auto user = line.substr(at, end - at);
  const bool plain = std::ranges::all_of(user, [](char c) { return c > ' ' && c < 0x7F; }) &&
                     user.find_first_of(":/") == std::string_view::npos && user.size() <= 64;
  if (user.empty() || !plain) {
    return std::unexpected(LineProblem{
        at,
        user.empty() ? "has no user" : fmt::format("has {} where a user stands", quote_name(user)),
        "lines of a system crontab name the user in front of the command"});
  }
  at = end;
  return std::string{user};
}

}  // namespace

std::expected<CrontabEntry, LineProblem> read_crontab_entry(std::string_view line,
                                                            bool user_field) {
  CrontabEntry entry;
  std::size_t at = 0;
  if (line.starts_with('-')) {  // of root's, in some crons: do not log it
    entry.silent = true;
    at = 1;
  }
  const auto rest = line.substr(at);
  const auto moved = [&](LineProblem problem) {
    problem.offset += at;
    return std::unexpected(std::move(problem));
  };
  const auto time_end = end_of_time(rest);
  auto time = read_crontab_time(rest.substr(0, time_end));
  if (!time) return moved(std::move(time.error()));
  entry.time = std::move(*time);
  at += time_end;
  if (user_field) {
    auto user = take_user(line, at);
    if (!user) return std::unexpected(std::move(user.error()));
    entry.user = std::move(*user);
  }
  const auto command = line.substr(std::min(line.find_first_not_of(kBlank, at), line.size()));
  entry.command = read_crontab_command(command);
  if (entry.command.text.find_first_not_of(kBlank) == std::string::npos) {
    return std::unexpected(LineProblem{line.size(), "has no command", "nothing would run"});
  }
  if (command.size() * 4 >= fleet::kArgumentBytesMax) {
    return std::unexpected(LineProblem{at, fmt::format("has a command of {} bytes", command.size()),
                                       "put it into a script"});
  }
  return entry;
}

}  // namespace takt::imports
