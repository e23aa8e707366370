// takt import as a command line: what it reads, refuses and prints; what it prints is a fleet.

#include <gmock/gmock.h>

#include "cli/command_line_for_test.h"

namespace takt::cli {
namespace {

using testing::HasSubstr;

class ImportTest : public CommandLine {
 protected:
  std::string put(const std::string& name, const std::string& text) const {
    const auto path = folder_ / name;
    fs::create_directories(path.parent_path());
    std::ofstream(path) << text;
    return path.native();
  }
  static Words words(const std::string& kind, const std::string& file) {
    return {"import", kind, file, "--tz", "UTC"};
  }
};

TEST_F(ImportTest, ACrontabBecomesAFleetThatLoadsAndRunsAtTheSameTimes) {
  const auto said = bare(words("crontab", put("tab", "30 4 * * mon-fri /bin/true\n")));
  ASSERT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(said.err, "");
  write_file(said.out);
  EXPECT_EQ(takt({"check"}).exit, 0) << takt({"check"}).out;
  const auto next =
      takt({"next", "true", "--json", "-n", "2", "--from", "2026-03-06T12:00:00Z"}).object();
  const auto& slots = next.at("slots").as_array();
  EXPECT_EQ(slots.at(0).at("at"), json::value("2026-03-09T04:30:00.000Z"));
  EXPECT_EQ(slots.at(1).at("at"), json::value("2026-03-10T04:30:00.000Z"));
}

TEST_F(ImportTest, WarningsGoToStderrWithTheirPlaceAndTheRestIsImported) {
  const auto file = put("tab", "61 * * * * /bin/a\n0 1 * * * /bin/b\n");
  const auto said = bare(words("crontab", file));
  EXPECT_EQ(said.exit, 0);
  EXPECT_THAT(said.err,
              HasSubstr(file + ":1:1: warning: not imported: the line has 61 as its minute"));
  EXPECT_THAT(said.out, HasSubstr("[job.b]"));
  EXPECT_THAT(said.out, HasSubstr("# not imported, line 1:"));
}

TEST_F(ImportTest, JsonHasTheFileAndTheProblems) {
  auto asked = words("crontab", put("tab", "x\n@daily /bin/b\n"));
  asked.emplace_back("--json");
  const auto said = bare(asked);
  EXPECT_EQ(said.exit, 0);
  EXPECT_EQ(said.object().at("jobs"), json::value(1));
  EXPECT_EQ(said.object().at("problems").as_array().size(), 1U);
  EXPECT_THAT(std::string(said.object().at("toml").as_string()), HasSubstr("[job.b]"));
}

TEST_F(ImportTest, OptionsOfACrontab) {
  auto asked = words("crontab", put("tab", "*/5 * * * * root /bin/b\n"));
  asked.insert(asked.end(), {"--user-field", "--offsets=plan"});
  const auto said = bare(asked);
  EXPECT_THAT(said.out, HasSubstr("every = \"5m\""));
  EXPECT_THAT(said.out, HasSubstr("user = \"root\""));
  auto home = words("crontab", put("tab", "@daily b\n"));
  home.insert(home.end(), {"--home", "/srv/home"});
  EXPECT_THAT(bare(home).out, HasSubstr("cwd = \"/srv/home\""));
}

TEST_F(ImportTest, ATimerFindsItsServiceAndDropInsBesideIt) {
  const auto timer = put("units/a.timer", "[Timer]\nOnCalendar=daily\n");
  put("units/a.service", "[Service]\nExecStart=/bin/true\n");
  put("units/a.timer.d/10.conf", "[Timer]\nOnCalendar=\nOnCalendar=04:00\n");
  put("units/b.timer", "[Timer]\nOnCalendar=hourly\nUnit=a.service\n");
  const auto one = bare(words("systemd", timer));
  EXPECT_EQ(one.exit, 0) << one.err;
  EXPECT_THAT(one.out, HasSubstr("[job.a]\nrun = [\"/bin/true\"]\ncron = \"0 4 * * *\""));
  const auto all = bare(words("systemd", (folder_ / "units").native()));
  EXPECT_EQ(all.exit, 0) << all.err;
  EXPECT_THAT(all.out, HasSubstr("[job.b]"));
  write_file(all.out);
  EXPECT_EQ(takt({"check"}).exit, 0) << takt({"check"}).out;
}

TEST_F(ImportTest, WhatCannotBeReadIsExit4OrUsage) {
  EXPECT_EQ(bare(words("crontab", (folder_ / "none").native())).exit, 4);
  EXPECT_EQ(bare(words("crontab", folder_.native())).exit, 1);
  EXPECT_EQ(bare(words("systemd", (folder_ / "none.timer").native())).exit, 4);
  EXPECT_EQ(bare(words("systemd", put("x.service", ""))).exit, 2);
  EXPECT_EQ(bare(words("cronatb", "x")).exit, 2);
  EXPECT_THAT(bare(words("cronatb", "x")).err, HasSubstr("did you mean 'crontab'?"));
  EXPECT_EQ(bare({"import", "crontab"}).exit, 2);
  EXPECT_EQ(bare({"import", "crontab", "a", "b"}).exit, 2);
  EXPECT_EQ(bare({"import", "crontab", put("tab", ""), "--tz", "Mars/Olympus"}).exit, 2);
  EXPECT_EQ(bare({"import", "crontab", put("tab", ""), "--offsets", "x"}).exit, 2);
  EXPECT_EQ(bare({"import", "systemd", put("x.timer", ""), "--user-field"}).exit, 2);
}

}  // namespace
}  // namespace takt::cli
