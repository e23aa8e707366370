// Planted bugs: what a coordinator could get wrong, done to it on purpose. Each must be caught by
// the invariant that names it, within a few seeds; a checker that cannot fail proves nothing.

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "sim/campaign_fleet.h"
#include "sim/world.h"

namespace takt::sim {
namespace {

constexpr std::uint64_t kSeeds = 6;
using Misread = std::function<void(core::JobSpec&)>;

/// Calls `spoil_row` for every row on its way to the store; false drops the row.
class RowSaboteur : public Saboteur {
 public:
  explicit RowSaboteur(std::function<bool(core::Row&)> spoil_row)
      : spoil_row_(std::move(spoil_row)) {}

  void wants(core::Effects& effects) override {
    for (core::Effect& effect : effects) {
      auto* persist = std::get_if<core::Persist>(&effect);
      if (persist == nullptr) continue;
      std::erase_if(persist->batch.rows, [&](core::Row& row) { return !spoil_row_(row); });
    }
  }

 private:
  std::function<bool(core::Row&)> spoil_row_;
};

/// A saboteur for rows of one kind.
template <class RowType>
std::unique_ptr<Saboteur> rows(std::function<bool(RowType&)> spoil_row) {
  return std::make_unique<RowSaboteur>([spoil_row = std::move(spoil_row)](core::Row& row) {
    auto* wanted = std::get_if<RowType>(&row);
    return wanted == nullptr || spoil_row(*wanted);
  });
}

class LaunchesBeforeTheCommit : public Saboteur {
 public:
  void wants(core::Effects& effects) override {
    std::erase_if(effects, [&](const core::Effect& effect) {
      const auto* launch = std::get_if<core::LaunchAttempt>(&effect);
      return launch != nullptr && launched_.contains(launch->token);
    });
    core::Effects early;
    for (const core::Effect& effect : effects) {
      const auto* persist = std::get_if<core::Persist>(&effect);
      if (persist == nullptr) continue;
      for (const core::Row& row : persist->batch.rows) {
        const auto* attempt = std::get_if<core::AttemptRow>(&row);
        if (attempt == nullptr || attempt->outcome || attempt->process.pid != 0) continue;
        if (!launched_.insert(attempt->token).second) continue;
        core::LaunchAttempt launch;
        launch.token = attempt->token;
        launch.run = attempt->run;
        launch.attempt = attempt->attempt;
        early.emplace_back(launch);
      }
    }
    std::ranges::move(early, std::back_inserter(effects));
  }

 private:
  std::set<Token> launched_;
};

class LaunchesTwice : public Saboteur {
 public:
  void wants(core::Effects& effects) override {
    core::Effects again;
    for (const core::Effect& effect : effects) {
      if (const auto* launch = std::get_if<core::LaunchAttempt>(&effect))
        again.emplace_back(*launch);
    }
    std::ranges::move(again, std::back_inserter(effects));
  }
};

class SparesTreesThatItKills : public Saboteur {
 public:
  bool kills(Token) override { return false; }
};

class KillsOnlyTheMainProcess : public Saboteur {
 public:
  bool kills_leaked(Token) override { return false; }
};

class SparesLeftovers : public Saboteur {
 public:
  bool sweeps(Token) override { return false; }
};

/// Does something to events; false loses the event.
class EventSaboteur : public Saboteur {
 public:
  explicit EventSaboteur(std::function<bool(core::Event&)> spoil_event)
      : spoil_event_(std::move(spoil_event)) {}
  bool hears(core::Event& event) override { return spoil_event_(event); }

 private:
  std::function<bool(core::Event&)> spoil_event_;
};

class StoredSaboteur : public Saboteur {
 public:
  explicit StoredSaboteur(std::function<void(core::Stored&)> spoil_stored)
      : spoil_stored_(std::move(spoil_stored)) {}
  void reads(core::Stored& stored) override { spoil_stored_(stored); }

 private:
  std::function<void(core::Stored&)> spoil_stored_;
};

template <class EffectType>
class LosesEffects : public Saboteur {
 public:
  void wants(core::Effects& effects) override {
    std::erase_if(effects, [](const core::Effect& effect) {
      return std::holds_alternative<EffectType>(effect);
    });
  }
};

class AcknowledgesBeforeTheCommit : public Saboteur {
 public:
  void wants(core::Effects& effects) override {
    for (core::Effect& effect : effects) {
      if (auto* answer = std::get_if<core::Answer>(&effect)) answer->after = Seq{};
    }
  }
};

/// After a clock step back the newest slot is decided a second time.
class DecidesAgainAfterAStepBack : public Saboteur {
 public:
  bool hears(core::Event& event) override {
    const auto* step = std::get_if<core::ClockStepped>(&event);
    if (step != nullptr && step->by < Duration{0}) stepped_ = true;
    return true;
  }
  void wants(core::Effects& effects) override {
    for (core::Effect& effect : effects) {
      auto* persist = std::get_if<core::Persist>(&effect);
      if (persist == nullptr) continue;
      if (stepped_ && last_) {
        last_->run.value += 1'000'000;
        persist->batch.rows.emplace_back(*last_);
        last_.reset();
        stepped_ = false;
      }
      for (const core::Row& row : persist->batch.rows) {
        const auto* run = std::get_if<core::RunRow>(&row);
        if (run != nullptr && run->slot_number && run->run.value < 1'000'000) last_ = *run;
      }
    }
  }

