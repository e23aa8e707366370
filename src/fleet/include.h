#pragma once
// Include: further files with jobs, named in the main one by paths and patterns.
//
//   include = ["jobs/*.toml", "night.toml"]
//
// A pattern is relative to the folder of the main file and never leaves it: no "..", nothing absolute,
// no symbolic link that leads out (the kernel resolves each name beneath that folder). '*', '?' and
// [...] stand for parts of one name, not for '/' and not for a dot in front; matches come sorted.

#include <expected>
#include <filesystem>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "fleet/file_text.h"

namespace takt::fleet {

/// Together over all patterns of a fleet.
inline constexpr std::size_t kIncludedFilesMax = 10'000;

/// What is wrong with a pattern as it is written; nullopt-like: empty message when nothing is. Pure.
FileProblem judge_pattern(std::string_view pattern);

bool has_wildcards(std::string_view pattern);

struct IncludedFile {
  std::filesystem::path path;  // as problems name it
  std::string text;
};

/// What one pattern stands for.
struct Included {
  struct Wrong {
    bool is_error = true;
    std::string message;
    std::string hint;
  };
  std::vector<IncludedFile> files;
  std::vector<Wrong> wrong;
};

/// A file that was looked at, for whoever wants to notice that it changes.
struct SeenFile {
  std::filesystem::path path;      // absolute
  std::optional<FileStamp> stamp;  // none: it could not be read
};

/// A folder in which files may come and go that a pattern stands for: the parts of patterns that its
/// names were held against, and its own stamp from before they were.
struct SeenFolder {
  std::set<std::string> parts;
  FileStamp stamp;
};
using SeenFolders = std::map<std::filesystem::path, SeenFolder>;

/// Reads what patterns stand for, each file once, and keeps what it has looked at.
class IncludeReader {
 public:
  /// `main_file` is already read and has the stamp; a pattern that matches it leaves it out.
  IncludeReader(std::filesystem::path main_file, const FileStamp& main_stamp,
                std::uintmax_t main_bytes, bool trust_file);
  ~IncludeReader();
  IncludeReader(const IncludeReader&) = delete;
  IncludeReader& operator=(const IncludeReader&) = delete;

  Included read(const std::string& pattern);

  const std::vector<SeenFile>& files() const { return files_; }
  const SeenFolders& folders() const { return folders_; }

 private:
  using Names = std::vector<std::string>;
  void expand(const std::string& begun, const std::vector<std::string>& parts, std::size_t at,
              Names& found, Included& included);
  Names matches_in(const std::string& folder, const std::string& part, Included& included);
  void note_folder(int fd, const std::string& folder, const std::string& part);
  std::optional<FileText> read_text_of(const std::string& name, bool named, Included& included);
  void read_one(const std::string& name, bool named, Included& included);

  std::filesystem::path main_file_;
  std::filesystem::path folder_;  // absolute
  bool trust_file_;
  int root_ = -1;
  std::uintmax_t bytes_left_;
  std::set<std::pair<std::uint64_t, std::uint64_t>> known_;  // device, inode
  std::vector<SeenFile> files_;
  SeenFolders folders_;
};

}  // namespace takt::fleet
