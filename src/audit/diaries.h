#pragma once
// Diaries: the witness files of a fleet, read line by line. A torn line (its writer was killed, or
// the disk was full) is legal and counted.

#include <expected>
#include <filesystem>
#include <string>
#include <vector>

#include "witness/line.h"

namespace takt::audit {

struct Entry {
  witness::Line line;
  std::size_t file = 0;  // index into Diaries::files
  int number = 0;        // of the line in its file, from 1
};

struct Diaries {
  std::vector<std::filesystem::path> files;
  std::vector<Entry> entries;  // in the order of the files and their lines
  std::int64_t torn = 0;

  /// "FILE:LINE".
  std::string where(const Entry& entry) const;
};

/// Each path is a file, or a folder whose *.witness are meant. The error says which could not be
/// read.
std::expected<Diaries, std::string> read_diaries(const std::vector<std::filesystem::path>& paths);

}  // namespace takt::audit
