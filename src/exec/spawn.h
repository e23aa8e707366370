#pragma once
// Starting one process, vfork-style: clone3 with CLONE_VM and CLONE_VFORK on a stack of its own,
// all signals blocked around it, so that the cost does not grow with the daemon's memory. Between
// clone and exec the child shares the daemon's memory and may only make raw system calls; glibc's
// setuid family would change the user of every thread of the daemon.
//
//   child: session ─ umask ─ nice ─ limits ─ 0,1,2,3 ─ close the rest ─ user ─ cwd ─ signals ─ exec
//            └──── any failure: step + errno into the shared plan, exit, reaped before spawn()
//            returns
//
// Under ThreadSanitizer, which cannot follow a shared address space, fork and a pipe take its
// place. Not thread-safe: one Spawner, one thread.

#include <sys/resource.h>

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "exec/descriptor.h"
#include "exec/problem.h"
#include "exec/user.h"

namespace takt::exec {

struct SpawnPlan {
  std::string program;  // the file; argv[0] is argv's own
  std::vector<std::string> argv;
  std::vector<std::string> environment;
  std::string cwd;
  std::optional<User> switch_to;  // none: stays the daemon's user
  int nice = 0;                   // absolute; 0 leaves the daemon's
  unsigned umask = 077;
  int files[4] = {-1, -1, -1, -1};  // become 0, 1, 2, 3; each must be above 3
  int cgroup = -1;                  // folder to be born in; -1: the daemon's own
  std::optional<rlimit> open_files;
};

struct Spawned {
  int pid = 0;
  Descriptor pidfd;
};

class Spawner {
 public:
  Spawner();
  ~Spawner();
  Spawner(const Spawner&) = delete;
  Spawner& operator=(const Spawner&) = delete;

  /// Returns once the child has become the program, or has failed and is reaped. `passing` is set
  /// for EAGAIN and ENOMEM. A failure to be born in the cgroup has a text that starts with "clone".
  std::expected<Spawned, SpawnProblem> spawn(const SpawnPlan& plan);

 private:
  void* stack_ = nullptr;
};

/// A pipe with both ends above 3 and closed on exec; {read, write}.
struct Pipe {
  Descriptor read;
  Descriptor write;
};
std::expected<Pipe, SpawnProblem> make_pipe();

/// `fd` itself, or a duplicate above 3 when it is one of 0..3. Closed on exec.
Descriptor above_standard(Descriptor fd);

}  // namespace takt::exec
