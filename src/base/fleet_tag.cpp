#include "base/fleet_tag.h"

#include <fmt/format.h>

#include <system_error>

#include "base/stable_hash.h"

namespace takt {

std::string fleet_tag(const std::filesystem::path& state_dir) {
  std::error_code error;
  const auto real = std::filesystem::canonical(state_dir, error);
  return fmt::format("{:016x}", stable_hash(error ? state_dir.string() : real.string()));
}

}  // namespace takt
