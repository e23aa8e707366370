#include "daemon/cleanup.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

namespace takt::daemon {
namespace {

using testing::HasSubstr;

constexpr WallTime kNow{std::chrono::milliseconds{1'767'225'600'000}};

/// Notes what it is asked for.
class NotingLauncher final : public ports::Launcher {
 public:
  void start(ports::Launch launch) override { starts.push_back(std::move(launch)); }
  void kill(Token token, Duration grace) override {
    EXPECT_EQ(token, Cleanup::kToken);
    EXPECT_EQ(grace, Duration{0});
    ++kills;
  }
  void kill_leftover(const core::AttemptRow& attempt) override {
    EXPECT_EQ(attempt.token, Cleanup::kToken);
    ++leftovers;
  }
  std::vector<Token> mains_ended() override { return {}; }
  std::size_t alive() const override { return 0; }
  std::vector<ports::TreeMemory> limited_trees() const override { return {}; }

  std::vector<ports::Launch> starts;
  int kills = 0;
  int leftovers = 0;
};

class CleanupTest : public testing::Test {
 protected:
  CleanupTest() {
    spec_.state_dir = "/srv/state";
    spec_.cleanup = std::make_shared<const core::Command>(core::Command{.argv = {"true"}});
  }
  /// A daemon's whose predecessor left nothing.
  void open() {
    cleanup_.connect(launcher_, spec_);
    if (spec_.cleanup) cleanup_.leftover_gone();
  }
  void run_loop() {
    io_.restart();
    io_.poll();
  }

  boost::asio::io_context io_;
  NotingLauncher launcher_;
  core::FleetSpec spec_;
  std::int64_t left_ = 10;
  std::vector<core::CleanedUp> told_;
  Cleanup cleanup_{
      io_, [this] { return core::MemoryReading{.total_bytes = 100, .available_bytes = left_}; },
      [this](core::CleanedUp event) { told_.push_back(std::move(event)); }};
};

TEST_F(CleanupTest, WithoutACommandItIsToldAtOnceThatThereIsNone) {
  spec_.cleanup = nullptr;
  open();
  cleanup_.begin(spec_, kNow);
  EXPECT_TRUE(told_.empty()) << "never from within begin()";
  run_loop();
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_EQ(told_[0].action, "none");
  EXPECT_TRUE(told_[0].ok && told_[0].last);
  EXPECT_EQ(launcher_.leftovers, 0);
  EXPECT_FALSE(cleanup_.is_running());
}

TEST_F(CleanupTest, TheCommandIsStartedAndToldWithWhatItFreed) {
  open();
  cleanup_.begin(spec_, kNow);
  ASSERT_EQ(launcher_.starts.size(), 1U);
  EXPECT_EQ(launcher_.starts[0].command, spec_.cleanup);
  EXPECT_EQ(launcher_.starts[0].log_file, "/srv/state/logs/_cleanup/1767225600000-1.log");
  EXPECT_TRUE(cleanup_.is_running());
  left_ = 60;
  cleanup_.ended({.exit_code = 0});
  ASSERT_EQ(told_.size(), 1U);
  EXPECT_TRUE(told_[0].ok && told_[0].last);
  EXPECT_EQ(told_[0].before.available_bytes, 10);
  EXPECT_EQ(told_[0].after.available_bytes, 60);
  EXPECT_THAT(told_[0].text, HasSubstr("exit code 0"));
  EXPECT_THAT(told_[0].text, HasSubstr("_cleanup"));
  EXPECT_FALSE(cleanup_.is_running());
}

TEST_F(CleanupTest, ACommandThatFailsIsToldSo) {
  open();
  cleanup_.begin(spec_, kNow);
  cleanup_.ended({.exit_code = 3});
  EXPECT_FALSE(told_[0].ok);
  cleanup_.begin(spec_, kNow);
  cleanup_.ended({.signal = 11});
  EXPECT_FALSE(told_[1].ok);
  EXPECT_THAT(told_[1].text, HasSubstr("signal 11"));
  cleanup_.begin(spec_, kNow);
  cleanup_.ended({.spawn_errno = 2, .error = "program /x: No such file or directory"});
  EXPECT_FALSE(told_[2].ok);
  EXPECT_EQ(told_[2].text, "program /x: No such file or directory");
}

TEST_F(CleanupTest, ItIsNotStartedBeforeAnEarlierDaemonsIsGone) {
  cleanup_.connect(launcher_, spec_);
  EXPECT_EQ(launcher_.leftovers, 1);
  cleanup_.begin(spec_, kNow);
  EXPECT_TRUE(launcher_.starts.empty());
  cleanup_.leftover_gone();
  EXPECT_EQ(launcher_.starts.size(), 1U);
}

TEST_F(CleanupTest, ADaemonThatStopsKillsItAndBeginsNothingMore) {
  open();
  cleanup_.begin(spec_, kNow);
  cleanup_.stop();
  EXPECT_EQ(launcher_.kills, 1);
  EXPECT_TRUE(cleanup_.is_running()) << "until it is proven gone";
  cleanup_.ended({.signal = 9});
  EXPECT_THAT(told_[0].text, HasSubstr("the daemon stops"));
  cleanup_.begin(spec_, kNow);
  run_loop();
  EXPECT_EQ(launcher_.starts.size(), 1U);
  ASSERT_EQ(told_.size(), 2U);
  EXPECT_FALSE(told_[1].ok);
}

TEST_F(CleanupTest, OneThatStillWaitsIsNotStartedByADaemonThatStops) {
  cleanup_.connect(launcher_, spec_);
  cleanup_.begin(spec_, kNow);
  cleanup_.stop();
  EXPECT_FALSE(cleanup_.is_running());
  cleanup_.leftover_gone();
  EXPECT_TRUE(launcher_.starts.empty());
}

}  // namespace
}  // namespace takt::daemon
