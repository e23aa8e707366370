#include "core/admission_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

namespace takt::core {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

constexpr Instant kNow{std::chrono::hours{1}};

std::shared_ptr<const Uses> uses(Uses list) {
  return std::make_shared<const Uses>(std::move(list));
}

Waiter waiter(int run, Uses list, Duration length, Priority priority = Priority::P2,
              Instant rank_at = kNow) {
  return {RunId{run}, rank_at, uses(std::move(list)), priority, false, length};
}

/// Starts whoever may, as admission does.
std::vector<int> admit(AdmissionQueue& queue, const std::map<int, Waiter>& waiters, Instant now) {
  std::vector<int> started;
  while (const auto run = queue.next(now)) {
    const int id = static_cast<int>(run->value);
    queue.start(waiters.at(id), 0, now);
    started.push_back(id);
  }
  return started;
}

struct Fleet {
  AdmissionQueue queue;
  std::map<int, Waiter> waiters;

  void add(const Waiter& w) {
    waiters.insert_or_assign(static_cast<int>(w.run.value), w);
    queue.add(w);
  }
  std::vector<int> admit(Instant now) { return core::admit(queue, waiters, now); }
};

TEST(AdmissionQueue, StrictByRankWhenAllWantTheSame) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 2, {}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{1}, Priority::P2, kNow + seconds{3}));
  fleet.add(waiter(2, {{0, 1}}, minutes{1}, Priority::P2, kNow + seconds{1}));
  fleet.add(waiter(3, {{0, 1}}, minutes{1}, Priority::P2, kNow + seconds{2}));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{2, 3}));
  fleet.queue.release(RunId{3});
  EXPECT_EQ(fleet.admit(kNow), (std::vector{1}));
}

TEST(AdmissionQueue, WithoutPoolsNobodyWaits) {
  Fleet fleet;
  fleet.queue.resize({});
  fleet.add(waiter(2, {}, minutes{1}));
  fleet.add(waiter(1, {}, minutes{1}));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{1, 2}));
}

TEST(AdmissionQueue, AllOrNothingOverSeveralPools) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 1, {}}, {"db", 1, {}}});
  fleet.add(waiter(1, {{1, 1}}, minutes{1}));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{1}));
  fleet.add(waiter(2, {{0, 1}, {1, 1}}, minutes{1}));
  EXPECT_TRUE(fleet.admit(kNow).empty());
  EXPECT_EQ(fleet.queue.leases().used(0), 0) << "it holds nothing while it waits";
}

TEST(AdmissionQueue, AShortOneMayPassAWideOneThatWaits) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 3, {}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{10}));
  fleet.admit(kNow);
  fleet.add(waiter(2, {{0, 3}}, minutes{10}));
  fleet.add(waiter(3, {{0, 1}}, minutes{30}));
  fleet.add(waiter(4, {{0, 1}}, minutes{5}));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{4})) << "3 would delay 2, 4 delays nobody";
}

TEST(AdmissionQueue, NobodyPassesWhenTheHolderIsBeyondItsTime) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 3, {}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{1}));
  fleet.admit(kNow);
  fleet.add(waiter(2, {{0, 3}}, minutes{10}));
  fleet.add(waiter(3, {{0, 1}}, seconds{1}));
  EXPECT_TRUE(fleet.admit(kNow + minutes{2}).empty());
}

TEST(AdmissionQueue, AReserveIsOpenToItsClassEvenBehindAnAgedOne) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 3, {1, 0, 0, 0}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{5}));
  fleet.add(waiter(2, {{0, 1}}, minutes{5}));
  fleet.add(waiter(3, {{0, 1}}, minutes{5}, Priority::P2, kNow - minutes{50}));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{3, 1}));
  fleet.add(waiter(4, {{0, 1}}, minutes{30}, Priority::P0));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{4})) << "2 could not have had the third slot";
}

TEST(AdmissionQueue, AReserveIsOpenWhateverClassesHoldTheRest) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 4, {1, 0, 0, 0}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{5}, Priority::P1));
  fleet.add(waiter(2, {{0, 1}}, minutes{5}, Priority::P2));
  fleet.add(waiter(3, {{0, 1}}, minutes{5}, Priority::P2));
  EXPECT_EQ(fleet.admit(kNow).size(), 3U);
  fleet.add(waiter(4, {{0, 1}}, minutes{5}, Priority::P3, kNow - minutes{90}));
  fleet.add(waiter(5, {{0, 1}}, minutes{30}, Priority::P0));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{5})) << "4 waits for one of the other three";
}

TEST(AdmissionQueue, WhoeverLeavesLetsThoseBehindGoOn) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 3, {}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{10}));
  fleet.admit(kNow);
  fleet.add(waiter(2, {{0, 3}}, minutes{10}));
  fleet.add(waiter(3, {{0, 1}}, minutes{30}));
  EXPECT_TRUE(fleet.admit(kNow).empty());
  EXPECT_TRUE(fleet.queue.remove(RunId{2}));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{3}));
}

