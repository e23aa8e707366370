#include "fleet/load.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <expected>
#include <string>
#include <utility>

#include "fleet/file_text.h"
#include "fleet/open_file.h"

namespace takt::fleet {
namespace {

/// The first look keeps pipes and devices from being opened at all.
std::expected<FileText, FileProblem> read_file(const std::filesystem::path& path, bool trust_file) {
  struct stat status{};
  if (stat(path.c_str(), &status) != 0) return std::unexpected(cannot_read(errno));
  const int flags = S_ISREG(status.st_mode) ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH;
  const OpenFile file{open(path.c_str(), flags | O_CLOEXEC)};
  if (file.fd() < 0) return std::unexpected(cannot_read(errno));
  return read_text(file.fd(), path, trust_file, kFileBytesMax);
}

}  // namespace

Loaded load(const std::filesystem::path& path, const LoadOptions& options) {
  const auto file = read_file(path, options.trust_file);
  std::error_code error;
  const auto absolute = std::filesystem::absolute(path, error);
  if (!file) {
    Problem problem;
    problem.file = path.string();
    problem.message = file.error().message;
    problem.hint = file.error().hint;
    Loaded loaded;
    loaded.problems.push_back(std::move(problem));
    struct stat status{};
    const bool is_there = stat(path.c_str(), &status) == 0;
    loaded.read.files.push_back({absolute, is_there ? stamp_of(status) : FileStamp{}});
    return loaded;
  }
  IncludeReader includes{path, file->stamp, file->text.size(), options.trust_file};
  Loaded loaded = decode(file->text, path, &includes);
  loaded.read.files = includes.files();
  loaded.read.files.insert(loaded.read.files.begin(), {absolute, file->stamp});
  loaded.read.folders = includes.folders();
  return loaded;
}

}  // namespace takt::fleet
