#pragma once
// Time zones of this machine by name. Zones are read from $TZDIR or /usr/share/zoneinfo; a name
// never leads out of there. "UTC" exists everywhere and needs no file.

#include <expected>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "core/zone.h"

namespace takt::fleet {

/// Why there is no such zone, and what to do about it.
struct ZoneProblem {
  std::string message;  // a whole sentence
  std::string hint;
};

/// $TZDIR when it is an absolute path, else the system's.
std::filesystem::path zone_folder();

/// The zones of one load of a fleet: each file is read once. Zones live on in whoever holds them; a
/// new load sees what the files say then.
class Zones {
 public:
  using Found = std::expected<std::shared_ptr<const core::Zone>, ZoneProblem>;

  explicit Zones(std::filesystem::path folder = zone_folder()) : folder_(std::move(folder)) {}

  /// Unknown names, and files that are missing, unreadable or broken are problems.
  const Found& find(std::string_view name);

 private:
  Found load(const std::string& name) const;
  ZoneProblem unknown(std::string_view name) const;

  std::filesystem::path folder_;
  std::map<std::string, Found, std::less<>> known_;
};

}  // namespace takt::fleet
