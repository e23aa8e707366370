#include "fleet/include.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/scratch_folder_for_test.h"
#include "fleet/load.h"

namespace takt::fleet {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

class Include : public ::testing::Test {
 protected:
  Include() { put("fleet.toml", ""); }

  void put(const std::string& name, const std::string& text) {
    const auto path = folder_ / name;
    std::filesystem::create_directories(path.parent_path());
    std::ofstream{path} << text;
    chmod(path.c_str(), 0600);
  }

  Included read(const std::string& pattern) {
    struct stat status{};
    stat((folder_ / "fleet.toml").c_str(), &status);
    reader_.emplace(folder_ / "fleet.toml", stamp_of(status), 0, false);
    return reader_->read(pattern);
  }

  std::vector<std::string> names(const std::string& pattern) {
    std::vector<std::string> found;
    for (const IncludedFile& file : read(pattern).files) {
      found.push_back(file.path.lexically_relative(folder_).string());
    }
    return found;
  }

  /// As "file:line error: message", of the fleet file and what it includes.
  std::vector<std::string> problems() {
    std::vector<std::string> found;
    for (const Problem& problem : load(folder_ / "fleet.toml", {}).problems) {
      const auto file = std::filesystem::path{problem.file}.lexically_relative(folder_).string();
      found.push_back(file + ":" + std::to_string(problem.line) + " " +
                      (problem.severity == Problem::Severity::error ? "error: " : "warning: ") +
                      problem.message);
    }
    return found;
  }

