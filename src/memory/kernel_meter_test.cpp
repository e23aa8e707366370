#include "memory/kernel_meter.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <cstdio>
#include <fstream>

#include "memory/fake_root_for_test.h"

namespace takt::memory {
namespace {

using core::MemoryReading;
using core::MemorySource;
using core::MemorySourceWanted;

constexpr auto kAuto = MemorySourceWanted::automatic;
constexpr auto kNoV1Limit = "9223372036854771712";

MemoryReading reading(std::int64_t total_mib, std::int64_t available_mib, double stalled,
                      MemorySource source) {
  return {total_mib * kMiB, available_mib * kMiB, stalled, source};
}

TEST(KernelMeter, WithoutGroupsTheMachineIsRead) {
  const FakeRoot root;
  KernelMeter meter(root.path());
  const auto all = reading(1000, 600, 0.05, MemorySource::system);
  EXPECT_EQ(meter.read(kAuto), all);
  EXPECT_EQ(meter.read(MemorySourceWanted::system), all);
  EXPECT_EQ(meter.read(MemorySourceWanted::cgroup), all) << "the machine is then the limit";
}

TEST(KernelMeter, ALimitOfOurOwnGroupIsRead) {
  const FakeRoot root;
  root.with_v2();
  root.v2_group("/system/takt", mib(200), 150, 30);
  KernelMeter meter(root.path());
  EXPECT_EQ(meter.read(kAuto), reading(200, 80, 0.05, MemorySource::cgroup_v2));
  EXPECT_EQ(meter.read(MemorySourceWanted::cgroup),
            reading(200, 80, 0.05, MemorySource::cgroup_v2));
  EXPECT_EQ(meter.read(MemorySourceWanted::system), reading(1000, 600, 0.05, MemorySource::system));
}

TEST(KernelMeter, TheSmallerOfHighAndMaxIsTheLimit) {
  const FakeRoot root;
  root.with_v2();
  root.v2_group("/system/takt", mib(200), 150, 0, mib(160));
  KernelMeter meter(root.path());
  EXPECT_EQ(meter.read(kAuto), reading(160, 10, 0.05, MemorySource::cgroup_v2));
  root.v2_group("/system/takt", "max", 150, 0, mib(180));
  EXPECT_EQ(meter.read(kAuto), reading(180, 30, 0.05, MemorySource::cgroup_v2));
}

TEST(KernelMeter, TheGroupAboveWithTheLeastLeftDecides) {
  const FakeRoot root;
  root.with_v2();
  root.v2_group("/system/takt", mib(200), 100, 0);
  root.v2_group("/system", mib(500), 460, 10);
  root.v2_group("", "max", 0, 0);
  KernelMeter meter(root.path());
  EXPECT_EQ(meter.read(kAuto), reading(500, 50, 0.05, MemorySource::cgroup_v2));
}

TEST(KernelMeter, AChangedLimitIsSeenAtTheNextReading) {
  const FakeRoot root;
  root.with_v2();
  root.v2_group("/system/takt", "max", 100, 0);
  KernelMeter meter(root.path());
  EXPECT_EQ(meter.read(kAuto).source, MemorySource::system);
  root.v2_group("/system/takt", mib(300), 100, 0);
  EXPECT_EQ(meter.read(kAuto), reading(300, 200, 0.05, MemorySource::cgroup_v2));
}

TEST(KernelMeter, AGroupCannotHaveMoreThanTheMachineHasLeft) {
  const FakeRoot root;
  root.with_v2();
  root.machine(1000, 20);
  root.v2_group("/system/takt", mib(200), 50, 0);
  KernelMeter meter(root.path());
  EXPECT_EQ(meter.read(kAuto), reading(200, 20, 0.05, MemorySource::cgroup_v2));
}

TEST(KernelMeter, ALimitAboveTheMachineLimitsNothing) {
  const FakeRoot root;
  root.with_v2();
  root.v2_group("/system/takt", mib(2000), 50, 0);
  KernelMeter meter(root.path());
  EXPECT_EQ(meter.read(kAuto).source, MemorySource::system);
}

TEST(KernelMeter, AV1GroupIsReadWhereTheControllerIsBoundToV1) {
  const FakeRoot root;
  root.with_hybrid();
  root.v1_group("/box", mib(400), 300, 100);
  root.v1_group("", kNoV1Limit, 900, 0);
  KernelMeter meter(root.path());
  EXPECT_EQ(meter.read(kAuto), reading(400, 200, 0.05, MemorySource::cgroup_v1));
}

TEST(KernelMeter, TheHugeNumberOfV1IsNoLimit) {
  const FakeRoot root;
  root.with_hybrid();
  root.v1_group("/box", kNoV1Limit, 300, 100);
  KernelMeter meter(root.path());
  EXPECT_EQ(meter.read(kAuto), reading(1000, 600, 0.05, MemorySource::system));
  root.remove("proc/meminfo");
  KernelMeter blind(root.path());
  EXPECT_EQ(blind.read(kAuto).total_bytes, 0) << "also where the machine's size is not known";
}

TEST(KernelMeter, StalledIsThatOfOurGroupAndOfTheMachineForSystem) {
  const FakeRoot root;
  root.with_hybrid();
  root.write("groups/unified/user/memory.pressure", "some avg10=50.00 avg60=0.00\n");
  KernelMeter meter(root.path());
  EXPECT_DOUBLE_EQ(meter.read(kAuto).stalled, 0.5);
  EXPECT_DOUBLE_EQ(meter.read(MemorySourceWanted::system).stalled, 0.05);
}

TEST(KernelMeter, ThrashingIsCriticalHoweverMuchLooksFree) {
  const FakeRoot root;
  root.with_v2();
  root.v2_group("/system/takt", "max", 1, 0);
  root.write("groups/system/takt/memory.pressure", "some avg10=45.00 avg60=0.00\n");
  KernelMeter meter(root.path());
  const auto level = core::next_level({}, core::MemoryLevel::normal, meter.read(kAuto));
  EXPECT_EQ(level, core::MemoryLevel::critical);
  root.write("groups/system/takt/memory.pressure", "some avg10=25.00 avg60=0.00\n");
  EXPECT_EQ(core::next_level({}, level, meter.read(kAuto)), level) << "until it is half of that";
  root.write("groups/system/takt/memory.pressure", "some avg10=19.00 avg60=0.00\n");
  EXPECT_EQ(core::next_level({}, level, meter.read(kAuto)), core::MemoryLevel::normal);
}

TEST(KernelMeter, WithoutPressureNothingIsStalled) {
  const FakeRoot root;
  root.remove("proc/pressure");
  EXPECT_EQ(KernelMeter(root.path()).read(kAuto).stalled, 0);
}

TEST(KernelMeter, NothingReadableIsATotalOfZero) {
  const FakeRoot root;
  root.remove("proc");
  KernelMeter meter(root.path());
  EXPECT_EQ(meter.read(kAuto), MemoryReading{});
}

TEST(KernelMeter, AGroupIsReadWhereMeminfoIsNot) {
  const FakeRoot root;
  root.with_v2();
  root.v2_group("/system/takt", mib(200), 150, 0);
  root.remove("proc/meminfo");
  EXPECT_EQ(KernelMeter(root.path()).read(kAuto), reading(200, 50, 0.05, MemorySource::cgroup_v2));
}

TEST(KernelMeter, MoreUsedThanTheLimitIsNothingLeft) {
  const FakeRoot root;
  root.with_v2();
  root.v2_group("/system/takt", mib(200), 300, 20);
  EXPECT_EQ(KernelMeter(root.path()).read(kAuto), reading(200, 0, 0.05, MemorySource::cgroup_v2));
}

TEST(KernelMeter, MoreCacheThanUsedIsNothingUsed) {
  const FakeRoot root;
  root.with_v2();
  root.v2_group("/system/takt", mib(200), 10, 900);
  EXPECT_EQ(KernelMeter(root.path()).read(kAuto), reading(200, 200, 0.05, MemorySource::cgroup_v2));
}

TEST(KernelMeter, HostileFilesFallBackToTheMachine) {
  const std::string garbage(40'000, '\xff');
  for (const char* file : {"memory.max", "memory.current"}) {
    for (const std::string& text :
         {garbage, std::string(), std::string("-5\n"), std::string("\0", 1)}) {
      const FakeRoot root;
      root.with_v2();
      root.v2_group("/system/takt", mib(200), 100, 0);
      root.write(std::string("groups/system/takt/") + file, text);
      EXPECT_EQ(KernelMeter(root.path()).read(kAuto),
                reading(1000, 600, 0.05, MemorySource::system))
          << file;
    }
  }
}

TEST(KernelMeter, AStatThatIsCutOffOrMissingOnlyCountsTheCacheAsUsed) {
  const FakeRoot root;
  root.with_v2();
  root.v2_group("/system/takt", mib(200), 150, 30);
  root.write("groups/system/takt/memory.stat", "anon 1\ninactive_fi");
  EXPECT_EQ(KernelMeter(root.path()).read(kAuto).available_bytes, 50 * kMiB);
  root.remove("groups/system/takt/memory.stat");
  EXPECT_EQ(KernelMeter(root.path()).read(kAuto).available_bytes, 50 * kMiB);
}

TEST(KernelMeter, AFolderOrAPipeInPlaceOfAFileHoldsNobodyUp) {
  const FakeRoot root;
  root.with_v2();
  root.v2_group("/system/takt", mib(200), 150, 0);
  root.remove("groups/system/takt/memory.current");
  ASSERT_EQ(::mkfifo((root.path() / "groups/system/takt/memory.current").c_str(), 0600), 0);
  root.remove("proc/pressure/memory");
  std::filesystem::create_directories(root.path() / "proc/pressure/memory");
  EXPECT_EQ(KernelMeter(root.path()).read(kAuto), reading(1000, 600, 0, MemorySource::system));
}

TEST(KernelMeter, WithoutADescriptorItIsReadOnceThereIsOne) {
  const FakeRoot root;
  KernelMeter meter(root.path());
  rlimit before{};
  ::getrlimit(RLIMIT_NOFILE, &before);
  const rlimit none{.rlim_cur = 3, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
  const auto blind = meter.read(kAuto);
  ::setrlimit(RLIMIT_NOFILE, &before);
  EXPECT_EQ(blind.total_bytes, 0);
  EXPECT_EQ(meter.read(kAuto).total_bytes, 1000 * kMiB);
}

// --- the real machine -----------------------------------------------------------------------------

TEST(KernelMeter, ThisMachineIsPlausible) {
  KernelMeter meter;
  const auto system = meter.read(MemorySourceWanted::system);
  std::string key;
  std::int64_t kilobytes = 0;
  std::ifstream("/proc/meminfo") >> key >> kilobytes;
  EXPECT_EQ(system.total_bytes, kilobytes * 1024);
  EXPECT_GT(system.available_bytes, 0);
  EXPECT_LT(system.available_bytes, system.total_bytes);
  const auto chosen = meter.read(kAuto);
  EXPECT_GT(chosen.total_bytes, 0);
  EXPECT_LE(chosen.total_bytes, system.total_bytes);
  EXPECT_GE(chosen.stalled, 0);
  EXPECT_LE(chosen.stalled, 1);
}

TEST(KernelMeter, AReadingIsCheapEnoughForEachStart) {
  KernelMeter meter;
  constexpr int kReadings = 2000;
  meter.read(kAuto);
  rusage before{};
  rusage after{};
  ::getrusage(RUSAGE_SELF, &before);
  for (int i = 0; i < kReadings; ++i) meter.read(kAuto);
  ::getrusage(RUSAGE_SELF, &after);
  const auto us = [](const rusage& used) {
    return 1e6 * static_cast<double>(used.ru_utime.tv_sec + used.ru_stime.tv_sec) +
           static_cast<double>(used.ru_utime.tv_usec + used.ru_stime.tv_usec);
  };
  const double each = (us(after) - us(before)) / kReadings;
  RecordProperty("microseconds", static_cast<int>(each));
  std::printf("a reading takes %.1f us of processor time\n", each);
  EXPECT_LT(each, 500) << "wide, for sanitizers; a few microseconds otherwise";
}

TEST(Describe, SaysWhatWasReadAndFromWhere) {
  EXPECT_EQ(describe({}), "not readable");
  EXPECT_EQ(describe(reading(2048, 512, 0.05, MemorySource::cgroup_v2)),
            "75 % of 2.0 GiB used (cgroup v2), stalled 5 % of the last ten seconds");
}

}  // namespace
}  // namespace takt::memory
