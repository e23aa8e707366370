#include "memory/kernel_text.h"

#include <gtest/gtest.h>

#include <string>

namespace takt::memory {
namespace {

TEST(KernelText, ANumberIsReadWithAndWithoutItsNewline) {
  EXPECT_EQ(whole_number("4096\n"), 4096);
  EXPECT_EQ(whole_number("0"), 0);
  EXPECT_EQ(whole_number("9223372036854771712\n"), 9223372036854771712);
}

TEST(KernelText, WhatIsNoNumberIsNone) {
  for (const char* text : {"", "max\n", "-1\n", "12x", "99999999999999999999\n", "\n", "0x10"}) {
    EXPECT_FALSE(whole_number(text)) << text;
  }
}

TEST(KernelText, ANamedNumberBeginsItsLine) {
  const std::string stat = "total_inactive_file 1\nxinactive_file 2\ninactive_file 3\n";
  EXPECT_EQ(number_of(stat, "inactive_file"), 3);
  EXPECT_EQ(number_of(stat, "total_inactive_file"), 1);
  EXPECT_FALSE(number_of(stat, "inactive"));
  EXPECT_FALSE(number_of("inactive_file", "inactive_file"));
  EXPECT_FALSE(number_of("inactive_file \n", "inactive_file"));
  EXPECT_FALSE(number_of("", "inactive_file"));
}

TEST(KernelText, MeminfoTellsWhatIsAvailable) {
  const auto machine = parse_meminfo(
      "MemTotal:       24683656 kB\nMemFree:        22590220 kB\nMemAvailable:   24120280 kB\n");
  EXPECT_EQ(machine.total_bytes, 24683656LL * 1024);
  EXPECT_EQ(machine.available_bytes, 24120280LL * 1024);
}

TEST(KernelText, AnOldKernelsMeminfoIsAddedUp) {
  const auto machine =
      parse_meminfo("MemTotal: 1000 kB\nMemFree: 100 kB\nBuffers: 20 kB\nCached: 30 kB\n");
  EXPECT_EQ(machine.available_bytes, 150 * 1024);
}

TEST(KernelText, AMeminfoThatIsNoneIsNothing) {
  for (const char* text : {"", "MemTotal:", "MemTotal: many kB\n", "MemTotal: 0 kB\n",
                           "MemTotal: 9223372036854775807 kB\nMemAvailable: 1 kB\n",
                           "MemTotal: 5 kB\n", "MemAvailable: 5 kB\n"}) {
    EXPECT_EQ(parse_meminfo(text).total_bytes, 0) << text;
  }
}

TEST(KernelText, MoreAvailableThanThereIsIsAll) {
  EXPECT_EQ(parse_meminfo("MemTotal: 5 kB\nMemAvailable: 9 kB\n").available_bytes, 5 * 1024);
}

TEST(KernelText, PressureIsTheShareOfTheLastTenSeconds) {
  EXPECT_DOUBLE_EQ(
      *parse_pressure("some avg10=41.50 avg60=1.00 avg300=0 total=7\nfull avg10=99.00\n"), 0.415);
  EXPECT_DOUBLE_EQ(*parse_pressure("some avg10=0.00"), 0);
  EXPECT_DOUBLE_EQ(*parse_pressure("some avg10=250.00"), 1);
  EXPECT_DOUBLE_EQ(*parse_pressure("some avg10=-3"), 0);
}

TEST(KernelText, APressureThatIsNoneIsNone) {
  for (const char* text : {"", "some", "some avg10=", "some avg60=1.0", "full avg10=9.00\n",
                           "some avg10=nan", "some avg10=inf", "some avg10=x"}) {
    EXPECT_FALSE(parse_pressure(text)) << text;
  }
}

}  // namespace
}  // namespace takt::memory
