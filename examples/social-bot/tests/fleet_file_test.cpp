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
    if (job.as_table()->contains("builtin")) continue;  // takt's own
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

TEST(FleetFile, TaktsOwnJobsWatchReplayAndCheck) {
  const toml::table fleet = toml::parse_file(kFolder + "/fleet.toml");
  EXPECT_EQ(fleet["job"]["job_watchdog"]["builtin"].value_or<std::string>(""), "watchdog");
  EXPECT_EQ(fleet["job"]["db_retry_queue"]["builtin"].value_or<std::string>(""), "journal_replay");
  EXPECT_EQ(fleet["job"]["health_check"]["health"].value_or<std::string>(""), "content_pipeline");
  EXPECT_EQ(fleet["job"].as_table()->size(), 21U);  // the owner's twenty, and the site
  EXPECT_EQ(fleet["health"]["content_pipeline"]["probe"].as_array()->size(), 4U);
}

/// Names of the jobs that have the key.
std::set<std::string> jobs_with(const toml::table& fleet, std::string_view key) {
  std::set<std::string> names;
  for (auto&& [name, job] : *fleet["job"].as_table()) {
    if (job.as_table()->contains(key)) names.insert(std::string{name.str()});
  }
  return names;
}

TEST(FleetFile, EveryJobThatBrowsesTakesOneOfThreeBrowsersAndOneIsKeptForP0) {
  const toml::table fleet = toml::parse_file(kFolder + "/fleet.toml");
  EXPECT_EQ(fleet["pool"]["browser"]["slots"].value_or(0), 3);
  EXPECT_EQ(fleet["pool"]["browser"]["reserve"]["P0"].value_or(0), 1);
  const auto browsing = jobs_with(fleet, "uses");
  EXPECT_THAT(browsing,
              testing::ElementsAre("account_discovery", "data_collection", "id_recovery",
                                   "mega_viral_harvester", "metrics_scraper", "news_scraping",
                                   "peer_scraper", "posting", "reply_metrics", "reply_posting",
                                   "tweet_reconciliation", "viral_scraper"));
  for (const std::string& name : browsing) {
    EXPECT_EQ(fleet["job"][name]["uses"]["browser"].value_or(0), 1) << name;
  }
}

TEST(FleetFile, RepliesWaitForAHarvestAndLearningForMetrics) {
  const toml::table fleet = toml::parse_file(kFolder + "/fleet.toml");
  EXPECT_THAT(jobs_with(fleet, "needs"), testing::ElementsAre("learning", "reply_posting"));
  const auto needed = [&](std::string_view job) {
    return fleet["job"][job]["needs"][0]["job"].value_or<std::string>("");
  };
  EXPECT_EQ(needed("reply_posting"), "mega_viral_harvester");
  EXPECT_EQ(needed("learning"), "metrics_scraper");
}

TEST(FleetFile, OnlyCriticalJobsStartWhenMemoryIs) {
  const toml::table fleet = toml::parse_file(kFolder + "/fleet.toml");
  EXPECT_EQ(fleet["memory"]["high"].value_or<std::string>(""), "80%");
  EXPECT_EQ(fleet["memory"]["critical"].value_or<std::string>(""), "90%");
  EXPECT_THAT(jobs_with(fleet, "critical"),
              testing::ElementsAre("peer_scraper", "plan", "posting"));
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
