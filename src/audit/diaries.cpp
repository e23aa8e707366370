#include "audit/diaries.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>

namespace takt::audit {
namespace {

namespace fs = std::filesystem;

std::expected<void, std::string> collect(const fs::path& path, std::vector<fs::path>& files) {
  std::error_code error;
  if (!fs::is_directory(path, error)) {
    if (!fs::exists(path, error)) return std::unexpected(path.string() + ": is not there");
    files.push_back(path);
    return {};
  }
  fs::directory_iterator folder(path, error);
  if (error) return std::unexpected(fmt::format("{}: {}", path.string(), error.message()));
  std::vector<fs::path> found;
  for (const auto& entry : folder) {
    if (entry.path().extension() == ".witness") found.push_back(entry.path());
  }
  std::ranges::sort(found);
  std::ranges::move(found, std::back_inserter(files));
  return {};
}

std::expected<void, std::string> read_one(Diaries& diaries, std::size_t file) {
  std::ifstream in(diaries.files[file], std::ios::binary);
  if (!in) {
    return std::unexpected(
        fmt::format("cannot read {}: {}", diaries.files[file].string(), std::strerror(errno)));
  }
  int number = 0;
  for (std::string text; std::getline(in, text);) {
    ++number;
    // A last line without its end may be whole by chance and still be torn.
    const bool ended = !in.eof();
    const auto line = ended ? witness::parse_line(text) : std::nullopt;
    if (line) {
      diaries.entries.push_back({*line, file, number});
    } else if (!text.empty()) {
      diaries.torn += 1;
    }
  }
  return {};
}

}  // namespace

std::string Diaries::where(const Entry& entry) const {
  return fmt::format("{}:{}", files[entry.file].string(), entry.number);
}

std::expected<Diaries, std::string> read_diaries(const std::vector<fs::path>& paths) {
  Diaries diaries;
  for (const auto& path : paths) {
    if (auto collected = collect(path, diaries.files); !collected) {
      return std::unexpected(collected.error());
    }
  }
  for (std::size_t file = 0; file < diaries.files.size(); ++file) {
    if (auto read = read_one(diaries, file); !read) return std::unexpected(read.error());
  }
  return diaries;
}

}  // namespace takt::audit
