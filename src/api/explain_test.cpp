#include "api/explain.h"

#include <gtest/gtest.h>

#include "api/fake_backend_for_test.h"

namespace takt::api {
namespace {

TEST(Explain, ARunThatRanTellsHowItEnded) {
  const auto view = explain(ended_run(5));
  EXPECT_EQ(view.state, "ended");
  EXPECT_EQ(view.run, RunId{5});
  EXPECT_EQ(
      view.summary,
      "Run 5 of posting ran at 1970-01-01T00:00:00.020Z, 20ms late; outcome: failed (exit 3)");
}

TEST(Explain, ASignalIsNamed) {
  auto item = ended_run(5);
  item.attempts[0].exit_code = std::nullopt;
  item.attempts[0].signal = 9;
  EXPECT_TRUE(explain(item).summary.ends_with("outcome: failed (signal 9)"));
}

TEST(Explain, ARunThatDidNotStartGivesTheGateThatSaidNo) {
  auto item = ended_run(5);
  item.attempts.clear();
  item.run.started_at = std::nullopt;
  item.run.disposition = core::Disposition::skipped;
  item.run.reason = core::Reason::paused;
  item.run.gates = {
      {.gate = core::GateName::enabled, .text = "enabled"},
      {.gate = core::GateName::paused, .answer = core::GateAnswer::skip, .text = "paused by hand"}};
  const auto view = explain(item);
  EXPECT_EQ(view.summary, "Run 5 of posting did not run: skipped (paused). paused by hand");
  EXPECT_EQ(view.gates.size(), 2U);
}

TEST(Explain, ALivingRunOfADeadDaemonShowsItsLastKnownState) {
  auto item = ended_run(5);
  item.run.state = core::RunState::retrying;
  item.run.retry_at = wall_from_millis(2000);
  EXPECT_EQ(explain(item).summary,
            "Run 5 of posting is retrying, next attempt at 1970-01-01T00:00:02.000Z");
}

}  // namespace
}  // namespace takt::api
