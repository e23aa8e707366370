#pragma once
// The footer of a zone file: a POSIX TZ string like "EST5EDT,M3.2.0,M11.1.0" that says what holds
// after the last tabulated change, for ever. RFC 8536 (3.3.1) with its extension to hours beyond a
// day: America/Nuuk changes at -1 o'clock, and no other reader in Debian 12 takes that.

#include <chrono>
#include <expected>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/zone.h"

namespace takt::fleet {

/// A date of each year, as three notations can say it, and the time of that day.
struct FooterDate {
  enum class Kind { month_week_day, day_of_year, day_of_year_without_leap } kind;
  int month = 0;  // 1-12
  int week = 0;   // 1-5, 5 is the last
  int day = 0;    // 0-6 from Sunday, or the number of the day
  std::chrono::seconds time = std::chrono::hours{2};
};

struct Footer {
  std::chrono::seconds offset{0};  // of standard time, local - UTC
  struct Dst {
    std::chrono::seconds offset;
    FooterDate begins;
    FooterDate ends;
  };
  std::optional<Dst> dst;
};

/// Errors are words after "its footer ".
std::expected<Footer, std::string> parse_footer(std::string_view text);

/// The changes of the years first..last, in order of time.
std::vector<core::ZoneChange> changes_of(const Footer& footer, std::chrono::year first,
                                         std::chrono::year last);

}  // namespace takt::fleet
