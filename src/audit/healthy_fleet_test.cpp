#include <gtest/gtest.h>
#include <stdlib.h>

#include <algorithm>
#include <fstream>

#include "audit/healthy_fleet_for_test.h"
#include "fleet/load.h"
#include "store/sqlite_store.h"

namespace takt::audit {
namespace {

using core::Cause;
using core::Outcome;

constexpr const char* kFile = R"(
[fleet]
name = "judged"
state_dir = "state"
listen = "off"
[defaults]
run = ["takt-witness", "--dir", "."]
backoff = { first = "1s" }
[job.tick]
every = "10s"
offset = "0s"
retries = 1
[job.queue]
every = "10s"
offset = "2s"
overlap = "queue"
[job.many]
every = "10s"
offset = "3s"
overlap = "allow"
[job.lazy]
every = "10s"
offset = "4s"
catchup = "none"
[job.calm]
every = "10s"
offset = "5s"
[job.clock]
cron = "*/10 * * * * *"
[job.rest]
after = "5s"
[job.drawn]
every = "5s..9s"
offset = "0s"
[job.hand]
)";

class Quiet final : public ports::StoreListener {
 public:
  void recorded(Seq) override {}
  void failed(const ports::StoreError& error, const core::JournalUse&) override {
    ADD_FAILURE() << error.what;
  }
  void journaled(Seq, const core::JournalUse&) override {}
  void journal_full(const std::string& why, const core::JournalUse&) override {
    ADD_FAILURE() << why;
  }
  void back(const core::StoreBack&) override {}
};

RunPlan at_once(const std::string& job, SlotNumber slot, Duration due, Duration length) {
  return {job, slot, due, due, Cause::schedule, {{due + kLate, due + kLate + length}}, {}};
}

/// Slots of an even grid that are nothing special.
void even(std::vector<RunPlan>& plans, const std::string& job, Duration offset,
          const std::vector<SlotNumber>& special) {
  for (SlotNumber slot = 0;; ++slot) {
    const Duration due = offset + slot * seconds{10};
    if (due >= kStopped) return;
    if (std::ranges::find(special, slot) == special.end()) {
      plans.push_back(at_once(job, slot, due, seconds{1}));
    }
  }
}

RunPlan caught_up(const std::string& job, SlotNumber slot, Duration due) {
  return {job, slot, due, kBack, Cause::catchup, {{kBack + kLate, kBack + seconds{1}}}, {}};
}

void tick(std::vector<RunPlan>& plans) {
  even(plans, "tick", seconds{0}, {3, 4, 5, 6, 7});
  plans.push_back(
      {"tick",
       3,
       seconds{30},
       seconds{30},
       Cause::schedule,
       {{milliseconds{30'003}, seconds{31}, Outcome::failed, 3}, {seconds{32}, seconds{33}}},
       {}});
  plans.push_back(at_once("tick", 4, seconds{40}, seconds{15}));
  plans.push_back({"tick",
                   6,
                   seconds{60},
                   seconds{60},
                   Cause::schedule,
                   {{milliseconds{60'003}, milliseconds{75'200}, Outcome::lost},
                    {milliseconds{76'200}, milliseconds{77'200}}},
                   {}});
}

void queue_and_many(std::vector<RunPlan>& plans) {
  even(plans, "queue", seconds{2}, {2, 3, 6, 7});
  plans.push_back(at_once("queue", 2, seconds{22}, seconds{13}));
  plans.push_back({"queue",
                   3,
                   seconds{32},
                   seconds{32},
                   Cause::schedule,
                   {{milliseconds{35'010}, seconds{36}}},
                   {}});
  plans.push_back(caught_up("queue", 7, seconds{72}));
  even(plans, "many", seconds{3}, {0, 1, 6, 7});
  plans.push_back(at_once("many", 0, seconds{3}, seconds{12}));
  plans.push_back(at_once("many", 1, seconds{13}, seconds{12}));
  plans.push_back(caught_up("many", 7, seconds{73}));
}

/// The slots of `drawn` until the stop; of those that the downtime took only the last is a run.
void drawn(std::vector<RunPlan>& plans, const std::vector<core::Slot>& slots) {
  for (std::size_t i = 0; i < slots.size(); ++i) {
    const Duration at = slots[i].due.time_since_epoch() - kEpoch.time_since_epoch();
    const bool missed = at >= kKilled - seconds{1} && at < kBack;
    if (!missed) {
      plans.push_back(at_once("drawn", slots[i].number, at, milliseconds{500}));
      continue;
    }
    const Duration next = slots.at(i + 1).due.time_since_epoch() - kEpoch.time_since_epoch();
    if (next >= kBack) plans.push_back(caught_up("drawn", slots[i].number, at));
  }
}

}  // namespace

HealthyFleet::HealthyFleet() {
  std::filesystem::create_directory(state_dir());
  spec_ = *fleet::decode(kFile, folder_ / "fleet.toml").spec;

  tick(plans);
  queue_and_many(plans);
  even(plans, "clock", seconds{0}, {7});
  plans.push_back(caught_up("clock", 7, seconds{70}));
  even(plans, "lazy", seconds{4}, {6, 7});
  even(plans, "calm", seconds{5}, {2, 3, 4, 6});
  Duration due{0};
  for (SlotNumber slot = 0; due < kStopped - seconds{1}; ++slot) {
    const bool missed = due > kKilled && due < kBack;
    plans.push_back(missed ? caught_up("rest", slot, due)
                           : at_once("rest", slot, due, milliseconds{800}));
    due = plans.back().attempts.back().end + seconds{5};
  }
  drawn(plans, drawn_slots(spec_));
  plans.push_back({"hand",
                   std::nullopt,
                   seconds{15},
                   seconds{15},
                   Cause::manual,
                   {{milliseconds{15'002}, seconds{16}}},
                   {}});
}

RunPlan& HealthyFleet::plan(const std::string& job, SlotNumber slot) {
  return *std::ranges::find_if(
      plans, [&](const RunPlan& each) { return each.job == job && each.slot == slot; });
}

Rows HealthyFleet::build() { return rows_of(spec_, plans); }

void HealthyFleet::write(const Rows& rows) {
  Quiet quiet;
  auto store = store::SqliteStore::open(database(), "judged", 1, quiet);
  ASSERT_TRUE(store) << store.error().what;
  ASSERT_TRUE((*store)->load());
  core::Batch batch;
  batch.seq = Seq{1};
  batch.fleet = rows.fleet;
  for (const auto& row : rows.nodes) batch.rows.emplace_back(row);
  for (const auto& [job, row] : rows.jobs) batch.rows.emplace_back(row);
  for (const auto& [job, row] : rows.heartbeats) batch.rows.emplace_back(row);
  for (const auto& row : rows.runs) batch.rows.emplace_back(row);
  for (const auto& row : rows.attempts) batch.rows.emplace_back(row);
  for (const auto& row : rows.slots) batch.rows.emplace_back(row);
  for (const auto& row : rows.events) batch.rows.emplace_back(row);
  (*store)->submit(std::move(batch));
  ASSERT_TRUE((*store)->flush(seconds{30}));
  for (const auto& [job, lines] : rows.lines) {
    std::ofstream file(folder_ / (job + ".witness"));
    for (const auto& each : lines) file << witness::format_line(each) << "\n";
  }
}

std::map<std::string, std::int64_t> HealthyFleet::judge(bool look_at_processes) {
  Request request;
  request.spec = spec_;
  request.witnesses = {folder_.path()};
  request.look_at_processes = look_at_processes;
  auto judgement = audit::judge(request);
  EXPECT_TRUE(judgement) << judgement.error().what;
  std::map<std::string, std::int64_t> found;
  if (!judgement) return found;
  last_ = std::move(*judgement);
  for (std::size_t i = 0; i < kVerdicts; ++i) {
    const auto verdict = static_cast<Verdict>(i);
    const auto count = last_->findings.count(verdict);
    if (count > 0) found[std::string(word(verdict))] = count;
  }
  return found;
}

}  // namespace takt::audit
