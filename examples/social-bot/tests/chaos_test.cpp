// The real program with --chaos: each fault does what the diary says, and nothing goes wrong with a job
// that somebody runs by hand.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value_to.hpp>
#include <csignal>
#include <fstream>
#include <functional>
#include <ranges>
#include <tuple>
#include <vector>

#include "bot_folder.h"
#include "chaos/calendar.h"
#include "chaos/diary.h"

namespace bot::tests {
namespace {

using chaos::Entry;
using testing::HasSubstr;

struct Case {
  std::uint64_t seed = 0;
  Entry entry;
};

/// The first entry that strikes as wanted, among seeds 1, 2, ... What it strikes is not struck by
/// another one as well.
template <class Fault>
Case some(const std::function<bool(const Fault&, const Entry&)>& wanted) {
  for (std::uint64_t seed = 1;; ++seed) {
    for (const Entry& entry : chaos::calendar(seed, 0)) {
      const auto* fault = std::get_if<Fault>(&entry.fault);
      if (fault == nullptr || !wanted(*fault, entry)) continue;
      const auto first = chaos::fault_of(
          seed, {.job = entry.job, .attempt = 1, .now = entry.from, .slot = entry.from});
      if (first && first->fault.index() == entry.fault.index() && first->from == entry.from) {
        return {seed, entry};
      }
    }
  }
}

template <class Fault>
Case some() {
  return some<Fault>([](const Fault&, const Entry&) { return true; });
}

/// A folder in which the chaos has begun at minute 0.
class ChaosFolder : public BotFolder {
 public:
  ChaosFolder() { const chaos::Diary begun(path("chaos.jsonl"), 0, time(0min)); }

  Child start_struck(const Case& struck, chaos::Elapsed at, int attempt = 1) const {
    return start_as(struck.seed, std::string{struck.entry.job}, at, attempt);
  }
  Ended strike(const Case& struck, int attempt = 1) const {
    return start_struck(struck, struck.entry.from, attempt).finish();
  }
  Child start_as(std::uint64_t seed, const std::string& job, chaos::Elapsed at, int attempt) const {
    const std::string now = chaos::rfc3339(time(0min) + at);
    return Child(
        {SOCIAL_BOT_PROGRAM, "--chaos", std::to_string(seed), job == "feed_site" ? "site" : job},
        path(""),
        {"TAKT_NOW=" + now, "TAKT_SLOT=" + now, "TAKT_JOB=" + job, "TAKT_RUN_ID=17",
         "TAKT_ATTEMPT=" + std::to_string(attempt), "SITE_WAIT_MS=0"});
  }

