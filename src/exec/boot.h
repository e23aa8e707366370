#pragma once
// What makes a pid unique for ever: the boot it belongs to and the tick it was started at.

#include <cstdint>
#include <string>

namespace takt::exec {

/// Id of this boot of the machine (a UUID), empty when the kernel does not tell. Read once.
const std::string& boot_id();

/// Start of a process in clock ticks since boot (field 22 of /proc/pid/stat); 0: no such process.
/// A zombie still has one.
std::uint64_t start_ticks(int pid);

}  // namespace takt::exec
