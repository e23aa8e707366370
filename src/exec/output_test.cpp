// What a job writes: where it goes, how it is bounded, and that it holds nobody up.

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "exec/launcher_fixture.h"

namespace takt::exec {
namespace {

using testing::HasSubstr;

class Output : public LauncherTest {};
INSTANTIATE_TEST_SUITE_P(Lanes, Output, testing::Values(CgroupLane::automatic, CgroupLane::none),
                         lane_name);

std::string numbered(std::size_t bytes) {
  std::string text;
  for (int i = 0; text.size() < bytes; ++i) text += std::to_string(i) + " the quick brown fox\n";
  text.resize(bytes);
  return text;
}

TEST_P(Output, BothStreamsAreKeptApart) {
  const Token token = start_shell("echo one; echo two >&2; printf three");
  EXPECT_EQ(end_of(token).log_bytes, 13);
  EXPECT_EQ(logged(token), "one\nthree");
  EXPECT_EQ(logged(token, LogStream::err), "two\n");
}

TEST_P(Output, AFloodBelowTheCapIsStoredByteForByte) {
  const Token token = start_witness({"--output", "3000000"});
  EXPECT_EQ(end_of(token).log_bytes, 3'000'000);
  EXPECT_TRUE(logged(token) == numbered(3'000'000));
}

TEST_P(Output, AFloodAboveTheCapIsCutThereAndMarkedWithItsSize) {
  const Token token =
      start(core::Command{.argv = witness({"--output", "3000000"}), .log_max_bytes = 100'000});
  const auto end = end_of(token);
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.log_bytes, 3'000'000);
  EXPECT_TRUE(logged(token) == numbered(100'000));
  EXPECT_THAT(logged(token, LogStream::cut), HasSubstr("2900000 bytes not stored"));
}

TEST_P(Output, EndingEarlyOfBothStreamsDoesNotEndTheRun) {
  const Token token =
      start_shell("echo last; exec >&- 2>&-; sleep 0.2; echo beat >&3 || exit 9; exit 5");
  EXPECT_EQ(end_of(token).exit_code, 5);
  EXPECT_EQ(logged(token), "last\n");
}

TEST_P(Output, ABackgroundChildThatHoldsThePipeDoesNotHoldTheRun) {
  const auto begun = std::chrono::steady_clock::now();
  const auto end = run_shell("sleep 55 & echo started; exit 0");
  const auto took = std::chrono::steady_clock::now() - begun;
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.leaked, 1);
  EXPECT_GE(took, std::chrono::milliseconds{300});
  EXPECT_LT(took, std::chrono::seconds{3});
  EXPECT_TRUE(tagged_processes().empty());
}

TEST_P(Output, ABackgroundChildThatWritesOnIsReadForFiveSecondsAtMost) {
  const auto begun = std::chrono::steady_clock::now();
  const Token token = start_shell("(while :; do echo more; sleep 0.05; done) & exit 0");
  EXPECT_GE(end_of(token).leaked, 1);
  const auto took = std::chrono::steady_clock::now() - begun;
  EXPECT_GE(took, std::chrono::milliseconds{4900});
  EXPECT_LT(took, std::chrono::seconds{8});
  EXPECT_THAT(logged(token), HasSubstr("more\n"));
}

TEST_P(Output, OutputWrittenShortlyAfterTheMainProcessEndedIsKept) {
  const Token token = start_shell("(sleep 0.15; echo late) & exit 0");
  EXPECT_EQ(end_of(token).exit_code, 0);
  EXPECT_EQ(logged(token), "late\n");
}

TEST_P(Output, APlantedSymlinkIsNotFollowedAndTheJobRunsOn) {
  std::ofstream(folder_ / "victim") << "precious";
  std::filesystem::create_directories(folder_ / "logs/job");
  std::filesystem::create_symlink(folder_ / "victim", log_path(Token{1}));
  const auto end = run_shell("echo overwritten");
  EXPECT_EQ(end.exit_code, 0);
  EXPECT_EQ(end.log_bytes, 12);
  EXPECT_THAT(end.error, HasSubstr("in the place of the log"));
  EXPECT_EQ(std::filesystem::file_size(folder_ / "victim"), 8U);
}

TEST_P(Output, ALogReplacedWhileItIsWrittenHarmsNobody) {
  std::ofstream(folder_ / "victim") << "precious";
  const Token token = start_shell("echo one; sleep 0.3; echo two");
  ASSERT_TRUE(wait_for_output(token, "one"));
  std::filesystem::remove(log_path(token));
  std::filesystem::create_symlink(folder_ / "victim", log_path(token));
  EXPECT_EQ(end_of(token).exit_code, 0);
  EXPECT_EQ(std::filesystem::file_size(folder_ / "victim"), 8U);
  EXPECT_FALSE(LogReader::open(log_path(token)).has_value());
}

TEST_P(Output, OldLogsGoWhenANewRunEnds) {
  std::filesystem::create_directories(folder_ / "logs/job");
  for (const std::int64_t run : {1, 2}) std::ofstream(log_path(Token{run})) << "x";
  last_token_ = 2;
  run(core::Command{.argv = {"echo"}, .keep_runs = 2, .keep_for = std::chrono::hours{24 * 36500}});
  EXPECT_TRUE(run_until([&] { return !std::filesystem::exists(log_path(Token{1})); }));
  EXPECT_TRUE(std::filesystem::exists(log_path(Token{2})));
  EXPECT_TRUE(std::filesystem::exists(log_path(Token{3})));
}

}  // namespace
}  // namespace takt::exec
