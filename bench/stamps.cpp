#include "stamps.h"

#include <fstream>
#include <string>

#include "base/time.h"

namespace takt::bench {

Samples lateness_ms(const std::filesystem::path& file) {
  std::ifstream lines(file);
  Samples found;
  std::int64_t at_ns = 0;
  std::string slot;
  while (lines >> at_ns >> slot) {
    const auto due = parse_rfc3339(slot);
    if (due) found.push_back(static_cast<double>(at_ns - millis(*due) * 1'000'000) / 1e6);
  }
  return found;
}

std::size_t count_stamps(const std::filesystem::path& file) { return lateness_ms(file).size(); }

}  // namespace takt::bench
