#pragma once
// What a probe's command says: the first line that it wrote to its standard output.

#include <string>

#include "core/health.h"

namespace takt::daemon {

/// Out of the log of a program that has ended. Blocking; never on the loop's thread. Absent: it wrote
/// nothing.
core::Measurement first_line_of(const std::string& log_file);

}  // namespace takt::daemon
