// Admission over pools as more and more runs wait, as ratios of one run: a fleet in balance, in which
// something ends, whoever may start for it starts, and as many arrive as have started.
//
// A decision is a run that starts, or a look that finds nobody. A round is one end, the looks that it
// brings about (one a start, and a last one that finds nobody), the arrivals, and a look after each
// turn of arrivals.
//   takt_admission_bench [decisions of a sample, 20000] [rounds, 3]

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <map>
#include <queue>
#include <random>
#include <unordered_map>
#include <vector>

#include "core/admission_queue.h"
#include "table.h"

namespace {

using namespace takt;
using namespace takt::core;
using Clock = std::chrono::steady_clock;

constexpr int kLengths = 300;
constexpr int kSlots = 8;  // of a pool; every other one keeps one of them for P0
constexpr double kDecisionsMin = 200'000;
constexpr double kSlowdownMax = 2;

struct Mix {
  int waiting = 100;
  int pools = 20;
  double two_pools = 0.1;  // share of the runs that use two
};

/// Ends, starts and arrivals of one fleet; the clock goes from end to end.
class Fleet {
 public:
  explicit Fleet(const Mix& mix) : mix_(mix), dice_(1) {
    std::vector<PoolSpec> pools;
    for (int i = 0; i < mix.pools; ++i) {
      pools.push_back({fmt::format("pool{}", i), kSlots, {i % 2, 0, 0, 0}});
    }
    queue_.resize(std::move(pools));
    for (int i = 0; i < kLengths; ++i) {  // 100 ms to 30 min, as many short as long
      const double share = static_cast<double>(i) / (kLengths - 1);
      lengths_.emplace_back(static_cast<std::int64_t>(100 * std::pow(18'000, share)));
    }
    make_uses();
    fill();
    play(4L * mix_.waiting + 20'000);  // until it is in balance
  }

  /// Goes on for so many decisions.
  void play(std::int64_t decisions) {
    for (decisions += decisions_; decisions_ < decisions;) {
      const auto [at, run] = ends_.top();
      ends_.pop();
      now_ = std::max(now_, at);
      queue_.release(run);
      admit();
      fill();
    }
  }

  std::int64_t starts() const { return starts_; }
  double busy() const {
    double held = 0;
    for (PoolIndex pool = 0; pool < queue_.leases().pools().size(); ++pool) {
      held += queue_.leases().used(pool);
    }
    return held / (kSlots * mix_.pools);
  }

 private:
  int below(int bound) { return static_cast<int>(dice_() % static_cast<unsigned>(bound)); }
  bool happens(double share) { return below(1'000'000) < share * 1'000'000; }

  /// One object a kind of job, as the fleet file makes them.
  void make_uses() {
    for (PoolIndex pool = 0; pool < static_cast<PoolIndex>(mix_.pools); ++pool) {
      for (const int weight : {1, 1, 1, 2}) {
        single_.push_back(std::make_shared<const Uses>(Uses{{pool, weight}}));
      }
      for (PoolIndex other = pool + 1; other < static_cast<PoolIndex>(mix_.pools); ++other) {
        double_.push_back(std::make_shared<const Uses>(Uses{{pool, 1}, {other, 1 + below(2)}}));
      }
    }
  }

  const std::shared_ptr<const Uses>& any_of(const std::vector<std::shared_ptr<const Uses>>& all) {
    return all[static_cast<std::size_t>(below(static_cast<int>(all.size())))];
  }

  void fill() {
    while (static_cast<int>(queue_.size()) < mix_.waiting) {
      const auto priority = static_cast<Priority>(below(kClasses));
      const auto ageing = static_cast<int>(priority) * std::chrono::minutes{1};
      Waiter waiter{RunId{++last_run_}, now_ + ageing, {}, priority, false, {}};
      const bool two = !double_.empty() && happens(mix_.two_pools);
      waiter.uses = any_of(two ? double_ : single_);
      waiter.length = lengths_[static_cast<std::size_t>(below(kLengths))];
      queue_.add(waiter);
      waiters_.emplace(last_run_, std::move(waiter));
      admit();
    }
  }

  void admit() {
    while (const auto run = queue_.next(now_)) {
      const auto found = waiters_.extract(run->value);
      const Waiter& waiter = found.mapped();
      queue_.start(waiter, 0, now_);
      // What is expected is the 95th of a hundred; most are shorter.
      ends_.emplace(now_ + waiter.length * (20 + below(78)) / 100, *run);
      ++starts_;
      ++decisions_;
    }
    ++decisions_;
  }

  Mix mix_;
  std::mt19937 dice_;
  AdmissionQueue queue_;
  std::vector<Duration> lengths_;
  std::vector<std::shared_ptr<const Uses>> single_;
  std::vector<std::shared_ptr<const Uses>> double_;
  std::unordered_map<std::int64_t, Waiter> waiters_;
  std::priority_queue<std::pair<Instant, RunId>, std::vector<std::pair<Instant, RunId>>,
                      std::greater<>>
      ends_;
  Instant now_{std::chrono::hours{1}};
  std::int64_t last_run_ = 0;
  std::int64_t starts_ = 0;
  std::int64_t decisions_ = 0;
};

struct Result {
  bench::Samples decisions;  // a second
  bench::Samples starts;
  double busy = 0;
};

Result measure(const Mix& mix, std::int64_t decisions, int rounds) {
  Fleet fleet(mix);
  Result result;
  for (int round = 0; round < rounds; ++round) {
    const std::int64_t before = fleet.starts();
    const auto begun = Clock::now();
    fleet.play(decisions);
    const double seconds = std::chrono::duration<double>(Clock::now() - begun).count();
    result.decisions.push_back(static_cast<double>(decisions) / seconds);
    result.starts.push_back(static_cast<double>(fleet.starts() - before) / seconds);
    result.busy += fleet.busy() / rounds;
  }
  return result;
}

}  // namespace

int main(int argc, char** argv) {
  const std::int64_t decisions = argc > 1 ? std::max(1000, std::atoi(argv[1])) : 20'000;
  const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 3;
  bench::print_head();
  for (const int pools : {1, 20}) {
    for (const double two_pools : {0.0, 0.1, 0.3}) {
      if (pools == 1 && two_pools > 0) continue;
      bench::Samples few;
      for (const int waiting : {100, 1'000, 10'000}) {
        const Result result = measure({waiting, pools, two_pools}, decisions, rounds);
        if (waiting == 100) few = result.decisions;
        const std::string what = fmt::format("{} waiting, {} pool{}, {:.0f} % use two", waiting,
                                             pools, pools == 1 ? "" : "s", two_pools * 100);
        const bool promised = waiting == 10'000 && pools == 20;
        bench::print({.what = what + ": decisions",
                      .unit = "/s",
                      .bare = waiting == 100 ? bench::Samples{} : few,
                      .takt = result.decisions,
                      .goal = bench::Goal::at_least,
                      .target = promised ? std::optional(1 / kSlowdownMax) : std::nullopt});
        if (promised) {
          bench::print({.what = what + ": decisions",
                        .unit = "/s",
                        .bare = {},
                        .takt = result.decisions,
                        .goal = bench::Goal::at_least,
                        .target = kDecisionsMin});
        }
        bench::print_fact("  of them starts",
                          fmt::format("{}, pools {:.0f} % in use",
                                      bench::figure(result.starts, "/s"), result.busy * 100));
      }
    }
  }
  return 0;
}
