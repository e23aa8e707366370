#include "cli/import_files.h"

#include <pwd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fstream>
#include <iostream>
#include <istream>
#include <system_error>

#include "imports/unit_words.h"

namespace takt::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kBytesMax = std::size_t{16} << 20U;
constexpr std::array<std::string_view, 4> kSystemFolders{
    "/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system", "/lib/systemd/system"};

Failure cannot_read(const std::string& path, std::string what, std::string hint, Exit exit) {
  return {.exit = exit,
          .what = "it cannot be imported: " + std::move(what),
          .where = path,
          .hint = std::move(hint),
          .details = {},
          .gates = {}};
}

Exit exit_of(int error) {
  if (error == ENOENT || error == ENOTDIR) return Exit::not_found;
  return error == EACCES || error == EPERM ? Exit::not_permitted : Exit::failed;
}

/// All of it; nullopt when that is more than anybody's crontab.
std::optional<std::string> read_all(std::istream& from) {
  std::string text;
  std::array<char, 65536> part{};
  while (from.read(part.data(), part.size()) || from.gcount() > 0) {
    text.append(part.data(), static_cast<std::size_t>(from.gcount()));
    if (text.size() > kBytesMax) return std::nullopt;
  }
  return text;
}

bool is_there(const fs::path& path) {
  std::error_code ignored;  // what cannot be looked at is told when it is read
  return fs::exists(path, ignored);
}

}  // namespace

std::expected<std::string, Failure> read_import(const std::string& path) {
  std::error_code ignored;  // what cannot be looked at is told by reading it
  if (fs::is_directory(path, ignored)) {
    return std::unexpected(cannot_read(path, "a folder", "name a file in it", Exit::failed));
  }
  std::ifstream file;
  errno = 0;
  if (path != "-") file.open(path, std::ios::binary);
  const int error = errno;
  if (path != "-" && !file.is_open()) {
    return std::unexpected(cannot_read(
        path, std::generic_category().message(error),
        error == EACCES ? "ask as a user who may read it" : "name a file, or - for stdin",
        exit_of(error)));
  }
  auto text = read_all(path == "-" ? std::cin : file);
  if (text) return std::move(*text);
  return std::unexpected(
      cannot_read(path, "it is larger than 16 MB", "is it what you meant?", Exit::failed));
}

std::optional<std::string> machine_timezone() {
  constexpr std::string_view kZones = "zoneinfo/";
  std::error_code error;
  const auto link = fs::read_symlink("/etc/localtime", error).native();
  if (const auto at = link.rfind(kZones); !error && at != std::string::npos) {
    return link.substr(at + kZones.size());
  }
  std::ifstream file("/etc/timezone");
  std::string zone;
  if (file >> zone) return zone;
  return std::nullopt;
}

std::optional<std::string> home_folder(const std::string& user) {
  passwd entry{};
  passwd* found = nullptr;
  std::vector<char> buffer(16384);
  if (::getpwnam_r(user.c_str(), &entry, buffer.data(), buffer.size(), &found) != 0 ||
      found == nullptr) {
    return std::nullopt;
  }
  return std::string{found->pw_dir};
}

UnitFolder::UnitFolder(const fs::path& folder) : folders_{folder} {
  const auto is = [&](std::string_view known) { return fs::path(known) == folder; };
  if (std::ranges::none_of(kSystemFolders, is)) return;
  for (const auto known : kSystemFolders) {
    if (!is(known)) folders_.emplace_back(known);
  }
}

std::expected<std::vector<std::string>, Failure> UnitFolder::timers() const {
  std::vector<std::string> names;
  std::error_code error;
  for (auto at = fs::directory_iterator(folders_.front(), error); !error && at != fs::end(at);
       at.increment(error)) {
    if (at->path().extension() == ".timer") names.push_back(at->path().filename());
  }
  if (error) {
    return std::unexpected(
        cannot_read(folders_.front(), error.message(), "", exit_of(error.value())));
  }
  std::ranges::sort(names);
  return names;
}

std::optional<fs::path> UnitFolder::unit_file(std::string_view name) const {
  for (const auto& candidate : {std::string{name}, imports::template_of(name)}) {
    if (candidate.empty() || candidate.find('/') != std::string::npos) continue;
    for (const auto& folder : folders_) {
      if (is_there(folder / candidate)) return (folder / candidate).lexically_normal();
    }
  }
  return std::nullopt;
}

std::vector<fs::path> UnitFolder::drop_ins(std::string_view name) const {
  std::vector<fs::path> found;
  for (const auto& candidate : {imports::template_of(name), std::string{name}}) {
    if (candidate.empty()) continue;
    for (const auto& folder : folders_) {
      std::error_code ignored;  // most units have no such folder
      for (const auto& entry : fs::directory_iterator(folder / (candidate + ".d"), ignored)) {
        if (entry.path().extension() == ".conf") found.push_back(entry.path());
      }
    }
  }
  std::ranges::stable_sort(found, {}, [](const fs::path& path) { return path.filename(); });
  return found;
}

std::vector<imports::UnitText> UnitFolder::texts(std::string_view name,
                                                 std::vector<Failure>& problems) const {
  const auto file = unit_file(name);
  if (!file) return {};
  std::vector<fs::path> paths = drop_ins(name);
  paths.insert(paths.begin(), *file);
  std::vector<imports::UnitText> texts;
  for (const auto& path : paths) {
    auto text = read_import(path);
    if (text) {
      texts.push_back({path.native(), std::move(*text)});
    } else {
      problems.push_back(std::move(text.error()));
    }
  }
  return texts;
}

}  // namespace takt::cli