TEST(AdmissionQueue, WhatIsTiedByAThirdPoolIsLookedAtAgain) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 1, {}}, {"db", 2, {}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{2}));
  fleet.admit(kNow);
  fleet.add(waiter(2, {{0, 1}, {1, 2}}, minutes{5}));  // waits for the browser
  fleet.add(waiter(3, {{1, 1}}, minutes{10}));         // would delay it
  EXPECT_TRUE(fleet.admit(kNow).empty());
  fleet.queue.release(RunId{1});
  fleet.add(waiter(4, {{0, 1}}, minutes{40}, Priority::P0, kNow - minutes{9}));
  EXPECT_EQ(fleet.admit(kNow), (std::vector{4, 3})) << "2 now waits for 40 minutes, 3 ends before";
}

TEST(AdmissionQueue, OnlyCriticalOnesWhenAskedForThem) {
  AdmissionQueue queue;
  queue.resize({{"browser", 1, {}}});
  queue.add(waiter(1, {{0, 1}}, minutes{1}));
  Waiter critical = waiter(2, {{0, 1}}, minutes{1});
  critical.critical = true;
  queue.add(critical);
  EXPECT_EQ(queue.next(kNow, Among::critical), RunId{2});
  EXPECT_EQ(queue.next(kNow), RunId{1});
}

TEST(AdmissionQueue, AStandingSaysWhoGoesFirstAndWhen) {
  Fleet fleet;
  fleet.queue.resize({{"browser", 2, {}}});
  fleet.add(waiter(1, {{0, 1}}, minutes{4}));
  fleet.admit(kNow);
  fleet.add(waiter(2, {{0, 2}}, minutes{8}));
  fleet.admit(kNow);
  const Standing wide = fleet.queue.standing(fleet.waiters.at(2), kNow);
  EXPECT_FALSE(wide.fits);
  EXPECT_EQ(wide.earliest, kNow + rounded_up(minutes{4}));
  const Standing behind = fleet.queue.standing(waiter(9, {{0, 1}}, minutes{8}), kNow);
  EXPECT_TRUE(behind.fits);
  EXPECT_EQ(behind.behind, (std::vector{RunId{2}}));
  EXPECT_FALSE(behind.may_start());
}

// --- against a slow, obvious admission -----------------------------------------------------------

/// The rule as admission_queue.h states it, run by run, from scratch.
class Reference {
 public:
  Reference(std::vector<PoolSpec> pools, const std::map<int, Lease>& held,
            std::vector<Waiter> waiting, Instant now)
      : now_(now), waiting_(std::move(waiting)) {
    leases_.resize(std::move(pools));
    for (const auto& [run, lease] : held) leases_.grant(lease);
    std::ranges::sort(waiting_, {}, [](const Waiter& w) { return Rank{w.rank_at, w.run}; });
  }

  std::vector<int> started() {
    std::vector<int> runs;
    for (std::size_t i = 0; i < waiting_.size();) {
      if (!may_start(i)) {
        ++i;
        continue;
      }
      const Waiter w = waiting_[i];
      runs.push_back(static_cast<int>(w.run.value));
      waiting_.erase(waiting_.begin() + static_cast<std::ptrdiff_t>(i));
      leases_.grant({w.run, 0, w.uses, w.priority, now_, now_ + rounded_up(w.length)});
    }
    return runs;
  }

 private:
  static int weight(const Waiter& w, PoolIndex pool) {
    int sum = 0;
    for (const Use& use : *w.uses) sum += use.pool == pool ? use.weight : 0;
    return sum;
  }

  bool may_start(std::size_t i) const {
    if (!leases_.fits(*waiting_[i].uses, waiting_[i].priority)) return false;
    for (std::size_t b = 0; b < i; ++b) {
      if (delays(i, b)) return false;
    }
    return true;
  }

  bool delays(std::size_t r, std::size_t b) const {
    bool shares = false;
    bool clear = true;
    for (PoolIndex pool = 0; pool < leases_.pools().size(); ++pool) {
      if (weight(waiting_[r], pool) == 0 || weight(waiting_[b], pool) == 0) continue;
      shares = true;
      clear = clear && (takes_what_is_kept(r, b, pool) || room_for_all(r, pool));
    }
    if (!shares || clear) return false;
    return now_ + rounded_up(waiting_[r].length) > earliest(b);
  }

  /// Some class down to the other's could still hold all that it may, beside this one and whoever is above
  /// that class.
  bool takes_what_is_kept(std::size_t r, std::size_t b, PoolIndex pool) const {
    const Waiter& run = waiting_[r];
    const PoolSpec& spec = leases_.pools()[pool];
    for (int kept_from = static_cast<int>(run.priority) + 1;
         kept_from <= static_cast<int>(waiting_[b].priority); ++kept_from) {
      const auto below = static_cast<Priority>(kept_from);
      bool has_room = true;
      for (int at = 0; at <= static_cast<int>(run.priority); ++at) {
        const auto above = static_cast<Priority>(at);
        const int held = leases_.used_above(pool, below) - leases_.used_above(pool, above);
        has_room &= held + weight(run, pool) <= spec.limit_for(above) - spec.limit_for(below);
      }
      if (has_room) return true;
    }
    return false;
  }

