#include "fleet/include.h"

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <fnmatch.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "fleet/beneath.h"
#include "fleet/open_file.h"
#include "fleet/quote.h"

namespace takt::fleet {
namespace {

constexpr std::size_t kPatternBytesMax = 1024;
constexpr auto kStaysBelow = "included files lie in the folder of the fleet file or below it";

std::vector<std::string> parts_of(std::string_view pattern) {
  std::vector<std::string> parts;
  while (!pattern.empty()) {
    const std::size_t slash = pattern.find('/');
    const std::string_view part = pattern.substr(0, slash);
    if (!part.empty() && part != ".") parts.emplace_back(part);
    if (slash == std::string_view::npos) break;
    pattern.remove_prefix(slash + 1);
  }
  return parts;
}

Included::Wrong problem_of(const std::string& name, const FileProblem& problem) {
  return {true, fmt::format("{}: {}", quote_path(name), problem.message), problem.hint};
}

Included::Wrong unopened(const std::string& name, int error) {
  if (error == EXDEV) {
    return {true, fmt::format("{} leads out of the folder of the fleet file", quote_path(name)),
            kStaysBelow};
  }
  FileProblem problem = cannot_read(error);
  if (error == ENOENT)
    problem.hint = "write a pattern like \"jobs/*.toml\" for files that may come";
  return problem_of(name, problem);
}

}  // namespace

FileProblem judge_pattern(std::string_view pattern) {
  if (pattern.find_first_not_of(" \t\r\n") == std::string_view::npos) return {"is empty", {}};
  if (pattern.find('\0') != std::string_view::npos) return {"has a NUL in it", {}};
  if (pattern.size() > kPatternBytesMax) {
    return {fmt::format("is longer than {} bytes", kPatternBytesMax), {}};
  }
  if (pattern.starts_with('/') || pattern.starts_with('~')) {
    return {"is not relative to the folder of the fleet file", kStaysBelow};
  }
  const auto parts = parts_of(pattern);
  if (std::ranges::find(parts, "..") != parts.end()) {
    return {"leaves the folder of the fleet file", kStaysBelow};
  }
  if (parts.empty() || pattern.ends_with('/')) {
    return {"is a folder, not a file", R"(write a pattern like "jobs/*.toml")"};
  }
  if (pattern.find("**") != std::string_view::npos) {
    return {"has a '**' in it, which stands for nothing",
            R"('*' stands for a part of one name: "jobs/*.toml", "jobs/*/*.toml")"};
  }
  return {};
}

bool has_wildcards(std::string_view pattern) {
  return pattern.find_first_of("*?[") != std::string_view::npos;
}

IncludeReader::IncludeReader(std::filesystem::path main_file, const FileStamp& main_stamp,
                             std::uintmax_t main_bytes, bool trust_file)
    : main_file_(std::move(main_file)),
      trust_file_(trust_file),
      bytes_left_(kFileBytesMax - std::min(main_bytes, kFileBytesMax)) {
  std::error_code error;
  folder_ = std::filesystem::absolute(main_file_, error).parent_path();
  root_ = open(folder_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  known_.insert({main_stamp.device, main_stamp.inode});
}

IncludeReader::~IncludeReader() {
  if (root_ >= 0) close(root_);
}

void IncludeReader::note_folder(int fd, const std::string& folder, const std::string& part) {
  struct stat status{};
  if (fstat(fd, &status) != 0) return;
  std::filesystem::path path = folder.empty() ? folder_ : folder_ / folder;
  const auto seen = folders_.try_emplace(std::move(path), SeenFolder{{}, stamp_of(status)}).first;
  seen->second.parts.insert(part);
}

IncludeReader::Names IncludeReader::matches_in(const std::string& folder, const std::string& part,
                                               Included& included) {
  OpenFile opened{
      open_beneath(root_, folder.empty() ? "." : folder, O_RDONLY | O_DIRECTORY | O_NONBLOCK)};
  if (opened.fd() < 0) {
    if (errno != ENOENT && errno != ENOTDIR) included.wrong.push_back(unopened(folder, errno));
    return {};
  }
  note_folder(opened.fd(), folder, part);
  DIR* const listing = fdopendir(opened.fd());
  if (listing == nullptr) {
    included.wrong.push_back(unopened(folder, errno));
    return {};
  }
  opened.release();  // the listing closes it
  Names found;
  while (const dirent* entry = readdir(listing)) {
    const std::string name = entry->d_name;
    if (name == "." || name == "..") continue;
    if (fnmatch(part.c_str(), name.c_str(), FNM_PERIOD) == 0) found.push_back(name);
  }
  closedir(listing);
  std::ranges::sort(found);
  return found;
}

void IncludeReader::expand(const std::string& begun, const std::vector<std::string>& parts,
                           std::size_t at, Names& found, Included& included) {
  if (found.size() >= kIncludedFilesMax) return;
  if (at == parts.size()) {
    found.push_back(begun);
    return;
  }
  const std::string before = begun.empty() ? "" : begun + "/";
  if (!has_wildcards(parts[at])) {
    expand(before + parts[at], parts, at + 1, found, included);
    return;
  }
  for (const std::string& name : matches_in(begun, parts[at], included)) {
    expand(before + name, parts, at + 1, found, included);
  }
}

std::optional<FileText> IncludeReader::read_text_of(const std::string& name, bool named,
                                                    Included& included) {
  // The first look keeps pipes and devices from being opened for reading at all.
  struct stat status{};
  const OpenFile first{open_beneath(root_, name, O_PATH)};
  if (first.fd() < 0 || fstat(first.fd(), &status) != 0) {
    // Below a wildcard, as in "*/jobs.toml", not every folder has one.
    const bool absent = errno == ENOENT || errno == ENOTDIR;
    if (named || !absent) included.wrong.push_back(unopened(name, errno));
    return std::nullopt;
  }
  if (S_ISDIR(status.st_mode) && !named) {
    included.wrong.push_back(
        {false, fmt::format("{} is a folder and is left out", quote_path(name)), {}});
    return std::nullopt;
  }
  const int flags = S_ISREG(status.st_mode) ? O_RDONLY | O_NONBLOCK | O_NOCTTY : O_PATH;
  const OpenFile file{open_beneath(root_, name, flags)};
  if (file.fd() < 0) {
    included.wrong.push_back(unopened(name, errno));
    return std::nullopt;
  }
  auto read = read_text(file.fd(), folder_ / name, trust_file_, bytes_left_);
  if (read) return std::move(*read);
  included.wrong.push_back(problem_of(name, read.error()));
  return std::nullopt;
}

void IncludeReader::read_one(const std::string& name, bool named, Included& included) {
  auto read = read_text_of(name, named, included);
  if (!read) {
    files_.push_back({folder_ / name, std::nullopt});
    return;
  }
  if (!known_.insert({read->stamp.device, read->stamp.inode}).second) return;
  bytes_left_ -= std::min<std::uintmax_t>(bytes_left_, read->text.size());
  files_.push_back({folder_ / name, read->stamp});
  included.files.push_back({main_file_.parent_path() / name, std::move(read->text)});
}

Included IncludeReader::read(const std::string& pattern) {
  Included included;
  if (root_ < 0) {
    included.wrong.push_back({true, "the folder of the fleet file cannot be opened", {}});
    return included;
  }
  const bool named = !has_wildcards(pattern);
  Names found;
  expand("", parts_of(pattern), 0, found, included);
  if (files_.size() + found.size() > kIncludedFilesMax) {
    included.wrong.push_back(
        {true, fmt::format("more than {} files are included", kIncludedFilesMax), {}});
    return included;
  }
  for (const std::string& name : found) read_one(name, named, included);
  if (found.empty() && included.wrong.empty()) {
    included.wrong.push_back({false, fmt::format("no file matches {}", quote_path(pattern)), {}});
  }
  return included;
}

}  // namespace takt::fleet
