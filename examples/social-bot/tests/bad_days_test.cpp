// Killed jobs, a site that is away or comes back, many first users at once: nothing is published
// twice, nothing is lost.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>
#include <vector>

#include "bot_folder.h"

namespace bot::tests {
namespace {

using testing::HasSubstr;

/// A folder with a site, a plan, and one post published as p1.
struct Published : testing::Test {
  BotFolder folder;
  void SetUp() override {
    folder.start_site();
    folder.done("plan", 2min);
    folder.done("posting", 5min);
  }
  std::int64_t with_status(const std::string& status) const {
    return folder.count("select count(*) from content where status = '" + status + "'");
  }
};
using Recovery = Published;
using Reconciliation = Published;
using SiteAway = Published;

TEST_F(Recovery, PostThatReachedTheSiteBeforeItsJobDiedGetsItsIdBack) {
  folder.change(
      "update content set status = 'posting', site_id = null, posted_at = null "
      "where id = 1");
  EXPECT_THAT(folder.done("id_recovery", 6min), HasSubstr("1 found on the site"));
  EXPECT_EQ(folder.count("select count(*) from content where status = 'posted' and site_id = 'p1' "
                         "and id = 1"),
            1);
  folder.done("posting", 10min);
  EXPECT_EQ(folder.site_count("select count(*) from posts"), 1);
}

TEST_F(Recovery, RowThatNeverReachedTheSiteGoesBackIntoTheQueueAndIsPublishedOnce) {
  folder.change("update content set status = 'posting' where id = 2");
  EXPECT_THAT(folder.done("id_recovery", 30min), HasSubstr("1 back in the queue"));
  EXPECT_EQ(with_status("posting"), 0);
  folder.done("posting", 30min);
  EXPECT_EQ(folder.count("select count(*) from content where id = 2 and status = 'posted'"), 1);
}

TEST_F(Recovery, RowOfAJobThatIsStillAtItIsLeftAlone) {
  folder.change(
      "update content set status = 'posting', updated_at = updated_at + 180 where id = 2");
  folder.done("id_recovery", 6min);
  EXPECT_EQ(with_status("posting"), 1);
}

TEST_F(Recovery, RowQueuedAgainThoughItWasPublishedIsNotPublishedTwice) {
  folder.change(
      "update content set status = 'queued', site_id = null, posted_at = null "
      "where id = 1");
  EXPECT_THAT(folder.done("posting", 6min), HasSubstr("posted p1"));
  EXPECT_EQ(folder.site_count("select count(*) from posts"), 1);
}

TEST_F(Recovery, AnswerWhoseJobDiedIsSentAgainWithoutASecondOne) {
  folder.done("mega_viral_harvester", 10min);
  folder.done("reply_posting", 11min);
  const auto published = folder.site_count("select count(*) from posts");
  folder.change(
      "update opportunities set status = 'answering', reply_id = null "
      "where status = 'answered'");
  folder.change("update opportunities set status = 'stale' where status = 'open'");
  folder.done("reply_posting", 12min);
  EXPECT_EQ(folder.count("select count(*) from opportunities where status = 'answered' "
                         "and reply_id is not null"),
            2);
  EXPECT_EQ(folder.site_count("select count(*) from posts"), published);
}

TEST_F(Recovery, AnswerThatAJobLeftBehindTooLongAgoIsNotSentAnyMore) {
  folder.done("mega_viral_harvester", 10min);
  folder.change("update opportunities set status = 'answering', style = 'asking'");
  EXPECT_THAT(folder.done("reply_posting", 8h), HasSubstr("too old by now"));
  EXPECT_EQ(folder.count("select count(*) from opportunities where status <> 'stale'"), 0);
  EXPECT_EQ(folder.site_count("select count(*) from posts"), 1);
}

TEST_F(Reconciliation, RowPublishedWhileTheListWasMadeIsLeftAlone) {
  folder.change("update content set site_id = 'p999' where id = 1");
  folder.done("tweet_reconciliation", 6min);
  EXPECT_EQ(with_status("posted"), 1);
}

TEST_F(Reconciliation, PostOfTheSiteThatIsUnknownHereIsAdopted) {
  folder.change("delete from content where id = 1");
  EXPECT_THAT(folder.done("tweet_reconciliation", 60min), HasSubstr("1 adopted"));
  EXPECT_EQ(folder.count("select count(*) from content where status = 'posted' "
                         "and site_id = 'p1'"),
            1);
}

TEST_F(Reconciliation, PostThatIsGoneFromTheSiteIsMarkedRemoved) {
  folder.change("update content set site_id = 'p999' where id = 1");
  folder.done("tweet_reconciliation", 60min);
  EXPECT_EQ(folder.count("select count(*) from content where id = 1 and status = 'removed'"), 1);
}

TEST_F(Reconciliation, WhenBothListsAgreeNothingChanges) {
  EXPECT_THAT(folder.done("tweet_reconciliation", 60min),
              HasSubstr("0 adopted, 0 of ours are gone"));
  EXPECT_EQ(with_status("posted"), 1);
}

TEST_F(SiteAway, JobsSayThatTheSiteIsNotUp) {
  folder.stop_site(SIGTERM);
  for (const char* job : {"metrics_scraper", "news_scraping", "tweet_reconciliation"}) {
    const Ended ended = folder.run(job, 20min);
    EXPECT_EQ(ended.exit_code, 1);
    EXPECT_THAT(ended.output, HasSubstr("the feed site is not up"));
  }
}

TEST_F(SiteAway, PostingPutsItsRowBackAndFails) {
  folder.stop_site(SIGTERM);
  EXPECT_EQ(folder.run("posting", 20min).exit_code, 1);
  EXPECT_EQ(with_status("posting"), 0);
  EXPECT_EQ(with_status("queued"), 12);
}

TEST_F(SiteAway, KilledSiteLeavesAPortFileThatFoolsNobody) {
  folder.stop_site(SIGKILL);
  ASSERT_TRUE(std::ifstream(folder.path("site.port")).good());
  const Ended ended = folder.run("posting", 20min);
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("the feed site is not up"));
}

TEST_F(SiteAway, RestartKeepsWhatWasPublished) {
  folder.stop_site(SIGKILL);
  folder.start_site();
  EXPECT_THAT(folder.done("metrics_scraper", 60min), HasSubstr("measured 1 posts"));
  EXPECT_THAT(folder.done("posting", 15min), HasSubstr("posted p2"));
}

TEST_F(SiteAway, StoppedSiteEndsWellAndTakesItsPortFileAlong) {
  EXPECT_EQ(folder.stop_site(SIGTERM).exit_code, 0);
  EXPECT_FALSE(std::ifstream(folder.path("site.port")).good());
}

TEST_F(SiteAway, SecondSiteOnOneDatabaseIsRefusedAndTheFirstGoesOn) {
  const Ended second = folder.run("site", 6min);
  EXPECT_EQ(second.exit_code, 1);
  EXPECT_THAT(second.output, HasSubstr("held by another process"));
  folder.done("metrics_scraper", 20min);
}

TEST_F(SiteAway, AnotherSitesPortFileIsNotBelieved) {
  std::ifstream file(folder.path("site.port"));
  int port = 0;
  file >> port;
  std::ofstream(folder.path("site.port")) << port << " 0123456789abcdef\n";
  const Ended ended = folder.run("metrics_scraper", 20min);
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("another site"));
}