  bool room_for_all(std::size_t r, PoolIndex pool) const {
    for (int at = 0; at < 4; ++at) {
      const auto as_class = static_cast<Priority>(at);
      int wanted = 0;
      for (std::size_t i = 0; i <= r; ++i) {
        if (waiting_[i].priority >= as_class) wanted += weight(waiting_[i], pool);
      }
      const int held = leases_.used(pool) - leases_.used_above(pool, as_class);
      if (wanted > 0 && held + wanted > leases_.pools()[pool].limit_for(as_class)) return false;
    }
    return true;
  }

  Instant earliest(std::size_t b) const {
    Instant at = leases_.earliest(*waiting_[b].uses, waiting_[b].priority, now_);
    if (!leases_.fits(*waiting_[b].uses, waiting_[b].priority)) return at;
    std::optional<Instant> held_until;
    for (std::size_t c = 0; c < b; ++c) {
      if (delays(b, c)) held_until = std::min(held_until.value_or(Instant::max()), earliest(c));
    }
    return held_until.value_or(at);
  }

  Leases leases_;
  Instant now_;
  std::vector<Waiter> waiting_;
};

/// A fleet that random things happen to, held against the reference after each of them.
class Model {
 public:
  explicit Model(unsigned seed) : dice_(seed) {
    const int pools = below(3) + 1;
    for (int i = 0; i < pools; ++i) pools_.push_back(random_pool());
    queue_.resize(pools_);
  }

  void step() {
    now_ += seconds{below(90)};
    switch (below(10)) {
      case 0:
      case 1:
      case 2:
      case 3:
        arrive();
        break;
      case 4:
      case 5:
      case 6:
        if (!held_.empty()) end(pick(held_));
        break;
      case 7:
        if (!waiting_.empty()) leave(pick(waiting_));
        break;
      case 8:
        if (!waiting_.empty()) rerank(pick(waiting_));
        break;
      default:
        if (below(4) == 0) {
          pools_[static_cast<std::size_t>(below(static_cast<int>(pools_.size())))] = random_pool();
          queue_.resize(pools_);
        }
    }
    compare();
  }

 private:
  int below(int bound) { return static_cast<int>(dice_() % static_cast<unsigned>(bound)); }

  PoolSpec random_pool() {
    return {"pool", below(6), {below(3) == 0 ? 1 : 0, below(5) == 0 ? 1 : 0, 0, 0}};
  }

  template <class Map>
  int pick(const Map& map) {
    return std::next(map.begin(), below(static_cast<int>(map.size())))->first;
  }

  void arrive() {
    Uses list;
    for (PoolIndex pool = 0; pool < pools_.size(); ++pool) {
      if (below(2) == 0) list.push_back({pool, 1 + below(3)});
    }
    const auto priority = static_cast<Priority>(below(4));
    const Waiter w =
        waiter(++last_run_, list, seconds{1 + below(400)}, priority, now_ + below(4) * minutes{2});
    waiting_.emplace(last_run_, w);
    queue_.add(w);
  }

  void end(int run) {
    held_.erase(run);
    queue_.release(RunId{run});
  }

  void leave(int run) {
    waiting_.erase(run);
    EXPECT_TRUE(queue_.remove(RunId{run}));
  }

  void rerank(int run) {
    Waiter& w = waiting_.at(run);
    queue_.remove(w.run);
    w.rank_at -= minutes{below(9)};
    queue_.add(w);
  }

  void compare() {
    std::vector<Waiter> all;
    for (const auto& [run, w] : waiting_) all.push_back(w);
    Reference reference(pools_, held_, all, now_);
    const std::vector<int> expected = reference.started();
    std::vector<int> started;
    while (const auto run = queue_.next(now_)) {
      const int id = static_cast<int>(run->value);
      const Waiter w = waiting_.at(id);
      EXPECT_TRUE(queue_.standing(w, now_).may_start());
      queue_.start(w, 0, now_);
      waiting_.erase(id);
      held_.emplace(id, Lease{w.run, 0, w.uses, w.priority, now_, now_ + rounded_up(w.length)});
      started.push_back(id);
    }
    ASSERT_EQ(started, expected);
    for (const auto& [run, w] : waiting_) {
      EXPECT_FALSE(queue_.standing(w, now_).may_start()) << "run " << run << " waits for nothing";
    }
  }

  std::mt19937 dice_;
  Instant now_ = kNow;
  std::vector<PoolSpec> pools_;
  AdmissionQueue queue_;
  std::map<int, Waiter> waiting_;
  std::map<int, Lease> held_;
  int last_run_ = 0;
};

TEST(AdmissionQueueModel, StartsWhatTheObviousAdmissionStarts) {
  for (unsigned seed = 1; seed <= 300; ++seed) {
    Model model(seed);
    for (int step = 0; step < 120; ++step) {
      model.step();
      if (HasFatalFailure() || HasNonfatalFailure()) FAIL() << "seed " << seed << " step " << step;
    }
  }
}

}  // namespace
}  // namespace takt::core
