#include "base/time.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>

namespace takt {
namespace {

using std::chrono::days;
using std::chrono::floor;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

struct Unit {
  std::string_view name;
  std::int64_t ms;
};
// Largest first: sums must be written in this order.
constexpr std::array kUnits = {Unit{"d", 86'400'000}, Unit{"h", 3'600'000}, Unit{"m", 60'000},
                               Unit{"s", 1'000}, Unit{"ms", 1}};

bool is_digit(char c) { return c >= '0' && c <= '9'; }

/// Reads exactly `width` digits at the front of `text` and drops them.
std::optional<int> take_digits(std::string_view& text, std::size_t width) {
  if (text.size() < width || !std::all_of(text.begin(), text.begin() + width, is_digit)) {
    return std::nullopt;
  }
  int value = 0;
  std::from_chars(text.data(), text.data() + width, value);
  text.remove_prefix(width);
  return value;
}

bool take(std::string_view& text, std::string_view one_of) {
  if (text.empty() || one_of.find(text.front()) == std::string_view::npos) return false;
  text.remove_prefix(1);
  return true;
}

std::optional<Duration> take_fraction(std::string_view& text) {
  if (!take(text, ".")) return Duration{0};
  std::int64_t ms = 0;
  std::size_t digits = 0;
  for (; digits < text.size() && is_digit(text[digits]); ++digits) {
    if (digits < 3) ms = ms * 10 + (text[digits] - '0');
  }
  if (digits == 0 || digits > 9) return std::nullopt;
  for (std::size_t i = digits; i < 3; ++i) ms *= 10;
  text.remove_prefix(digits);
  return Duration{ms};
}

std::optional<Duration> take_zone(std::string_view& text) {
  if (take(text, "Zz")) return Duration{0};
  const bool west = !text.empty() && text.front() == '-';
  if (!take(text, "+-")) return std::nullopt;
  const auto h = take_digits(text, 2);
  if (!h || !take(text, ":")) return std::nullopt;
  const auto m = take_digits(text, 2);
  if (!m || *h > 23 || *m > 59) return std::nullopt;
  const Duration offset = hours{*h} + minutes{*m};
  return west ? -offset : offset;
}

}  // namespace

Instant saturating_add(Instant at, Duration by) {
  const std::int64_t a = at.time_since_epoch().count();
  const std::int64_t b = by.count();
  std::int64_t sum = 0;
  if (__builtin_add_overflow(a, b, &sum)) {
    sum =
        b > 0 ? std::numeric_limits<std::int64_t>::max() : std::numeric_limits<std::int64_t>::min();
  }
  return Instant{Duration{sum}};
}

std::string format_rfc3339(WallTime at) {
  using namespace std::chrono;
  constexpr WallTime kFirst = sys_days{year{0} / 1 / 1};
  constexpr WallTime kLast = sys_days{year{9999} / 12 / 31} + hours{24} - Duration{1};
  at = std::clamp(at, kFirst, kLast);
  const auto day = floor<days>(at);
  const year_month_day date{day};
  const hh_mm_ss time{at - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

std::optional<WallTime> parse_rfc3339(std::string_view text) {
  using namespace std::chrono;
  const auto y = take_digits(text, 4);
  if (!y || !take(text, "-")) return std::nullopt;
  const auto mo = take_digits(text, 2);
  if (!mo || !take(text, "-")) return std::nullopt;
  const auto d = take_digits(text, 2);
  if (!d || !take(text, "Tt ")) return std::nullopt;
  const auto h = take_digits(text, 2);
  if (!h || !take(text, ":")) return std::nullopt;
  const auto mi = take_digits(text, 2);
  if (!mi || !take(text, ":")) return std::nullopt;
  const auto s = take_digits(text, 2);
  if (!s || *h > 23 || *mi > 59 || *s > 60) return std::nullopt;
  const auto fraction = take_fraction(text);
  if (!fraction) return std::nullopt;
  const auto zone = take_zone(text);
  if (!zone || !text.empty()) return std::nullopt;
  const year_month_day date{year{*y}, month{static_cast<unsigned>(*mo)},
                            day{static_cast<unsigned>(*d)}};
  if (!date.ok()) return std::nullopt;
  return WallTime{sys_days{date}} + hours{*h} + minutes{*mi} + seconds{*s} + *fraction - *zone;
}

std::expected<Duration, std::string> parse_duration(std::string_view text) {
  constexpr std::string_view kForms =
      R"(write it like "250ms", "90s", "5m", "2h", "1d" or "1h30m")";
  if (text.empty()) return std::unexpected(fmt::format("is empty; {}", kForms));
  if (text.front() == '-') return std::unexpected("is negative");
  std::int64_t total = 0;
  auto unit = kUnits.begin();
  while (!text.empty()) {
    std::int64_t count = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (error == std::errc::result_out_of_range) return std::unexpected("is longer than 200 years");
    if (error != std::errc{}) return std::unexpected(fmt::format("is not a duration; {}", kForms));
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    std::size_t letters = 0;
    while (letters < text.size() && !is_digit(text[letters])) ++letters;
    const std::string_view name = text.substr(0, letters);
    if (name.empty()) return std::unexpected(fmt::format("has no unit; {}", kForms));
    if (name.front() == '.') return std::unexpected("has a fraction; use a smaller unit instead");
    const auto found =
        std::find_if(unit, kUnits.end(), [&](const Unit& u) { return u.name == name; });
    if (found == kUnits.end()) {
      const bool known =
          std::any_of(kUnits.begin(), kUnits.end(), [&](const Unit& u) { return u.name == name; });
      return std::unexpected(known ? std::string("has its units out of order; largest first")
                                   : fmt::format("has an unknown unit '{}'; {}", name, kForms));
    }
    std::int64_t part = 0;
    if (__builtin_mul_overflow(count, found->ms, &part) ||
        __builtin_add_overflow(total, part, &total) || total > kDurationMax.count()) {
      return std::unexpected("is longer than 200 years");
    }
    text.remove_prefix(letters);
    unit = found + 1;
  }
  return Duration{total};
}

std::string format_duration(Duration duration) {
  std::int64_t left = duration.count();
  if (left == 0) return "0s";
  std::string text;
  if (left < 0) {
    text = "-";
    left = -left;
  }
  for (const Unit& unit : kUnits) {
    if (left >= unit.ms) text += fmt::format("{}{}", left / unit.ms, unit.name);
    left %= unit.ms;
  }
  return text;
}

}  // namespace takt
