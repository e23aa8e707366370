#pragma once
// Whose the daemon's adopted children are: how a tree is found without a cgroup of its own.
//
// Every process of a tree descends from its main process. As the daemon is subreaper, one that
// loses its parent becomes a child of the daemon, wherever it fled (setsid, double fork). So a tree
// is: the main process, the adopted children that belong to it, and what descends from either. When
// the main process is dead and the daemon has no children but main processes, nothing is left of
// the tree: one look at the kernel's own list of children, not at /proc.
//
//   an adopted child belongs to an attempt when its session is that of the main process, or its
//   environment carries the attempt's token. One that left the session and wiped its environment is
//   a stray: it belongs to one of the attempts that had been started when it was first seen, and
//   goes with the last of them.
//
// Never ours: children from before the daemon looked first, children in the daemon's own session,
// and whatever carries the fleet's tag without a token (other parts of the daemon tag theirs so).
// Loop thread.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/ids.h"
#include "exec/proc_table.h"

namespace takt::exec {

/// The attempts that have not ended, by main process. Serials count the starts of this daemon.
class LivingAttempts {
 public:
  void started(Token token, int main_pid);
  void main_ended(Token token);
  void ended(Token token);

  std::uint64_t newest_serial() const { return serial_; }
  /// Serial of the oldest attempt besides `token`; the largest number when there is none.
  std::uint64_t oldest_besides(Token token) const;
  /// True when `pid` is a main process that has not been collected.
  bool is_main(int pid) const;
  /// The attempt whose session this is; 0: none.
  Token owner_of_session(int session) const;
  /// The attempt whose uncollected main process `pid` is.
  std::optional<Token> owner_of_main(int pid) const;

 private:
  struct Attempt {
    int main_pid = 0;
    std::uint64_t serial = 0;
    bool main_alive = true;
  };
  std::map<Token, Attempt> attempts_;
  std::map<int, Token> by_main_;
  std::uint64_t serial_ = 0;
};

class Orphans {
 public:
  explicit Orphans(std::string fleet_tag);

  /// What of an attempt has been adopted.
  struct Found {
    std::vector<int> pids;  // may hold zombies about to be collected
    bool unclear = false;   // a child in the middle of exec or of dying: look again in a moment
  };
  Found of(Token token, const LivingAttempts& attempts);

  /// A child was collected: its pid may come back as somebody else.
  void forget(int pid);

 private:
  enum class Verdict { undecided, attempt, stray, stranger };
  struct Known {
    Verdict verdict = Verdict::undecided;
    Token token;             // of an attempt
    std::uint64_t seen = 0;  // the newest serial when first seen
    int looks = 0;
  };
  void classify(int pid, Known& known, const LivingAttempts& attempts) const;

  std::string fleet_tag_;
  int own_session_;
  std::map<int, Known> known_;
};

}  // namespace takt::exec
