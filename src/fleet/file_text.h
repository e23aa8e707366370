#pragma once
// FileText: a file that says what a fleet is, as a text: is it a regular file of sane size that nobody
// else could have written? Judged is what was opened, so what is judged is what is read. Never blocks
// on a pipe or a device.

#include <sys/stat.h>

#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <string_view>

namespace takt::fleet {

/// Larger files are refused, alone and together with what they include.
inline constexpr std::uintmax_t kFileBytesMax = std::uintmax_t{64} << 20U;

/// Why a file cannot be used, to be put after its name.
struct FileProblem {
  std::string message;
  std::string hint;
};

/// Which file it was and when it was written last: equal stamps, same content.
struct FileStamp {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  std::int64_t bytes = 0;
  std::int64_t written_ns = 0;
  friend bool operator==(const FileStamp&, const FileStamp&) = default;
};

struct FileText {
  std::string text;
  FileStamp stamp;  // from before the reading
};

FileStamp stamp_of(const struct stat& status);

/// The words for an errno of opening or reading a file.
FileProblem cannot_read(int error);

/// "a folder", "a pipe", ...: what the file is, other than a regular one.
std::string_view kind_of(mode_t mode);

/// Reads the open file (flags of the caller: at least O_NONBLOCK), at most `bytes_max` of it.
/// `path` is where it was opened from, for the question of trust.
std::expected<FileText, FileProblem> read_text(int fd, const std::filesystem::path& path,
                                               bool trust_file, std::uintmax_t bytes_max);

}  // namespace takt::fleet
