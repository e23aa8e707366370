#include "fleet/zone_file.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "base/time.h"
#include "fleet/decode_testing.h"
#include "fleet/timezone.h"
#include "fleet/zone_footer.h"

namespace takt::fleet {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

std::string bytes_of(const std::string& zone) {
  std::ifstream file{"/usr/share/zoneinfo/" + zone, std::ios::binary};
  return {std::istreambuf_iterator<char>{file}, {}};
}

std::string problem_of(std::string_view bytes) {
  const auto zone = parse_zone(bytes, "X");
  return zone ? "none" : zone.error();
}

std::chrono::sys_seconds second(std::string_view text) {
  return std::chrono::floor<std::chrono::seconds>(parse_rfc3339(text).value());
}

TEST(ZoneFile, OffsetsOfTheTableAndOfTheFooter) {
  const auto zone = parse_zone(bytes_of("Europe/Berlin"), "Europe/Berlin");
  ASSERT_TRUE(zone) << zone.error();
  EXPECT_EQ(zone->offset_at(second("1980-01-01T00:00:00Z")), 1h);
  EXPECT_EQ(zone->offset_at(second("2026-03-29T00:59:59Z")), 1h);
  EXPECT_EQ(zone->offset_at(second("2026-03-29T01:00:00Z")), 2h);
  EXPECT_EQ(zone->offset_at(second("2400-07-01T00:00:00Z")), 2h);
  EXPECT_EQ(zone->offset_at(second("2400-12-01T00:00:00Z")), 1h);
}

TEST(ZoneFile, EveryZoneOfTheMachineCanBeRead) {
  int zones = 0;
  for (const char* region : {"Africa", "America", "Antarctica", "Asia", "Atlantic", "Australia",
                             "Europe", "Indian", "Pacific", "Etc"}) {
    const fs::path folder = fs::path{"/usr/share/zoneinfo"} / region;
    for (const auto& entry : fs::directory_iterator(folder)) {
      if (!entry.is_regular_file()) continue;
      const std::string name = region + ("/" + entry.path().filename().string());
      EXPECT_EQ(problem_of(bytes_of(name)), "none") << name;
      ++zones;
    }
  }
  EXPECT_GT(zones, 300);
}

TEST(ZoneFile, AFileThatIsCutShortAnywhereIsAnError) {
  const std::string whole = bytes_of("Europe/Berlin");
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_NE(problem_of(whole.substr(0, length)), "none") << length;
  }
}

TEST(ZoneFile, AByteThatIsWrongNeverReadsBeyondTheFile) {
  const std::string whole = bytes_of("Europe/Dublin");
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (const char wrong : {'\0', '\xff', '\x80'}) {
      std::string bytes = whole;
      bytes[at] = wrong;
      (void)parse_zone(bytes, "X");  // any answer is fine; the sanitizers watch
    }
  }
}

TEST(ZoneFile, WhatIsNoZoneFileIsSaidToBeNone) {
  EXPECT_EQ(problem_of(""), "is not a zone file");
  EXPECT_EQ(problem_of(std::string(1000, 'x')), "is not a zone file");
  std::string bytes = bytes_of("Europe/Berlin");
  const std::size_t footer = bytes.rfind('\n', bytes.size() - 2);
  EXPECT_EQ(problem_of(bytes.substr(0, footer + 1) + "CET-1CEST,M3.5.0\n"),
            "has a footer that cannot be read: it lacks a ',' between the dates of DST");
  EXPECT_EQ(problem_of(bytes.substr(0, footer + 1) + std::string(500, 'x') + "\n"),
            "has a footer that is too long");
}

