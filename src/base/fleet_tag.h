#pragma once
// TAKT_FLEET_TAG: by what the processes of a fleet's jobs know whose they are. The same for every
// daemon of a state_dir, different for any other fleet of the machine.

#include <filesystem>
#include <string>

namespace takt {

/// 16 hex digits. The folder's real path counts, so it should exist.
std::string fleet_tag(const std::filesystem::path& state_dir);

}  // namespace takt