 private:
  bool stepped_ = false;
  std::optional<core::RunRow> last_;
};

struct Bug {
  std::string name;
  std::string invariant;
  std::function<std::unique_ptr<Saboteur>()> saboteur;
  Misread misread;
  std::optional<int> max_running;  // misread too
};

// NOLINTNEXTLINE(readability-identifier-naming): the name is GoogleTest's
void PrintTo(const Bug& bug, std::ostream* out) { *out << bug.name; }

template <class S>
std::unique_ptr<Saboteur> make() {
  return std::make_unique<S>();
}

std::unique_ptr<Saboteur> on_events(std::function<bool(core::Event&)> spoil) {
  return std::make_unique<EventSaboteur>(std::move(spoil));
}

std::unique_ptr<Saboteur> on_restart(std::function<void(core::Stored&)> spoil) {
  return std::make_unique<StoredSaboteur>(std::move(spoil));
}

bool calls_failures_ok(core::Event& event) {
  auto* ended = std::get_if<core::AttemptEnded>(&event);
  if (ended != nullptr && ended->end.exit_code) ended->end.exit_code = 0;
  return true;
}

std::vector<Bug> slot_bugs() {
  return {
      {"DropsSlotRows",
       "S1",
       [] { return rows<core::SlotsRow>([](core::SlotsRow&) { return false; }); },
       {}},
      {"DropsRunsOfSlots",
       "S1",
       [] { return rows<core::RunRow>([](core::RunRow& row) { return !row.slot_number; }); },
       {}},
      {"SkipsWithoutAReason", "S1", {}, [](core::JobSpec& job) { job.enabled = false; }},
      {"CountsASlotTwice",
       "S5",
       [] {
         return rows<core::SlotsRow>([](core::SlotsRow& row) {
           row.first -= 1;
           return true;
         });
       },
       {}},
      {"DecidesAgainAfterAStepBack", "S5", make<DecidesAgainAfterAStepBack>, {}},
      {"MovesTheEpochAtRestart",
       "S5",
       [] {
         return on_restart([](core::Stored& stored) {
           if (stored.fleet) stored.fleet->epoch += std::chrono::seconds{1};
         });
       },
       {}},
      {"StretchesTheGrid",
       "S5",
       {},
       [](core::JobSpec& job) {
         if (auto* grid = std::get_if<core::Every>(&job.schedule)) grid->interval += Duration{1};
       }},
      {"DrawsBelowTheRange",
       "S5",
       {},
       [](core::JobSpec& job) {
         if (auto* range = std::get_if<core::EveryBetween>(&job.schedule)) {
           range->shortest = range->longest = range->shortest - Duration{1};
         }
       }},
      {"HurriesAfter",
       "S5",
       {},
       [](core::JobSpec& job) {
         if (auto* after = std::get_if<core::After>(&job.schedule)) after->delay -= Duration{1};
       }},
      {"StartsEarly",
       "S4",
       [] {
         return rows<core::RunRow>([](core::RunRow& row) {
           if (row.slot_at) *row.slot_at += std::chrono::seconds{10};
           return true;
         });
       },
       {}},
  };
}

std::vector<Bug> attempt_bugs() {
  return {
      {"LaunchesBeforeTheCommit", "S2", make<LaunchesBeforeTheCommit>, {}},
      {"LaunchesTwice", "S2", make<LaunchesTwice>, {}},
      {"ForgetsThatARunIsOpen",
       "S3",
       {},
       [](core::JobSpec& job) { job.overlap = core::Overlap::allow; }},
      {"DoesNotWaitBeforeARetry", "S6", {}, [](core::JobSpec& job) { job.retry.first /= 2; }},
      {"RetriesTooOften", "S6", {}, [](core::JobSpec& job) { job.retry.retries += 2; }},
      {"GivesUpEarly", "S6", {}, [](core::JobSpec& job) { job.retry.retries = 0; }},
      {"ForgetsRetryTimersAtRestart",
       "S6",
       [] {
         return on_restart([](core::Stored& stored) {
           for (core::RunRow& run : stored.open_runs) run.retry_at.reset();
         });
       },
       {}},
      {"ForgetsFailuresInARow",
       "S6",
       [] {
         return rows<core::HeartbeatRow>([](core::HeartbeatRow& row) {
           row.consecutive_failures = 0;
           return true;
         });
       },
       {}},
      {"AcknowledgesBeforeTheCommit", "S10", make<AcknowledgesBeforeTheCommit>, {}},
      {"TakesMoreThanTheNodeHolds", "S13", {}, {}, 1000},
  };
}

std::vector<Bug> truth_bugs() {
  return {
      {"CallsLostOk",
       "S7",
       [] {
         return rows<core::AttemptRow>([](core::AttemptRow& row) {
           if (row.outcome == core::Outcome::lost) row.outcome = core::Outcome::ok;
           return true;
         });
       },
       {}},
      {"CallsFailuresOk", "S7", [] { return on_events(calls_failures_ok); }, {}},
      {"ForgetsHeartbeats",
       "S7",
       [] { return rows<core::HeartbeatRow>([](core::HeartbeatRow&) { return false; }); },
       {}},
      {"NeverHearsOfSomeEnds",
       "S7",
       [] {
         return on_events([](core::Event& event) {
           const auto* ended = std::get_if<core::AttemptEnded>(&event);
           return ended == nullptr || ended->token.value % 20 != 0;
         });
       },
       {}},
      {"CallsTheImpatientHung", "S7", {}, [](core::JobSpec& job) { job.hung_after = job.expect; }},
      {"CallsTheOneThatBeatsHung",
       "S7",
       {},
       [](core::JobSpec& job) {
         if (job.beat_within) *job.beat_within /= 4;
       }},
      {"SparesTreesThatItKills", "S8", make<SparesTreesThatItKills>, {}},
      {"KillsOnlyTheMainProcess", "S8", make<KillsOnlyTheMainProcess>, {}},
      {"SparesLeftovers", "S8", make<SparesLeftovers>, {}},
      {"ForgetsLeftovers",
       "S8",
       [] { return on_restart([](core::Stored& stored) { stored.open_attempts.clear(); }); },
       {}},
  };
}

std::vector<Bug> liveness_bugs() {
  return {
      {"NeverAsksForLeftovers", "L2", make<LosesEffects<core::KillLeftover>>, {}},
      {"DoesNotNoticeHangs",
       "L4",
       {},
       [](core::JobSpec& job) {
         job.hung_after.reset();
         job.timeout.reset();
       }},
      {"DoesNotNoticeSilence", "L4", {}, [](core::JobSpec& job) { job.beat_within.reset(); }},
      {"KillsTooGently",
       "L4",
       {},
       [](core::JobSpec& job) { job.kill_grace = std::chrono::minutes{5}; }},
      {"DoesNotNoticeStuckJobs", "L5", {}, [](core::JobSpec& job) { job.stale_after.reset(); }},
      {"CallsStuckTooEarly",
       "L5",
       {},
       [](core::JobSpec& job) {
         if (job.stale_after) *job.stale_after /= 2;
       }},
      {"NeverStops", "L9", make<LosesEffects<core::Stopped>>, {}},
      {"LetsAJobStarve",
       "L6",
       {},
       [](core::JobSpec& job) {
         if (job.name == "allow") job.start_within = Duration{0};
       }},
  };
}

class PlantedBug : public testing::TestWithParam<Bug> {};

TEST_P(PlantedBug, IsCaughtByItsInvariant) {
  const Bug& bug = GetParam();
  core::FleetSpec fleet = nasty_fleet();
  fleet.max_running = 6;
  core::FleetSpec misread = fleet;
  if (bug.max_running) misread.max_running = *bug.max_running;
  if (bug.misread) std::ranges::for_each(misread.jobs, bug.misread);
  std::set<std::string> spoken;
  for (std::uint64_t seed = 1; seed <= kSeeds && !spoken.contains(bug.invariant); ++seed) {
    const std::unique_ptr<Saboteur> saboteur = bug.saboteur ? bug.saboteur() : nullptr;
    const Scenario scenario{
        fleet, {std::chrono::hours{24}, seed, true, true}, nasty_mix(), saboteur.get(), &misread};
    for (const Violation& violation : World(scenario).run().violations) {
      spoken.insert(violation.invariant);
    }
  }
  EXPECT_TRUE(spoken.contains(bug.invariant)) << "caught by: " << testing::PrintToString(spoken);
}

std::string name_of(const testing::TestParamInfo<Bug>& info) { return info.param.name; }

INSTANTIATE_TEST_SUITE_P(Slots, PlantedBug, testing::ValuesIn(slot_bugs()), name_of);
INSTANTIATE_TEST_SUITE_P(Attempts, PlantedBug, testing::ValuesIn(attempt_bugs()), name_of);
INSTANTIATE_TEST_SUITE_P(Truth, PlantedBug, testing::ValuesIn(truth_bugs()), name_of);
INSTANTIATE_TEST_SUITE_P(Liveness, PlantedBug, testing::ValuesIn(liveness_bugs()), name_of);

}  // namespace
}  // namespace takt::sim