TEST(ZoneFooter, AllNotationsOfDates) {
  const auto changes = [](std::string_view text, int y) {
    const auto footer = parse_footer(text);
    EXPECT_TRUE(footer) << text;
    std::string all;
    for (const auto& change : changes_of(*footer, std::chrono::year{y}, std::chrono::year{y})) {
      all += format_rfc3339(change.at).substr(5, 11) + " ";
    }
    return all;
  };
  EXPECT_EQ(changes("EST5EDT,M3.2.0,M11.1.0", 2060), "03-14T07:00 11-07T06:00 ");
  EXPECT_EQ(changes("IST-1GMT0,M10.5.0,M3.5.0/1", 2060), "03-28T01:00 10-31T01:00 ");
  EXPECT_EQ(changes("<-02>2<-01>,M3.5.0/-1,M10.5.0/0", 2060), "03-28T01:00 10-31T01:00 ");
  EXPECT_EQ(changes("AAA0BBB,J60,J300", 2060), "03-01T02:00 10-27T01:00 ");
  EXPECT_EQ(changes("AAA0BBB,59,300", 2060), "02-29T02:00 10-27T01:00 ");
  EXPECT_EQ(changes("AAA3", 2060), "");
}

TEST(ZoneFooter, DstForEverHasNoWinter) {
  const auto footer = parse_footer("XXX3EDT4,0/0,J365/23");
  ASSERT_TRUE(footer);
  const auto changes = changes_of(*footer, std::chrono::year{2030}, std::chrono::year{2040});
  for (std::size_t i = 0; i + 1 < changes.size(); ++i) EXPECT_EQ(changes[i].offset, -4h);
}

TEST(ZoneFooter, NonsenseIsRefused) {
  for (const char* text :
       {"", "A", "EST", "EST5EDT", "EST5EDT,", "EST5EDT,M3.2.0", "EST5EDT,M13.2.0,M11.1.0",
        "EST5EDT,M3.6.0,M11.1.0", "EST5EDT,M3.2.7,M11.1.0", "EST25", "EST5EDT,J0,J5",
        "EST5EDT,366,5", "EST5EDT,M3.2.0/168,M11.1.0", "EST5EDT,M3.2.0,M11.1.0x", "<EST5",
        "EST5EDT,M3.2.0/2:60,M11.1.0"}) {
    EXPECT_FALSE(parse_footer(text)) << text;
  }
}

// --- by name -------------------------------------------------------------------------------------

class ZoneFolder : public ::testing::Test {
 protected:
  ZoneFolder() {
    folder_ = fs::temp_directory_path() / ("takt-zones-" + std::to_string(::getpid()));
    fs::create_directories(folder_ / "Test");
  }
  ~ZoneFolder() override { fs::remove_all(folder_); }
  void put(const std::string& name, const std::string& bytes) const {
    std::ofstream{folder_ / name, std::ios::binary} << bytes;
  }
  std::string problem(const std::string& name) const {
    Zones zones{folder_};
    const auto& found = zones.find(name);
    return found ? "none" : found.error().message;
  }
  fs::path folder_;
};

TEST_F(ZoneFolder, BrokenMissingAndUnknownZonesAreProblemsAndNeverUtc) {
  put("Test/Good", bytes_of("Europe/Berlin"));
  put("Test/Broken", "TZif2 and then nothing");
  put("Test/Empty", "");
  fs::create_directory(folder_ / "Test/Folder");
  EXPECT_EQ(problem("Test/Good"), "none");
  EXPECT_EQ(problem("Test/Broken"), "the zone file of \"Test/Broken\" is not a zone file");
  EXPECT_EQ(problem("Test/Empty"), "the zone file of \"Test/Empty\" is not a zone file");
  EXPECT_EQ(problem("Test/Folder"), "there is no time zone \"Test/Folder\"");
  EXPECT_EQ(problem("Test/Gone"), "there is no time zone \"Test/Gone\"");
  EXPECT_EQ(problem("../etc/passwd"), "there is no time zone \"../etc/passwd\"");
  EXPECT_EQ(problem(""), "there is no time zone \"\"");
  EXPECT_EQ(problem("UTC"), "none");
}

TEST_F(ZoneFolder, ANameThatIsNearlyRightIsSuggested) {
  put("Test/Berlin", bytes_of("Europe/Berlin"));
  Zones zones{folder_};
  EXPECT_EQ(zones.find("Test/Berlon").error().hint, "did you mean 'Test/Berlin'?");
}

