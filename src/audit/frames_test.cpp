#include "audit/frames.h"

#include <gtest/gtest.h>

#include "audit/spans.h"

namespace takt::audit {
namespace {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

const WallTime kNoon = *parse_rfc3339("2026-03-01T12:00:00Z");

core::EventRow step(WallTime after, Duration by) {
  core::EventRow event;
  event.kind = core::EventKind::clock_stepped;
  event.at = after;
  event.data = {{"by_ms", std::to_string(by.count())}};
  return event;
}

TEST(Frames, WithoutAStepThereIsOne) {
  const Frames frames;
  EXPECT_EQ(frames.shift_of(kNoon).by, Duration{0});
  EXPECT_FALSE(frames.shift_of(kNoon).unclear);
}

TEST(Frames, WhatWasBeforeAStepForwardMovesWithIt) {
  const Frames frames({step(kNoon + hours{1}, hours{1})});
  EXPECT_EQ(frames.shift_of(kNoon - minutes{1}).by, hours{1});
  EXPECT_EQ(frames.shift_of(kNoon + hours{1} + minutes{1}).by, Duration{0});
  EXPECT_FALSE(frames.shift_of(kNoon - minutes{1}).unclear);
}

TEST(Frames, TheHourThatHappenedTwiceIsUnclear) {
  const Frames frames({step(kNoon - hours{1}, -hours{1})});
  EXPECT_TRUE(frames.shift_of(kNoon - minutes{30}).unclear);
  EXPECT_FALSE(frames.shift_of(kNoon - hours{2}).unclear);
  EXPECT_EQ(frames.shift_of(kNoon - hours{2}).by, -hours{1});
  EXPECT_FALSE(frames.shift_of(kNoon + hours{2}).unclear);
}

TEST(Frames, TheTimeThatNeverWasIsUnclear) {
  const Frames frames({step(kNoon + hours{1}, hours{1})});
  EXPECT_TRUE(frames.shift_of(kNoon + minutes{30}).unclear);
}

TEST(Frames, StepsAddUp) {
  const Frames frames({step(kNoon + hours{1}, hours{1}), step(kNoon + hours{5}, minutes{10})});
  EXPECT_EQ(frames.shift_of(kNoon - minutes{1}).by, hours{1} + minutes{10});
  EXPECT_EQ(frames.shift_of(kNoon + hours{2}).by, minutes{10});
  EXPECT_EQ(frames.shift_of(kNoon + hours{6}).by, Duration{0});
}

TEST(Spans, MergeAndTouch) {
  Spans spans;
  spans.add(kNoon + seconds{10}, kNoon + seconds{20});
  spans.add(kNoon, kNoon + seconds{5});
  spans.add(kNoon + seconds{4}, kNoon + seconds{6});
  spans.add(kNoon + seconds{9}, kNoon + seconds{8});  // none
  spans.close();
  EXPECT_TRUE(spans.touches(kNoon + seconds{6}, kNoon + seconds{6}));
  EXPECT_FALSE(spans.touches(kNoon + seconds{7}, kNoon + seconds{9}));
  EXPECT_TRUE(spans.touches(kNoon + seconds{7}, kNoon + seconds{10}));
  EXPECT_FALSE(spans.touches(kNoon + seconds{21}, kNoon + hours{1}));
  EXPECT_FALSE(spans.touches(kNoon - hours{1}, kNoon - seconds{1}));
}

}  // namespace
}  // namespace takt::audit
