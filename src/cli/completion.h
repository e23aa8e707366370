#pragma once
// Completion scripts for shells, written from the table of verbs: what the parser takes is what the
// shell offers. Names of jobs are asked from `takt __complete jobs` at the moment, since the fleet
// file changes.

#include <optional>
#include <string>
#include <string_view>

namespace takt::cli {

/// The script of "bash", "zsh" or "fish"; nullopt for another shell.
std::optional<std::string> completion_script(std::string_view shell);

}  // namespace takt::cli
