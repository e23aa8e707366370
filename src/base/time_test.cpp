#include "base/time.h"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <limits>

namespace takt {
namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST(Duration, ReadsUnitsAndSums) {
  EXPECT_EQ(parse_duration("250ms"), Duration{250});
  EXPECT_EQ(parse_duration("90s"), seconds{90});
  EXPECT_EQ(parse_duration("1h30m"), minutes{90});
  EXPECT_EQ(parse_duration("1d2h3m4s5ms"), hours{26} + minutes{3} + seconds{4} + milliseconds{5});
  EXPECT_EQ(parse_duration("0s"), Duration{0});
}

TEST(Duration, RefusesWhatIsNotOne) {
  for (const char* bad :
       {"", "5", "m", "-5m", "5 m", "1.5h", "5x", "5m1h", "5m5m", "1e3s", "5M",
        "99999999999999999999s", "9223372036854775807d", "201000d", " 5m", "5m "}) {
    EXPECT_FALSE(parse_duration(bad)) << bad;
  }
}

TEST(Duration, EveryOneReadsBackAsWritten) {
  EXPECT_TRUE(rc::check("format then parse is the identity", [] {
    const auto d = Duration{*rc::gen::inRange<std::int64_t>(0, kDurationMax.count())};
    RC_ASSERT(parse_duration(format_duration(d)).value() == d);
  }));
}

TEST(WallTime, FormatsUtcWithMilliseconds) {
  EXPECT_EQ(format_rfc3339(wall_from_millis(0)), "1970-01-01T00:00:00.000Z");
  EXPECT_EQ(format_rfc3339(wall_from_millis(1'772'951'400'007)), "2026-03-08T06:30:00.007Z");
  EXPECT_EQ(format_rfc3339(wall_from_millis(-1)), "1969-12-31T23:59:59.999Z");
}

TEST(WallTime, ReadsAnyOffset) {
  EXPECT_EQ(parse_rfc3339("2026-12-01T09:00:00+01:00"), parse_rfc3339("2026-12-01T08:00:00Z"));
  EXPECT_EQ(parse_rfc3339("2026-12-01T09:00:00.1239Z"),
            *parse_rfc3339("2026-12-01T09:00:00Z") + milliseconds{123});
  for (const char* bad :
       {"", "2026-12-01", "2026-12-01T09:00:00", "2026-02-30T00:00:00Z", "2026-12-01T24:00:00Z",
        "2026-12-01T09:00:00+1:00", "2026-12-01T09:00:00Zx"}) {
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
  }
}

TEST(WallTime, EveryOneReadsBackAsWritten) {
  EXPECT_TRUE(rc::check("format then parse is the identity", [] {
    const auto at =
        wall_from_millis(*rc::gen::inRange<std::int64_t>(-62'135'596'800'000, 253'402'300'799'999));
    RC_ASSERT(parse_rfc3339(format_rfc3339(at)).value() == at);
  }));
}

TEST(Instant, AdditionStopsAtTheEnds) {
  const Instant late{Duration{std::numeric_limits<std::int64_t>::max() - 1}};
  EXPECT_EQ(saturating_add(late, hours{1}).time_since_epoch().count(),
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(saturating_add(Instant{Duration{5}}, Duration{-3}), Instant{Duration{2}});
}

}  // namespace
}  // namespace takt
