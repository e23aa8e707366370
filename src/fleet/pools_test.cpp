// Pools, and what jobs take of them.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fleet/decode_testing.h"
#include "fleet/load.h"
#include "fleet/preflight.h"

namespace takt::fleet {
namespace {

using testing::decode_text;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::lines_of;
using testing::problems_of;

const std::string kJob = "[job.a]\nrun = 'x'\n";

/// A pool with slots on line 4 and `line` on line 5.
std::vector<std::string> with(std::string_view line) {
  return problems_of(fmt::format("{}[pool.p]\nslots = 3\n{}\n", kJob, line));
}

TEST(Pools, ComeInTheOrderOfTheFileWhereverTheyStand) {
  const Loaded loaded = decode_text(
      "[job.a]\nrun = 'x'\nuses = { y = 1, z = 2 }\n[pool.z]\nslots = 9\n[pool.y]\nslots = 0\n");
  ASSERT_TRUE(loaded.spec);
  EXPECT_THAT(loaded.spec->pools,
              ElementsAre(core::PoolSpec{"z", 9, {}}, core::PoolSpec{"y", 0, {}}));
  EXPECT_THAT(*loaded.spec->jobs[0].uses, ElementsAre(core::Use{0, 2}, core::Use{1, 1}));
}

TEST(Pools, KeepSlotsByClass) {
  const Loaded loaded = decode_text(kJob + "[pool.p]\nslots = 3\nreserve = { P1 = 2, P0 = 1 }\n");
  ASSERT_TRUE(loaded.spec);
  EXPECT_EQ(loaded.spec->pools[0], (core::PoolSpec{"p", 3, {1, 2, 0, 0}}));
}

TEST(Pools, WrongKeysAreBlamedAtTheirPlaces) {
  EXPECT_THAT(problems_of(kJob + "[pool.p]\nscope = 'node'\n"),
              ElementsAre("3:1 error: pool 'p' has no slots"));
  EXPECT_THAT(problems_of(kJob + "[pool.p]\nslots = -1\n"),
              ElementsAre("4:9 error: slots must be between 0 and 1000000, not -1"));
  EXPECT_THAT(problems_of(kJob + "[pool.p]\nslots = '3'\n"),
              ElementsAre("4:9 error: slots must be a whole number, not the string \"3\""));
  EXPECT_THAT(with("slot = 1"), ElementsAre("5:1 error: unknown key 'slot' in [pool.p]"));
  EXPECT_THAT(with("scope = 'nodes'"),
              ElementsAre("5:9 error: scope must be \"fleet\" or \"node\", not \"nodes\""));
  EXPECT_THAT(with("kind = 'chrome'"),
              ElementsAre("5:8 error: kind must be \"plain\" or \"chromium\", not \"chrome\""));
  EXPECT_THAT(with("kind = 'chromium'\nidle_timeout = '60s'"),
              ElementsAre("5:8 error: kind = \"chromium\" is not supported yet"));
  EXPECT_THAT(problems_of("[pool]\np = 3\n" + kJob),
              ElementsAre("2:1 error: pool.p must be a table, not the integer 3"));
}

TEST(Pools, NamesAreChecked) {
  EXPECT_THAT(problems_of(kJob + "[pool.'A b']\nslots = 1\n[pool.7]\nslots = 1\n"),
              ElementsAre("3:7 error: the pool's name 'A b' has 'A' in it; only a-z, 0-9, '_', '.' "
                          "and '-' are allowed",
                          "5:7 error: the pool's name '7' has no letter"));
}

TEST(Pools, ReservesFitIntoTheSlots) {
  EXPECT_THAT(with("reserve = { P0 = 1, P1 = 2 }"), IsEmpty());
  EXPECT_THAT(with("reserve = { P0 = 2, P1 = 2 }"),
              ElementsAre("5:11 error: pool 'p' reserves 4 of its 3 slots"));
  EXPECT_THAT(with("reserve = { P4 = 1 }"), ElementsAre("5:13 error: unknown key 'P4' in reserve"));
  EXPECT_THAT(with("reserve = { P0 = -1 }"),
              ElementsAre("5:18 error: reserve.P0 must be between 0 and 1000000, not -1"));
  EXPECT_THAT(
      with("reserve = 1"),
      ElementsAre("5:11 error: reserve must be a table like { P0 = 1 }, not the integer 1"));
  EXPECT_THAT(with("reserve = { P3 = 1 }"),
              ElementsAre("5:11 warning: reserve.P3 keeps nothing from anybody"));
}

TEST(Pools, KeysOfChromiumAreCheckedAndChangeNothing) {
  EXPECT_THAT(with("recycle_after = 0\nargs = ['--x', 1]"),
              ElementsAre("5:1 warning: recycle_after changes nothing: it is for chromium pools, "
                          "and this one is plain",
                          "5:17 error: recycle_after must be between 1 and 1000000, not 0",
                          "6:1 warning: args changes nothing: it is for chromium pools, and this "
                          "one is plain",
                          "6:16 error: each entry of args must be a string, not the integer 1"));
}

TEST(Uses, OfAnUnknownPoolComesWithTheNearestName) {
  const Loaded loaded =
      decode_text("[pool.browser]\nslots = 1\n[job.a]\nrun = 'x'\nuses = { browsr = 1, db = 0 }\n");
  EXPECT_THAT(
      lines_of(loaded.problems),
      ElementsAre("5:10 error: there is no pool 'browsr'", "5:22 error: there is no pool 'db'",
                  "5:27 error: uses.db must be between 1 and 1000000, not 0"));
  EXPECT_EQ(loaded.problems[0].hint, "did you mean 'browser'?");
  EXPECT_EQ(decode_text(kJob + "uses = { db = 1 }\n").problems.at(0).hint,
            "add a table like [pool.NAME] with its slots");
}

TEST(Uses, OfAPoolWithMistakesAreNoFurtherOnes) {
  EXPECT_THAT(problems_of(kJob + "uses = { p = 1 }\n[pool.p]\nslots = 'x'\n"),
              ElementsAre("5:9 error: slots must be a whole number, not the string \"x\""));
}

TEST(Uses, OfDefaultsAreReplacedAsAWholeAndEqualOnesAreOneObject) {
  const Loaded loaded = decode_text(
      "[defaults]\nrun = 'x'\nuses = { p = 1 }\n[pool.p]\nslots = 2\n[pool.q]\nslots = 2\n"
      "[job.a]\n[job.b]\nuses = { q = 1 }\n[job.c]\nuses = {}\n[job.d]\nuses.q = 1\n");
  ASSERT_TRUE(loaded.spec);
  const auto& jobs = loaded.spec->jobs;
  EXPECT_THAT(*jobs[0].uses, ElementsAre(core::Use{0, 1}));
  EXPECT_THAT(*jobs[1].uses, ElementsAre(core::Use{1, 1}));
  EXPECT_THAT(*jobs[2].uses, IsEmpty());
  EXPECT_EQ(jobs[1].uses.pointer(), jobs[3].uses.pointer());
}

TEST(Uses, AHundredThousandJobsShareThem) {
  std::string text = "[pool.p]\nslots = 2\n";
  for (int i = 0; i < 100'000; ++i) text += fmt::format("[job.j{}]\nrun = 'x'\nuses.p = 1\n", i);
  const Loaded loaded = decode_text(text);
  ASSERT_TRUE(loaded.spec);
  EXPECT_EQ(loaded.spec->jobs.front().uses.pointer(), loaded.spec->jobs.back().uses.pointer());
}

std::vector<std::string> advice_on(const std::string& job, const std::string& defaults = "") {
  const Loaded loaded = decode_text("[pool.p]\nslots = 3\nreserve = { P0 = 1 }\n[defaults]\n" +
                                    defaults + kJob + job);
  return lines_of(advise(*loaded.spec, loaded.where));
}

TEST(Advice, UsesThatNoPoolCanEverGive) {
  EXPECT_THAT(advice_on("uses = { p = 3 }\n"),
              ElementsAre("7:8 warning: job 'a': it can never start: it takes 3 of pool 'p', where "
                          "P2 holds at most 2"));
  EXPECT_THAT(advice_on("uses = { p = 2 }\n"), IsEmpty());
  EXPECT_THAT(advice_on("uses = { p = 3 }\npriority = 'P0'\n"), IsEmpty());
  EXPECT_THAT(advice_on("uses = { p = 4 }\npriority = 'P0'\n").size(), 1U);
  EXPECT_THAT(advice_on("", "uses = { p = 3 }\n"),
              ElementsAre("5:8 warning: job 'a': it can never start: it takes 3 of pool 'p', where "
                          "P2 holds at most 2"));
}

}  // namespace
}  // namespace takt::fleet
