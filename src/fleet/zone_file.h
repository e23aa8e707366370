#pragma once
// Zone files: from the bytes of a compiled zone (TZif, RFC 8536) to core::Zone. Every count and
// index is checked: a file that is cut short or made up is an error, never another time zone. Why
// not date's or cctz's reader: docs/design/0010-wall-clock-schedules.md.

#include <expected>
#include <string>
#include <string_view>

#include "core/zone.h"

namespace takt::fleet {

/// The rules from a footer are worked out up to this year; after it the last offset holds.
inline constexpr std::chrono::year kZoneYearMax{2500};

/// Errors are words after "the zone file of X ".
std::expected<core::Zone, std::string> parse_zone(std::string_view bytes, const std::string& name);

}  // namespace takt::fleet
