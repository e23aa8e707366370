// [memory]: two limits, of which one has to come after the other.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "fleet/decode_testing.h"

namespace takt::fleet {
namespace {

using testing::decode_text;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using testing::problems_of;

/// `lines` from line 4 on.
std::string with(std::string_view lines) {
  return fmt::format("[job.a]\nrun = 'x'\n[memory]\n{}\n", lines);
}

core::MemorySpec memory_of(std::string_view lines) { return decode_text(with(lines)).spec->memory; }

TEST(Memory, LimitsAreSharesOrSizesLeft) {
  EXPECT_EQ(memory_of(""), core::MemorySpec{});
  EXPECT_EQ(memory_of("high = '82.5%'").high, core::MemoryLimit(core::UsedRatio{0.825}));
  EXPECT_EQ(memory_of("critical = '100%'").critical, core::MemoryLimit(core::UsedRatio{1.0}));
  EXPECT_EQ(memory_of("critical = '512M'").critical, core::MemoryLimit(core::BytesLeft{512 << 20}));
  EXPECT_EQ(memory_of("critical = 4096").critical, core::MemoryLimit(core::BytesLeft{4096}));
  EXPECT_EQ(memory_of("source = 'cgroup'").source, core::MemorySourceWanted::cgroup);
}

TEST(Memory, WhatIsNoLimitIsRefused) {
  for (const char* text : {"'80'", "'%'", "'-5%'", "'1e1%'", "'.5%'", "'5.%'", "'inf%'", "'80 %'",
                           "'0x5%'", "80.5", "true", "''"}) {
    EXPECT_THAT(problems_of(with(fmt::format("high = {}", text))),
                ElementsAre(::testing::StartsWith("4:8 error: high must be a percentage like "
                                                  "\"80%\" or a size left like \"512M\", not ")))
        << text;
  }
  EXPECT_THAT(problems_of(with("high = '0%'\ncritical = '100.1%'\nsource = 'kernel'")),
              ElementsAre("4:8 error: high must be above 0% and at most 100%, not \"0%\"",
                          "5:12 error: critical must be above 0% and at most 100%, not \"100.1%\"",
                          "6:10 error: source must be \"auto\", \"cgroup\" or \"system\", not "
                          "\"kernel\""));
  EXPECT_THAT(problems_of(with("hihg = '80%'")),
              ElementsAre("4:1 error: unknown key 'hihg' in [memory]"));
}

TEST(Memory, CriticalComesAfterHigh) {
  EXPECT_THAT(problems_of(with("critical = '70.5%'\nhigh = '70.5%'")),
              ElementsAre("4:12 error: critical (70.5%) is not beyond high (70.5%)"));
  EXPECT_THAT(problems_of(with("high = '95%'")),
              ElementsAre("4:8 error: critical (90%, as always) is not beyond high (95%)"));
  EXPECT_THAT(problems_of(with("critical = '75%'")),
              ElementsAre("4:12 error: critical (75%) is not beyond high (80%, as always)"));
  EXPECT_THAT(problems_of(with("high = 1024\ncritical = '2K'")),
              ElementsAre("5:12 error: critical (2048 bytes left) is not beyond high (1024 bytes "
                          "left)"));
  EXPECT_THAT(problems_of(with("high = '2K'\ncritical = '1K'")), IsEmpty());
  EXPECT_THAT(problems_of(with("high = '99%'\ncritical = '1K'")), IsEmpty());
}

}  // namespace
}  // namespace takt::fleet
