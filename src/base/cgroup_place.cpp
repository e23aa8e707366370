#include "base/cgroup_place.h"

#include <charconv>
#include <vector>

namespace takt {
namespace {

/// Calls `visit` with the parts of `text` between separators, empty ones too, until it says true.
template <class Visit>
bool any_part(std::string_view text, char separator, Visit visit) {
  for (;;) {
    const auto end = text.find(separator);
    if (visit(text.substr(0, end))) return true;
    if (end == std::string_view::npos) return false;
    text.remove_prefix(end + 1);
  }
}

bool lists(std::string_view words, std::string_view wanted) {
  return any_part(words, ',', [&](std::string_view word) { return word == wanted; });
}

/// mountinfo writes spaces, tabs, newlines and backslashes as \ooo.
std::string unescaped(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    unsigned value = 0;
    const bool escape =
        text[i] == '\\' && i + 3 < text.size() &&
        std::from_chars(text.data() + i + 1, text.data() + i + 4, value, 8).ec == std::errc{};
    plain += escape ? static_cast<char>(value) : text[i];
    if (escape) i += 3;
  }
  return plain;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  any_part(line, ' ', [&](std::string_view word) {
    if (!word.empty()) words.push_back(word);
    return false;
  });
  return words;
}

/// The first mount of this file system whose own options (the last word) satisfy `fits`.
template <class Fits>
std::optional<CgroupMount> find_mount(std::string_view mountinfo, std::string_view file_system,
                                      Fits fits) {
  std::optional<CgroupMount> found;
  any_part(mountinfo, '\n', [&](std::string_view line) {
    const auto dash = line.find(" - ");
    if (dash == std::string_view::npos) return false;
    const auto where = words_of(line.substr(0, dash));
    const auto what = words_of(line.substr(dash + 3));
    if (where.size() < 5 || what.empty() || what.front() != file_system || !fits(what.back())) {
      return false;
    }
    found = CgroupMount{.root = unescaped(where[3]), .point = unescaped(where[4])};
    return true;
  });
  return found;
}

bool is_at_or_beneath(std::string_view path, std::string_view root) {
  return path.starts_with(root) && (path.size() == root.size() || path[root.size()] == '/');
}

}  // namespace

std::optional<CgroupMount> cgroup_v2_mount(std::string_view mountinfo) {
  return find_mount(mountinfo, "cgroup2", [](std::string_view) { return true; });
}

std::optional<CgroupMount> cgroup_v1_mount(std::string_view mountinfo,
                                           std::string_view controller) {
  return find_mount(mountinfo, "cgroup",
                    [&](std::string_view options) { return lists(options, controller); });
}

std::string_view cgroup_path(std::string_view proc_cgroup, std::string_view controller) {
  std::string_view found;
  any_part(proc_cgroup, '\n', [&](std::string_view line) {
    const auto first = line.find(':');
    const auto second = first == std::string_view::npos ? first : line.find(':', first + 1);
    if (second == std::string_view::npos) return false;
    const auto controllers = line.substr(first + 1, second - first - 1);
    const bool is_v2 = line.starts_with("0::");
    const bool wanted = controller.empty() ? is_v2 : !is_v2 && lists(controllers, controller);
    if (wanted) found = line.substr(second + 1);
    return wanted;
  });
  return found;
}

std::string cgroup_folder(const CgroupMount& mount, std::string_view path) {
  if (mount.root != "/") {
    path = is_at_or_beneath(path, mount.root) ? path.substr(mount.root.size()) : "";
  }
  if (path == "/" || path.starts_with("/..")) path = "";  // "..": above what the namespace shows
  return mount.point + std::string(path);
}

}  // namespace takt
