#include "core/wake_queue.h"

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>

namespace takt::core {
namespace {

Instant at(std::int64_t ms) { return Instant{Duration{ms}}; }

TEST(WakeQueue, EmptyNeverWakes) {
  WakeQueue queue{3};
  EXPECT_EQ(queue.earliest(), Instant::max());
  EXPECT_EQ(queue.pop_due(Instant::max()), std::nullopt);
}

TEST(WakeQueue, NothingComesOutBeforeItsTime) {
  WakeQueue queue{1};
  queue.set(0, at(10));
  EXPECT_EQ(queue.pop_due(at(9)), std::nullopt);
  EXPECT_EQ(queue.pop_due(at(10)), JobIndex{0});
  EXPECT_EQ(queue.pop_due(at(10)), std::nullopt) << "taken out once";
}

TEST(WakeQueue, EqualInstantsComeOutInTheOrderOfTheFile) {
  WakeQueue queue{4};
  for (const JobIndex job : {2U, 0U, 3U, 1U}) queue.set(job, at(5));
  for (JobIndex job = 0; job < 4; ++job) EXPECT_EQ(queue.pop_due(at(5)), job);
}

TEST(WakeQueue, SettingAgainMovesAndNothingTakesOut) {
  WakeQueue queue{2};
  queue.set(0, at(5));
  queue.set(1, at(6));
  queue.set(0, at(7));
  EXPECT_EQ(queue.earliest(), at(6));
  queue.set(1, std::nullopt);
  queue.set(1, std::nullopt);
  EXPECT_EQ(queue.earliest(), at(7));
}

/// The same as a sorted multimap from instant to job.
class Model {
 public:
  void set(JobIndex job, std::optional<Instant> when) {
    std::erase_if(by_time_, [&](const auto& entry) { return entry.second == job; });
    if (when) by_time_.emplace(*when, job);
  }
  Instant earliest() const { return by_time_.empty() ? Instant::max() : by_time_.begin()->first; }
  std::optional<JobIndex> pop_due(Instant now) {
    if (earliest() > now) return std::nullopt;
    auto first = by_time_.begin();
    for (auto it = first; it != by_time_.end() && it->first == first->first; ++it) {
      if (it->second < first->second) first = it;
    }
    const JobIndex job = first->second;
    by_time_.erase(first);
    return job;
  }

 private:
  std::multimap<Instant, JobIndex> by_time_;
};

RC_GTEST_PROP(WakeQueueLaws, BehavesAsASortedMultimap, ()) {
  constexpr int kJobs = 12;
  WakeQueue queue{kJobs};
  Model model;
  const int steps = *rc::gen::inRange(1, 300);
  for (int i = 0; i < steps; ++i) {
    const auto job = static_cast<JobIndex>(*rc::gen::inRange(0, kJobs));
    const Instant when = at(*rc::gen::inRange(0, 20));
    switch (*rc::gen::inRange(0, 4)) {
      case 0:
        RC_ASSERT(queue.pop_due(when) == model.pop_due(when));
        break;
      case 1:
        queue.set(job, std::nullopt);
        model.set(job, std::nullopt);
        break;
      default:
        queue.set(job, when);
        model.set(job, when);
    }
    RC_ASSERT(queue.earliest() == model.earliest());
  }
  while (const auto job = model.pop_due(at(20))) RC_ASSERT(queue.pop_due(at(20)) == job);
  RC_ASSERT(queue.pop_due(at(20)) == std::nullopt);
}

}  // namespace
}  // namespace takt::core
