#pragma once
// Work: a witness's life from its start line to its end line.

#include "witness/options.h"

namespace takt::witness {

/// Does what the options say; the exit code. Does not return when they say to die by a signal.
int work(const Options& options);

}  // namespace takt::witness
