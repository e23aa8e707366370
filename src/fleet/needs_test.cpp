// Needs held against each other: names, circles, long chains, several files; and what is advised.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "base/scratch_folder_for_test.h"
#include "fleet/decode_testing.h"
#include "fleet/load.h"
#include "fleet/preflight.h"

namespace takt::fleet {
namespace {

namespace fs = std::filesystem;
using testing::decode_text;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lines_of;
using testing::problems_of;

/// A job of three lines, the last with its needs.
std::string job(std::string_view name, std::string_view needs) {
  return fmt::format("[job.{}]\nrun = 'x'\nneeds = [{}]\n", name, needs);
}
std::string need(std::string_view name) { return fmt::format("{{ job = '{}' }}", name); }

/// j0 needs j1 needs j2 ... ; the last one needs `last`, if any.
std::string chain(int length, const std::string& last) {
  std::string text;
  for (int i = 0; i + 1 < length; ++i) {
    text += job(fmt::format("j{}", i), need(fmt::format("j{}", i + 1)));
  }
  return text + job(fmt::format("j{}", length - 1), last.empty() ? "" : need(last));
}

TEST(Needs, OfJobsThatComeLaterInTheFileAreFine) {
  EXPECT_THAT(
      problems_of(job("a", need("c") + "," + need("b")) + job("b", need("c")) + job("c", "")),
      IsEmpty());
}

TEST(Needs, AnUnknownJobComesWithTheNearestName) {
  const Loaded loaded = decode_text(job("posting", "") + job("b", need("postign")));
  EXPECT_THAT(lines_of(loaded.problems), ElementsAre("6:18 error: there is no job 'postign'"));
  EXPECT_EQ(loaded.problems[0].hint, "did you mean 'posting'?");
}

TEST(Needs, AJobNamedTwiceIsBlamedAtItsSecondPlace) {
  EXPECT_THAT(problems_of(job("a", need("b") + ", " + need("b")) + job("b", "")),
              ElementsAre("3:33 error: needs names the job 'b' twice"));
}

TEST(Needs, AllThatIsWrongIsSaid) {
  EXPECT_THAT(
      problems_of("[job.a]\nrun = 'x'\nneeds = [\n  { job = 'a', wait = 5 },\n  { jub = 'b' },\n"
                  "  { job = 'c', on_timeout = 'ran', fresh = '0s' },\n]\n"),
      ElementsAre("4:11 error: the job 'a' needs itself",
                  "4:23 error: needs.wait must be a duration like \"5m\", not the integer 5",
                  "5:3 error: an entry of needs names no job",
                  "5:5 error: unknown key 'jub' in needs", "6:11 error: there is no job 'c'",
                  "6:29 error: needs.on_timeout must be \"skip\" or \"run\", not \"ran\"",
                  "6:44 error: needs.fresh must be at least 1ms, not \"0s\""));
}

TEST(Needs, CirclesArePrintedEachOnceAtTheNeedThatClosesThem) {
  EXPECT_THAT(problems_of(job("a", need("b")) + job("b", need("c")) + job("c", need("a")) +
                          job("d", need("a")) + job("e", need("f")) + job("f", need("e"))),
              ElementsAre("9:18 error: needs go in a circle: a -> b -> c -> a",
                          "18:18 error: needs go in a circle: e -> f -> e"));
}

TEST(Needs, CirclesThroughOneJobAreToldOneByOne) {
  EXPECT_THAT(problems_of(job("a", need("b") + "," + need("c")) + job("b", need("a")) +
                          job("c", need("a"))),
              ElementsAre("6:18 error: needs go in a circle: a -> b -> a",
                          "9:18 error: needs go in a circle: a -> c -> a"));
}

TEST(Needs, TwoWaysToOneJobAreNoCircle) {
  EXPECT_THAT(problems_of(job("a", need("b") + "," + need("c")) + job("b", need("d")) +
                          job("c", need("d")) + job("d", "")),
              IsEmpty());
}

TEST(Needs, OfALongCircleBothEndsAreNamed) {
  const auto problems = problems_of(chain(2'000, "j0"));
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0],
            "6000:18 error: needs go in a circle: j0 -> j1 -> j2 -> j3 -> j4 -> j5 -> ... 1988 "
            "more ... -> j1994 -> j1995 -> j1996 -> j1997 -> j1998 -> j1999 -> j0");
}

TEST(Needs, AChainOfAHundredThousandJobsIsFine) {
  const Loaded loaded = decode_text(chain(100'000, ""));
  EXPECT_THAT(lines_of(loaded.problems), IsEmpty());
  ASSERT_TRUE(loaded.spec);
  EXPECT_EQ(loaded.spec->jobs[99'998].needs->at(0).job, "j99999");
  EXPECT_EQ(problems_of(chain(100'000, "j50000")).size(), 1U);
}

TEST(Needs, AHundredThousandUnknownNamesAreSaidInTime) {
  std::string text;
  for (int i = 0; i < 100'000; ++i) text += job(fmt::format("j{}", i), need("nobody"));
  const Loaded loaded = decode_text(text);
  EXPECT_FALSE(loaded.spec);
  EXPECT_EQ(loaded.problems.back().message, "90000 more problems are not shown");
}

TEST(Needs, EqualOnesAreOneObject) {
  const Loaded loaded = decode_text(job("a", need("c")) + job("b", need("c")) + job("c", "") +
                                    "[job.d]\nrun = 'x'\n");
  ASSERT_TRUE(loaded.spec);
  EXPECT_EQ(loaded.spec->jobs[0].needs.pointer(), loaded.spec->jobs[1].needs.pointer());
}

TEST(Needs, OfDefaultsAreForJobsThatDoNotSayOtherwise) {
  const Loaded loaded = decode_text("[defaults]\nneeds = [{ job = 'site' }]\n[job.a]\nrun = 'x'\n" +
                                    job("site", "") + job("b", need("a")));
  ASSERT_TRUE(loaded.spec) << lines_of(loaded.problems).at(0);
  EXPECT_EQ(loaded.spec->jobs[0].needs->at(0).job, "site");
  EXPECT_TRUE(loaded.spec->jobs[1].needs->empty());
  EXPECT_EQ(loaded.spec->jobs[2].needs->at(0).job, "a");
}

TEST(Needs, MistakesOfDefaultsAreSaidThere) {
  const Loaded loaded = decode_text(
      "[defaults]\nrun = 'x'\nneeds = [{ job = 'site' }, { job = 'nobody' }]\n"
      "[job.a]\n[job.b]\n[job.site]\n");
  EXPECT_THAT(lines_of(loaded.problems), ElementsAre("3:18 error: the job 'site' needs itself",
                                                     "3:36 error: there is no job 'nobody'"));
  EXPECT_EQ(loaded.problems[0].hint, "write needs = [] in [job.site]");
}

class NeedsOfFiles : public ::testing::Test {
 protected:
  void write(const std::string& name, const std::string& text) {
    std::ofstream{folder_ / name} << text;
    fs::permissions(folder_ / name, fs::perms::owner_read | fs::perms::owner_write);
  }
  Loaded load_main() { return load(folder_ / "fleet.toml", LoadOptions{}); }

  const ScratchFolder scratch_;
  const fs::path& folder_ = scratch_.path();
};

TEST_F(NeedsOfFiles, JobsOfIncludedFilesCount) {
  write("fleet.toml", "include = ['more.toml']\n" + job("a", need("b")));
  write("more.toml", job("b", ""));
  EXPECT_THAT(lines_of(load_main().problems), IsEmpty());
  write("more.toml", job("b", need("a") + "," + need("nobody")));
  const Loaded loaded = load_main();
  EXPECT_THAT(lines_of(loaded.problems),
              ElementsAre("3:18 error: needs go in a circle: a -> b -> a",
                          "3:32 error: there is no job 'nobody'"));
  for (const Problem& problem : loaded.problems) EXPECT_THAT(problem.file, HasSubstr("more.toml"));
}

TEST_F(NeedsOfFiles, NobodyIsMissedWhileAFileCannotBeRead) {
  write("fleet.toml", "include = ['more.toml']\n" + job("a", need("b")));
  write("more.toml", "[job.b\n");
  EXPECT_THAT(lines_of(load_main().problems), ElementsAre(HasSubstr("syntax error")));
  fs::remove(folder_ / "more.toml");
  EXPECT_THAT(lines_of(load_main().problems), ElementsAre(HasSubstr("1:12 error: 'more.toml'")));
}

std::vector<std::string> advice_on(const std::string& upstream, const std::string& need) {
  const Loaded loaded = decode_text(
      fmt::format("[job.up]\nrun = 'x'\n{}\n[job.a]\nrun = 'x'\nneeds = [{{ job = 'up'{} }}]\n",
                  upstream, need));
  return lines_of(advise(*loaded.spec, loaded.where));
}

TEST(Advice, NeedsThatAreHardlyEverMet) {
  EXPECT_THAT(advice_on("expect = '5m'", ", fresh = '4m'"),
              ElementsAre("6:18 warning: job 'a': fresh (4m) is shorter than a run of 'up' is "
                          "expected to take (5m), so it is hardly ever found fresh"));
  EXPECT_THAT(advice_on("expect = '5m'", ", wait = '4m'"),
              ElementsAre("6:18 warning: job 'a': wait (4m) is shorter than a run of 'up' is "
                          "expected to take (5m), so it would nearly always time out"));
  EXPECT_THAT(advice_on("expect = '5m'", ", fresh = '5m', wait = '5m'"), IsEmpty());
  EXPECT_THAT(advice_on("expect = '11m'", ""), ElementsAre(HasSubstr("wait (10m)")));
  EXPECT_THAT(advice_on("", ", wait = '1ms'"), IsEmpty());
  EXPECT_THAT(advice_on("enabled = false", ""),
              ElementsAre("6:18 warning: job 'a': it needs 'up', which is disabled, so its slots "
                          "are skipped"));
  EXPECT_THAT(advice_on("enabled = false", ", on_timeout = 'run'"),
              ElementsAre(HasSubstr("so it never waits for it")));
}

}  // namespace
}  // namespace takt::fleet
