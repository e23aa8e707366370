#pragma once
// A machine of files: /proc and cgroup mounts beneath a scratch folder, as the kernel would write them.

#include <filesystem>
#include <fstream>
#include <string>

#include "base/scratch_folder_for_test.h"

namespace takt::memory {

inline constexpr std::int64_t kMiB = 1 << 20;

class FakeRoot {
 public:
  FakeRoot() {
    machine(1000, 600);
    write("proc/pressure/memory", "some avg10=5.00 avg60=0.00 avg300=0.00 total=1\n");
  }

  const std::filesystem::path& path() const { return root_.path(); }

  /// In place, so that what is open sees it.
  void write(const std::string& file, const std::string& text) const {
    std::filesystem::create_directories((root_ / file).parent_path());
    std::ofstream(root_ / file, std::ios::trunc | std::ios::binary) << text;
  }
  void remove(const std::string& file) const { std::filesystem::remove_all(root_ / file); }

  void machine(std::int64_t total_mib, std::int64_t available_mib) const {
    write("proc/meminfo", "MemTotal:       " + std::to_string(total_mib * 1024) +
                              " kB\nMemFree:  1 kB\nMemAvailable:   " +
                              std::to_string(available_mib * 1024) + " kB\nBuffers: 7 kB\n");
  }

  /// A v2 machine whose daemon lives in /system/takt.
  void with_v2() const {
    write("proc/self/mountinfo",
          "22 1 0:21 / /proc rw - proc proc rw\n31 23 0:28 / /groups rw - cgroup2 cgroup2 rw\n");
    write("proc/self/cgroup", "0::/system/takt\n");
  }
  void v2_group(const std::string& group, const std::string& max, std::int64_t current_mib,
                std::int64_t inactive_file_mib, const std::string& high = "max") const {
    const std::string folder = "groups" + group;
    write(folder + "/memory.max", max + "\n");
    write(folder + "/memory.high", high + "\n");
    write(folder + "/memory.current", std::to_string(current_mib * kMiB) + "\n");
    write(folder + "/memory.stat", "anon 1\nfile 2\nactive_file 3\ninactive_file " +
                                       std::to_string(inactive_file_mib * kMiB) + "\n");
  }

  /// A hybrid machine: memory in v1, the daemon in /box there, and in /user of the v2 beside it.
  void with_hybrid() const {
    write("proc/self/mountinfo",
          "31 23 0:32 / /groups/memory rw - cgroup cgroup rw,memory\n"
          "41 31 0:38 / /groups/unified rw - cgroup2 cgroup2 rw\n");
    write("proc/self/cgroup", "4:memory:/box\n1:cpu:/\n0::/user\n");
  }
  void v1_group(const std::string& group, const std::string& limit, std::int64_t usage_mib,
                std::int64_t inactive_file_mib) const {
    const std::string folder = "groups/memory" + group;
    write(folder + "/memory.limit_in_bytes", limit + "\n");
    write(folder + "/memory.usage_in_bytes", std::to_string(usage_mib * kMiB) + "\n");
    write(folder + "/memory.stat", "inactive_file 0\ntotal_inactive_file " +
                                       std::to_string(inactive_file_mib * kMiB) + "\n");
  }

 private:
  ScratchFolder root_;
};

inline std::string mib(std::int64_t count) { return std::to_string(count * kMiB); }

}  // namespace takt::memory