TEST_F(ZoneFolder, ANewLoadSeesNewRules) {
  put("Test/Zone", bytes_of("Europe/Berlin"));
  const auto before = Zones{folder_}.find("Test/Zone").value();
  put("Test/Zone", bytes_of("Europe/Lisbon"));
  const auto after = Zones{folder_}.find("Test/Zone").value();
  EXPECT_NE(before->fingerprint(), after->fingerprint());
  EXPECT_EQ(after->fingerprint(), Zones{folder_}.find("Test/Zone").value()->fingerprint());
}

TEST(ZoneNames, AreResolvedInTheFleetFileAtTheirPlace) {
  const auto job = testing::job_of(
      "[fleet]\ntimezone = 'Europe/Berlin'\n[job.a]\nrun = 'x'\ncron = '0 9 * * *'\n");
  EXPECT_EQ(std::get<core::Cron>(job.schedule).rule->zone->name(), "Europe/Berlin");
  const auto own = testing::job_of(
      "[fleet]\ntimezone = 'Europe/Berlin'\n[job.a]\nrun = 'x'\ncron = '0 9 * * *'\n"
      "timezone = 'Asia/Tokyo'\n");
  EXPECT_EQ(std::get<core::Cron>(own.schedule).rule->zone->name(), "Asia/Tokyo");
}

TEST(ZoneNames, JobsShareRulesAndZones) {
  const auto loaded = testing::decode_text(
      "[defaults]\nrun = 'x'\ncron = '0 9 * * *'\ntimezone = 'Asia/Tokyo'\n"
      "[job.a]\n[job.b]\n[job.c]\ncron = '1 9 * * *'\n");
  ASSERT_TRUE(loaded.spec);
  const auto rule = [&](std::size_t i) {
    return std::get<core::Cron>(loaded.spec->jobs[i].schedule).rule;
  };
  EXPECT_EQ(rule(0), rule(1));
  EXPECT_NE(rule(0), rule(2));
  EXPECT_EQ(rule(0)->zone, rule(2)->zone);
}

TEST(CronKeys, OverridesReachTheRule) {
  const auto job = testing::job_of(
      "[job.a]\nrun = 'x'\ncron = '30 2 1 * mon'\ndst_gap = 'skip'\ndst_overlap = 'second'\n"
      "dow_mode = 'and'\n");
  const auto& rule = *std::get<core::Cron>(job.schedule).rule;
  EXPECT_EQ(rule.gap, core::DstGap::skip);
  EXPECT_EQ(rule.overlap, core::DstOverlap::second);
  EXPECT_EQ(rule.fields.day_mode, core::DayMode::both);
}

TEST(CronKeys, HIsOfTheJobsNameAlsoInDefaults) {
  const auto loaded = testing::decode_text(
      "[defaults]\nrun = 'x'\ncron = 'H H * * *'\n[job.a]\n[job.b]\n[job.c]\n");
  ASSERT_TRUE(loaded.spec);
  const auto minutes = [&](std::size_t i) {
    return std::get<core::Cron>(loaded.spec->jobs[i].schedule).rule->fields;
  };
  EXPECT_FALSE(minutes(0) == minutes(1) && minutes(1) == minutes(2));
}

TEST(CronKeys, AWrongExpressionInDefaultsIsToldOnce) {
  EXPECT_EQ(testing::problems_of("[defaults]\nrun = 'x'\ncron = '0 25 * * *'\n[job.a]\n[job.b]\n"),
            (std::vector<std::string>{"3:11 error: cron has 25 as its hour"}));
}

TEST(AtKey, StringsAndTomlDatesAreTheSame) {
  const core::At nine{WallTime{second("2026-12-01T08:00:00Z")}};
  EXPECT_EQ(testing::job_of("[job.a]\nrun = 'x'\nat = '2026-12-01T09:00:00+01:00'\n").schedule,
            core::Schedule(nine));
  EXPECT_EQ(testing::job_of("[job.a]\nrun = 'x'\nat = 2026-12-01T09:00:00+01:00\n").schedule,
            core::Schedule(nine));
  EXPECT_EQ(testing::job_of("[job.a]\nrun = 'x'\nat = 2026-12-01 08:00:00Z\n").schedule,
            core::Schedule(nine));
}

}  // namespace
}  // namespace takt::fleet
