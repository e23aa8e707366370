#pragma once
// Systemd: from timers and their services to a fleet file. Pure: the texts of units come from whoever
// can read them.

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "imports/imported.h"
#include "imports/unit_file.h"

namespace takt::imports {

struct SystemdOptions {
  std::string file;              // what was imported, as the fleet file calls it
  std::string timezone = "UTC";  // the machine's
  /// The texts of a unit, its drop-ins last; empty: there is no such unit. Asked for "x@y.service" it
  /// need not know that "x@.service" is its template.
  std::function<std::vector<UnitText>(std::string_view name)> unit_texts;
};

/// Total over all texts. The file that comes out is valid.
Imported import_timers(std::span<const std::string> timers, const SystemdOptions& options);

}  // namespace takt::imports
