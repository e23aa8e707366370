#include "exec/machine.h"

#include <sys/prctl.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>
#include <system_error>

#include "exec/cgroup.h"
#include "exec/descriptor.h"
#include "exec/proc_table.h"
#include "exec/small_file.h"
#include "exec/user.h"

namespace takt::exec {
namespace {

constexpr std::uint64_t kDiskWanted = 100U << 20U;
constexpr const char* kChromium = "/usr/bin/chromium";

Fact fact(std::string name, bool ok, std::string value, std::string lost) {
  return {std::move(name), ok, std::move(value), ok ? std::string() : std::move(lost)};
}

Fact by_errno(std::string name, bool ok, std::string lost) {
  const std::string value = ok ? "available" : std::generic_category().message(errno);
  return fact(std::move(name), ok, value, std::move(lost));
}

/// Whether groups beneath `own` can have the memory controller: the kernel refuses it where
/// processes live, except in the root.
Fact controllers(const std::string& own) {
  const std::string here = read_small_file(own + "/cgroup.controllers");
  const bool root = ::access((own + "/cgroup.type").c_str(), F_OK) != 0;
  const bool enabled = read_small_file(own + "/cgroup.subtree_control").contains("memory");
  const bool busy = !root && !read_small_file(own + "/cgroup.procs").empty();
  const bool memory = here.contains("memory");
  const bool ok = memory && (enabled || !busy);
  std::string value = here.empty() ? "none" : here.substr(0, here.find('\n'));
  if (memory && !ok) value += " (but takt's own group holds processes)";
  return fact(
      "cgroup controllers", ok, value,
      "memory_max held by the kernel (takt looks at the tree four times a second instead), and "
      "telling the kernel's own out-of-memory kill from another SIGKILL; give the service "
      "Delegate=yes and DelegateSubgroup=");
}

void add_cgroup_facts(std::vector<Fact>& facts) {
  const auto own = own_cgroup_folder();
  facts.push_back(fact("cgroup v2", own.has_value(), own ? "own group is " + *own : "not mounted",
                       "groups that hold a job's processes together; they are found by descent, "
                       "session and environment instead"));
  if (!own) return;
  const std::string name = "takt-doctor-" + std::to_string(::getpid());
  const auto parent = CgroupParent::open(name, "probe", false);
  facts.push_back(fact("cgroup per attempt", parent.has_value(),
                       parent ? "processes can be born in a group of their own" : parent.error(),
                       "certainty that a job which wipes its environment and leaves its session "
                       "cannot outlive its run unnoticed; run as root or with Delegate=yes"));
  if (parent) {
    const bool kill = ::access((parent->folder() + "/cgroup.kill").c_str(), W_OK) == 0;
    facts.push_back(fact("cgroup.kill", kill, kill ? "available" : "missing",
                         "killing a whole tree at once; Linux 5.14 or newer has it"));
  }
  facts.push_back(controllers(*own));
}

Fact pressure() {
  const std::string text = read_small_file("/proc/pressure/memory");
  return fact("memory pressure (PSI)", !text.empty(),
              text.empty() ? "not available" : text.substr(0, text.find('\n')),
              "the second opinion of the memory gate; free memory alone decides");
}

Fact clone3() {
  // No arguments at all: EINVAL from a kernel that knows the call.
  ::syscall(SYS_clone3, nullptr, 0);
  const bool ok = errno != ENOSYS && errno != EPERM;
  return fact("clone3", ok, ok ? "available" : std::generic_category().message(errno),
              "starting any job; a container's seccomp profile may forbid it");
}

Fact subreaper() {
  int before = 0;
  const bool ok = ::prctl(PR_GET_CHILD_SUBREAPER, &before, 0, 0, 0) == 0;
  return by_errno("subreaper", ok, "adopting processes whose parent died before them");
}

Fact clocks() {
  timespec now{};
  const bool clock = ::clock_gettime(CLOCK_BOOTTIME, &now) == 0;
  const Descriptor timer{::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC)};
  return by_errno("clock (BOOTTIME, timerfd)", clock && timer,
                  "schedules that go on through suspend and do not follow clock changes");
}

Fact steps() {
  const Descriptor timer{::timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC)};
  const itimerspec far{.it_value = {.tv_sec = INT32_MAX}};
  const bool ok =
      timer && ::timerfd_settime(timer.get(), TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET, &far,
                                 nullptr) == 0;
  return by_errno("clock steps", ok, "noticing at once that the wall clock was set");
}

Fact disk(std::filesystem::path folder) {
  std::error_code error;
  while (!std::filesystem::exists(folder, error) && folder != folder.parent_path()) {
    folder = folder.parent_path();
  }
  struct statvfs facts{};
  if (::statvfs(folder.empty() ? "." : folder.c_str(), &facts) != 0) {
    return by_errno("disk", false, "the store and the logs cannot be written");
  }
  const std::uint64_t free_bytes = static_cast<std::uint64_t>(facts.f_bavail) * facts.f_frsize;
  const bool inodes = facts.f_files == 0 || facts.f_favail > 1000;
  return fact("disk", free_bytes >= kDiskWanted && inodes,
              std::to_string(free_bytes >> 20U) + " MiB free at " + folder.string() +
                  (inodes ? "" : ", almost no inodes"),
              "room for history and logs; starts are held when the store cannot write");
}

Fact user() {
  const User self = own_user();
  const bool root = ::geteuid() == 0;
  return fact("user", root, self.name + (root ? " (jobs may name any user)" : ""),
              "`user` of a job other than " + self.name + ", negative `nice`");
}

Fact chromium() {
  const bool ok = ::access(kChromium, X_OK) == 0;
  return fact("Chromium", ok, ok ? kChromium : std::string(kChromium) + " is not installed",
              "the browser pool; everything else works");
}

}  // namespace

MachineFacts probe_machine(const std::filesystem::path& state_dir) {
  MachineFacts machine;
  add_cgroup_facts(machine.facts);
  machine.facts.push_back(pressure());
  const Descriptor pidfd{open_pidfd(::getpid())};
  machine.facts.push_back(
      by_errno("pidfd", static_cast<bool>(pidfd), "signals that can never reach a reused pid"));
  machine.facts.push_back(clone3());
  machine.facts.push_back(subreaper());
  machine.facts.push_back(user());
  machine.facts.push_back(clocks());
  machine.facts.push_back(steps());
  machine.facts.push_back(disk(state_dir));
  machine.facts.push_back(chromium());
  return machine;
}

}  // namespace takt::exec
