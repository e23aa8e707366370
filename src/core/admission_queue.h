#pragma once
// AdmissionQueue: runs that wait for nothing but units of pools, and the one question that matters:
// which of them may start now?
//
// Runs that are alike (same uses, class, critical, expected length) form a line, ordered by rank.
// Whatever holds the first of a line holds the others, so only heads are looked at, and only those
// of pools that something happened to since the last look. What that costs does not grow with the
// number of runs that wait.
//
//   a run R may start when
//     its units can be had (Leases::fits), and
//     it delays no run B of better rank that waits for one of its pools. It does not, if
//       R ends, as expected, before B could start at the earliest; or in each pool they share
//       R takes only units that are kept from B anyway (a reserve above B's class), or
//       there is room for all of better rank and R together.
//
// "At the earliest" of B: when its units come free if every holder ends as expected; for one whose
// units are free but who is itself held by better ones, not before the first of those. So nothing
// becomes possible by mere passing of time, and there is nothing to poll for.
//
// Lengths are rounded up (line.h), which makes few lines of many jobs and errs towards not delaying.

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "core/leases.h"
#include "core/line.h"
#include "core/rank_weights.h"
#include "core/shared_value.h"

namespace takt::core {

struct Waiter {
  RunId run;
  Instant rank_at;
  std::shared_ptr<const Uses> uses = SharedValue<Uses>{}.pointer();
  Priority priority = Priority::P2;  // the class that reserves look at
  bool critical = false;
  Duration length{0};  // expected, p95
};

/// Whom a look is about: while the store fails only critical runs start, and others do not stand in
/// their way.
enum class Among { all, critical };

/// Why a waiting run does not start: what its pools lack, or who goes first.
struct Standing {
  bool fits = true;
  std::vector<RunId> behind;  // heads of better rank that it would delay, best first
  Instant earliest;           // by the expected ends of holders; Instant::max(): never
  bool may_start() const { return fits && behind.empty(); }
};

class AdmissionQueue {
 public:
  /// The pools of the fleet. Everything that waits is looked at again.
  void resize(std::vector<PoolSpec> pools);

  const Leases& leases() const { return leases_; }

  /// The run must not wait already.
  void add(const Waiter& waiter);
  /// Gives up waiting; false when it does not wait.
  bool remove(RunId run);
  bool contains(RunId run) const { return places_.contains(run); }
  std::size_t size() const { return places_.size(); }

  /// Takes the run out of its line, if it is in one, and gives it its units until release().
  void start(const Waiter& waiter, JobIndex job, Instant now);
  /// Gives back what the run holds; nothing when it holds nothing.
  void release(RunId run);

  /// The best of those that may start now; nullopt: nobody. To start it (or to remove it) is up to
  /// the caller; asking again goes on behind it.
  std::optional<RunId> next(Instant now, Among among = Among::all);

  /// How a run stands: one that waits, or one that is only thought of.
  Standing standing(const Waiter& waiter, Instant now, Among among = Among::all) const;

  /// Those that wait for the pool, best first.
  std::vector<RunId> queue_of(PoolIndex pool) const;

 private:
  using LineId = std::uint32_t;
  struct Place {
    LineId line;
    Rank rank;
  };
  using Heads = std::map<Rank, LineId>;
  using Range = std::pair<Heads::const_iterator, Heads::const_iterator>;
  /// What one look has worked out already; nothing starts while it lasts.
  struct Look {
    Instant now;
    Among among;
    std::map<LineId, Instant> earliest;
  };
  /// Lines that wait for a pool.
  struct Waiting {
    Heads heads;
    std::set<std::pair<Duration, LineId>> by_length;
    std::array<std::set<LineId>, kClasses> by_class;
    std::array<RankWeights, 2> wanted;    // of all, of critical ones
    std::map<PoolIndex, int> neighbours;  // other pools that a line waits for as well
  };
  /// A pool's heads on the way from the best one down. Behind the first that lacks units of this
  /// very pool only those can start that are short enough or draw on a reserve, so the way goes on
  /// over them alone.
  struct Walk {
    PoolIndex pool;
    Heads::const_iterator at;
    std::optional<std::vector<std::pair<Rank, LineId>>> rest;  // the best one last
    const Rank& rank() const { return rest ? rest->back().first : at->first; }
    LineId line() const { return rest ? rest->back().second : at->second; }
  };

  LineId line_of(const Waiter& waiter);
  void want(const LineKey& key, const Rank& rank);
  void want_no_more(const LineKey& key, const Rank& rank);
  void take_out(const Place& place);
  void link(const Line& line, int by);
  std::vector<PoolIndex> pools_of(const Uses& uses) const;
  void show_head(LineId line);
  void hide_head(LineId line);
  void mark(const Uses& uses, const Rank& from);
  void look_again();
  bool is_eligible(const Line& line, Among among) const;
  std::vector<Walk> walks();
  bool go_on(Walk& walk, Look& look) const;
  std::vector<std::pair<Rank, LineId>> worth_a_look(PoolIndex pool, LineId lacking,
                                                    Look& look) const;

  /// Somebody who would start.
  struct Candidate {
    const LineKey& key;
    Rank rank;
  };
  static std::optional<LineId> take_best(std::span<Range> lists, const Rank& than);
  template <class Judge>
  bool any_better_head(const Candidate& one, Among among, Judge judge) const;
  bool delays(const Candidate& one, LineId other, Look& look, int depth) const;
  bool draws_on_reserve(const Use& use, const LineKey& key, const LineKey& other) const;
  bool has_room_for_all(const Use& use, const Candidate& one, Among among) const;
  Instant earliest_of(LineId line, Look& look, int depth) const;
  bool may_start(LineId line, Look& look) const;

  Leases leases_;
  std::vector<Line> lines_;
  std::vector<LineId> free_lines_;
  std::map<LineKey, LineId, LineKey::Less> by_key_;
  std::map<RunId, Place> places_;
  std::vector<Waiting> waiting_;      // by pool; the last one: lines that use no pool
  std::map<PoolIndex, Rank> marked_;  // pools to look at, each from this rank on
  Among last_among_ = Among::all;
};

}  // namespace takt::core
