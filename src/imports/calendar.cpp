#include "imports/calendar.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <vector>

#include "base/ascii.h"
#include "core/cron.h"

namespace takt::imports {
namespace {

using Failure = std::unexpected<LineProblem>;

constexpr std::array<std::string_view, 7> kDays{"mon", "tue", "wed", "thu", "fri", "sat", "sun"};
constexpr std::array<std::string_view, 7> kLongDays{"monday", "tuesday",  "wednesday", "thursday",
                                                    "friday", "saturday", "sunday"};

struct Named {
  std::string_view name;
  std::string_view expression;
};
constexpr std::array<Named, 10> kNames{{{"minutely", "* * * * *"},
                                        {"hourly", "0 * * * *"},
                                        {"daily", "0 0 * * *"},
                                        {"weekly", "0 0 * * mon"},
                                        {"monthly", "0 0 1 * *"},
                                        {"quarterly", "0 0 1 1,4,7,10 *"},
                                        {"semiannually", "0 0 1 1,7 *"},
                                        {"biannually", "0 0 1 1,7 *"},
                                        {"yearly", "0 0 1 1 *"},
                                        {"annually", "0 0 1 1 *"}}};

struct Range {
  std::string_view what;
  int least;
  int most;
};
constexpr Range kYear{"year", 1970, 2199};
constexpr Range kMonth{"month", 1, 12};
constexpr Range kDay{"day", 1, 31};
constexpr Range kHour{"hour", 0, 23};
constexpr Range kMinute{"minute", 0, 59};
constexpr Range kSecond{"second", 0, 59};

std::optional<int> number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (text.empty() || text.size() > 4 || text.front() == '-' || error != std::errc{} ||
      end != text.data() + text.size()) {
    return std::nullopt;
  }
  return value;
}

Failure wrong(std::string message, std::string hint = "systemd-analyze calendar tries one") {
  return Failure{{0, std::move(message), std::move(hint)}};
}

/// One item of a component: n, a..b, n/step, a..b/step, *, */step.
std::expected<std::string, LineProblem> item_of(std::string_view text, const Range& range) {
  const auto bad = [&] { return wrong(fmt::format("has a {} that cannot be read", range.what)); };
  const auto slash = std::min(text.find('/'), text.size());
  auto values = text.substr(0, slash);
  std::string step;
  if (slash < text.size()) {
    const auto n = number(text.substr(slash + 1));
    if (!n || *n == 0) return bad();
    step = fmt::format("/{}", *n);
  }
  if (values == "*") return "*" + step;
  const auto dots = values.find("..");
  const auto first = number(values.substr(0, dots));
  const auto last = dots == std::string_view::npos ? first : number(values.substr(dots + 2));
  if (!first || !last) return bad();
  if (*first < range.least || *last > range.most || *first > *last) {
    return wrong(fmt::format("has a {} out of range", range.what),
                 fmt::format("it goes from {} to {}", range.least, range.most));
  }
  if (dots != std::string_view::npos) return fmt::format("{}-{}{}", *first, *last, step);
  if (step.empty()) return std::to_string(*first);
  return *first == range.least ? "*" + step : fmt::format("{}{}", *first, step);
}

std::expected<std::string, LineProblem> component(std::string_view text, const Range& range) {
  std::string out;
  while (true) {
    const auto comma = std::min(text.find(','), text.size());
    auto item = item_of(text.substr(0, comma), range);
    if (!item) return item;
    if (*item == "*") return item;  // whatever else is in the list
    out += (out.empty() ? "" : ",") + *item;
    if (comma == text.size()) return out;
    text.remove_prefix(comma + 1);
  }
}

std::optional<std::string_view> weekday(std::string_view word) {
  const auto name = lowered(word);
  for (std::size_t i = 0; i < kDays.size(); ++i) {
    if (name == kDays[i] || name == kLongDays[i]) return kDays[i];
  }
  return std::nullopt;
}

/// "Mon..Fri,Sun" as "mon-fri,sun"; nullopt: it is no list of weekdays.
std::optional<std::string> weekdays(std::string_view text) {
  std::string out;
  if (text.ends_with(',')) text.remove_suffix(1);
  while (true) {
    const auto comma = std::min(text.find(','), text.size());
    const auto item = text.substr(0, comma);
    auto between = item.find("..");
    std::size_t width = 2;
    if (between == std::string_view::npos) {
      between = item.find('-');
      width = 1;
    }
    const auto first = weekday(item.substr(0, between));
    if (!first) return std::nullopt;
    out += fmt::format("{}{}", out.empty() ? "" : ",", *first);
    if (between != std::string_view::npos) {
      const auto last = weekday(item.substr(between + width));
      if (!last) return std::nullopt;
      out += fmt::format("-{}", *last);
    }
    if (comma == text.size()) return out;
    text.remove_prefix(comma + 1);
  }
}

struct Parts {
  std::string weekdays = "*";
  std::string year = "*";
  std::string month = "*";
  std::string day = "*";
  std::string hour = "0";
  std::string minute = "0";
  std::string second = "0";
};

using Step = std::optional<LineProblem>;

Step read_into(std::string& field, std::string_view text, const Range& range) {
  auto read = component(text, range);
  if (!read) return std::move(read.error());
  field = std::move(*read);
  return std::nullopt;
}

std::vector<std::string_view> split(std::string_view text, char at) {
  std::vector<std::string_view> out;
  while (true) {
    const auto end = std::min(text.find(at), text.size());
    out.push_back(text.substr(0, end));
    if (end == text.size()) return out;
    text.remove_prefix(end + 1);
  }
}

Step read_date(std::string_view text, Parts& parts) {
  const auto fields = split(text, '-');
  if (fields.size() < 2 || fields.size() > 3) {
    return LineProblem{0, "has a date that cannot be read", "write it like *-12-24"};
  }
  const auto n = fields.size();
  if (n == 3) {
    if (auto problem = read_into(parts.year, fields[0], kYear)) return problem;
  }
  if (auto problem = read_into(parts.month, fields[n - 2], kMonth)) return problem;
  return read_into(parts.day, fields[n - 1], kDay);
}

Step read_time(std::string_view text, Parts& parts) {
  const auto fields = split(text, ':');
  if (fields.size() < 2 || fields.size() > 3) {
    return LineProblem{0, "has a time that cannot be read", "write it like 09:30 or 09:30:00"};
  }
  if (auto problem = read_into(parts.hour, fields[0], kHour)) return problem;
  if (auto problem = read_into(parts.minute, fields[1], kMinute)) return problem;
  if (fields.size() < 3) return std::nullopt;
  // "..": a range; ".5": a part of a second.
  for (auto at = fields[2].find('.'); at != std::string_view::npos; at = fields[2].find('.', at)) {
    if (fields[2].substr(at, 2) == "..") {
      at += 2;
      continue;
    }
    const auto digits = fields[2].find_first_not_of('0', at + 1);
    const bool whole = digits == std::string_view::npos;
    if (whole && fields[2].find(".", at + 1) == std::string_view::npos) {
      return read_into(parts.second, fields[2].substr(0, at), kSecond);
    }
    return LineProblem{0, "has parts of a second, which have no equal",
                       "use every, or whole seconds"};
  }
  return read_into(parts.second, fields[2], kSecond);
}

std::expected<Calendar, LineProblem> calendar_of(const Parts& parts, std::string zone) {
  Calendar calendar;
  calendar.zone = std::move(zone);
  calendar.both_days = parts.weekdays != "*" && parts.day != "*";
  const auto cron = fmt::format("{} {} {} {} {}", parts.minute, parts.hour, parts.day, parts.month,
                                parts.weekdays);
  calendar.expression = parts.second == "0" ? cron : fmt::format("{} {}", parts.second, cron);
  if (parts.year != "*") {
    calendar.year = number(parts.year);
    const auto fixed = [](const std::string& text) { return number(text).has_value(); };
    const bool once = calendar.year && fixed(parts.month) && fixed(parts.day) &&
                      fixed(parts.hour) && fixed(parts.minute) && fixed(parts.second);
    if (!once) {
      return wrong("has years, which have no equal but for a single instant",
                   "leave the year out, or write the instants as jobs with `at`");
    }
  }
  const auto mode = calendar.both_days ? core::DayMode::both : core::DayMode::either;
  const auto fields = core::parse_cron(calendar.expression, "", mode);
  if (!fields) return wrong(fields.error().message, fields.error().hint);
  return calendar;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  for (std::size_t at = 0; at < text.size();) {
    at = std::min(text.find_first_not_of(" \t", at), text.size());
    const auto end = std::min(text.find_first_of(" \t", at), text.size());
    if (end > at) words.push_back(text.substr(at, end - at));
    at = end;
  }
  return words;
}

bool is_zone(std::string_view word) {
  return word.find(':') == std::string_view::npos && !word.empty() &&
         ((word.front() >= 'A' && word.front() <= 'Z') ||
          (word.front() >= 'a' && word.front() <= 'z'));
}

std::expected<Calendar, LineProblem> read_instant(std::string_view seconds) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(seconds.data(), seconds.data() + seconds.size(), value);
  if (error != std::errc{} || end != seconds.data() + seconds.size() || value < 0 ||
      value > 253'402'300'799) {
    return wrong("has seconds that cannot be read");
  }
  Calendar calendar;
  calendar.instant = WallTime{std::chrono::seconds{value}};
  return calendar;
}

}  // namespace

