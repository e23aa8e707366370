#pragma once
// ImportFiles: what an import reads of this machine: files, units with their drop-ins, the time zone,
// home folders.

#include <expected>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/failure.h"
#include "imports/unit_file.h"

namespace takt::cli {

/// The text of a file (a pipe, too), or of stdin for "-". Exit 4 when it is not there, 8 when it is not
/// ours to read.
std::expected<std::string, Failure> read_import(const std::string& path);

/// Name of the zone that the machine's clock shows; nullopt where nothing says it.
std::optional<std::string> machine_timezone();

/// Home folder of a user of this machine.
std::optional<std::string> home_folder(const std::string& user);

/// The units of a folder, and of those where systemd would go on looking when it is one of its own.
class UnitFolder {
 public:
  explicit UnitFolder(const std::filesystem::path& folder);

  /// Names of the timers in the folder itself, sorted.
  std::expected<std::vector<std::string>, Failure> timers() const;

  /// The unit's file, or that of its template, then its drop-ins; empty: there is none. Files that
  /// cannot be read are told on `problems`.
  std::vector<imports::UnitText> texts(std::string_view name, std::vector<Failure>& problems) const;

 private:
  /// The unit's file, or that of its template.
  std::optional<std::filesystem::path> unit_file(std::string_view name) const;
  /// Sorted by name; the unit's own behind those of its template.
  std::vector<std::filesystem::path> drop_ins(std::string_view name) const;

  std::vector<std::filesystem::path> folders_;
};

}  // namespace takt::cli
