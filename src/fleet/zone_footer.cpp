#include "fleet/zone_footer.h"

#include <algorithm>

namespace takt::fleet {
namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;
using std::chrono::sys_days;
using std::chrono::year;

constexpr int kOffsetHoursMax = 24;
constexpr int kTimeHoursMax = 167;

/// Reads the text from the front; the first thing that is wrong is kept and ends it.
class Reader {
 public:
  explicit Reader(std::string_view text) : left_(text) {}

  bool failed() const { return !wrong_.empty(); }
  const std::string& wrong() const { return wrong_; }
  bool at_end() const { return left_.empty(); }
  char peek() const { return left_.empty() ? '\0' : left_.front(); }

  bool take(char c) {
    if (peek() != c) return false;
    left_.remove_prefix(1);
    return true;
  }

  void expect(char c, const char* where) {
    if (!take(c)) fail(std::string("lacks a '") + c + "' " + where);
  }

  void fail(std::string what) {
    if (wrong_.empty()) wrong_ = std::move(what);
    left_ = {};
  }

  int number(int least, int most, const char* what) {
    int value = 0;
    std::size_t digits = 0;
    for (; peek() >= '0' && peek() <= '9' && digits < 4; ++digits) {
      value = value * 10 + (peek() - '0');
      left_.remove_prefix(1);
    }
    if (digits == 0 || value < least || value > most) fail(std::string("has a bad ") + what);
    return value;
  }

  /// "EST", or anything within <>.
  void name() {
    const bool quoted = take('<');
    std::size_t length = 0;
    while (!at_end() && (quoted ? peek() != '>' : is_letter(peek()))) {
      left_.remove_prefix(1);
      ++length;
    }
    if (quoted) expect('>', "after a name");
    if (length < 3) fail("has a name of less than 3 characters");
  }

  /// [+-]hh[:mm[:ss]]
  seconds time(int hours_max, const char* what) {
    const bool negative = take('-');
    if (!negative) take('+');
    seconds sum = hours{number(0, hours_max, what)};
    if (take(':')) sum += minutes{number(0, 59, what)};
    if (take(':')) sum += seconds{number(0, 59, what)};
    return negative ? -sum : sum;
  }

  /// POSIX counts offsets westwards.
  seconds offset() { return -time(kOffsetHoursMax, "offset"); }

  FooterDate date() {
    FooterDate date{};
    if (take('M')) {
      date.kind = FooterDate::Kind::month_week_day;
      date.month = number(1, 12, "month");
      expect('.', "after a month");
      date.week = number(1, 5, "week");
      expect('.', "after a week");
      date.day = number(0, 6, "day of week");
    } else if (take('J')) {
      date.kind = FooterDate::Kind::day_of_year_without_leap;
      date.day = number(1, 365, "day of year");
    } else {
      date.kind = FooterDate::Kind::day_of_year;
      date.day = number(0, 365, "day of year");
    }
    if (take('/')) date.time = time(kTimeHoursMax, "time of day");
    return date;
  }

 private:
  static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }

  std::string_view left_;
  std::string wrong_;
};

sys_days day_in(const FooterDate& date, year y) {
  switch (date.kind) {
    case FooterDate::Kind::month_week_day: {
      const auto month = y / std::chrono::month{static_cast<unsigned>(date.month)};
      const std::chrono::weekday weekday{static_cast<unsigned>(date.day)};
      if (date.week == 5) return sys_days{month / weekday[std::chrono::last]};
      return sys_days{month / weekday[static_cast<unsigned>(date.week)]};
    }
    case FooterDate::Kind::day_of_year:
      return sys_days{y / 1 / 1} + days{date.day};
    case FooterDate::Kind::day_of_year_without_leap: {
      const bool beyond_leap_day = y.is_leap() && date.day >= 60;
      return sys_days{y / 1 / 1} + days{date.day - (beyond_leap_day ? 0 : 1)};
    }
  }
  return sys_days{y / 1 / 1};
}

core::ZoneChange change(const FooterDate& date, year y, seconds from, seconds to) {
  return {day_in(date, y) + date.time - from, to};
}

}  // namespace

std::expected<Footer, std::string> parse_footer(std::string_view text) {
  Reader reader{text};
  Footer footer;
  reader.name();
  footer.offset = reader.offset();
  if (!reader.failed() && !reader.at_end()) {
    Footer::Dst dst{};
    reader.name();
    dst.offset = reader.peek() == ',' ? footer.offset + hours{1} : reader.offset();
    reader.expect(',', "before the rule of DST");
    dst.begins = reader.date();
    reader.expect(',', "between the dates of DST");
    dst.ends = reader.date();
    footer.dst = dst;
  }
  if (!reader.failed() && !reader.at_end()) reader.fail("has text after its end");
  if (reader.failed()) return std::unexpected(reader.wrong());
  return footer;
}

std::vector<core::ZoneChange> changes_of(const Footer& footer, year first, year last) {
  std::vector<core::ZoneChange> changes;
  if (!footer.dst) return changes;
  const Footer::Dst& dst = *footer.dst;
  for (year y = first; y <= last; ++y) {
    changes.push_back(change(dst.begins, y, footer.offset, dst.offset));
    changes.push_back(change(dst.ends, y, dst.offset, footer.offset));
  }
  // DST that ends where it begins again goes on: the end is sorted before the beginning, and of two
  // changes at one instant the last one counts.
  std::ranges::stable_sort(changes, [&](const core::ZoneChange& a, const core::ZoneChange& b) {
    if (a.at != b.at) return a.at < b.at;
    return a.offset != dst.offset && b.offset == dst.offset;
  });
  const auto superseded = [&](std::size_t i) {
    return i + 1 < changes.size() && changes[i + 1].at == changes[i].at;
  };
  std::vector<core::ZoneChange> distinct;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    if (!superseded(i)) distinct.push_back(changes[i]);
  }
  return distinct;
}

}  // namespace takt::fleet
