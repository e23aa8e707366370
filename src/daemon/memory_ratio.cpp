#include "daemon/memory_ratio.h"

#include <fstream>
#include <limits>
#include <string>

namespace takt::daemon {

std::optional<double> memory_used_ratio() {
  std::ifstream meminfo("/proc/meminfo");
  std::optional<double> total;
  std::optional<double> available;
  std::string key;
  double kilobytes = 0;
  while (meminfo >> key >> kilobytes) {
    if (key == "MemTotal:") total = kilobytes;
    if (key == "MemAvailable:") available = kilobytes;
    meminfo.ignore(std::numeric_limits<std::streamsize>::max(), '\n');
  }
  if (!total || !available || *total <= 0) return std::nullopt;
  return 1 - *available / *total;
}

}  // namespace takt::daemon
