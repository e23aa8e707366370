#pragma once
// Trust: could anybody but root and ourselves have written this fleet file? Whoever can write it
// runs commands as the daemon. Judged are the file, its own folder, and each symbolic link on the
// way with the folder it stands in. A sticky folder (like /tmp) is fine: others cannot replace the
// file in it.

#include <sys/stat.h>

#include <filesystem>
#include <optional>
#include <string>

namespace takt::fleet {

struct Distrust {
  std::string message;
  std::string hint;  // what makes it trusted
};

/// The first reason not to trust the file at `path`, whose status (of the open file, links
/// followed) is `file`; nullopt when there is none.
std::optional<Distrust> find_distrust(const std::filesystem::path& path, const struct stat& file);

}  // namespace takt::fleet
