// takt tune as a command line: from a simulation and from a database.

#include <gmock/gmock.h>

#include "cli/command_line_for_test.h"

namespace takt::cli {
namespace {

using testing::HasSubstr;

class TuneTest : public CommandLine {};

TEST_F(TuneTest, ASimulationGivesProposalsWithTheirEvidence) {
  const auto said = takt({"tune", "posting", "--simulate", "3d", "--json"});
  ASSERT_EQ(said.exit, 0) << said.err;
  const auto object = said.object();
  const auto& job = object.at("jobs").as_array().at(0).as_object();
  EXPECT_EQ(job.at("name"), json::value("posting"));
  const auto& proposals = job.at("proposals").as_array();
  ASSERT_EQ(proposals.size(), 4U);
  EXPECT_EQ(proposals.at(0).at("key"), json::value("expect"));
  EXPECT_TRUE(proposals.at(0).at("now_ms").is_null());
  EXPECT_GT(proposals.at(0).at("proposed_ms").as_int64(), 0);
  EXPECT_THAT(std::string(proposals.at(0).at("evidence").as_string()), HasSubstr("ok runs over"));
}

TEST_F(TuneTest, TheSameSeedGivesTheSame) {
  const Words words{"tune", "--simulate", "2d", "--seed", "5", "--json"};
  EXPECT_EQ(takt(words).out, takt(words).out);
}

TEST_F(TuneTest, WithTooLittleHistoryItSaysSo) {
  const auto said = takt({"tune", "--simulate", "20m"});
  EXPECT_EQ(said.exit, 0);
  EXPECT_THAT(said.out, HasSubstr("nothing to change"));
  EXPECT_THAT(said.out, HasSubstr("posting: too little history: "));
  EXPECT_THAT(said.out, HasSubstr("news: too little history: 0 runs ended ok, 10 are needed"));
}

TEST_F(TuneTest, TheSnippetIsTakenByTheFleetFile) {
  const auto said = takt({"tune", "--simulate", "3d", "--toml"});
  ASSERT_EQ(said.exit, 0);
  const auto keys = said.out.substr(said.out.find("expect ="));
  write_file(
      "[fleet]\nname = \"demo\"\nstate_dir = \"state\"\nlisten = \"off\"\n"
      "[job.news]\nrun = [\"/bin/true\"]\n[job.posting]\nrun = [\"/bin/true\"]\nevery = \"5m\"\n" +
      keys);
  const auto checked = takt({"check"});
  EXPECT_EQ(checked.exit, 0) << checked.out;
  EXPECT_THAT(checked.out, HasSubstr("0 warnings"));
}

TEST_F(TuneTest, TheWatchdogAloneLeavesExpectOut) {
  EXPECT_THAT(takt({"tune", "--simulate", "3d", "--watchdog"}).out,
              testing::Not(HasSubstr("expect")));
}

TEST_F(TuneTest, WhatMakesNoSenseIsRefused) {
  EXPECT_EQ(takt({"tune"}).exit, 5);  // no history yet
  EXPECT_THAT(takt({"tune"}).err, HasSubstr("takt tune --simulate 30d"));
  EXPECT_EQ(takt({"tune", "postnig", "--simulate", "1d"}).exit, 4);
  EXPECT_EQ(takt({"tune", "--seed", "1"}).exit, 2);
  EXPECT_EQ(takt({"tune", "--simulate", "9999d"}).exit, 2);
  EXPECT_EQ(takt({"tune", "--simulate", "x"}).exit, 2);
}

}  // namespace
}  // namespace takt::cli
