#pragma once
// The numbers in the kernel's texts about memory. Total over any text: what is not there, not a
// number, negative or too large is none. Pure.

#include <cstdint>
#include <optional>
#include <string_view>

namespace takt::memory {

/// A text that is one number ("memory.current"), with or without a newline. "max" is none.
std::optional<std::int64_t> whole_number(std::string_view text);

/// The number behind `name` at the beginning of a line: "inactive_file 4096", "MemTotal:  24683656 kB"
/// (without its unit).
std::optional<std::int64_t> number_of(std::string_view text, std::string_view name);

/// What /proc/meminfo says of the machine. Kernels before 3.14 have no MemAvailable: then what is
/// free or holds files.
struct MachineMemory {
  std::int64_t total_bytes = 0;  // 0: the text is none
  std::int64_t available_bytes = 0;
};
MachineMemory parse_meminfo(std::string_view text);

/// "some avg10=1.25 avg60=...": the share of the last ten seconds in which some task waited, 0..1.
std::optional<double> parse_pressure(std::string_view text);

}  // namespace takt::memory
