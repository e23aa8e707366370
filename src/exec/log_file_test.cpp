#include "exec/log_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "base/scratch_folder_for_test.h"
#include "exec/log_retention.h"

namespace takt::exec {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

constexpr WallTime kNow{std::chrono::milliseconds{1'767'225'600'000}};  // 2026-01-01

std::vector<LogLine> lines_of(const std::string& path) {
  auto reader = LogReader::open(path);
  std::vector<LogLine> lines;
  if (!reader) return lines;
  while (auto line = reader->next()) lines.push_back(*std::move(line));
  return lines;
}

std::string bytes_of(const std::vector<LogLine>& lines, LogStream stream) {
  std::string bytes;
  for (const LogLine& line : lines) {
    if (line.stream == stream) bytes += line.text + (line.newline ? "\n" : "");
  }
  return bytes;
}

std::string text_of(const std::string& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

TEST(LogFile, LinesHaveTimeAndStream) {
  const ScratchFolder folder;
  LogFile log(folder / "logs/job/1-1.log", 1000);
  log.write(LogStream::out, "one\ntwo\n", kNow);
  log.write(LogStream::err, "three", kNow);
  log.finish(0, kNow);
  EXPECT_EQ(text_of(folder / "logs/job/1-1.log"),
            "2026-01-01T00:00:00.000Z out one\n"
            "2026-01-01T00:00:00.000Z out two\n"
            "2026-01-01T00:00:00.000Z err+ three\n");
  EXPECT_EQ(log.emitted_bytes(), 13U);
  EXPECT_EQ(log.problem(), "");
}

TEST(LogFile, FileAndFolderAreTheDaemonsAlone) {
  const ScratchFolder folder;
  LogFile log(folder / "logs/job/1-1.log", 1000);
  log.write(LogStream::out, "first\n", kNow);
  struct stat facts{};
  ASSERT_EQ(::stat((folder / "logs/job/1-1.log").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0600U);
  ASSERT_EQ(::stat((folder / "logs/job").c_str(), &facts), 0);
  EXPECT_EQ(facts.st_mode & 0777U, 0700U);
}

TEST(LogFile, ALineInSeveralWritesIsOneLine) {
  const ScratchFolder folder;
  LogFile log(folder / "1-1.log", 1000);
  log.write(LogStream::out, "on", kNow);
  log.write(LogStream::err, "x\n", kNow);
  log.write(LogStream::out, "e\n", kNow);
  log.finish(0, kNow);
  EXPECT_EQ(bytes_of(lines_of(folder / "1-1.log"), LogStream::out), "one\n");
  EXPECT_EQ(lines_of(folder / "1-1.log").size(), 2U);
}

RC_GTEST_PROP(LogFile, BytesBelowTheCapAreRebuiltExactly, ()) {
  const ScratchFolder folder;
  LogFile log(folder / "1-1.log", 1U << 30U);
  std::map<LogStream, std::string> emitted;
  const auto pieces = *rc::gen::container<std::vector<std::pair<bool, std::string>>>(
      rc::gen::pair(rc::gen::arbitrary<bool>(),
                    rc::gen::oneOf(rc::gen::string<std::string>(),
                                   rc::gen::element<std::string>("\n", "\n\n", "x", "x\ny", "\r\n"),
                                   rc::gen::map(rc::gen::inRange(65'000, 66'000), [](int n) {
                                     return std::string(static_cast<std::size_t>(n), 'l');
                                   }))));
  for (const auto& [is_err, bytes] : pieces) {
    const LogStream stream = is_err ? LogStream::err : LogStream::out;
    emitted[stream] += bytes;
    log.write(stream, bytes, kNow);
  }
  log.finish(0, kNow);
  const auto lines = lines_of(folder / "1-1.log");
  RC_ASSERT(bytes_of(lines, LogStream::out) == emitted[LogStream::out]);
  RC_ASSERT(bytes_of(lines, LogStream::err) == emitted[LogStream::err]);
  for (const LogLine& line : lines) RC_ASSERT(line.text.size() <= kLogPieceMax);
}

TEST(LogFile, TheCapCutsAtItsByteAndSaysHowManyFollowed) {
  const ScratchFolder folder;
  LogFile log(folder / "1-1.log", 5);
  log.write(LogStream::out, "abc\nd", kNow);
  log.write(LogStream::out, "efg\nh", kNow);
  log.write(LogStream::err, "12345", kNow);
  log.finish(0, kNow);
  const auto lines = lines_of(folder / "1-1.log");
  EXPECT_EQ(bytes_of(lines, LogStream::out), "abc\nd");
  EXPECT_EQ(bytes_of(lines, LogStream::cut), "log_max of 5 bytes reached\n10 bytes not stored\n");
  EXPECT_EQ(log.emitted_bytes(), 15U);
}

TEST(LogFile, ExactlyTheCapIsNotCut) {
  const ScratchFolder folder;
  LogFile log(folder / "1-1.log", 4);
  log.write(LogStream::out, "abc\n", kNow);
  log.finish(0, kNow);
  EXPECT_EQ(lines_of(folder / "1-1.log").size(), 1U);
}

TEST(LogFile, APlantedSymlinkIsNotFollowed) {
  const ScratchFolder folder;
  std::ofstream(folder / "victim") << "precious";
  std::filesystem::create_symlink(folder / "victim", folder / "1-1.log");
  LogFile log(folder / "1-1.log", 1000);
  log.write(LogStream::out, "overwritten\n", kNow);
  log.finish(0, kNow);
  EXPECT_EQ(text_of(folder / "victim"), "precious");
  EXPECT_THAT(log.problem(), HasSubstr("in the place of the log"));
  EXPECT_EQ(log.emitted_bytes(), 12U);
  EXPECT_FALSE(LogReader::open(folder / "1-1.log").has_value());
}

TEST(LogFile, APlantedSymlinkToAFolderIsNotFollowed) {
  const ScratchFolder folder;
  std::filesystem::create_directory(folder / "elsewhere");
  std::filesystem::create_symlink(folder / "elsewhere", folder / "job");
  LogFile log(folder / "job/1-1.log", 1000);
  log.write(LogStream::out, "astray\n", kNow);
  log.finish(0, kNow);
  EXPECT_TRUE(std::filesystem::is_empty(folder / "elsewhere"));
  EXPECT_NE(log.problem(), "");
}

TEST(LogFile, OfASilentAttemptIsNotMade) {
  const ScratchFolder folder;
  LogFile log(folder / "job/1-1.log", 1000);
  log.finish(0, kNow);
  EXPECT_FALSE(std::filesystem::exists(folder / "job"));
  EXPECT_EQ(log.problem(), "");
}

TEST(LogFile, OfAForgottenStoreGoesAlsoWhenTheAttemptIsSilent) {
  const ScratchFolder folder;
  std::ofstream(folder / "1-1.log") << "old and long";
  LogFile log(folder / "1-1.log", 1000);
  log.finish(0, kNow);
  EXPECT_EQ(text_of(folder / "1-1.log"), "");
}

TEST(LogFile, AFileOfAForgottenStoreIsReplaced) {
  const ScratchFolder folder;
  std::ofstream(folder / "1-1.log") << "old and long";
  LogFile log(folder / "1-1.log", 1000);
  log.write(LogStream::out, "new\n", kNow);
  log.finish(0, kNow);
  EXPECT_EQ(text_of(folder / "1-1.log"), "2026-01-01T00:00:00.000Z out new\n");
}

/// A file that can grow no further, as on a full disk: the limit is the process's own.
class SmallDisk {
 public:
  explicit SmallDisk(rlim_t bytes) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    before_handler_ = ::signal(SIGXFSZ, SIG_IGN);
    resize(bytes);
  }
  void resize(rlim_t bytes) {
    const rlimit now{.rlim_cur = bytes, .rlim_max = before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~SmallDisk() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, before_handler_);
  }

 private:
  rlimit before_{};
  sighandler_t before_handler_;
};

TEST(LogFile, AFullDiskLosesBytesButNotCountAndGoesOnWhenThereIsRoom) {
  const ScratchFolder folder;
  LogFile log(folder / "1-1.log", 1000);
  log.write(LogStream::out, "first\n", kNow);
  {
    SmallDisk disk(40);
    log.write(LogStream::out, "second\n", kNow);
    log.write(LogStream::out, "third\n", kNow);
  }
  log.write(LogStream::out, "fourth\n", kNow);
  log.finish(0, kNow);
  const auto lines = lines_of(folder / "1-1.log");
  EXPECT_EQ(bytes_of(lines, LogStream::out), "first\nfourth\n");
  EXPECT_THAT(bytes_of(lines, LogStream::lost), HasSubstr("13 bytes could not be written"));
  EXPECT_EQ(bytes_of(lines, LogStream::unknown), "");
  EXPECT_EQ(log.emitted_bytes(), 26U);
  EXPECT_NE(log.problem(), "");
}

TEST(LogFile, BytesNobodyReadAreMarked) {
  const ScratchFolder folder;
  LogFile log(folder / "1-1.log", 1000);
  log.finish(17, kNow);
  EXPECT_EQ(bytes_of(lines_of(folder / "1-1.log"), LogStream::lost),
            "17 bytes were not read in time\n");
}

TEST(LogReader, GoesOnWhereTheFileGrew) {
  const ScratchFolder folder;
  LogFile log(folder / "1-1.log", 1000);
  log.write(LogStream::out, "early\n", kNow);
  auto reader = LogReader::open(folder / "1-1.log");
  ASSERT_TRUE(reader.has_value());
  EXPECT_TRUE(reader->next().has_value());
  EXPECT_FALSE(reader->next().has_value());
  log.write(LogStream::out, "late\n", kNow);
  const auto line = reader->next();
  ASSERT_TRUE(line.has_value());
  EXPECT_EQ(line->text, "late");
  EXPECT_EQ(line->at, kNow);
}

TEST(LogReader, ALineThatTaktDidNotWriteIsItsOwnText) {
  for (const std::string text :
       {"", "hello", "2026-01-01T00:00:00.000Z", "x out y", "2026-01-01T00:00:00.000Z outt y",
        "2026-01-01T00:00:00.000Z unknown y"}) {
    EXPECT_EQ(parse_log_line(text).stream, LogStream::unknown) << text;
    EXPECT_EQ(parse_log_line(text).text, text);
  }
}

class Retention : public testing::Test {
 protected:
  void have(const std::string& name, std::chrono::hours age) const {
    std::ofstream(folder_ / name) << "x";
    const std::int64_t seconds = millis(kNow - age) / 1000;
    const timespec times[2] = {{.tv_sec = seconds}, {.tv_sec = seconds}};
    ASSERT_EQ(::utimensat(AT_FDCWD, (folder_ / name).c_str(), times, 0), 0);
  }
  std::vector<std::string> names() const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / ".")) {
      names.push_back(entry.path().filename());
    }
    return names;
  }
  ScratchFolder folder_;
};