std::expected<Calendar, LineProblem> parse_calendar(std::string_view text) {
  auto words = words_of(text);
  if (words.empty()) return wrong("is empty");
  if (words.size() == 1 && words[0].starts_with('@')) return read_instant(words[0].substr(1));
  if (text.find('~') != std::string_view::npos) {
    return wrong("counts days from the end of the month (~), which has no equal",
                 "28-31 with a test of the date in the command comes nearest");
  }
  std::string zone;
  if (words.size() > 1 && is_zone(words.back()) && !weekdays(words.back())) {
    zone = words.back();
    words.pop_back();
  }
  if (words.size() == 1) {
    auto name = lowered(words[0]);
    if (name == "semi-annually" || name == "bi-annually") name.erase(name.find('-'), 1);
    const auto known = std::ranges::find(kNames, name, &Named::name);
    if (known != kNames.end()) return Calendar{std::string{known->expression}, zone, false, {}, {}};
  }
  Parts parts;
  std::size_t at = 0;
  if (auto days = weekdays(words[0])) {
    parts.weekdays = std::move(*days);
    ++at;
  }
  if (at < words.size() && words[at].find(':') == std::string_view::npos) {
    if (auto problem = read_date(words[at], parts)) return Failure{std::move(*problem)};
    ++at;
  }
  if (at < words.size()) {
    if (auto problem = read_time(words[at], parts)) return Failure{std::move(*problem)};
    ++at;
  }
  if (at < words.size()) return wrong(fmt::format("has '{}' where it should end", words[at]));
  return calendar_of(parts, std::move(zone));
}

std::optional<Calendar> merged(const Calendar& one, const Calendar& other) {
  if (one.instant || other.instant || one.year || other.year || one.zone != other.zone) {
    return std::nullopt;
  }
  const auto a = words_of(one.expression);
  const auto b = words_of(other.expression);
  if (a.size() != b.size()) return std::nullopt;
  Calendar sum = one;
  sum.expression.clear();
  int different = 0;
  for (std::size_t i = 0; i < a.size(); ++i) {
    std::string field{a[i]};
    if (a[i] != b[i]) {
      ++different;
      field = a[i].starts_with('*') || b[i].starts_with('*') ? std::string{}
                                                             : fmt::format("{},{}", a[i], b[i]);
      if (field.empty()) return std::nullopt;
    }
    sum.expression += (i == 0 ? "" : " ") + field;
  }
  if (different > 1) return std::nullopt;
  return sum;
}

}  // namespace takt::imports