  const ScratchFolder scratch_;
  const ScratchFolder elsewhere_;
  const std::filesystem::path& folder_ = scratch_.path();
  const std::filesystem::path& outside_ = elsewhere_.path();
  std::optional<IncludeReader> reader_;
};

TEST_F(Include, PatternsStayInTheFolder) {
  for (const char* pattern : {"../a.toml", "a/../../b", "..", "/etc/passwd", "~/a", "", "  ", "a/",
                              "**/a.toml", "./", "."}) {
    EXPECT_FALSE(judge_pattern(pattern).message.empty()) << pattern;
  }
  EXPECT_FALSE(judge_pattern(std::string_view{"a\0b", 3}).message.empty());
  EXPECT_FALSE(judge_pattern(std::string(5000, 'a')).message.empty());
  for (const char* pattern : {"a.toml", "jobs/*.toml", "./a.toml", "a//b.toml", "a..b.toml"}) {
    EXPECT_TRUE(judge_pattern(pattern).message.empty()) << pattern;
  }
}

TEST_F(Include, MatchesComeSortedAndWithoutHiddenOnes) {
  for (const char* name : {"jobs/b.toml", "jobs/a.toml", "jobs/.c.toml", "jobs/d.toml~"}) {
    put(name, "");
  }
  EXPECT_THAT(names("jobs/*.toml"), ElementsAre("jobs/a.toml", "jobs/b.toml"));
  EXPECT_THAT(names("jobs/[b-z].toml"), ElementsAre("jobs/b.toml"));
  EXPECT_THAT(names("*/?.toml"), ElementsAre("jobs/a.toml", "jobs/b.toml"));
  EXPECT_THAT(names("*/a.toml"), ElementsAre("jobs/a.toml"));
}

TEST_F(Include, TheFleetFileItselfIsNoMatch) {
  put("a.toml", "");
  EXPECT_THAT(names("*.toml"), ElementsAre("a.toml"));
  EXPECT_THAT(names("fleet.toml"), IsEmpty());
}

TEST_F(Include, AFileIsReadOnce) {
  put("a.toml", "");
  EXPECT_THAT(names("a.toml"), ElementsAre("a.toml"));
  EXPECT_THAT(reader_->read("*.toml").files, IsEmpty());
}

TEST_F(Include, ALinkThatLeadsOutIsRefusedAndOneThatStaysIsNot) {
  std::ofstream{outside_ / "a.toml"} << "secret";
  chmod((outside_ / "a.toml").c_str(), 0600);
  put("real/b.toml", "");
  std::filesystem::create_directory(folder_ / "jobs");
  std::filesystem::create_symlink(outside_ / "a.toml", folder_ / "jobs/a.toml");
  std::filesystem::create_symlink("../real/b.toml", folder_ / "jobs/b.toml");
  std::filesystem::create_directory_symlink(outside_, folder_ / "out");
  const Included jobs = read("jobs/*.toml");
  ASSERT_EQ(jobs.files.size(), 1U);
  EXPECT_EQ(jobs.files[0].path, folder_ / "jobs/b.toml");
  ASSERT_EQ(jobs.wrong.size(), 1U);
  EXPECT_TRUE(jobs.wrong[0].is_error);
  EXPECT_THAT(jobs.wrong[0].message, HasSubstr("leads out of the folder"));
  for (const char* pattern : {"out/a.toml", "out/*.toml", "*/a.toml"}) {
    const Included included = read(pattern);
    EXPECT_THAT(included.files, IsEmpty()) << pattern;
    EXPECT_FALSE(included.wrong.empty()) << pattern;
  }
}

TEST_F(Include, NoMatchIsAWarningAndAMissingNameAnError) {
  EXPECT_FALSE(read("jobs/*.toml").wrong.at(0).is_error);
  EXPECT_TRUE(read("jobs/a.toml").wrong.at(0).is_error);
  EXPECT_TRUE(read("a.toml").wrong.at(0).is_error);
}

TEST_F(Include, APipeIsRefusedWithoutWaitingForIt) {
  std::filesystem::create_directory(folder_ / "jobs");
  mkfifo((folder_ / "jobs/a.toml").c_str(), 0600);
  std::filesystem::create_directory(folder_ / "jobs/b.toml");
  const Included included = read("jobs/*.toml");
  EXPECT_THAT(included.files, IsEmpty());
  ASSERT_EQ(included.wrong.size(), 2U);
  EXPECT_TRUE(included.wrong[0].is_error);
  EXPECT_FALSE(included.wrong[1].is_error);
}

TEST_F(Include, OneThatOthersCanWriteIsRefused) {
  put("a.toml", "");
  chmod((folder_ / "a.toml").c_str(), 0666);
  EXPECT_THAT(read("a.toml").wrong.at(0).message, HasSubstr("can be written by others"));
}

TEST_F(Include, JobsOfAllFilesAreOneFleetWithTheDefaultsOfTheFirst) {
  put("fleet.toml", "include = ['jobs/*.toml']\n[defaults]\nretries = 7\n[job.z]\nrun = 'x'\n");
  put("jobs/b.toml", "[job.b]\nrun = 'x'\n");
  put("jobs/a.toml", "[job.a]\nrun = 'x'\nretries = 1\n");
  const Loaded loaded = load(folder_ / "fleet.toml", {});
  ASSERT_TRUE(loaded.spec);
  ASSERT_EQ(loaded.spec->jobs.size(), 3U);
  EXPECT_EQ(loaded.spec->jobs[0].name, "z");
  EXPECT_EQ(loaded.spec->jobs[1].name, "a");
  EXPECT_EQ(loaded.spec->jobs[1].retry.retries, 1);
  EXPECT_EQ(loaded.spec->jobs[2].name, "b");
  EXPECT_EQ(loaded.spec->jobs[2].retry.retries, 7);
  EXPECT_EQ(loaded.spec->jobs[2].command->cwd, folder_.string());
  EXPECT_EQ(loaded.where.job(2), (Position{1, 1, 2}));
  EXPECT_EQ(loaded.where.value(2, "run"), (Position{2, 7, 2}));
  EXPECT_EQ(loaded.where.value(2, "retries"), (Position{3, 11, 0}));
  EXPECT_EQ(loaded.read.files.size(), 3U);
  EXPECT_EQ(loaded.read.folders.size(), 1U);
}

TEST_F(Include, ComplaintsNameTheirFile) {
  put("fleet.toml", "include = ['b.toml', 'a.toml']\n[job.z]\nrun = 3\n");
  put("a.toml", "[job.a]\nrun = 'x'\nevry = '5m'\n");
  put("b.toml", "\n\n[job.b\n");
  const auto found = problems();
  ASSERT_EQ(found.size(), 3U);
  EXPECT_THAT(found[0], HasSubstr("fleet.toml:3 error: run must be"));
  EXPECT_THAT(found[1], HasSubstr("b.toml:3 error: syntax error"));
  EXPECT_EQ(found[2], "a.toml:3 error: unknown key 'evry' in [job.a]");
}

TEST_F(Include, TwinsAreBlamedWithThePlaceOfTheFirst) {
  put("fleet.toml", "include = ['a.toml', 'b.toml']\n[job.x]\nrun = 'x'\n");
  put("a.toml", "[job.x]\nrun = 'x'\n[job.y]\nrun = 'x'\n");
  put("b.toml", "\n[job.y]\nrun = 'x'\n");
  EXPECT_THAT(problems(), ElementsAre("a.toml:1 error: the job 'x' is there twice: also at " +
                                          (folder_ / "fleet.toml").string() + ":2:1",
                                      "b.toml:2 error: the job 'y' is there twice: also at " +
                                          (folder_ / "a.toml").string() + ":3:1"));
}

TEST_F(Include, HoldsJobsOnly) {
  put("fleet.toml", "include = ['a.toml']\n");
  put("a.toml",
      "include = ['b.toml']\n[fleet]\nname = 'x'\n[defaults]\n[pool.x]\n[jobs.x]\n"
      "[notify.x]\n[health.x]\n");
  const auto found = problems();
  ASSERT_EQ(found.size(), 7U);
  EXPECT_THAT(found[0], HasSubstr("a.toml:1 error: include belongs into"));
  EXPECT_THAT(found[1], HasSubstr("a.toml:2 error: fleet belongs into"));
  EXPECT_THAT(found[2], HasSubstr("a.toml:4 error: defaults belongs into"));
  EXPECT_THAT(found[3], HasSubstr("a.toml:5 error: pool belongs into"));
  EXPECT_THAT(found[4], HasSubstr("a.toml:6 error: unknown table 'jobs'"));
  EXPECT_THAT(found[5], HasSubstr("a.toml:7 error: notify belongs into"));
  EXPECT_THAT(found[6], HasSubstr("a.toml:8 error: health belongs into"));
}

TEST_F(Include, JobsOfAllFilesNameChecksAndContactsAndAreNamedByThem) {
  const std::string rest =
      "[notify.me]\nwebhook = 'http://a'\n[[health.h.probe]]\nname = 'p'\njob = 'a'\nfresh = "
      "'1h'\notherwise = { run = 'b' }\n";
  put("fleet.toml", "include = ['*.toml']\n" + rest);
  put("a.toml", "[job.a]\nrun = 'x'\non_failure = ['me']\n");
  put("b.toml", "[job.b]\nrun = 'x'\n[job.c]\nbuiltin = 'health'\nhealth = 'h'\n");
  EXPECT_THAT(problems(), IsEmpty());
  put("b.toml", "[job.c]\nbuiltin = 'health'\nhealth = 'g'\non_failure = ['you']\n");
  EXPECT_THAT(problems(), ElementsAre("fleet.toml:8 error: there is no job 'b'",
                                      "b.toml:3 error: there is no health check 'g'",
                                      "b.toml:4 error: there is no contact 'you'"));
}

TEST_F(Include, NoJobIsMissedByAProbeWhileAFileCannotBeRead) {
  put("fleet.toml",
      "include = ['*.toml']\n[[health.h.probe]]\nname = 'p'\njob = 'a'\nfresh = '1h'\n");
  put("a.toml", "[job.a\n");
  const auto found = problems();
  ASSERT_EQ(found.size(), 1U);
  EXPECT_THAT(found[0], HasSubstr("a.toml:1 error: syntax error"));
}

TEST_F(Include, TheContentChangesWithAnyOfTheFilesAndNotWithTheirAge) {
  put("fleet.toml", "include = ['a.toml']\n");
  put("a.toml", "[job.a]\nrun = 'x'\n");
  const auto content = [&] { return load(folder_ / "fleet.toml", {}).read.content; };
  const auto before = content();
  put("a.toml", "[job.a]\nrun = 'x'\n");
  EXPECT_EQ(content(), before);
  put("a.toml", "[job.a]\nrun = 'y'\n");
  EXPECT_NE(content(), before);
}

TEST_F(Include, ATextThatIsNoFileFollowsNothing) {
  const Loaded loaded = decode("include = ['a.toml', '../b']\n[job.a]\nrun = 'x'\n", "fleet.toml");
  ASSERT_EQ(loaded.problems.size(), 1U);
  EXPECT_THAT(loaded.problems[0].message, HasSubstr("leaves the folder"));
}

}  // namespace
}  // namespace takt::fleet