TEST_F(SiteAway, PortFileIsForItsOwnerOnly) {
  struct stat facts{};
  ASSERT_EQ(::stat(folder.path("site.port").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777, 0600U);
}

TEST(FirstUse, ManyJobsAtOnceInAnEmptyFolderMakeTheTablesOnceAndNoneFails) {
  BotFolder folder;
  folder.start_site();
  std::vector<Child> jobs;
  for (int i = 0; i < 5; ++i) {
    jobs.push_back(folder.start("plan", 0min));
    jobs.push_back(folder.start("news_scraping", 0min));
    jobs.push_back(folder.start("posting", 0min));
  }
  for (Child& job : jobs) {
    const Ended ended = job.finish();
    EXPECT_EQ(ended.exit_code, 0) << ended.output;
  }
  EXPECT_EQ(folder.count("pragma user_version"), 1);
  EXPECT_EQ(folder.count("select count(*) from pragma_journal_mode where journal_mode = 'wal'"), 1);
  EXPECT_EQ(folder.count("select count(*) from content"), 13);
  EXPECT_EQ(folder.count("select count(distinct scheduled_at) from content"), 13);
}

TEST(FirstUse, DatabaseOfANewerProgramIsRefused) {
  const BotFolder folder;
  folder.done("plan", 0min);
  folder.change("pragma user_version = 99");
  const Ended ended = folder.run("plan", 5min);
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("use a newer program"));
}

TEST(FirstUse, FileThatIsNoDatabaseIsNamedInTheMessage) {
  const BotFolder folder;
  std::ofstream(folder.path("content.db")) << std::string(4096, 'x');
  const Ended ended = folder.run("plan", 0min);
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("content.db"));
}

TEST(CommandLine, UnknownJobIsAUsageErrorThatListsTheJobs) {
  const BotFolder folder;
  const Ended ended = folder.run("postin", 0min);
  EXPECT_EQ(ended.exit_code, 2);
  EXPECT_THAT(ended.output, HasSubstr("there is no job 'postin'"));
  EXPECT_THAT(ended.output, HasSubstr("tweet_reconciliation"));
}

TEST(CommandLine, TimeThatIsNoneIsRefused) {
  const BotFolder folder;
  Child child({SOCIAL_BOT_PROGRAM, "plan"}, folder.path(""), {"TAKT_NOW=yesterday"});
  const Ended ended = child.finish();
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("'yesterday' is not a time"));
}

}  // namespace
}  // namespace bot::tests
