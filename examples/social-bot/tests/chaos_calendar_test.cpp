// The calendar of faults: made of a seed, the same each time, and within its rates.
#include "chaos/calendar.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <utility>

namespace bot::chaos {
namespace {

using namespace std::chrono_literals;

template <class Wanted>
bool is(const Entry& entry) {
  return std::holds_alternative<Wanted>(entry.fault);
}

std::set<std::string_view> kinds(std::uint64_t seed, std::int64_t periods) {
  std::set<std::string_view> words;
  for (std::int64_t period = 0; period < periods; ++period) {
    for (const Entry& entry : calendar(seed, period)) words.insert(word(entry.fault));
  }
  return words;
}

/// The first entry of that kind among seeds 1, 2, ...
template <class Wanted>
std::pair<std::uint64_t, Entry> some() {
  for (std::uint64_t seed = 1;; ++seed) {
    for (const Entry& entry : calendar(seed, 0)) {
      if (is<Wanted>(entry)) return {seed, entry};
    }
  }
}

TEST(ChaosCalendar, OneSeedIsOneCalendar) {
  const auto one = calendar(7, 2);
  const auto same = calendar(7, 2);
  const auto other = calendar(8, 2);
  ASSERT_EQ(one.size(), same.size());
  bool differs = false;
  for (std::size_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one[i].from, same[i].from);
    EXPECT_EQ(one[i].job, same[i].job);
    EXPECT_EQ(one[i].fault.index(), same[i].fault.index());
    differs = differs || one[i].from != other[i].from;
  }
  EXPECT_TRUE(differs);
}

TEST(ChaosCalendar, EveryKindComesWithinADayAndAllButOneWithinThreeHours) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    EXPECT_EQ(kinds(seed, 8).size(), std::variant_size_v<Fault>) << seed;
    EXPECT_EQ(kinds(seed, 1).size(), std::variant_size_v<Fault> - 1) << seed;
    EXPECT_NE(kinds(seed, 1), kinds(seed + 1, 1)) << seed;  // the one is another
  }
}

TEST(ChaosCalendar, EntriesBeginInTheirPeriod) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    for (const Entry& entry : calendar(seed, 3)) {
      EXPECT_GE(entry.from, 3 * kPeriod);
      EXPECT_LT(entry.from, 4 * kPeriod);
      EXPECT_LE(entry.until - entry.from, 90min) << word(entry.fault);
    }
  }
}

TEST(ChaosCalendar, NothingLastsInPostingAndTheSiteIsBackSoon) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    for (const Entry& entry : calendar(seed, 0)) {
      if (entry.job == "posting") {
        EXPECT_TRUE(is<Crash>(entry) || is<LeavePosting>(entry)) << word(entry.fault);
      }
      if (is<SiteDown>(entry)) {
        EXPECT_LE(entry.until - entry.from, 13min);
      }
    }
  }
}

TEST(ChaosCalendar, QueueIsNeverLostWhilePlanCannotFillIt) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    for (std::int64_t period = 0; period < 8; ++period) {
      const auto entries = calendar(seed, period);
      EXPECT_NE(std::ranges::any_of(entries, is<DeleteContent>),
                std::ranges::any_of(entries, is<PlanFails>));
    }
  }
}

TEST(ChaosCalendar, FaultStrikesTheFirstAttemptOfItsSlotOnly) {
  const auto [seed, entry] = some<Leak>();
  Question asked{.job = entry.job, .attempt = 1, .now = entry.from + 5s, .slot = entry.from};
  EXPECT_TRUE(fault_of(seed, asked));
  asked.attempt = 2;
  EXPECT_FALSE(fault_of(seed, asked));
}

TEST(ChaosCalendar, RunWithoutASlotIsSpared) {
  const auto [seed, entry] = some<Leak>();
  EXPECT_FALSE(fault_of(
      seed, {.job = entry.job, .attempt = 1, .now = entry.from + 5s, .slot = std::nullopt}));
}

TEST(ChaosCalendar, LateStartOfAStruckSlotIsStruckAllTheSame) {
  const auto [seed, entry] = some<Leak>();
  EXPECT_TRUE(fault_of(
      seed, {.job = entry.job, .attempt = 1, .now = entry.until + 5h, .slot = entry.from}));
}

TEST(ChaosCalendar, PlanFailsByTheTimeWhateverTheAttempt) {
  const auto [seed, entry] = some<PlanFails>();
  Question asked{.job = "plan", .attempt = 4, .now = entry.from, .slot = std::nullopt};
  EXPECT_TRUE(fault_of(seed, asked));
  asked.now = entry.until;
  EXPECT_FALSE(fault_of(seed, asked));
}

TEST(ChaosCalendar, SiteIsDownFromTheFirstToBeforeTheLastInstant) {
  const auto [seed, entry] = some<SiteDown>();
  EXPECT_FALSE(outage_of(seed, entry.from - 1s));
  EXPECT_TRUE(outage_of(seed, entry.from));
  EXPECT_TRUE(outage_of(seed, entry.until - 1s));
  EXPECT_FALSE(outage_of(seed, entry.until));
}

TEST(ChaosCalendar, NothingGoesWrongBeforeItBegan) { EXPECT_FALSE(outage_of(1, -5min)); }

}  // namespace
}  // namespace bot::chaos
