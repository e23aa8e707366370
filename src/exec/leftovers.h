#pragma once
// What an earlier daemon left running: found, killed at once, proven gone.
//
// An attempt's processes are found in three ways, each enough by itself:
//   its cgroup    beneath the fleet's parent (or where the row says), by the token it is marked
//   with its main pid  if the start tick and the boot are those of the row; with its session and
//   descendants its tag       TAKT_TOKEN together with TAKT_FLEET_TAG in the environment of any
//   process
// All that were asked for in one turn of the loop are looked for in one walk over /proc. From
// another boot nothing can be left. Loop thread.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/rows.h"
#include "exec/cgroup.h"
#include "exec/proc_table.h"

namespace takt::exec {

class Leftovers : public std::enable_shared_from_this<Leftovers> {
 public:
  using Gone = std::function<void(Token token, int killed)>;

  /// `cgroup_parent`: the folder of all attempts' groups; empty without cgroups. `cgroup_name`: its
  /// last component, by which a folder of an earlier daemon's own group is known as the fleet's.
  Leftovers(boost::asio::io_context& io, std::string fleet_tag, std::string cgroup_name,
            std::string cgroup_parent, Gone gone);

  /// Begins; `gone` is called from a later turn of the loop.
  void kill(const core::AttemptRow& attempt);

 private:
  struct Case {
    core::Process process;
    std::set<std::pair<int, std::uint64_t>> killed;
    int clean_looks = 0;
  };
  struct Scene;
  void look_later(std::chrono::milliseconds after);
  void look();
  Scene survey() const;
  bool kill_what_lives(Token token, Case& open, const Scene& scene) const;
  bool is_of_fleet(const std::string& folder) const;

  boost::asio::steady_timer timer_;
  std::string fleet_tag_;
  std::string cgroup_name_;
  std::string cgroup_parent_;
  Gone gone_;
  std::map<Token, Case> open_;
  bool looking_ = false;
  std::chrono::milliseconds wait_{0};
};

}  // namespace takt::exec
