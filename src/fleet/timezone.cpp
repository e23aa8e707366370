#include "fleet/timezone.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <vector>

#include "fleet/read.h"

namespace takt::fleet {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view kZoneFolder = "/usr/share/zoneinfo";
constexpr std::size_t kZoneLengthMax = 64;

bool may_stand_in_zone(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '+' || c == '-' || c == '/';
}

bool is_plausible(std::string_view name) {
  return !name.empty() && name.size() <= kZoneLengthMax && name.front() != '/' &&
         name.back() != '/' && !name.starts_with("right/") && !name.starts_with("posix/") &&
         std::all_of(name.begin(), name.end(), may_stand_in_zone);
}

std::vector<std::string> zones_of(const std::string& region) {
  std::vector<std::string> zones;
  std::error_code error;
  const fs::path folder = fs::path{kZoneFolder} / region;
  for (fs::directory_iterator at{folder, error}, end; !error && at != end; at.increment(error)) {
    const std::string zone = region + at->path().filename().string();
    if (zone_exists(zone)) zones.push_back(zone);
  }
  std::ranges::sort(zones);
  return zones;
}

}  // namespace

bool zone_exists(std::string_view name) {
  if (name == "UTC") return true;
  if (!is_plausible(name)) return false;
  const fs::path path = fs::path{kZoneFolder} / name;
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return false;
  char magic[4] = {};
  std::ifstream file{path, std::ios::binary};
  return file.read(magic, sizeof magic) && std::string_view(magic, sizeof magic) == "TZif";
}

std::string suggest_zone(std::string_view name) {
  constexpr auto kForm = R"(write an IANA name like "Europe/Berlin" or "UTC")";
  if (!is_plausible(name)) return kForm;
  const std::size_t slash = name.rfind('/');
  const std::string region{slash == std::string_view::npos ? "" : name.substr(0, slash + 1)};
  const std::vector<std::string> zones = zones_of(region);
  const std::vector<std::string_view> candidates{zones.begin(), zones.end()};
  const std::string near = did_you_mean(name, candidates);
  return near.empty() ? kForm : near;
}

}  // namespace takt::fleet
