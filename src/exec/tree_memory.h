#pragma once
// How much memory processes hold, in two ways:
//
//   resident       /proc/PID/statm: cheap; counts what several share once for each of them
//   proportional   Pss of /proc/PID/smaps_rollup: what is shared is divided among those who share it,
//                  so that a sum over a tree is what the tree holds; the kernel walks the page tables
//
// So a sum of the first is an upper bound, and worth the second only when that is too much.

#include <cstdint>
#include <string>
#include <vector>

namespace takt::exec {

/// Sum over the processes; those that are gone hold nothing.
std::int64_t resident_bytes(const std::vector<int>& pids);
/// Same; of a process that may not be asked for it, what is resident.
std::int64_t proportional_bytes(const std::vector<int>& pids);

/// "80.2 MiB".
std::string mebibytes(std::int64_t bytes);

}  // namespace takt::exec
