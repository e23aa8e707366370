// takt next on the command line: the worked cases of DST, fleets with and without a database, bad input.

#include <gmock/gmock.h>

#include "cli/command_line_for_test.h"

namespace takt::cli {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class Next : public CommandLine {
 protected:
  static Words times(const Said& said) {
    const auto object = said.object();
    Words found;
    for (const auto& slot : object.at("slots").as_array()) {
      found.emplace_back(slot.at("at").as_string());
    }
    return found;
  }
  static Words cron(const std::string& expression, const std::string& zone, const std::string& from,
                    const std::string& count) {
    return {"next", "--json", "--cron", expression, "--tz", zone, "--from", from, "-n", count};
  }
};

std::string trimmed(const std::string& text) {
  const auto first = text.find_first_not_of(' ');
  return first == std::string::npos ? ""
                                    : text.substr(first, text.find_last_not_of(' ') - first + 1);
}

TEST_F(Next, AnswersAllWorkedCases) {
  std::ifstream file{TAKT_SOURCE_DIR "/tests/vectors/cron_dst.tsv"};
  int cases = 0;
  for (std::string line; std::getline(file, line); ++cases) {
    Words cells;
    std::istringstream row{line};
    for (std::string cell; std::getline(row, cell, '\t');) cells.push_back(trimmed(cell));
    Words wanted;
    std::istringstream list{cells.at(4)};
    for (std::string time; list >> time;) wanted.push_back(time);
    const auto said = bare(cron(cells[2], cells[1], cells[3], std::to_string(wanted.size())));
    ASSERT_EQ(said.exit, 0) << said.err;
    if (wanted.front() == "none") {
      EXPECT_EQ(times(said).at(0).substr(0, 4), "2012") << cells[0];
      continue;
    }
    Words got;
    for (const auto& time : times(said)) got.push_back(time.substr(5, 11) + "Z");
    EXPECT_EQ(got, wanted) << cells[0];
  }
  EXPECT_EQ(cases, 20);
}

TEST_F(Next, SaysWhyASlotIsWhereItIs) {
  const auto said = bare(cron("30 2 * * *", "America/New_York", "2060-03-13T12:00:00Z", "2"));
  const auto object = said.object();
  const auto& slots = object.at("slots").as_array();
  EXPECT_EQ(slots[0].at("reason"), json::value("gap: 02:30 does not exist on this day"));
  EXPECT_EQ(slots[0].at("at"), json::value("2060-03-14T07:00:00.000Z"));
  EXPECT_FALSE(slots[1].as_object().contains("reason"));
  auto words = cron("30 2 * * *", "America/New_York", "2060-03-13T12:00:00Z", "1");
  std::erase(words, "--json");
  EXPECT_THAT(bare(words).out, HasSubstr("2060-03-14 03:00:00 -04:00"));
}

TEST_F(Next, OverridesOfDstAreOptions) {
  auto words = cron("30 2 * * *", "America/New_York", "2026-03-08T00:00:00Z", "1");
  words.insert(words.end(), {"--dst-gap", "skip"});
  EXPECT_THAT(times(bare(words)), ElementsAre("2026-03-09T06:30:00.000Z"));
}

TEST_F(Next, BadInputIsAUsageErrorThatSaysWhere) {
  const auto expect_usage = [](const Words& words, const char* what) {
    const auto said = bare(words);
    EXPECT_EQ(said.exit, 2) << what;
    EXPECT_THAT(said.err, HasSubstr(what));
  };
  expect_usage(cron("61 * * * *", "UTC", "2026-01-01T00:00:00Z", "1"), "has 61 as its minute");
  expect_usage(cron("0 0 30 2 *", "UTC", "2026-01-01T00:00:00Z", "1"), "never comes");
  expect_usage(cron("* * * * *", "Europe/Berlon", "2026-01-01T00:00:00Z", "1"),
               "did you mean 'Europe/Berlin'?");
  expect_usage(cron("* * * * *", "UTC", "yesterday", "1"), "is not a time");
  expect_usage(cron("* * * * *", "UTC", "2026-01-01T00:00:00Z", "0"), "count");
  expect_usage({"next", "posting", "--cron", "* * * * *"}, "exclude each other");
  expect_usage({"next", "--tz", "UTC"}, "goes with --cron");
}

TEST_F(Next, OfAFleetTheSlotsOfAllJobsComeInOrder) {
  write_file(
      "[fleet]\nname = \"demo\"\nstate_dir = \"state\"\ntimezone = \"Europe/Berlin\"\n"
      "[job.a]\nrun = \"x\"\ncron = \"0 9 * * *\"\n"
      "[job.b]\nrun = \"x\"\ncron = \"30 9 * * *\"\ntimezone = \"UTC\"\n"
      "[job.c]\nrun = \"x\"\nat = \"2026-06-01T09:00:00+02:00\"\n"
      "[job.d]\nrun = \"x\"\nenabled = false\ncron = \"0 * * * *\"\n"
      "[job.e]\nrun = \"x\"\n");
  const auto said = takt({"next", "--json", "--from", "2026-05-31T20:00:00Z", "-n", "4"});
  ASSERT_EQ(said.exit, 0) << said.err;
  const auto object = said.object();
  Words all;
  for (const auto& slot : object.at("slots").as_array()) {
    all.push_back(std::string(slot.at("job").as_string()) + " " +
                  std::string(slot.at("at").as_string()).substr(5, 11));
  }
  EXPECT_THAT(all, ElementsAre("a 06-01T07:00", "c 06-01T07:00", "b 06-01T09:30", "a 06-02T07:00"));
}

TEST_F(Next, OfOneJob) {
  const auto said = takt({"next", "posting", "--json"});
  ASSERT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(times(said).size(), 5U);
  EXPECT_THAT(said.err, HasSubstr("no database yet"));
  const auto manual = takt({"next", "news", "--json"});
  EXPECT_EQ(manual.exit, 0);
  EXPECT_TRUE(times(manual).empty());
  EXPECT_THAT(manual.err, HasSubstr("news: it has no schedule"));
}

TEST_F(Next, UnknownJobsAndBrokenFiles) {
  const auto said = takt({"next", "postin"});
  EXPECT_EQ(said.exit, 4);
  EXPECT_THAT(said.err, HasSubstr("did you mean 'posting'?"));
  write_file("[job.a]\nrun = \"x\"\ncron = \"0 25 * * *\"\n");
  const auto broken = takt({"next"});
  EXPECT_EQ(broken.exit, 3);
  EXPECT_THAT(broken.err, HasSubstr(":3:11: error: cron has 25 as its hour"));
}

}  // namespace
}  // namespace takt::cli
