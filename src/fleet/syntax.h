#pragma once
// From text to a TOML tree. What TOML itself forbids is one problem: the tree of a file that is
// broken says nothing reliable about the rest.

#include <optional>

#include "fleet/complaints.h"
#include "fleet/source.h"
#include "fleet/toml.h"

namespace takt::fleet {

/// The tree of the source's text; nullopt after a complaint. Total: text that is not UTF-8, nested
/// without end or not TOML at all is complained about at its place.
std::optional<toml::table> parse_toml(const Source& source, Complaints& complaints);

}  // namespace takt::fleet
