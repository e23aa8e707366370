#include "fleet/preflight.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/scratch_folder_for_test.h"
#include "fleet/decode_testing.h"
#include "fleet/load.h"

namespace takt::fleet {
namespace {

namespace fs = std::filesystem;
using testing::decode_text;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lines_of;

class Preflight : public ::testing::Test {
 protected:
  void write(const std::string& name, mode_t mode) {
    std::ofstream{folder_ / name} << "A=1\n";
    chmod((folder_ / name).c_str(), mode);
  }

  /// Problems of a fleet with one job; its lines begin on line 2.
  std::vector<std::string> look_at(const std::string& lines) {
    loaded_ = decode("[job.a]\n" + lines, folder_ / "fleet.toml");
    EXPECT_TRUE(loaded_.spec);
    return lines_of(preflight(*loaded_.spec, loaded_.where));
  }

  const std::string& disabled_because() { return loaded_.spec->jobs.at(0).problem; }

  const ScratchFolder scratch_;
  const fs::path& folder_ = scratch_.path();
  Loaded loaded_;
};

TEST_F(Preflight, AJobThatCanRunIsFine) {
  write("secret.env", 0600);
  EXPECT_THAT(look_at("run = 'x'\nenv_file = 'secret.env'\n"), IsEmpty());
  EXPECT_EQ(disabled_because(), "");
}

TEST_F(Preflight, AMissingUserDisablesTheJob) {
  EXPECT_THAT(look_at("run = 'x'\nuser = 'no-such-user'\n"),
              ElementsAre("3:8 warning: job 'a' is disabled on this machine: the user "
                          "'no-such-user' does not exist"));
  EXPECT_EQ(disabled_because(), "the user 'no-such-user' does not exist");
}

TEST_F(Preflight, AMissingFolderDisablesTheJob) {
  EXPECT_THAT(look_at("run = 'x'\ncwd = 'none'\n"), ElementsAre(HasSubstr("3:7 warning: job 'a'")));
  EXPECT_THAT(disabled_because(), HasSubstr("none' does not exist"));
  write("file", 0600);
  EXPECT_THAT(look_at("run = 'x'\ncwd = 'file'\n"), ElementsAre(HasSubstr("is not a folder")));
}

TEST_F(Preflight, AnEnvFileMustBeThereAndClosed) {
  EXPECT_THAT(look_at("run = 'x'\nenv_file = 'none'\n"), ElementsAre(HasSubstr("does not exist")));
  for (const mode_t mode : {0640, 0604, 0620, 0660}) {
    write("open.env", mode);
    EXPECT_THAT(look_at("run = 'x'\nenv_file = 'open.env'\n"),
                ElementsAre(HasSubstr("is open to others")));
    EXPECT_THAT(disabled_because(), HasSubstr("chmod 600"));
  }
}

TEST_F(Preflight, AllThatIsWrongIsSaid) {
  look_at("run = 'x'\nuser = 'no-such-user'\ncwd = 'none'\n");
  EXPECT_THAT(disabled_because(), HasSubstr("the user 'no-such-user' does not exist; the folder"));
}

TEST_F(Preflight, AMissingProgramIsAWarningOnly) {
  EXPECT_THAT(
      look_at("run = ['no-such-program']\n"),
      ElementsAre("2:7 warning: job 'a': the program 'no-such-program' is not in the PATH of "
                  "jobs"));
  EXPECT_EQ(disabled_because(), "");
  EXPECT_THAT(look_at("run = ['./none']\n"),
              ElementsAre(HasSubstr("there is no program './none'")));
  write("plain", 0600);
  EXPECT_THAT(look_at("run = ['./plain']\n"), ElementsAre(HasSubstr("is not executable")));
  write("tool", 0700);
  EXPECT_THAT(look_at("run = ['./tool']\n"), IsEmpty());
  EXPECT_THAT(look_at("run = ['sh']\n"), IsEmpty());
}

TEST_F(Preflight, CleanupIsLookedForToo) {
  const auto look = [&](const std::string& cleanup) {
    Loaded loaded =
        decode("[fleet]\ncleanup = " + cleanup + "\n[job.a]\nrun = 'x'\n", folder_ / "fleet.toml");
    return lines_of(preflight(*loaded.spec, loaded.where));
  };
  EXPECT_THAT(look("['no-such-program']"),
              ElementsAre("2:11 warning: cleanup: the program 'no-such-program' is not in the PATH "
                          "of jobs"));
  EXPECT_THAT(look("['./tidy']"), ElementsAre(HasSubstr("there is no program './tidy'")));
  EXPECT_THAT(look("'sync'"), IsEmpty());
}

TEST_F(Preflight, AnOldProblemIsForgotten) {
  Loaded loaded = decode("[job.a]\nrun = 'x'\n", folder_ / "fleet.toml");
  loaded.spec->jobs[0].problem = "once upon a time";
  EXPECT_THAT(preflight(*loaded.spec), IsEmpty());
  EXPECT_EQ(loaded.spec->jobs[0].problem, "");
}

std::vector<std::string> advice_on(const std::string& lines) {
  const Loaded loaded = decode_text("[job.a]\nrun = 'x'\n" + lines);
  return lines_of(advise(*loaded.spec, loaded.where));
}

TEST(Advice, AStaleAfterThatWouldFireForEver) {
  EXPECT_THAT(
      advice_on("every = '10m'\nexpect = '1m'\nstale_after = '659s'\n"),
      ElementsAre(
          "5:15 warning: job 'a': stale_after (10m59s) is shorter than the longest interval "
          "and the expected duration together (10m + 1m), so it would fire for ever"));
  EXPECT_THAT(advice_on("every = '10m'\nexpect = '1m'\nstale_after = '11m'\n"), IsEmpty());
  EXPECT_THAT(advice_on("every = '1m..10m'\nstale_after = '9m'\n"), ElementsAre(HasSubstr("5")));
  EXPECT_THAT(advice_on("after = '10m'\nstale_after = '9m'\n"), ElementsAre(HasSubstr("4:15")));
  EXPECT_THAT(advice_on("stale_after = '1ms'\n"), IsEmpty());
  EXPECT_THAT(advice_on("cron = '0 9 * * mon-fri'\nstale_after = '71h'\n"),
              ElementsAre(HasSubstr("(3d + 0s)")));
  EXPECT_THAT(advice_on("cron = '0 9 * * mon-fri'\nstale_after = '72h'\n"), IsEmpty());
}

TEST(Advice, LimitsBelowTheExpectedDuration) {
  EXPECT_THAT(advice_on("expect = '5m'\nhung_after = '5m'\n"),
              ElementsAre(HasSubstr("hung_after (5m)")));
  EXPECT_THAT(advice_on("expect = '5m'\ntimeout = '5m'\n"), ElementsAre(HasSubstr("timeout (5m)")));
  EXPECT_THAT(advice_on("expect = '5m'\nhung_after = '7m'\ntimeout = '6m'\n"), IsEmpty());
}

TEST(Advice, ATimeoutThatIsNeverReached) {
  EXPECT_THAT(
      advice_on("hung_after = '5m'\ntimeout = '6m'\n"),
      ElementsAre("4:11 warning: job 'a': timeout (6m) is never reached: after 5m the run is "
                  "hung"));
}

TEST(Advice, SlotsInEachOthersWay) {
  EXPECT_THAT(advice_on("every = '5m'\nexpect = '5m'\n"),
              ElementsAre(HasSubstr("will be skipped")));
  EXPECT_THAT(advice_on("every = '5m'\nstart_within = '6m'\n"), ElementsAre(HasSubstr("4:16")));
  EXPECT_THAT(advice_on("every = '5m'\nstart_within = '6m'\noverlap = 'queue'\n"), IsEmpty());
  EXPECT_THAT(advice_on("after = '5m'\nexpect = '6m'\n"), IsEmpty());
}

TEST(Advice, NoneForADisabledJobAndNoPlaceWithoutAFile) {
  EXPECT_THAT(advice_on("enabled = false\nevery = '5m'\nstale_after = '1m'\n"), IsEmpty());
  const Loaded loaded = decode_text("[job.a]\nrun = 'x'\nevery = '5m'\nstale_after = '1m'\n");
  const auto problems = advise(*loaded.spec);
  ASSERT_EQ(problems.size(), 1U);
  EXPECT_EQ(problems[0].line, 0);
}

}  // namespace
}  // namespace takt::fleet
