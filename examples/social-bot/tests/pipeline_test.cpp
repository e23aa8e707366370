// From the plan to the site and back: what the jobs make of each other's rows.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

#include "bot_folder.h"
#include "jobs/jobs.h"

namespace bot::tests {
namespace {

using testing::HasSubstr;

TEST(Pipeline, PlanQueuesPostsOverTheComingHours) {
  const BotFolder folder;
  folder.done("plan", 2min);
  EXPECT_EQ(folder.count("select count(*) from content where status = 'queued'"), 13);
  EXPECT_EQ(folder.count("select min(scheduled_at) from content"),
            unix_seconds(BotFolder::time(2min)));
  EXPECT_EQ(folder.count("select max(created_at) from content"),
            unix_seconds(BotFolder::time(2min)));
}

TEST(Pipeline, PlanAgainOnlyFillsWhatIsMissing) {
  const BotFolder folder;
  folder.done("plan", 2min);
  folder.done("plan", 2min);
  EXPECT_EQ(folder.count("select count(*) from content"), 13);
  folder.done("plan", 26min);
  EXPECT_EQ(folder.count("select count(*) from content"), 15);
}

TEST(Pipeline, PostingPublishesOnlyWhatIsDueAndKeepsTheSitesId) {
  BotFolder folder;
  folder.start_site();
  folder.done("plan", 2min);
  EXPECT_THAT(folder.done("posting", 1min), HasSubstr("nothing was due"));
  EXPECT_THAT(folder.done("posting", 5min), HasSubstr("posted p1"));
  EXPECT_EQ(folder.count("select count(*) from content where status = 'posted' and site_id = 'p1' "
                         "and posted_at is not null"),
            1);
  EXPECT_EQ(folder.count("select count(*) from content where status = 'queued'"), 12);
  EXPECT_EQ(folder.site_count("select count(*) from posts"), 1);
}

TEST(Pipeline, PostThatTheSiteRefusesForGoodDoesNotStopTheNext) {
  BotFolder folder;
  folder.start_site();
  folder.done("plan", 2min);
  folder.change("update content set text = printf('%.600c', 'x') where id = 1");
  EXPECT_THAT(folder.done("posting", 15min), HasSubstr("posted p1"));
  EXPECT_EQ(folder.count("select count(*) from content where status = 'failed' and id = 1"), 1);
}

/// A day of planning, posting, measuring and learning.
void live_through(const BotFolder& folder, std::chrono::minutes from, std::chrono::minutes to) {
  for (auto at = from; at < to; at += 30min) {
    if ((at - from) % 120min == 0min) folder.done("plan", at);
    folder.done("posting", at);
    folder.done("metrics_scraper", at + 7min);
  }
}

TEST(Pipeline, LearnedWeightsSteerThePlan) {
  BotFolder folder;
  folder.start_site();
  live_through(folder, 0min, 12h);
  EXPECT_THAT(folder.done("learning", 12h), HasSubstr("weighed"));
  EXPECT_GT(folder.count("select count(*) from weights where kind = 'topic' and samples > 0"), 3);
  // The weights agree with what was measured: the best-liked topic is above average, the worst
  // below.
  EXPECT_EQ(folder.count("select max(weight) > 1.0 and min(weight) < 1.0 from weights"), 1);

  folder.change("delete from content where status = 'queued'");
  folder.change(
      "update weights set weight = case when name = 'maps' then 60 else 0.15 end "
      "where kind = 'topic'");
  folder.change("insert or ignore into weights select 'topic', 'maps', 60, 1, 0");
  EXPECT_THAT(folder.done("plan", 12h + 5min), HasSubstr("favouring topic maps"));
  EXPECT_GE(folder.count("select count(*) from content where status = 'queued' and topic = 'maps'"),
            10);
}

TEST(Pipeline, LikesArriveOverTimeAndNeverGoAway) {
  BotFolder folder;
  folder.start_site();
  folder.done("plan", 0min);
  folder.done("posting", 30min);
  for (const auto at : {40min, 100min, 300min, 900min}) folder.done("metrics_scraper", at);
  EXPECT_EQ(folder.count("select count(*) from metrics"), 12);
  EXPECT_EQ(folder.count("select count(*) from metrics a join metrics b using (content_id) "
                         "where a.at < b.at and a.likes > b.likes"),
            0);
  EXPECT_GT(
      folder.count("select sum(likes) from metrics where at = (select max(at) from metrics)"),
      folder.count("select sum(likes) from metrics where at = (select min(at) from metrics)"));
}

TEST(Pipeline, AnalyticsAddsUpToWhatWasMeasured) {
  BotFolder folder;
  folder.start_site();
  live_through(folder, 0min, 6h);
  folder.done("analytics", 6h);
  folder.done("analytics", 6h + 30min);
  const auto likes = folder.count(
      "select sum(likes) from (select max(likes) as likes from metrics group by content_id)");
  EXPECT_GT(likes, 0);
  EXPECT_EQ(folder.count("select sum(likes) from analytics where bucket = 'hour'"), likes);
  EXPECT_EQ(folder.count("select sum(likes) from analytics where bucket = 'day'"), likes);
  EXPECT_EQ(folder.count("select sum(posts) from analytics where bucket = 'hour'"),
            folder.count("select count(*) from content where status = 'posted'"));
}

TEST(Pipeline, AnswersGoToTheBiggestOpportunitiesAndAreMeasuredAndLearnedFrom) {
  BotFolder folder;
  folder.start_site();
  folder.done("mega_viral_harvester", 10min);
  folder.done("reply_posting", 31min);
  EXPECT_EQ(folder.count("select count(*) from opportunities where status = 'answered'"), 2);
  EXPECT_EQ(folder.count("select min(likes) from opportunities where status = 'answered'") >=
                folder.count("select max(likes) from opportunities where status = 'open'"),
            true);
  folder.done("reply_metrics", 72min);
  EXPECT_EQ(folder.count("select count(*) from reply_metrics"), 2);
  folder.done("reply_learning", 75min);
  EXPECT_GT(folder.count("select count(*) from weights where kind = 'style'"), 0);
}

TEST(Pipeline, StaleOpportunitiesAreRefused) {
  BotFolder folder;
  folder.start_site();
  folder.done("mega_viral_harvester", 10min);
  const auto found = folder.count("select count(*) from opportunities");
  EXPECT_GT(found, 0);
  EXPECT_THAT(folder.done("reply_posting", 8h), HasSubstr("too late"));
  EXPECT_EQ(folder.count("select count(*) from opportunities where status = 'stale'"), found);
  EXPECT_EQ(folder.site_count("select count(*) from posts"), 0);
}

TEST(Pipeline, ScrapersFindNewThingsAsTimeGoesOn) {
  BotFolder folder;
  folder.start_site();
  const auto rows = [&](const char* table) {
    return folder.count(fmt::format("select count(*) from {}", table));
  };
  const auto look_around = [&](std::chrono::minutes at) {
    for (const char* job : {"news_scraping", "account_discovery", "peer_scraper", "viral_scraper",
                            "data_collection"}) {
      folder.done(job, at);
    }
    return std::array{rows("news"), rows("accounts"), rows("seen_posts"), rows("trends")};
  };
  const auto before = look_around(0min);
  const auto after = look_around(3h);
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_GT(before[i], 0) << "table " << i;
    EXPECT_GT(after[i], before[i]) << "table " << i;
  }
}

TEST(Pipeline, DeepAnalysisFindsThatViralPostsAskQuestionsMoreOften) {
  BotFolder folder;
  folder.start_site();
  for (auto at = 0min; at < 96h; at += 8h) {
    folder.done("account_discovery", at);
    folder.done("viral_scraper", at);
    folder.done("peer_scraper", at);
  }
  folder.done("vi_deep_analysis", 96h);
  EXPECT_EQ(folder.count("select t > 2 and viral_mean > other_mean from viral_features "
                         "where feature = 'question'"),
            1);
  EXPECT_EQ(folder.count("select abs(t) < 3 from viral_features where feature = 'evening'"), 1);
}

class EveryJob : public testing::TestWithParam<NamedJob> {};

TEST_P(EveryJob, WorksInAnEmptyFolderAndSaysWhatItDid) {
  BotFolder folder;
  folder.start_site();
  EXPECT_FALSE(folder.done(std::string{GetParam().name}, 0min).empty());
}

INSTANTIATE_TEST_SUITE_P(SocialBot, EveryJob,
                         testing::ValuesIn(all_jobs().begin(), all_jobs().end()),
                         [](const auto& job) { return std::string{job.param.name}; });

}  // namespace
}  // namespace bot::tests
