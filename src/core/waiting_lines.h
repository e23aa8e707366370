#pragma once
// WaitingLines: who waits, in lines of runs that are alike, and the heads of those lines by pool.
//
//   run ──▶ place ──▶ line ──▶ heads of each pool that the line waits for

#include <array>
#include <optional>
#include <unordered_map>
#include <vector>

#include "core/heads.h"
#include "core/leases.h"
#include "core/line.h"

namespace takt::core {

class WaitingLines {
 public:
  /// Who waited, and for what.
  struct Gone {
    LineKey key;
    Rank rank;
  };

  /// The pools of the fleet; whoever waits goes on waiting.
  void resize(const Leases& leases);

  /// The run must not wait already. Nullopt when it stands behind another one of its line, else the
  /// line that it leads.
  std::optional<LineId> add(const LineKey& key, const Rank& rank);
  /// Nullopt when the run does not wait.
  std::optional<Gone> remove(RunId run);

  bool contains(RunId run) const { return places_.contains(run); }
  /// It waits in the line of this key.
  bool waits_as(RunId run, const LineKey& key) const;
  std::size_t size() const { return places_.size(); }
  const Line& line(LineId id) const { return lines_[id]; }

  /// Lines that wait for the pool; the one behind the last pool: lines that need none.
  const Heads& of_pool(PoolIndex pool) const { return heads_[pool]; }
  /// Pools, and the one behind them.
  std::size_t pools() const { return heads_.size(); }

 private:
  struct Place {
    LineId line = 0;
    Rank rank;
  };

  LineId line_of(const LineKey& key);
  void show(LineId id);
  void hide(LineId id, const Rank& led);
  void lead(LineId id, const Rank& from);
  /// As the pool sees it.
  Heads::Entry entry(LineId id, const Rank& rank, PoolIndex pool) const;
  template <class Do>
  void each_pool(LineId id, Do&& what);
  PoolIndex none() const { return static_cast<PoolIndex>(heads_.size() - 1); }

  std::vector<Line> lines_;
  std::vector<LineId> free_;
  // Indexes: nobody walks them.
  std::unordered_map<LineKey, LineId, LineKey::Hash> by_key_;
  std::unordered_map<RunId, Place> places_;
  std::vector<Heads> heads_ = std::vector<Heads>(1);
  std::vector<std::array<Priority, kClasses>> alike_;  // by pool: Leases::alike()
};

}  // namespace takt::core
