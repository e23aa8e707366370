#pragma once
// Stage for the launcher's tests: real processes, one loop, both ways of holding a tree together.
// Waits run the loop until something is true, at most kPatience of wall time.

#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/scratch_folder_for_test.h"
#include "exec/launcher.h"
#include "exec/log_format.h"
#include "exec/proc_table.h"

namespace takt::exec {

inline constexpr std::chrono::seconds kPatience{30};
inline constexpr WallTime kLogTime{std::chrono::milliseconds{1'767'225'600'000}};

class LauncherTest : public testing::TestWithParam<CgroupLane>, public ports::LauncherListener {
 protected:
  LauncherTest() : options_(options()) {}

  void SetUp() override {
    open();
    if (GetParam() != CgroupLane::none && launcher_->lane() == CgroupLane::none) {
      GTEST_SKIP() << "no cgroups here: " << launcher_->lane_reason();
    }
  }

  void TearDown() override {
    for (const Token token : alive_) launcher_->kill(token, Duration{0});
    EXPECT_TRUE(run_until([&] { return launcher_->alive() == 0; }));
  }

  /// The next incarnation of the daemon, with whatever the last one left running.
  void reopen() {
    launcher_.reset();
    alive_.clear();
    open();
  }

  static ports::Launch launch_of(Token token, core::Command command, const std::string& log) {
    if (command.cwd.empty()) command.cwd = "/";
    return {.token = token,
            .run = RunId{token.value},
            .job = "job",
            .command = std::make_shared<const core::Command>(std::move(command)),
            .takt_env = {{"TAKT_JOB", "job"}, {"TAKT_RUN_ID", std::to_string(token.value)}},
            .log_file = log,
            .kill_grace = std::chrono::seconds{10}};
  }

  Token start(core::Command command) {
    const Token token{++last_token_};
    alive_.push_back(token);
    launcher_->start(launch_of(token, std::move(command), log_path(token)));
    return token;
  }
  Token start(std::vector<std::string> argv) {
    return start(core::Command{.argv = std::move(argv)});
  }
  Token start_shell(const std::string& text) { return start({"/bin/sh", "-c", text}); }
  /// The command line of a witness (src/witness) that keeps no diary.
  static std::vector<std::string> witness(std::vector<std::string> options) {
    options.insert(options.begin(), {TAKT_WITNESS, "--unwitnessed"});
    return options;
  }
  Token start_witness(std::vector<std::string> options) {
    return start(witness(std::move(options)));
  }

  core::ProcessEnd end_of(Token token) {
    EXPECT_TRUE(run_until([&] { return ends_.contains(token); })) << "no end of " << token.value;
    return ends_[token];
  }
  core::ProcessEnd run(core::Command command) { return end_of(start(std::move(command))); }
  core::ProcessEnd run(std::vector<std::string> argv) { return end_of(start(std::move(argv))); }
  core::ProcessEnd run_shell(const std::string& text) { return end_of(start_shell(text)); }

  bool run_until(const std::function<bool()>& done) {
    const auto until = std::chrono::steady_clock::now() + kPatience;
    while (!done()) {
      const auto now = std::chrono::steady_clock::now();
      if (now >= until) return false;
      io_.restart();
      io_.run_one_until(std::min(until, now + std::chrono::milliseconds{5}));
    }
    return true;
  }

  std::string log_path(Token token) const {
    return folder_ / ("logs/job/" + std::to_string(token.value) + "-1.log");
  }
  std::string logged(Token token, LogStream stream = LogStream::out) const {
    std::string bytes;
    auto reader = LogReader::open(log_path(token));
    if (!reader) return bytes;
    while (const auto line = reader->next()) {
      if (line->stream == stream) bytes += line->text + (line->newline ? "\n" : "");
    }
    return bytes;
  }
  bool wait_for_output(Token token, const std::string& text) {
    return run_until([&] { return logged(token).contains(text); });
  }
  std::string output_of(core::Command command) {
    const Token token = start(std::move(command));
    EXPECT_EQ(end_of(token).exit_code, 0);
    return logged(token);
  }

  /// Living processes of this test's fleet, by the tag in their environment.
  std::vector<ProcessEntry> tagged_processes() const {
    std::vector<ProcessEntry> found;
    for (const ProcessEntry& process : read_process_table()) {
      const auto tag = read_tag(process.pid, options_.fleet_tag);
      if (process.alive() && tag.kind == ProcessTag::Kind::tagged) found.push_back(process);
    }
    return found;
  }

  void started(Token token, const core::Process& process) override {
    EXPECT_FALSE(ends_.contains(token)) << "started after its end";
    started_[token] = process;
  }
  void deferred(Token token, const std::string& why) override {
    EXPECT_FALSE(started_.contains(token)) << "deferred after its start";
    EXPECT_TRUE(deferred_.emplace(token, why).second) << "deferred twice";
  }
  void ended(Token token, const core::ProcessEnd& end) override {
    EXPECT_TRUE(ends_.emplace(token, end).second) << "ended twice";
    std::erase(alive_, token);
    if (on_ended_) on_ended_(token);
  }
  void beat(Token token, const core::Beat& beat) override {
    EXPECT_FALSE(ends_.contains(token)) << "a beat after the end";
    beats_[token].push_back(beat);
  }
  void leftover_gone(Token token, int killed) override {
    EXPECT_TRUE(gone_.emplace(token, killed).second) << "gone twice";
  }

  void open() { launcher_ = std::make_unique<ProcessLauncher>(io_, *this, options_); }

  static LauncherOptions options() {
    static int made = 0;
    const std::string name =
        "takt-exec-test-" + std::to_string(::getpid()) + "-" + std::to_string(++made);
    return {.lane = GetParam(),
            .cgroup_name = name,
            .fleet_tag = name,
            .node = NodeId{"node"},
            .clock = [] { return kLogTime; }};
  }

  ScratchFolder folder_;
  LauncherOptions options_;
  boost::asio::io_context io_;
  std::unique_ptr<ProcessLauncher> launcher_;
  std::int64_t last_token_ = 0;
  std::vector<Token> alive_;
  std::map<Token, core::Process> started_;
  std::map<Token, core::ProcessEnd> ends_;
  std::map<Token, std::string> deferred_;
  std::map<Token, int> gone_;
  std::map<Token, std::vector<core::Beat>> beats_;
  std::function<void(Token)> on_ended_;
};

inline std::string lane_name(const testing::TestParamInfo<CgroupLane>& lane) {
  return lane.param == CgroupLane::none ? "WithoutCgroup" : "WithCgroup";
}

}  // namespace takt::exec
