#pragma once
// Stamps: what the jobs of a benchmark wrote about when they came to life (stamp.cpp).

#include <filesystem>

#include "table.h"

namespace takt::bench {

/// Milliseconds from each job's slot to the first thing it did, in the order of the lines.
Samples lateness_ms(const std::filesystem::path& file);

/// How many lines there are.
std::size_t count_stamps(const std::filesystem::path& file);

}  // namespace takt::bench
