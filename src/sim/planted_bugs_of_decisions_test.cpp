// Planted bugs: slots, attempts and the law of retries.

#include <iterator>
#include <set>
#include <utility>

#include "sim/planted_bugs_for_test.h"
#include "sim/saboteurs_for_test.h"

namespace takt::sim {
namespace {

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

/// A timer on the wall clock: after a step back it rings so much later.
class WakesByTheWallClock : public Saboteur {
 public:
  bool hears(core::Event& event) override {
    const auto* step = std::get_if<core::ClockStepped>(&event);
    if (step != nullptr && step->by < Duration{0}) late_ = -step->by;
    return true;
  }
  Instant wakes(Instant asked, Instant now) override {
    if (asked == Instant::max() || asked + late_ > now) return saturating_add(asked, late_);
    late_ = Duration{0};
    return asked;
  }

 private:
  Duration late_{0};
};

void launch_twice(core::Effects& effects) {
  core::Effects again;
  for (const core::Effect& effect : effects) {
    if (const auto* launch = std::get_if<core::LaunchAttempt>(&effect)) again.emplace_back(*launch);
  }
  std::ranges::move(again, std::back_inserter(effects));
}

template <class ScheduleType>
std::function<void(core::JobSpec&)> misread_schedule(std::function<void(ScheduleType&)> misread) {
  return [misread = std::move(misread)](core::JobSpec& job) {
    if (auto* schedule = std::get_if<ScheduleType>(&job.schedule)) misread(*schedule);
  };
}

}  // namespace

std::vector<PlantedBug> slot_bugs() {
  return {
      {"DropsADecisionRow", "S1", "rows of slots that did not run are lost",
       [] { return on_rows<core::SlotsRow>([](core::SlotsRow&) { return false; }); }},
      {"DropsRunsOfSlots", "S1", "rows of runs that have a slot are lost",
       [] { return on_rows<core::RunRow>([](core::RunRow& row) { return !row.slot_number; }); }},
      {"SkipsWithoutAReason",
       "S1",
       "every job is read as disabled",
       {},
       [](core::JobSpec& job) { job.enabled = false; }},
      {"WakesByTheWallClock", "S1", "after a step back of the clock the timer is so much later",
       [] { return std::make_unique<WakesByTheWallClock>(); }},
      {"StartsEarly", "S4", "runs are recorded with a slot ten seconds later",
       [] {
         return on_rows<core::RunRow>([](core::RunRow& row) {
           if (row.slot_at) *row.slot_at += std::chrono::seconds{10};
           return true;
         });
       }},
      {"CountsASlotTwice", "S5", "a range of slots begins one too early",
       [] {
         return on_rows<core::SlotsRow>([](core::SlotsRow& row) {
           row.first -= 1;
           return true;
         });
       }},
      {"DecidesAgainAfterAStepBack", "S5", "the newest slot gets a second run after a step back",
       [] { return std::make_unique<DecidesAgainAfterAStepBack>(); }},
      {"IsDeafToClockSteps", "S5", "the coordinator never hears of a step",
       [] {
         return on_events(
             [](core::Event& event) { return !std::holds_alternative<core::ClockStepped>(event); });
       }},
      {"MovesTheEpochAtARestart", "S5", "a new daemon reads an epoch one second later",
       [] {
         return on_restart([](core::Stored& stored) {
           if (stored.fleet) stored.fleet->epoch += std::chrono::seconds{1};
         });
       }},
      {"StretchesTheGrid",
       "S5",
       "intervals are read 1 ms too long",
       {},
       misread_schedule<core::Every>([](core::Every& grid) { grid.interval += Duration{1}; })},
      {"DrawsBelowTheRange",
       "S5",
       "drawn intervals are 1 ms below the shortest",
       {},
       misread_schedule<core::EveryBetween>([](core::EveryBetween& range) {
         range.shortest = range.longest = range.shortest - Duration{1};
       })},
      {"HurriesAfter",
       "S5",
       "the delay of `after` is read 1 ms too short",
       {},
       misread_schedule<core::After>([](core::After& after) { after.delay -= Duration{1}; })},
  };
}

std::vector<PlantedBug> attempt_bugs() {
  return {
      {"LaunchesBeforeTheCommit", "S2", "a launch leaves together with its row",
       [] { return std::make_unique<LaunchesBeforeTheCommit>(); }},
      {"LaunchesTwice", "S2", "every launch is asked for twice",
       [] { return on_effects(launch_twice); }},
      {"ForgetsThatARunIsOpen",
       "S3",
       "overlap is read as allow",
       {},
       [](core::JobSpec& job) { job.overlap = core::Overlap::allow; }},
      {"DoesNotWaitBeforeARetry",
       "S6",
       "the first wait is read as half",
       {},
       [](core::JobSpec& job) { job.retry.first /= 2; }},
      {"RetriesTooOften",
       "S6",
       "retries are read as two more",
       {},
       [](core::JobSpec& job) { job.retry.retries += 2; }},
      {"GivesUpEarly",
       "S6",
       "retries are read as none",
       {},
       [](core::JobSpec& job) { job.retry.retries = 0; }},
      {"RepeatsWhatMayRunOnce",
       "S6",
       "at_most_once is read as at_least_once",
       {},
       [](core::JobSpec& job) { job.delivery = core::Delivery::at_least_once; }},
      {"ForgetsRetryTimersAtARestart", "S6", "a new daemon reads no retry_at",
       [] {
         return on_restart([](core::Stored& stored) {
           for (core::RunRow& run : stored.open_runs) run.retry_at.reset();
         });
       }},
      {"ForgetsFailuresInARow", "S6", "heartbeats tell of no consecutive failures",
       [] {
         return on_rows<core::HeartbeatRow>([](core::HeartbeatRow& row) {
           row.consecutive_failures = 0;
           return true;
         });
       }},
      {"GoesOnAfterACancellation", "S6", "runs between two attempts are recorded as cancelled",
       [] {
         return on_rows<core::RunRow>([](core::RunRow& row) {
           if (row.state == core::RunState::retrying) row.reason = core::Reason::manual;
           return true;
         });
       }},
      {"TakesMoreThanTheNodeHolds", "S13", "max_running is read as 1000", {}, {}, 1000},
      {"QueuesAStorm",
       "S13",
       "catchup is read as all",
       {},
       [](core::JobSpec& job) {
         job.catchup = core::Catchup::all;
         job.catchup_max = 100;
       }},
  };
}

}  // namespace takt::sim