  /// The lines after the first.
  std::vector<boost::json::object> noted() const {
    std::ifstream file(path("chaos.jsonl"));
    std::vector<boost::json::object> lines;
    for (std::string line; std::getline(file, line);) {
      lines.push_back(boost::json::parse(line).as_object());
    }
    lines.erase(lines.begin());
    return lines;
  }
  std::string noted_word(const char* key) const {
    const auto lines = noted();
    return lines.size() == 1 ? boost::json::value_to<std::string>(lines[0].at(key)) : "";
  }
};

struct Struck : testing::Test {
  ChaosFolder folder;
  void plan() const { folder.done("plan", 0min); }
};

TEST_F(Struck, CrashEndsTheProcessAsItIsNoted) {
  using How = chaos::Crash::How;
  for (const auto& [how, word, code] :
       {std::tuple{How::segmentation_fault, "SIGSEGV", 139}, std::tuple{How::abort, "SIGABRT", 134},
        std::tuple{How::exit_1, "exit 1", 1}}) {
    const ChaosFolder own;
    const Case crash = some<chaos::Crash>([&](const chaos::Crash& fault, const Entry& entry) {
      return fault.how == how && !fault.work_done_first && entry.job == "analytics";
    });
    EXPECT_EQ(own.strike(crash).exit_code, code);
    EXPECT_EQ(own.noted_word("fault"), "crash");
    EXPECT_EQ(own.noted_word("how"), word);
    EXPECT_EQ(own.noted_word("job"), "analytics");
  }
}

TEST_F(Struck, CrashAfterTheWorkHasDoneIt) {
  const Case crash = some<chaos::Crash>([](const chaos::Crash& fault, const Entry& entry) {
    return fault.work_done_first && entry.job == "analytics";
  });
  EXPECT_THAT(folder.strike(crash).output, testing::Not(testing::IsEmpty()));
  EXPECT_EQ(folder.noted_word("when"), "after the work");
}

TEST_F(Struck, RetryOfACrashSucceeds) {
  const Case crash = some<chaos::Crash>([](const chaos::Crash& fault, const Entry& entry) {
    return fault.attempts == 1 && entry.job == "posting";
  });
  plan();
  folder.start_site();
  EXPECT_EQ(folder.strike(crash, 2).exit_code, 0);
  EXPECT_TRUE(folder.noted().empty());
}

TEST_F(Struck, HangEndsByTermAndADeafOneByKillOnly) {
  for (const bool deaf : {false, true}) {
    const ChaosFolder own;
    const Case hang = some<chaos::Hang>(
        [&](const chaos::Hang& fault, const Entry&) { return fault.deaf == deaf; });
    Child child = own.start_struck(hang, hang.entry.from);
    EXPECT_THAT(child.line(), HasSubstr("hangs"));
    EXPECT_EQ(own.noted_word("fault"), "hang");
    child.signal(SIGTERM);
    if (deaf) child.signal(SIGKILL);
    // SIGTERM came first: had it been heard, it would have been what ended the process.
    EXPECT_EQ(child.finish().exit_code, 128 + (deaf ? SIGKILL : SIGTERM));
  }
}

TEST_F(Struck, LeakFailsByItself) {
  const Case small = some<chaos::Leak>(
      [](const chaos::Leak& fault, const Entry&) { return fault.mebibytes < 220; });
  const Ended ended = folder.strike(small);
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("MiB"));
  EXPECT_EQ(folder.noted_word("fault"), "leak");
}

TEST_F(Struck, PostThatWasSentIsLeftInPostingAndFoundAgain) {
  plan();
  folder.start_site();
  const Case left = some<chaos::LeavePosting>(
      [](const chaos::LeavePosting& fault, const Entry&) { return fault.sent; });
  EXPECT_EQ(folder.strike(left).exit_code, 128 + SIGABRT);
  EXPECT_EQ(folder.count("select id from content where status = 'posting'"),
            folder.noted()[0].at("row").to_number<std::int64_t>());
  EXPECT_EQ(folder.site_count("select count(*) from posts"), 1);
  EXPECT_THAT(folder.done("id_recovery", 3h), HasSubstr("1 found on the site"));
}

TEST_F(Struck, RowThatWasNeverSentIsTheLastOfTheQueue) {
  plan();
  const Case left = some<chaos::LeavePosting>(
      [](const chaos::LeavePosting& fault, const Entry&) { return !fault.sent; });
  EXPECT_EQ(folder.strike(left).exit_code, 128 + SIGABRT);
  EXPECT_EQ(folder.count("select scheduled_at from content where status = 'posting'"),
            folder.count("select max(scheduled_at) from content"));
}

TEST_F(Struck, QueueIsDeletedWithAllRowsAndPlanFillsItAgain) {
  plan();
  const Ended ended = folder.strike(some<chaos::DeleteContent>());
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_EQ(folder.count("select count(*) from content"), 0);
  EXPECT_EQ(folder.noted()[0].at("rows").to_number<int>(), 13);
  folder.done("plan", 70min);
  EXPECT_EQ(folder.count("select count(*) from content"), 13);
}

TEST_F(Struck, EmptyQueueCannotBeLostAndNothingIsNoted) {
  const Ended ended = folder.strike(some<chaos::DeleteContent>());
  EXPECT_EQ(ended.exit_code, 0) << ended.output;
  EXPECT_TRUE(folder.noted().empty());
}

TEST_F(Struck, PlanFailsUntilTheWindowIsOver) {
  const Case fails = some<chaos::PlanFails>();
  EXPECT_EQ(folder.start_struck(fails, fails.entry.from, 4).finish().exit_code, 1);
  EXPECT_EQ(folder.noted_word("until"), chaos::rfc3339(BotFolder::time(0min) + fails.entry.until));
  EXPECT_EQ(folder.start_struck(fails, fails.entry.until).finish().exit_code, 0);
  EXPECT_EQ(folder.noted().size(), 1U);
}

/// Stands in for the fleet: the site as takt starts it, and jobs that ask it.
struct StruckSite : Struck {
  Case outage = some<chaos::SiteDown>();
  Child start(chaos::Elapsed at) {
    Child site = folder.start_struck(outage, at);
    EXPECT_THAT(site.line(), HasSubstr("feed site on"));
    return site;
  }
  Ended ask(chaos::Elapsed at) const {
    return folder.start_as(outage.seed, "viral_scraper", at, 1).finish();
  }
};

TEST_F(StruckSite, DiesOfTheFirstRequestInItsOutage) {
  Child site = start(0s);
  EXPECT_EQ(ask(outage.entry.from - 1s).exit_code, 0);
  EXPECT_EQ(ask(outage.entry.from).exit_code, 1);
  EXPECT_EQ(site.finish().exit_code, 1);
  EXPECT_EQ(folder.noted_word("how"), "dies");
}

TEST_F(StruckSite, OnceBackTurnsEverybodyAwayUntilTheOutageIsOver) {
  const Child site = start(outage.entry.from + 1s);
  for (int i = 0; i < 2; ++i) {
    const Ended turned_away = ask(outage.entry.until - 1s);
    EXPECT_EQ(turned_away.exit_code, 1);
    EXPECT_THAT(turned_away.output, HasSubstr("turns everybody away"));
  }
  EXPECT_EQ(folder.noted_word("how"), "503");  // one line, however many ask
  EXPECT_EQ(ask(outage.entry.until).exit_code, 0);
}

TEST_F(StruckSite, PostThatIsTurnedAwayGoesBackIntoTheQueue) {
  plan();
  const Child site = start(outage.entry.from + 1s);
  EXPECT_EQ(folder.start_as(outage.seed, "posting", outage.entry.from + 1s, 2).finish().exit_code,
            1);
  EXPECT_EQ(folder.count("select count(*) from content where status = 'queued'"), 13);
}

TEST(Chaos, JobRunByHandIsSparedAndNothingIsWritten) {
  const BotFolder folder;
  const Case fails = some<chaos::PlanFails>();
  Child child({SOCIAL_BOT_PROGRAM, "--chaos", std::to_string(fails.seed), "plan"}, folder.path(""),
              {"TAKT_NOW=" + chaos::rfc3339(BotFolder::time(0min) + fails.entry.from)});
  EXPECT_EQ(child.finish().exit_code, 0);
  EXPECT_FALSE(std::ifstream(folder.path("chaos.jsonl")).good());
}

TEST(Chaos, OfManyThatComeFirstOneBeginsTheDiary) {
  const ChaosFolder folder;
  std::filesystem::remove(folder.path("chaos.jsonl"));
  std::vector<Child> jobs;
  for (int i = 0; i < 8; ++i) jobs.push_back(folder.start_as(1, "analytics", 0s, 1));
  for (Child& job : jobs) EXPECT_EQ(job.finish().exit_code, 0);
  EXPECT_TRUE(folder.noted().empty());
  EXPECT_EQ(std::ranges::distance(std::filesystem::directory_iterator(folder.path("")) |
                                  std::views::filter([](const auto& entry) {
                                    return entry.path().string().contains("chaos.jsonl");
                                  })),
            1);
}

TEST(Chaos, SeedThatIsNoNumberIsRefused) {
  const BotFolder folder;
  Child child({SOCIAL_BOT_PROGRAM, "--chaos", "much", "plan"}, folder.path(""), {});
  const Ended ended = child.finish();
  EXPECT_EQ(ended.exit_code, 1);
  EXPECT_THAT(ended.output, HasSubstr("not 'much'"));
}

TEST(Launcher, PassesTheSeedOfAFileBesideIt) {
  const BotFolder folder;
  std::filesystem::copy(std::string{SOCIAL_BOT_FOLDER} + "/bot", folder.path("bot"));
  std::ofstream(folder.path("chaos.seed")) << "much\n";
  Child child({folder.path("bot"), "plan"}, folder.path(""),
              {std::string{"SOCIAL_BOT="} + SOCIAL_BOT_PROGRAM, "PATH=/usr/bin:/bin"});
  EXPECT_THAT(child.finish().output, HasSubstr("not 'much'"));
}

}  // namespace
}  // namespace bot::tests
