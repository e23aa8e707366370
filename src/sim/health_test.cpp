// Health checks, contacts and the watchdog's sweep, lived through with faults: what the rows say of
// remedies is held against the rules, and memory and store must never be found to differ.

#include <gtest/gtest.h>

#include <map>
#include <string>
#include <utility>

#include "fleet/load.h"
#include "sim/campaign_fleet.h"
#include "sim/campaign_for_test.h"

namespace takt::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view kFleet = R"(
[pool.browser]
slots = 2
[notify.owner]
command = ["true"]
nag = "2h"
[notify.pager]
command = ["true"]
after = 2
[defaults]
on_failure = ["owner", "pager"]
on_recovery = ["owner"]
hung_after = "15m"
[job.plan]
run = "x"
every = "2h"
retries = 2
priority = "P0"
expect = "3m"
stale_after = "3h"
[job.posting]
run = "x"
every = "5m"
uses = { browser = 1 }
expect = "90s"
[job.scraper]
run = "x"
every = "20m"
uses = { browser = 2 }
quarantine_after = 5
expect = "4m"
[job.sweep]
builtin = "watchdog"
every = "3m"
[job.replay]
builtin = "journal_replay"
every = "10m"
[job.keep]
builtin = "retention"
every = "1h"
[job.check]
builtin = "health"
health = "pipeline"
every = "10m"
[job.often]
builtin = "health"
health = "busy"
every = "1m"
overlap = "queue"
[health.pipeline]
database = "content.db"
[[health.pipeline.probe]]
name = "fresh"
sql = "select 1"
fresh = "3h"
otherwise = { run = "plan" }
[[health.pipeline.probe]]
name = "queue"
sql = "select 1"
at_least = 1
otherwise = { run = "plan", priority = "P0" }
[[health.pipeline.probe]]
name = "planned"
job = "plan"
fresh = "3h"
otherwise = { run = "plan" }
[[health.pipeline.probe]]
name = "stuck"
sql = "select 1"
at_most = 0
cooldown = "30m"
otherwise = [{ sql = "update x" }, { event = "warning" }, { run = "scraper" }]
[health.busy]
database = "content.db"
[[health.busy.probe]]
name = "slow_to_fail"
file = "/x"
fresh = "1h"
for = "10m"
otherwise = { command = ["true"] }
[[health.busy.probe]]
name = "pool"
pool = "browser"
at_most = 1
for = "5m"
)";

core::FleetSpec fleet() {
  auto loaded = fleet::decode(kFleet, "/srv/fleet.toml");
  for (const auto& problem : loaded.problems) EXPECT_EQ("", problem.message);
  EXPECT_TRUE(loaded.spec);
  return std::move(*loaded.spec);
}

/// Reads the events as they are committed, and complains.
class Mending {
 public:
  void see(const core::Batch& batch) {
    for (const core::Row& row : batch.rows) {
      if (const auto* event = std::get_if<core::EventRow>(&row)) see(*event);
      if (const auto* probe = std::get_if<core::ProbeRow>(&row)) see(*probe);
    }
  }
  std::int64_t count(core::EventKind kind) const {
    const auto found = counts_.find(kind);
    return found == counts_.end() ? 0 : found->second;
  }

 private:
  static std::string value(const core::EventRow& event, std::string_view key) {
    for (const auto& [name, text] : event.data) {
      if (name == key) return text;
    }
    return {};
  }

  void see(const core::EventRow& event) {
    counts_[event.kind] += 1;
    EXPECT_NE(event.kind, core::EventKind::row_mended) << event.text;
    const std::string name = value(event, "health") + "/" + value(event, "probe");
    Probe& probe = probes_[name];
    switch (event.kind) {
      case core::EventKind::probe_failed:
        EXPECT_FALSE(std::exchange(probe.failing, true)) << event.text;
        return;
      case core::EventKind::probe_recovered:
        EXPECT_TRUE(std::exchange(probe.failing, false)) << event.text;
        probe = {};
        return;
      case core::EventKind::remedy_done:
        EXPECT_TRUE(probe.failing) << event.text;
        EXPECT_FALSE(probe.escalated) << event.text;
        return;
      case core::EventKind::remedy_judged:
        probe.vain = value(event, "helped") == "true" ? 0 : probe.vain + 1;
        return;
      case core::EventKind::probe_escalated:
        EXPECT_EQ(probe.vain, 3) << event.text;
        EXPECT_FALSE(std::exchange(probe.escalated, true)) << event.text;
        return;
      default:
        return;
    }
  }

  void see(const core::ProbeRow& row) {
    EXPECT_LE(row.vain_remedies, 3);
    switch (row.state) {
      case core::ProbeState::ok:
        EXPECT_FALSE(row.unmet_since_at || row.failing_since_at) << row.probe;
        return;
      case core::ProbeState::pending:
        EXPECT_TRUE(row.unmet_since_at && !row.failing_since_at) << row.probe;
        return;
      case core::ProbeState::failing:
        EXPECT_TRUE(row.unmet_since_at && row.failing_since_at) << row.probe;
        return;
      case core::ProbeState::unknown:
        return;
    }
  }

  struct Probe {
    bool failing = false;
    bool escalated = false;
    int vain = 0;
  };
  std::map<std::string, Probe> probes_;
  std::map<core::EventKind, std::int64_t> counts_;
};

TEST(HealthCampaign, FaultsOfEveryKindLeaveRemediesInOrderAndRowsAndMemoryAlike) {
  std::map<core::EventKind, std::int64_t> seen;
  for (std::uint64_t seed = 1; seed <= 12; ++seed) {
    SCOPED_TRACE(replay(seed));
    Mending mending;
    Options options{.length = 48h, .seed = seed};
    options.committed = [&](const core::Batch& batch) { mending.see(batch); };
    const Report report = simulate(fleet(), options, nasty_mix());
    EXPECT_EQ(report.violation_count, 0) << told(report);
    for (std::size_t kind = 0; kind < kWords<core::EventKind>.size(); ++kind) {
      seen[static_cast<core::EventKind>(kind)] += mending.count(static_cast<core::EventKind>(kind));
    }
  }
  using enum core::EventKind;
  for (const auto kind :
       {probe_failed, probe_recovered, probe_unknown, remedy_done, remedy_judged, notify_failed}) {
    EXPECT_GT(seen[kind], 0) << word(kind);
  }
}

TEST(HealthCampaign, ASeedPlayedTwiceIsTheSame) {
  const Options options{.length = 24h, .seed = 3};
  EXPECT_EQ(simulate(fleet(), options, nasty_mix()).hash,
            simulate(fleet(), options, nasty_mix()).hash);
}

}  // namespace
}  // namespace takt::sim
