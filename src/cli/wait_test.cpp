// takt trigger --wait and takt logs: the log of a run, and how its end becomes an exit code.

#include "cli/command_line_for_test.h"

namespace takt::cli {
namespace {

class WaitedTrigger : public CommandLine {
 protected:
  WaitedTrigger() {
    backend_.reply = {.result = std::optional{RunId{5}}, .state = "waiting"};
    fs::create_directories(log_folder(folder_ / "state", "posting"));
    std::ofstream(log_file(folder_ / "state", "posting", RunId{5}, 1))
        << "2026-03-08T06:30:00.000Z out hello\n2026-03-08T06:30:00.001Z err+ no newline";
    std::ofstream(log_file(folder_ / "state", "posting", RunId{5}, 1), std::ios::app) << '\n';
  }
  void ends(std::optional<core::Outcome> outcome) {
    auto run = api::ended_run(5);
    run.run.outcome = outcome;
    backend_.rows.run_rows = {run};
    start();
  }
};

TEST_F(WaitedTrigger, ShowsTheLogAndTheResultIsTheExitCode) {
  ends(core::Outcome::ok);
  const auto said = takt({"trigger", "posting", "--wait"});
  EXPECT_EQ(said.exit, 0) << said.err;
  EXPECT_EQ(said.out, "hello\nno newline");
}

TEST_F(WaitedTrigger, AFailedRunIsExit1) {
  ends(core::Outcome::failed);
  EXPECT_EQ(takt({"trigger", "posting", "--wait"}).exit, 1);
}

TEST_F(WaitedTrigger, InJsonTheRunIsPrintedAtTheEnd) {
  ends(core::Outcome::ok);
  const auto said = takt({"trigger", "posting", "--wait", "--json"});
  EXPECT_EQ(said.object().at("id"), json::value(5));
  EXPECT_EQ(said.object().at("run"), json::value(5));
  EXPECT_EQ(said.object().at("outcome"), json::value("ok"));
}

TEST_F(WaitedTrigger, ATimeoutIsExit124AndTheRunGoesOn) {
  auto run = api::ended_run(5);
  run.run.state = core::RunState::running;
  run.run.outcome = std::nullopt;
  backend_.rows.run_rows = {run};
  start();
  const auto said = takt({"trigger", "posting", "--wait", "--timeout", "1ms", "--json"});
  EXPECT_EQ(said.exit, 124);
  EXPECT_NE(said.err.find("run 5 goes on"), std::string::npos) << said.err;
  EXPECT_TRUE(said.object().contains("error"));
}

TEST_F(WaitedTrigger, ARunThatNeverStartedIsExit1) {
  ends(std::nullopt);
  EXPECT_EQ(takt({"trigger", "posting", "--wait"}).exit, 1);
}

TEST_F(WaitedTrigger, ItsLogCanBeReadAfterwards) {
  ends(core::Outcome::ok);
  EXPECT_EQ(takt({"logs", "5"}).out, "hello\nno newline");
  EXPECT_EQ(takt({"logs", "posting"}).out, "hello\nno newline");
  EXPECT_EQ(takt({"logs", "5", "-F"}).out, "hello\nno newline");
  EXPECT_EQ(takt({"logs", "5", "--timestamps"}).out,
            "2026-03-08T06:30:00.000Z out hello\n2026-03-08T06:30:00.001Z err no newline\n");
  EXPECT_EQ(takt({"logs", "5", "--json"}).object().at("lines").as_array().size(), 2U);
  EXPECT_EQ(takt({"logs", "5", "--attempt", "2"}).exit, 4);
}

TEST_F(WaitedTrigger, ALogReplacedByALinkIsNeverFollowed) {
  const auto log = log_file(folder_ / "state", "posting", RunId{5}, 1);
  fs::remove(log);
  std::ofstream(folder_ / "secret") << "secret\n";
  fs::create_symlink(folder_ / "secret", log);
  ends(core::Outcome::ok);
  const auto said = takt({"logs", "5"});
  EXPECT_EQ(said.exit, 4);
  EXPECT_EQ(said.out.find("secret"), std::string::npos);
}

}  // namespace
}  // namespace takt::cli
