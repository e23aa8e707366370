// What is said about health checks and contacts of a valid file: by themselves, and on this machine.

#include "fleet/outside_advice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include "base/scratch_folder_for_test.h"
#include "fleet/decode_testing.h"
#include "fleet/preflight.h"

namespace takt::fleet {
namespace {

namespace fs = std::filesystem;
using testing::decode_text;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::lines_of;

std::vector<std::string> advice_on(const std::string& text) {
  const Loaded loaded = decode_text(text);
  EXPECT_THAT(lines_of(loaded.problems), IsEmpty());
  return lines_of(advise(*loaded.spec, loaded.where));
}

const std::string kProbe = "[[health.h.probe]]\nname = 'p'\njob = 'a'\nfresh = '10m'\n";
const std::string kJob = "[job.a]\nrun = 'x'\n";

std::string measurer(const std::string& when) {
  return "[job.m]\nbuiltin = 'health'\nhealth = 'h'\n" + when + "\n";
}

TEST(CheckAdvice, OnesThatNoJobMeasures) {
  EXPECT_THAT(advice_on(kProbe + kJob),
              ElementsAre("1:1 warning: health check 'h' is measured by no job that is enabled"));
  EXPECT_THAT(advice_on(kProbe + kJob + measurer("enabled = false")).size(), 1U);
  EXPECT_THAT(advice_on(kProbe + kJob + measurer("every = '5m'")), IsEmpty());
}

TEST(CheckAdvice, OnesMeasuredTooRarely) {
  EXPECT_THAT(
      advice_on(kProbe + kJob + measurer("every = '11m'")),
      ElementsAre("4:9 warning: health check 'h', probe 'p': fresh (10m) is shorter than the "
                  "interval of job 'm' (11m), which measures it: it can be stale for long before "
                  "that is noticed"));
  EXPECT_THAT(advice_on(kProbe + kJob + measurer("every = '10m'")), IsEmpty());
  EXPECT_THAT(advice_on(kProbe + kJob + measurer("after = '11m'")).size(), 1U);
  EXPECT_THAT(advice_on(kProbe + kJob + measurer("")), IsEmpty());
  EXPECT_THAT(advice_on(kProbe + kJob + measurer("every = '1h'") +
                        "[job.n]\nbuiltin = 'health'\nhealth = 'h'\nevery = '5m'\n"),
              IsEmpty());
}

TEST(CheckAdvice, JobsThatDoNotRun) {
  EXPECT_THAT(advice_on(kProbe + "otherwise = { event = 'info', run = 'a' }\n" + kJob +
                        "enabled = false\n" + measurer("every = '5m'")),
              ElementsAre("3:7 warning: health check 'h', probe 'p': it is about job 'a', which is "
                          "disabled",
                          "5:37 warning: health check 'h', probe 'p': it is mended by job 'a', "
                          "which is disabled"));
}

TEST(CheckAdvice, HasNoPlaceWithoutAFile) {
  const Loaded loaded = decode_text(kProbe + "otherwise = { run = 'a' }\n" + kJob +
                                    "enabled = false\n" + measurer("every = '11m'"));
  const auto problems = advise(*loaded.spec);
  ASSERT_EQ(problems.size(), 3U);
  EXPECT_EQ(problems[0].line, 0);
}

TEST(ContactAdvice, OnesWhomNobodyNames) {
  const std::string contacts =
      "[notify.x]\nwebhook = 'http://a'\n[notify.y]\nwebhook = 'http://a'\n";
  EXPECT_THAT(advice_on(kJob + contacts),
              ElementsAre("3:1 warning: no job names contact 'x', so it is never told anything",
                          "5:1 warning: no job names contact 'y', so it is never told anything"));
  EXPECT_THAT(advice_on(kJob + "on_failure = ['x']\non_recovery = ['y']\n" + contacts), IsEmpty());
}

class OutsidePreflight : public ::testing::Test {
 protected:
  void write(const std::string& name, mode_t mode) {
    std::ofstream{folder_ / name} << "x\n";
    chmod((folder_ / name).c_str(), mode);
  }

  std::vector<std::string> look_at(const std::string& text) {
    Loaded loaded = decode(text, folder_ / "fleet.toml");
    EXPECT_TRUE(loaded.spec) << fmt::format("{}", fmt::join(lines_of(loaded.problems), "\n"));
    return lines_of(preflight(*loaded.spec, loaded.where));
  }

  const ScratchFolder scratch_;
  const fs::path& folder_ = scratch_.path();
};

TEST_F(OutsidePreflight, ADatabaseMayBeMadeLater) {
  const std::string check =
      "[health.h]\ndatabase = 'a.db'\n[[health.h.probe]]\nname = 'p'\nsql = 'x'\nequals = 1\n";
  EXPECT_THAT(look_at(check), ElementsAre(HasSubstr("2:12 warning: health check 'h': there is no "
                                                    "database '")));
  write("a.db", 0600);
  EXPECT_THAT(look_at(check), IsEmpty());
  EXPECT_THAT(look_at("[health.h]\ndatabase = 'postgres://nowhere/x'\n[[health.h.probe]]\nname = "
                      "'p'\nsql = 'x'\nequals = 1\n"),
              IsEmpty());
  EXPECT_THAT(look_at("[health.h]\ndatabase = '.'\n[[health.h.probe]]\nname = 'p'\nsql = "
                      "'x'\nequals = 1\n"),
              ElementsAre(HasSubstr("is not a file")));
}

TEST_F(OutsidePreflight, ProgramsAreLookedFor) {
  EXPECT_THAT(
      look_at("[[health.h.probe]]\nname = 'p'\ncommand = ['./none']\nsucceeds = true\n"
              "otherwise = { event = 'info', command = ['no-such-program'] }\n"
              "[notify.me]\ncommand = ['./tell']\n"),
      ElementsAre("3:11 warning: health check 'h', probe 'p': there is no program './none'",
                  "5:41 warning: health check 'h', probe 'p': the program 'no-such-program' is not "
                  "in the PATH of jobs",
                  "7:11 warning: contact 'me': there is no program './tell'"));
  EXPECT_THAT(look_at("[notify.me]\ncommand = 'anything'\n"), IsEmpty());
}

TEST_F(OutsidePreflight, APasswordFileMustBeThereAndClosed) {
  const std::string mail =
      "[notify.me]\n[notify.me.email]\nsmtp = 'a'\nto = 'a@b'\nuser = 'u'\npassword_file = 'p'\n";
  EXPECT_THAT(look_at(mail),
              ElementsAre(HasSubstr("6:17 warning: contact 'me': the password_file")));
  write("p", 0640);
  EXPECT_THAT(look_at(mail), ElementsAre(HasSubstr("is open to others (mode 0640); chmod 600 it")));
  write("p", 0600);
  EXPECT_THAT(look_at(mail), IsEmpty());
}

TEST_F(OutsidePreflight, ABuiltinJobNeedsNothingOfTheMachine) {
  EXPECT_THAT(look_at("[defaults]\nuser = 'no-such-user'\ncwd = 'none'\nenv_file = 'none'\n"
                      "[job.a]\nbuiltin = 'watchdog'\n"),
              IsEmpty());
}

}  // namespace
}  // namespace takt::fleet