TEST_F(Retention, KeepsTheNewestRunsWithAllTheirAttempts) {
  for (const char* name : {"9-1.log", "10-1.log", "10-2.log", "11-1.log"}) have(name, {});
  EXPECT_EQ(prune_logs(folder_ / ".", 2, std::chrono::hours{1}, kNow), 1);
  EXPECT_THAT(names(), UnorderedElementsAre("10-1.log", "10-2.log", "11-1.log"));
}

TEST_F(Retention, DeletesWhatIsTooOldAndKeepsWhatIsExactlyAsOldAsAllowed) {
  have("1-1.log", std::chrono::hours{3});
  have("2-1.log", std::chrono::hours{2});
  EXPECT_EQ(prune_logs(folder_ / ".", 100, std::chrono::hours{2}, kNow), 1);
  EXPECT_THAT(names(), UnorderedElementsAre("2-1.log"));
}

TEST_F(Retention, TouchesNothingButAttemptLogs) {
  for (const char* name : {"notes.txt", "1.log", "a-1.log", "1-1.log.bak", "-1-1.log", "0-1.log"}) {
    have(name, std::chrono::hours{1000});
  }
  std::filesystem::create_directory(folder_ / "3-1.log");
  std::filesystem::create_symlink("notes.txt", folder_ / "4-1.log");
  EXPECT_EQ(prune_logs(folder_ / ".", 0, std::chrono::hours{1}, kNow), 0);
  EXPECT_EQ(names().size(), 8U);
}

TEST_F(Retention, LeavesWhatIsBeingWritten) {
  have("1-1.log", std::chrono::hours{9});
  const auto in_use = [](const std::string& name) { return name == "1-1.log"; };
  EXPECT_EQ(prune_logs(folder_ / ".", 0, Duration{0}, kNow, in_use), 0);
}

TEST_F(Retention, AFolderThatIsASymlinkOrMissingIsLeftAlone) {
  have("1-1.log", std::chrono::hours{9});
  const ScratchFolder other;
  std::filesystem::create_directory_symlink(folder_ / ".", other / "link");
  EXPECT_EQ(prune_logs(other / "link", 0, Duration{0}, kNow), 0);
  EXPECT_EQ(prune_logs(other / "missing", 0, Duration{0}, kNow), 0);
}

}  // namespace
}  // namespace takt::exec
