#pragma once
// Loading a fleet file: from a path or a text to a FleetSpec, with every complaint about it.
//
//   load    the file itself: is it a regular file of sane size that nobody else can write? then
//   decode  the text: TOML, keys, values; the same for every file that it includes (include.h)
//
// A spec is there exactly when no problem is an error. Any thread; load reads the file system,
// decode looks only at the machine's time zones and, for a relative path, at the working folder.

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/spec.h"
#include "fleet/include.h"
#include "fleet/positions.h"
#include "fleet/problem.h"

namespace takt::fleet {

struct LoadOptions {
  bool trust_file = false;  // skip the question who could have written the file
};

/// What was looked at, to notice that it changes.
struct FilesRead {
  std::vector<SeenFile> files;  // the fleet file first, then what it includes
  SeenFolders folders;
  /// Hash of all texts, in order: equal when nothing that matters was written. 0: nothing was read.
  std::uint64_t content = 0;
};

struct Loaded {
  std::optional<core::FleetSpec> spec;
  std::vector<Problem> problems;  // sorted by position; of the file as a whole first
  Positions where;                // for preflight and advise
  /// Where the fleet keeps its state, also when other keys are wrong, so that its daemon is found;
  /// empty when the file cannot be read as TOML.
  std::string state_dir;
  FilesRead read;
};

/// Reads and decodes the file. Problems of the file itself (missing, not a regular file, too large,
/// writable by others) have line 0; then there are no others. Never blocks on a pipe.
Loaded load(const std::filesystem::path& path, const LoadOptions& options);

/// Decodes `text` as if it stood in the file `path`, which is not opened: it names the problems'
/// file, the folder that relative paths start from, and the fleet if the text does not. Includes are
/// followed with `includes` only. Total over all texts.
Loaded decode(std::string_view text, const std::filesystem::path& path,
              IncludeReader* includes = nullptr);

}  // namespace takt::fleet
