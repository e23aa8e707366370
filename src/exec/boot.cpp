#include "exec/boot.h"

#include "exec/proc_table.h"
#include "exec/small_file.h"

namespace takt::exec {

const std::string& boot_id() {
  static const std::string id = [] {
    std::string text = read_small_file("/proc/sys/kernel/random/boot_id");
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }();
  return id;
}

std::uint64_t start_ticks(int pid) {
  const auto process = read_process(pid);
  return process ? process->start_ticks : 0;
}

}  // namespace takt::exec
