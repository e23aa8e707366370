#include "witness/line.h"

#include <fmt/format.h>

#include <charconv>

namespace takt::witness {
namespace {

/// Takes the next word off `rest`.
std::string_view next_word(std::string_view& rest) {
  const auto begin = rest.find_first_not_of(' ');
  if (begin == std::string_view::npos) return rest = {};
  const auto end = std::min(rest.find(' ', begin), rest.size());
  const auto word = rest.substr(begin, end - begin);
  rest.remove_prefix(end);
  return word;
}

/// A whole decimal number; false for anything else.
template <class Number>
bool read_number(std::string_view word, Number& number) {
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), number);
  return error == std::errc{} && end == word.data() + word.size() && !word.empty();
}

bool read_times(std::string_view& rest, Line& line) {
  std::int64_t realtime = 0;
  std::int64_t boottime = 0;
  if (!read_number(next_word(rest), realtime) || !read_number(next_word(rest), boottime)) {
    return false;
  }
  line.realtime = std::chrono::nanoseconds{realtime};
  line.boottime = std::chrono::nanoseconds{boottime};
  return true;
}

void read_ending(std::string_view rest, Line& line) {
  for (auto word = next_word(rest); !word.empty(); word = next_word(rest)) {
    int number = 0;
    const auto equals = std::min(word.find('='), word.size() - 1);
    if (!read_number(word.substr(equals + 1), number)) continue;
    if (word.starts_with("exit=")) line.exit_code = number;
    if (word.starts_with("signal=")) line.signal = number;
  }
}

}  // namespace

std::string format_line(const Line& line) {
  const Speaker& who = line.speaker;
  auto text = fmt::format("W {} {} {} {} {} {} {} {}", word(line.mark), who.run.value, who.attempt,
                          who.token.value, who.pid, who.start_ticks, line.realtime.count(),
                          line.boottime.count());
  if (line.exit_code) text += fmt::format(" exit={}", *line.exit_code);
  if (line.signal) text += fmt::format(" signal={}", *line.signal);
  return text;
}

std::optional<Line> parse_line(std::string_view text) {
  std::string_view rest = text;
  if (next_word(rest) != "W") return std::nullopt;
  const auto mark = from_word<Mark>(next_word(rest));
  if (!mark) return std::nullopt;
  Line line;
  line.mark = *mark;
  Speaker& who = line.speaker;
  const bool whole =
      read_number(next_word(rest), who.run.value) && read_number(next_word(rest), who.attempt) &&
      read_number(next_word(rest), who.token.value) && read_number(next_word(rest), who.pid) &&
      read_number(next_word(rest), who.start_ticks) && read_times(rest, line);
  if (!whole) return std::nullopt;
  read_ending(rest, line);
  return line;
}

}  // namespace takt::witness
