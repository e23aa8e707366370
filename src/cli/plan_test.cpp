// takt plan on the command line: the fields that others rely on, what is kept and what moves, and that
// next, check and simulate see the same offsets.

#include <gmock/gmock.h>

#include <map>

#include "cli/command_line_for_test.h"

namespace takt::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kHead =
    "[fleet]\nname = \"demo\"\nstate_dir = \"state\"\nlisten = \"off\"\n[pool.browser]\nslots = "
    "1\n";

std::string job(const std::string& name, const std::string& keys) {
  return "[job." + name + "]\nrun = \"true\"\nuses = { browser = 1 }\n" + keys + "\n";
}

class Plan : public CommandLine {
 protected:
  std::map<std::string, std::int64_t> planned(Words words = {}) const {
    words.insert(words.begin(), {"plan", "--json"});
    const auto said = takt(words);
    EXPECT_EQ(said.exit, 0) << said.err;
    std::map<std::string, std::int64_t> offsets;
    const auto object = said.object();
    for (const auto& offset : object.at("offsets").as_array()) {
      offsets[std::string(offset.at("job").as_string())] = offset.at("planned_ms").as_int64();
    }
    return offsets;
  }

  static std::int64_t over(const json::object& plan, const char* which) {
    return plan.at("pools").at(0).at(which).at("over_ms").as_int64();
  }
};

