#pragma once
// The manual page of the program, out of the table of verbs.

#include <string>

namespace takt::cli {

/// takt(1), in man(7) macros.
std::string manual_page();

}  // namespace takt::cli
