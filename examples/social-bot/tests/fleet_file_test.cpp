// The fleet file and the program agree, and the launcher finds the program.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <toml++/toml.h>
#include <set>
#include <string>

#include "child.h"
#include "jobs/jobs.h"

namespace bot::tests {
namespace {

const std::string kFolder = SOCIAL_BOT_FOLDER;

TEST(FleetFile, RunsEveryJobOfTheProgramUnderItsOwnNameAndTheSite) {
  toml::table fleet = toml::parse_file(kFolder + "/fleet.toml");
  std::set<std::string> scheduled;
  for (auto&& [name, job] : *fleet["job"].as_table()) {
    const auto& run = *job.as_table()->at("run").as_array();
    ASSERT_EQ(run.size(), 2U);
    EXPECT_EQ(run[0].value_or<std::string>(""), "./bot");
    const bool is_site = name.str() == "feed_site";
    EXPECT_EQ(run[1].value_or<std::string>(""), is_site ? "site" : name.str());
    scheduled.insert(std::string{name.str()});
  }
  std::set<std::string> expected{"feed_site"};
  for (const NamedJob& job : all_jobs()) expected.insert(std::string{job.name});
  EXPECT_EQ(scheduled, expected);
}

TEST(Launcher, BecomesTheProgramThatItIsTold) {
  Child child({kFolder + "/bot", "list"}, "/",
              {std::string{"SOCIAL_BOT="} + SOCIAL_BOT_PROGRAM, "PATH=/usr/bin:/bin"});
  const Ended ended = child.finish();
  EXPECT_EQ(ended.exit_code, 0);
  EXPECT_THAT(ended.output, testing::HasSubstr("tweet_reconciliation\n"));
}

}  // namespace
}  // namespace bot::tests
