#include "fleet/trust.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <system_error>

#include "fleet/quote.h"

namespace takt::fleet {
namespace {

namespace fs = std::filesystem;

constexpr int kLinksMax = 40;  // as the kernel has it
constexpr auto kOrTrust = "or trust it as it is with --trust-file";

bool is_foreign(uid_t owner) { return owner != 0 && owner != geteuid(); }
bool others_can_write(mode_t mode) { return (mode & (S_IWGRP | S_IWOTH)) != 0; }

Distrust foreign(std::string_view what, const fs::path& path, uid_t owner) {
  const std::string shown = quote_path(path.string());
  return {fmt::format("{} {} belongs to another user (uid {})", what, shown, owner),
          fmt::format("chown {} {}, {}", geteuid(), shown, kOrTrust)};
}

Distrust writable(std::string_view what, const fs::path& path, mode_t mode) {
  const std::string shown = quote_path(path.string());
  return {fmt::format("{} {} can be written by others (mode {:04o})", what, shown, mode & 07777U),
          fmt::format("chmod go-w {}, {}", shown, kOrTrust)};
}

std::optional<Distrust> judge_folder(const fs::path& folder) {
  struct stat status{};
  if (stat(folder.c_str(), &status) != 0) {
    return Distrust{fmt::format("the folder {} cannot be looked at: {}",
                                quote_path(folder.string()), std::strerror(errno)),
                    kOrTrust};
  }
  if (is_foreign(status.st_uid)) return foreign("the folder", folder, status.st_uid);
  if (others_can_write(status.st_mode) && (status.st_mode & S_ISVTX) == 0) {
    return writable("the folder", folder, status.st_mode);
  }
  return std::nullopt;
}

}  // namespace

std::optional<Distrust> find_distrust(const fs::path& path, const struct stat& file) {
  std::error_code error;
  fs::path at = fs::absolute(path, error);
  for (int links = 0; links < kLinksMax; ++links) {
    if (auto reason = judge_folder(at.parent_path())) return reason;
    struct stat status{};
    if (lstat(at.c_str(), &status) != 0 || !S_ISLNK(status.st_mode)) break;
    if (is_foreign(status.st_uid)) return foreign("the symbolic link", at, status.st_uid);
    const fs::path target = fs::read_symlink(at, error);
    if (error) break;
    at = at.parent_path() / target;  // an absolute target stands alone
  }
  if (is_foreign(file.st_uid)) return foreign("the file", at, file.st_uid);
  if (others_can_write(file.st_mode)) return writable("the file", at, file.st_mode);
  return std::nullopt;
}

}  // namespace takt::fleet