TEST_F(Plan, SaysWhatOthersRelyOn) {
  write_file(std::string(kHead) + job("a", "every = \"10m\"\noffset = \"2m\"\nexpect = \"4m\"") +
             job("b", "every = \"10m\"\noffset = \"2m\"\nexpect = \"4m\"") +
             job("c", "every = \"1h\"\nexpect = \"1m\""));
  const auto said = takt({"plan", "--json", "--for", "2h"});
  ASSERT_EQ(said.exit, 0) << said.err;
  const auto plan = said.object();
  EXPECT_EQ(plan.at("horizon_ms"), json::value(7'200'000));
  const auto& pool = plan.at("pools").at(0).as_object();
  EXPECT_EQ(pool.at("name"), json::value("browser"));
  EXPECT_EQ(pool.at("slots"), json::value(1));
  EXPECT_EQ(pool.at("lower_bound_peak"), json::value(1));
  EXPECT_GE(pool.at("as_written").at("peak").as_int64(), 2);
  EXPECT_GE(over(plan, "as_written"), 12 * 4 * 60'000);
  EXPECT_EQ(pool.at("planned").at("peak"), json::value(1));
  EXPECT_EQ(over(plan, "planned"), 0);
  const auto& offsets = plan.at("offsets").as_array();
  ASSERT_EQ(offsets.size(), 3U);
  EXPECT_EQ(offsets[0].at("job"), json::value("a"));
  EXPECT_EQ(offsets[0].at("written_ms"), json::value(120'000));
  EXPECT_TRUE(offsets[0].at("planned_ms").is_int64());
  EXPECT_TRUE(offsets[2].at("written_ms").is_null());
}

TEST_F(Plan, TheExampleFleetFits) {
  std::ifstream file{TAKT_SOURCE_DIR "/src/fleet/testdata/social-bot-plain.toml"};
  write_file({std::istreambuf_iterator<char>(file), {}});
  const auto said = takt({"plan", "--json"});
  ASSERT_EQ(said.exit, 0) << said.err;
  EXPECT_GT(over(said.object(), "as_written"), 30 * 60'000);
  EXPECT_EQ(over(said.object(), "planned"), 0);
}

TEST_F(Plan, WhatIsKeptStaysWhenAJobIsAdded) {
  const std::string two = std::string(kHead) + job("a", "every = \"10m\"\nexpect = \"3m\"") +
                          job("b", "every = \"20m\"\noffset = \"auto\"\nexpect = \"5m\"");
  write_file(two);
  const auto before = planned();
  write_file(two + job("aa", "every = \"20m\"\nexpect = \"6m\""));
  auto after = planned();
  EXPECT_EQ(after.size(), 3U);
  after.erase("aa");
  EXPECT_EQ(after, before);
  EXPECT_EQ(planned({"--replan"}).size(), 3U);
}

TEST_F(Plan, NextSeesThePlannedOffsets) {
  write_file(std::string(kHead) + job("a", "every = \"10m\"\noffset = \"0s\"\nexpect = \"5m\"") +
             job("b", "every = \"10m\"\nexpect = \"4m\""));
  const auto offset = planned().at("b");
  EXPECT_GE(offset, 5 * 60'000);
  EXPECT_LE(offset, 6 * 60'000);
  const auto slots = [&](const char* name) {
    const auto said = takt({"next", name, "--json", "--from", "2030-01-01T00:00:00Z", "-n", "2"});
    const auto object = said.object();
    return parse_rfc3339(object.at("slots").at(1).at("at").as_string()).value();
  };
  const auto apart = (slots("b") - slots("a")).count();
  EXPECT_NEAR(static_cast<double>((apart % 600'000 + 600'000) % 600'000),
              static_cast<double>(offset), 1000);  // the fleet starts at each of the two questions
}

TEST_F(Plan, CheckWarnsOfACollision) {
  write_file(std::string(kHead) + job("a", "every = \"1h\"\noffset = \"0s\"\nexpect = \"5m\"") +
             job("b", "every = \"1h\"\noffset = \"2m\"\nexpect = \"5m\""));
  const auto said = takt({"check"});
  EXPECT_EQ(said.exit, 0);
  EXPECT_THAT(said.out, HasSubstr("pool 'browser'"));
  EXPECT_THAT(said.out, HasSubstr("72.0 minutes a day"));
  EXPECT_THAT(said.out, HasSubstr("for a, b"));
  EXPECT_THAT(said.out, HasSubstr("takt plan shows better offsets"));
  write_file(std::string(kHead) + job("a", "every = \"1h\"\noffset = \"0s\"\nexpect = \"5m\"") +
             job("b", "every = \"1h\"\nexpect = \"5m\""));
  EXPECT_THAT(takt({"check"}).out, Not(HasSubstr("pool 'browser'")));
}

TEST_F(Plan, CheckAndNextKeepNothing) {
  write_file(std::string(kHead) + job("a", "every = \"1h\"\nexpect = \"5m\""));
  takt({"check"});
  takt({"next"});
  EXPECT_FALSE(fs::exists(database_file(folder_ / "state")));
}

TEST_F(Plan, SpeaksToPeopleInPlainText) {
  write_file(std::string(kHead) + job("a", "every = \"1h\"\noffset = \"0s\"\nexpect = \"5m\"") +
             job("b", "every = \"1h\"\noffset = \"2m\"\nexpect = \"5m\"") +
             job("c", "after = \"1h\""));
  const auto said = takt({"plan"});
  EXPECT_EQ(said.exit, 0);
  EXPECT_THAT(said.out, HasSubstr("OVER WRITTEN"));
  EXPECT_THAT(said.out, HasSubstr("Collisions in browser, as written"));
  EXPECT_THAT(said.out, HasSubstr("2 of 1"));
  EXPECT_THAT(said.out, HasSubstr("as planned  1"));
  EXPECT_THAT(said.out, HasSubstr("|6h00m"));
  EXPECT_THAT(said.out, HasSubstr("nobody knows when they run: c"));
  EXPECT_THAT(said.out, Not(HasSubstr("\x1b")));
}

TEST_F(Plan, WithoutPoolsOrJobsItSaysSo) {
  const auto no_pools = takt({"plan"});
  EXPECT_EQ(no_pools.exit, 0);
  EXPECT_THAT(no_pools.out, HasSubstr("no pools"));
  EXPECT_FALSE(fs::exists(database_file(folder_ / "state")));
  EXPECT_TRUE(takt({"plan", "--json"}).object().at("pools").as_array().empty());
  write_file("[fleet]\nname = \"demo\"\nstate_dir = \"state\"\n");
  const auto empty = takt({"plan"});
  EXPECT_EQ(empty.exit, 0);
  EXPECT_THAT(empty.out, HasSubstr("no jobs"));
}

TEST_F(Plan, BadLengthsAreUsageErrors) {
  for (const char* length : {"0s", "soon", "-1h", "400d"}) {
    const auto said = takt({"plan", "--for", length});
    EXPECT_EQ(said.exit, 2) << length;
    EXPECT_THAT(said.err, HasSubstr("--for")) << length;
  }
  EXPECT_EQ(takt({"plan", "extra"}).exit, 2);
}

TEST_F(Plan, AnInvalidFileIsExitThree) {
  write_file("[job.a]\nevry = \"5m\"\n");
  EXPECT_EQ(takt({"plan"}).exit, 3);
}

TEST_F(Plan, WhatCannotBeKeptIsSaidAndShownAllTheSame) {
  write_file(std::string(kHead) + job("a", "every = \"1h\"\nexpect = \"5m\""));
  std::ofstream(database_file(folder_ / "state")) << "this is no database at all, only some text";
  const auto said = takt({"plan", "--json"});
  EXPECT_EQ(said.exit, 0);
  EXPECT_EQ(over(said.object(), "planned"), 0);
  EXPECT_THAT(said.err, HasSubstr("the plan is not kept"));
}

}  // namespace
}  // namespace takt::cli
