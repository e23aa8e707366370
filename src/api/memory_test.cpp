#include "api/memory.h"

#include <gtest/gtest.h>

#include <boost/json/value.hpp>

#include "api/render.h"

namespace takt::api {
namespace {

namespace json = boost::json;

constexpr std::int64_t kGiB = 1LL << 30;

TEST(ApiMemory, ALimitIsSpelledAsInTheFleetFile) {
  EXPECT_EQ(spelled(core::UsedRatio{0.8}), "80%");
  EXPECT_EQ(spelled(core::UsedRatio{0.001}), "0.1%");
  EXPECT_EQ(spelled(core::UsedRatio{0.07}), "7%");
  EXPECT_EQ(spelled(core::BytesLeft{512LL << 20}), "512M");
  EXPECT_EQ(spelled(core::BytesLeft{1536}), "1536");
  EXPECT_EQ(spelled(core::BytesLeft{0}), "0");
}

TEST(ApiMemory, ALimitIsReachedFromSoMuchInUse) {
  EXPECT_EQ(reached_from(core::UsedRatio{0.8}, 1000), 800);
  EXPECT_EQ(reached_from(core::BytesLeft{100}, 1000), 900);
  EXPECT_EQ(reached_from(core::BytesLeft{2000}, 1000), 0);
}

TEST(ApiMemory, IsRenderedWithLimitsAndLimitedTrees) {
  const Memory view{
      .fleet = {.level = core::MemoryLevel::high,
                .reading = {4 * kGiB, kGiB, 0.125, core::MemorySource::cgroup_v2},
                .limits = {.high = core::UsedRatio{0.75}, .critical = core::BytesLeft{512LL << 20}},
                .cleaning = true,
                .held = {{"posting", RunId{6}}}},
      .limited = {{.job = "a", .run = RunId{7}, .attempt = 2, .used_bytes = 5, .limit_bytes = 9},
                  {.job = "b", .run = RunId{8}, .limit_bytes = 9}},
      .skipped = 3};
  const json::object out = memory(view);
  EXPECT_EQ(out.at("source"), json::value("cgroup v2"));
  EXPECT_EQ(out.at("total_bytes"), json::value(4 * kGiB));
  EXPECT_EQ(out.at("used_bytes"), json::value(3 * kGiB));
  EXPECT_EQ(out.at("available_bytes"), json::value(kGiB));
  EXPECT_EQ(out.at("used_ratio"), json::value(0.75));
  EXPECT_EQ(out.at("stalled_ratio"), json::value(0.125));
  EXPECT_EQ(out.at("level"), json::value("high"));
  EXPECT_EQ(out.at("high"), json::value("75%"));
  EXPECT_EQ(out.at("high_used_bytes"), json::value(3 * kGiB));
  EXPECT_EQ(out.at("critical"), json::value("512M"));
  EXPECT_EQ(out.at("critical_used_bytes"), json::value(4 * kGiB - (512LL << 20)));
  EXPECT_EQ(out.at("skipped"), json::value(3));
  EXPECT_EQ(out.at("cleaning"), json::value(true));
  EXPECT_EQ(out.at("held"), json::value(json::array{json::object{{"job", "posting"}, {"run", 6}}}));
  const json::array& jobs = out.at("jobs").as_array();
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(jobs[0].as_object().at("used_bytes"), json::value(5));
  EXPECT_EQ(jobs[0].as_object().at("memory_max_bytes"), json::value(9));
  EXPECT_TRUE(jobs[1].as_object().at("used_bytes").is_null());
}

TEST(ApiMemory, WhatCannotBeReadIsNull) {
  const json::object out = memory({});
  for (const char* key : {"source", "total_bytes", "used_bytes", "available_bytes", "used_ratio",
                          "high_used_bytes", "critical_used_bytes"}) {
    EXPECT_TRUE(out.at(key).is_null()) << key;
  }
  EXPECT_EQ(out.at("level"), json::value("normal"));
}

}  // namespace
}  // namespace takt::api
