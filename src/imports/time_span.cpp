#include "imports/time_span.h"

#include <algorithm>
#include <array>
#include <charconv>

namespace takt::imports {
namespace {

struct Unit {
  std::string_view name;
  double ms;
};

constexpr double kSecond = 1000;
constexpr double kMinute = 60 * kSecond;
constexpr double kHour = 60 * kMinute;
constexpr double kDay = 24 * kHour;
constexpr double kMonth = 30.44 * kDay;
constexpr double kYear = 365.25 * kDay;

constexpr std::array<Unit, 31> kUnits{{{"", kSecond},        {"s", kSecond},
                                       {"sec", kSecond},     {"second", kSecond},
                                       {"seconds", kSecond}, {"m", kMinute},
                                       {"min", kMinute},     {"minute", kMinute},
                                       {"minutes", kMinute}, {"h", kHour},
                                       {"hr", kHour},        {"hour", kHour},
                                       {"hours", kHour},     {"d", kDay},
                                       {"day", kDay},        {"days", kDay},
                                       {"w", 7 * kDay},      {"week", 7 * kDay},
                                       {"weeks", 7 * kDay},  {"M", kMonth},
                                       {"month", kMonth},    {"months", kMonth},
                                       {"y", kYear},         {"year", kYear},
                                       {"years", kYear},     {"ms", 1},
                                       {"msec", 1},          {"us", 0.001},
                                       {"usec", 0.001},      {"\xC2\xB5s", 0.001},
                                       {"\xCE\xBCs", 0.001}}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

void skip_blanks(std::string_view& text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
}

/// "1.5" in front of `rest`.
std::optional<double> take_number(std::string_view& rest) {
  const auto end = std::min(rest.find_first_not_of("0123456789."), rest.size());
  double value = 0;
  const auto [stop, error] =
      std::from_chars(rest.data(), rest.data() + end, value, std::chars_format::fixed);
  if (error != std::errc{} || stop != rest.data() + end) return std::nullopt;
  rest.remove_prefix(end);
  return value;
}

std::optional<double> take_unit(std::string_view& rest) {
  const auto end = std::min(rest.find_first_of(" \t0123456789."), rest.size());
  const auto found = std::ranges::find(kUnits, rest.substr(0, end), &Unit::name);
  if (found == kUnits.end()) return std::nullopt;
  rest.remove_prefix(end);
  return found->ms;
}

}  // namespace

std::optional<Duration> parse_time_span(std::string_view text) {
  skip_blanks(text);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  if (text == "infinity") return kDurationMax;
  if (text.empty() || !is_digit(text.front())) return std::nullopt;
  double total = 0;
  while (!text.empty()) {
    const auto number = take_number(text);
    if (!number) return std::nullopt;
    skip_blanks(text);
    const auto unit = take_unit(text);
    if (!unit) return std::nullopt;
    total += *number * *unit;
    skip_blanks(text);
    if (!text.empty() && !is_digit(text.front())) return std::nullopt;
  }
  const auto most = static_cast<double>(kDurationMax.count());
  if (!(total < most)) return kDurationMax;
  return Duration{static_cast<std::int64_t>(total + 1e-6)};
}

}  // namespace takt::imports
