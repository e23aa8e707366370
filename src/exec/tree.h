#pragma once
// The processes of one attempt, in the two ways they can be held together: by a cgroup of their
// own, or (where none can be had) by descent, session and environment. Loop thread.

#include <memory>
#include <vector>

#include "base/ids.h"
#include "exec/cgroup.h"
#include "exec/orphans.h"
#include "exec/spawn.h"

namespace takt::exec {

class Tree {
 public:
  virtual ~Tree() = default;
  struct Rest {
    int living = 0;
    bool empty = true;  // proven; false with living == 0: not known yet, look again in a moment
  };
  /// Everything alive, the main process included; a snapshot.
  virtual std::vector<int> pids() = 0;
  /// What is alive after the main process was collected.
  virtual Rest rest() = 0;
  /// SIGTERM, and SIGCONT so that what is stopped can act on it.
  virtual void terminate() = 0;
  /// SIGKILL to all that is found; to be repeated until nothing is left.
  virtual void kill() = 0;
};

class CgroupTree final : public Tree {
 public:
  explicit CgroupTree(const CgroupFolder& group) : group_(group) {}
  std::vector<int> pids() override { return group_.pids(); }
  Rest rest() override;
  void terminate() override { group_.terminate(); }
  void kill() override { group_.kill_all(); }

 private:
  const CgroupFolder& group_;
};

class ProcessTree final : public Tree {
 public:
  /// `main` stays open for the life of the tree: its group is killed through it.
  ProcessTree(Token token, const Spawned& main, Orphans& orphans, const LivingAttempts& attempts)
      : token_(token), main_(main), orphans_(orphans), attempts_(attempts) {}
  std::vector<int> pids() override;
  Rest rest() override;
  void terminate() override;
  void kill() override;

 private:
  /// Everything alive, the main process included.
  std::vector<ProcessEntry> members();
  Token token_;
  const Spawned& main_;
  Orphans& orphans_;
  const LivingAttempts& attempts_;
};

}  // namespace takt::exec
