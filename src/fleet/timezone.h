#pragma once
// Time zone names: is there such a zone on this machine? Zones are read from /usr/share/zoneinfo; a
// name never leads out of it. "UTC" exists everywhere.

#include <string>
#include <string_view>

namespace takt::fleet {

/// Whether `name` is an IANA name whose zone file is there and looks like one.
bool zone_exists(std::string_view name);

/// A hint for a name that does not exist: the nearest zone of the same region, or how to write one.
std::string suggest_zone(std::string_view name);

}  // namespace takt::fleet
