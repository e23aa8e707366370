#pragma once
// The process table as /proc shows it, and signals that cannot hit a stranger.
//
// A pid read from /proc may belong to somebody else a moment later. signal_exactly() therefore
// opens a pidfd, looks whether the pid still has the start tick it was seen with, and only then
// sends.

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ids.h"

namespace takt::exec {

struct ProcessEntry {
  int pid = 0;
  int parent = 0;
  int session = 0;
  char state = '?';
  int threads = 0;
  std::uint64_t start_ticks = 0;

  /// Not a zombie. A leader that left by pthread_exit shows as Z while its threads run.
  bool alive() const { return (state != 'Z' && state != 'X') || threads > 1; }
};

/// One process; nullopt when there is none with this pid.
std::optional<ProcessEntry> read_process(int pid);

/// Every process that /proc shows, without this one, by pid. About 10 us a process.
std::vector<ProcessEntry> read_process_table();

/// The living ones of `table` that are among `roots` or descend from them (zombies pass it on).
std::vector<ProcessEntry> living_descendants(const std::vector<ProcessEntry>& table,
                                             const std::vector<int>& roots);

/// Same, looked up now: costs what the tree is large, not what the machine is, where the kernel
/// keeps lists of children. A process that is born or loses its parent meanwhile may be missed:
/// look again.
std::vector<ProcessEntry> living_descendants(const std::vector<int>& roots);

/// Direct children of this process, adopted orphans and zombies included. Costs no look at the rest
/// of /proc where the kernel keeps lists of children.
std::vector<int> children_of_self();

/// What a process's environment says about who started it.
struct ProcessTag {
  enum class Kind {
    unclear,   // empty or not readable: a zombie, just in exec, another user, or wiped
    untagged,  // an environment without this fleet's tag
    tagged     // this fleet's; token may be 0
  };
  Kind kind = Kind::unclear;
  Token token;
};

/// Reads TAKT_TOKEN of a process whose TAKT_FLEET_TAG is `fleet_tag`.
ProcessTag read_tag(int pid, std::string_view fleet_tag);

/// Sends the signals in order to exactly this process. False: it is gone, or may not be signalled.
bool signal_exactly(const ProcessEntry& process, std::initializer_list<int> signals);

/// Same for a pid read from a cgroup: sent only while the process is in cgroup `path` (as in
/// /proc/pid/cgroup, or beneath it).
bool signal_in_cgroup(int pid, std::string_view path, std::initializer_list<int> signals);

/// pidfd_open; -1 with errno when there is no such process.
int open_pidfd(int pid);

/// pidfd_send_signal. False: gone, or not allowed.
bool signal_pidfd(int pidfd, int signal);

/// SIGKILL to the whole process group whose leader `pidfd` is, exactly, also when the leader is
/// reaped. False where the kernel cannot (before Linux 6.9) or nobody is left.
bool kill_group_of(int pidfd);

}  // namespace takt::exec
