#pragma once
// Cgroup v2 folders, one for each living attempt, all beneath one parent:
//
//   <mount>/<the daemon's own group>/<name>/<node>-<n>
//
// `name` is the same for every incarnation of a fleet's daemon. Folders are pooled: making, opening
// and removing one takes about 80 us, marking an old one 10. So a folder's name says nothing; which
// attempt it belongs to stands in its extended attribute user.takt.token, set before anything is
// born in it. The daemon's own processes stay where they are; without controllers (memory, pids)
// the groups still hold and kill their trees.

#include <cstdint>
#include <expected>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/ids.h"
#include "exec/descriptor.h"

namespace takt::exec {

/// The folder of this process's own group in the v2 hierarchy, wherever it is mounted (hybrid
/// systems keep it beside v1); nullopt when there is none.
std::optional<std::string> own_cgroup_folder();

/// The v2 folder in which a process is, as seen here; empty: unknown.
std::string cgroup_folder_of(int pid);

/// One group. Absolute folder; all calls answer for the groups that a job made beneath it as well.
class CgroupFolder {
 public:
  /// An existing folder; null when it cannot be opened.
  static std::unique_ptr<CgroupFolder> open(std::string folder);

  const std::string& folder() const { return folder_; }
  int directory() const { return directory_.get(); }
  /// True while a living process is inside. A read of one small file, kept open.
  bool populated() const;
  /// Living processes; a snapshot.
  std::vector<int> pids() const;
  /// SIGKILL to everything inside, at once. False: the kernel refused. The folder is never reusable
  /// afterwards: a newer kernel (seen on 6.18) also kills what is born into it later.
  bool kill_all() const;
  /// SIGTERM and SIGCONT to what is inside now. Not to what is born later: that may be the cleaning
  /// up of a job that obeys.
  void terminate() const;
  /// Times the kernel killed something inside for lack of memory; 0 without the memory controller.
  std::uint64_t oom_kills() const;
  /// A limit for all inside, beyond which the kernel kills all of it at once; nothing is swapped. The
  /// folder is not reusable afterwards. False: without the memory controller, or refused.
  bool limit_memory(std::int64_t bytes) const;
  /// What is charged to the group now, and the most that ever was; 0: not known.
  std::int64_t memory_used() const;
  std::int64_t memory_peak() const;
  /// Has the memory controller.
  bool has_memory() const;
  /// Whose it is; 0: nobody's.
  Token token() const;
  bool set_token(Token token) const;
  /// Fit for another attempt: never killed or limited, empty, not frozen, nothing made beneath it.
  bool reusable() const;
  /// Removes the empty folder and the empty ones beneath it; false while something lives there.
  bool remove() const;

 private:
  mutable bool spent_ = false;  // killed, or limited
  CgroupFolder(std::string folder, Descriptor directory, Descriptor events)
      : folder_(std::move(folder)), directory_(std::move(directory)), events_(std::move(events)) {}
  std::string folder_;
  Descriptor directory_;
  Descriptor events_;
};

/// The parent of all attempts' groups, with the pool.
class CgroupParent {
 public:
  /// Makes `own group`/`name` if need be, proves that processes can be born beneath it, and removes
  /// empty folders that earlier incarnations left. With `controllers` it asks for memory and pids,
  /// and goes on without them where they are not to be had. The error is fit for an operator.
  static std::expected<CgroupParent, std::string> open(const std::string& name,
                                                       const std::string& node, bool controllers);
  CgroupParent(CgroupParent&&) = default;
  CgroupParent& operator=(CgroupParent&&) = default;
  /// Removes the pooled folders and, if nothing is left in it, the parent.
  ~CgroupParent();

  const std::string& folder() const { return folder_; }
  bool has_controllers() const { return has_controllers_; }

  /// A folder for one attempt, marked with its token; null when none is to be had now.
  std::unique_ptr<CgroupFolder> acquire(Token token);
  /// Takes an empty folder back.
  void release(std::unique_ptr<CgroupFolder> folder);

 private:
  CgroupParent(std::string folder, std::string node)
      : folder_(std::move(folder)), node_(std::move(node)) {}
  std::unique_ptr<CgroupFolder> make();

  std::string folder_;
  std::string node_;
  bool has_controllers_ = false;
  std::uint64_t made_ = 0;
  std::vector<std::unique_ptr<CgroupFolder>> free_;
  std::vector<std::unique_ptr<CgroupFolder>> to_remove_;
};

/// Folders directly beneath `parent`, opened.
std::vector<std::unique_ptr<CgroupFolder>> folders_beneath(const std::string& parent);

}  // namespace takt::exec
