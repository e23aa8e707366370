#include "imports/time_span.h"

#include <gtest/gtest.h>

namespace takt::imports {
namespace {

using namespace std::chrono_literals;

TEST(TimeSpan, SumsOfUnits) {
  EXPECT_EQ(parse_time_span("1h 30min"), 90min);
  EXPECT_EQ(parse_time_span("5min"), 5min);
  EXPECT_EQ(parse_time_span("2weeks"), 14 * 24h);
  EXPECT_EQ(parse_time_span("90"), 90s);
  EXPECT_EQ(parse_time_span("1d12h"), 36h);
  EXPECT_EQ(parse_time_span(" 1.5h "), 90min);
  EXPECT_EQ(parse_time_span("500 ms"), 500ms);
  EXPECT_EQ(parse_time_span("55s500ms"), 55500ms);
  EXPECT_EQ(parse_time_span("1month"), Duration{2'630'016'000});
  EXPECT_EQ(parse_time_span("1500us"), 1ms);
  EXPECT_EQ(parse_time_span("1M"), parse_time_span("1month"));
  EXPECT_EQ(parse_time_span("1m"), 1min);
  EXPECT_EQ(parse_time_span("0"), 0ms);
}

TEST(TimeSpan, WithoutEndIsTheLongest) {
  EXPECT_EQ(parse_time_span("infinity"), kDurationMax);
  EXPECT_EQ(parse_time_span("9999999999999999999999y"), kDurationMax);
}

TEST(TimeSpan, NonsenseIsNone) {
  for (const auto* text :
       {"", " ", "h", "-5", "5x", "5 min ago", "1..5h", ".", "1e5", "+1", "5min x", "inf"}) {
    EXPECT_FALSE(parse_time_span(text)) << text;
  }
}

}  // namespace
}  // namespace takt::imports
