#include "fleet/timezone.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <system_error>
#include <vector>

#include "fleet/quote.h"
#include "fleet/read.h"
#include "fleet/zone_file.h"

namespace takt::fleet {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kZoneLengthMax = 64;
constexpr std::uintmax_t kFileBytesMax = std::uintmax_t{1} << 20U;

bool may_stand_in_zone(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
         c == '+' || c == '-' || c == '/';
}

bool is_plausible(std::string_view name) {
  return !name.empty() && name.size() <= kZoneLengthMax && name.front() != '/' &&
         name.back() != '/' && !name.starts_with("right/") && !name.starts_with("posix/") &&
         std::all_of(name.begin(), name.end(), may_stand_in_zone);
}

bool is_zone_file(const fs::path& path) {
  std::error_code error;
  if (!fs::is_regular_file(path, error)) return false;
  char magic[4] = {};
  std::ifstream file{path, std::ios::binary};
  return file.read(magic, sizeof magic) && std::string_view(magic, sizeof magic) == "TZif";
}

std::vector<std::string> zones_of(const fs::path& folder, const std::string& region) {
  std::vector<std::string> zones;
  std::error_code error;
  for (fs::directory_iterator at{folder / region, error}, end; !error && at != end;
       at.increment(error)) {
    if (is_zone_file(at->path())) zones.push_back(region + at->path().filename().string());
  }
  std::ranges::sort(zones);
  return zones;
}

/// Whole, or nullopt when it cannot be read or is too large to be a zone.
std::optional<std::string> read_file(const fs::path& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error || size > kFileBytesMax) return std::nullopt;
  std::ifstream file{path, std::ios::binary};
  if (!file) return std::nullopt;
  std::string bytes{std::istreambuf_iterator<char>{file}, {}};
  return file.bad() ? std::nullopt : std::optional{std::move(bytes)};
}

}  // namespace

fs::path zone_folder() {
  const char* folder = std::getenv("TZDIR");
  return folder != nullptr && *folder == '/' ? folder : "/usr/share/zoneinfo";
}

const Zones::Found& Zones::find(std::string_view name) {
  if (const auto known = known_.find(name); known != known_.end()) return known->second;
  std::string key{name};
  Found found = load(key);
  return known_.emplace(std::move(key), std::move(found)).first->second;
}

Zones::Found Zones::load(const std::string& name) const {
  if (name == "UTC") return core::Zone::utc();
  std::error_code error;
  const fs::path path = folder_ / name;
  if (!is_plausible(name) || !fs::is_regular_file(path, error)) {
    return std::unexpected(unknown(name));
  }
  const auto broken = [&](std::string_view why) {
    return std::unexpected(
        ZoneProblem{fmt::format("the zone file of {} {}", quote_value(name), why),
                    fmt::format("{} is part of the package tzdata: install it again, or use "
                                "another zone",
                                path.string())});
  };
  const auto bytes = read_file(path);
  if (!bytes) return broken("cannot be read");
  auto zone = parse_zone(*bytes, name);
  if (!zone) return broken(zone.error());
  return std::make_shared<const core::Zone>(std::move(*zone));
}

ZoneProblem Zones::unknown(std::string_view name) const {
  std::error_code error;
  std::string hint = R"(write an IANA name like "Europe/Berlin" or "UTC")";
  if (!fs::is_directory(folder_, error)) {
    hint = fmt::format("{} is missing: install the package tzdata", folder_.string());
  } else if (is_plausible(name)) {
    const std::size_t slash = name.rfind('/');
    const std::string region{slash == std::string_view::npos ? "" : name.substr(0, slash + 1)};
    const std::vector<std::string> zones = zones_of(folder_, region);
    const std::vector<std::string_view> candidates{zones.begin(), zones.end()};
    if (std::string near = did_you_mean(name, candidates); !near.empty()) hint = near;
  }
  return {fmt::format("there is no time zone {}", quote_value(name)), std::move(hint)};
}

}  // namespace takt::fleet
