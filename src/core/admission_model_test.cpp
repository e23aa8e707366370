// The queue against a slow, obvious admission, over random fleets: the rule as admission_queue.h
// states it, run by run and from scratch after everything that happens.

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <random>
#include <vector>

#include "core/admission_queue.h"
#include "core/reference_admission_for_test.h"

namespace takt::core {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

struct Size {
  int pools = 3;
  int used_by_one_in = 2;  // a run uses each pool with this chance
  int arrivals_in_ten = 4;
  int waiting_max = 1000;
};

/// A fleet that random things happen to, held against the reference after each of them.
class Model {
 public:
  Model(unsigned seed, const Size& size) : size_(size), dice_(seed) {
    const int pools = below(size.pools) + 1;
    for (int i = 0; i < pools; ++i) pools_.push_back(random_pool());
    queue_.resize(pools_);
  }

  void step() {
    now_ += seconds{below(90)};
    const int what = below(10);
    if (what < size_.arrivals_in_ten) {
      arrive();
    } else if (what < 7) {
      if (!held_.empty()) end(pick(held_));
    } else if (what == 7) {
      if (!waiting_.empty()) leave(pick(waiting_));
    } else if (what == 8) {
      if (!waiting_.empty()) rerank(pick(waiting_));
    } else if (below(4) == 0) {
      pools_[static_cast<std::size_t>(below(static_cast<int>(pools_.size())))] = random_pool();
      queue_.resize(pools_);
    } else if (!waiting_.empty()) {
      start_unasked(pick(waiting_));
    }
    const Among among = below(8) == 0 ? Among::critical : Among::all;
    if (below(3) == 0) ask(below(2) == 0 ? Among::critical : Among::all);
    if (below(5) != 0) look(among);  // else somewhat more happens before anybody looks
  }

 private:
  int below(int bound) { return static_cast<int>(dice_() % static_cast<unsigned>(bound)); }

  PoolSpec random_pool() {
    return {
        "pool", below(6), {below(3) == 0 ? 1 : 0, below(5) == 0 ? 1 : 0, below(8) == 0 ? 1 : 0, 0}};
  }

  template <class Map>
  int pick(const Map& map) {
    return std::next(map.begin(), below(static_cast<int>(map.size())))->first;
  }

