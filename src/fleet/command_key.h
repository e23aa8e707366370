#pragma once
// A command, wherever one stands in the file: a string for the shell, or program and arguments
// without one.
//
//   run = "echo $HOME"        {"/bin/sh", "-c", "echo $HOME"}
//   run = ["echo", "$HOME"]   {"echo", "$HOME"}

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/spec.h"
#include "fleet/complaints.h"
#include "fleet/read.h"

namespace takt::fleet {

namespace shape {

inline constexpr Shape kCommand =
    custom("string or list of strings",
           R"(a command: a string for the shell, or a list like ["program", "x"])",
           R"({"anyOf": [{"type": "string", "minLength": 1},
        {"type": "array", "minItems": 1, "items": {"type": "string"}}]})");

}  // namespace shape

/// Its argv, never empty and short enough for the kernel; or a complaint.
std::optional<std::vector<std::string>> read_command(const Item& item, Complaints& complaints);

/// A command that is no job's, with its defaults: run in `folder`. Null after a complaint.
std::shared_ptr<const core::Command> read_command_in(const std::string& folder, const Item& item,
                                                     Complaints& complaints);

}  // namespace takt::fleet