  void arrive() {
    if (static_cast<int>(waiting_.size()) == size_.waiting_max) return leave(pick(waiting_));
    Uses list;
    for (PoolIndex pool = 0; pool < pools_.size(); ++pool) {
      if (below(size_.used_by_one_in) == 0) list.push_back({pool, 1 + below(3)});
    }
    ++last_run_;
    const Waiter w{RunId{last_run_},
                   now_ + below(4) * minutes{2},
                   std::make_shared<const Uses>(std::move(list)),
                   static_cast<Priority>(below(4)),
                   below(3) == 0,
                   seconds{1 + below(400)}};
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

  /// As when a daemon takes up what runs already: not by the rule.
  void start_unasked(int run) {
    const Waiter& w = waiting_.at(run);
    if (queue_.leases().fits(*w.uses, w.priority)) start(queue_, run);
  }

  void start(AdmissionQueue& queue, int run) {
    const Waiter w = as_it_starts(waiting_.at(run));
    queue.start(w, 0, now_);
    held_.emplace(run, lease_of(w, now_));
    waiting_.erase(run);
  }

  /// To be asked how somebody stands, even as if others counted, changes nothing.
  void ask(Among among) const {
    for (const auto& [run, w] : waiting_) queue_.standing(w, now_, among);
  }

  std::vector<Waiter> waiters(Among among) const {
    std::vector<Waiter> all;
    for (const auto& [run, w] : waiting_) {
      if (among == Among::all || w.critical) all.push_back(w);
    }
    return all;
  }

  void look(Among among) {
    ReferenceAdmission reference(pools_, held_, waiters(among), now_);
    const std::vector<int> expected = reference.started();
    ASSERT_EQ(started_by_a_copy(among), expected);
    std::vector<int> started;
    while (const auto run = queue_.next(now_, among)) {
      const int id = static_cast<int>(run->value);
      EXPECT_TRUE(queue_.standing(waiting_.at(id), now_, among).may_start());
      const bool as_judged = as_it_starts(waiting_.at(id)).length == waiting_.at(id).length;
      const auto before = awaited(waiting_.at(id), among);
      start(queue_, id);
      for (const auto& [other, at] : before) {
        const Waiter& w = waiting_.at(other);
        if (!as_judged) break;
        EXPECT_LE(queue_.leases().earliest(*w.uses, w.priority, now_), at)
            << "run " << id << " delays run " << other;
      }
      started.push_back(id);
    }
    ASSERT_EQ(started, expected);
    nobody_may_start(now_, among);
    nobody_may_start(now_ + seconds{1 + below(600)}, among);
  }

  /// When those that rank better than a run and lack units could have them.
  std::map<int, Instant> awaited(const Waiter& than, Among among) const {
    std::map<int, Instant> awaited;
    for (const Waiter& w : waiters(among)) {
      const bool better = Rank{w.rank_at, w.run} < Rank{than.rank_at, than.run};
      if (!better || queue_.leases().fits(*w.uses, w.priority)) continue;
      awaited.emplace(static_cast<int>(w.run.value),
                      queue_.leases().earliest(*w.uses, w.priority, now_));
    }
    return awaited;
  }

  /// What starts in a copy, as a forecast would have it; the queue itself must not notice.
  std::vector<int> started_by_a_copy(Among among) const {
    AdmissionQueue copy = queue_;
    std::vector<int> started;
    while (const auto run = copy.next(now_, among)) {
      const int id = static_cast<int>(run->value);
      copy.start(as_it_starts(waiting_.at(id)), 0, now_);
      started.push_back(id);
    }
    return started;
  }

  /// Neither by what the queue says of each, nor when it is made to look at all of them again.
  void nobody_may_start(Instant now, Among among) const {
    for (const Waiter& w : waiters(among)) {
      EXPECT_FALSE(queue_.standing(w, now, among).may_start())
          << "run " << w.run.value << " waits for nothing";
    }
    AdmissionQueue copy = queue_;
    copy.resize(pools_);
    EXPECT_FALSE(copy.next(now, among));
  }

  Size size_;
  std::mt19937 dice_;
  Instant now_{std::chrono::hours{1}};
  std::vector<PoolSpec> pools_;
  AdmissionQueue queue_;
  std::map<int, Waiter> waiting_;
  std::map<int, Lease> held_;
  int last_run_ = 0;
};

void play(unsigned fleets, int steps, const Size& size) {
  for (unsigned seed = 1; seed <= fleets; ++seed) {
    Model model(seed, size);
    for (int step = 0; step < steps; ++step) {
      model.step();
      if (testing::Test::HasFailure()) FAIL() << "seed " << seed << " step " << step;
    }
  }
}

TEST(AdmissionQueueModel, SmallFleetsStartWhatTheObviousAdmissionStarts) {
  play(300, 120, {.pools = 3, .used_by_one_in = 2, .arrivals_in_ten = 4});
}

TEST(AdmissionQueueModel, FleetsOfManyPoolsStartWhatTheObviousAdmissionStarts) {
  play(40, 150, {.pools = 12, .used_by_one_in = 8, .arrivals_in_ten = 5, .waiting_max = 40});
}

TEST(AdmissionQueueModel, FleetsOfMorePoolsThanAWordHasBitsStartWhatTheObviousAdmissionStarts) {
  play(12, 150, {.pools = 150, .used_by_one_in = 60, .arrivals_in_ten = 6, .waiting_max = 40});
}

TEST(AdmissionQueueModel, FleetsThatAreFarBehindStartWhatTheObviousAdmissionStarts) {
  play(20, 300, {.pools = 6, .used_by_one_in = 4, .arrivals_in_ten = 6, .waiting_max = 100});
}

}  // namespace
}  // namespace takt::core
