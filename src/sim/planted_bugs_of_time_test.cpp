// Planted bugs: what does not happen in time.

#include "sim/planted_bugs_for_test.h"
#include "sim/saboteurs_for_test.h"

namespace takt::sim {
namespace {

class Dawdles : public Saboteur {
 public:
  Duration dawdles() override { return std::chrono::milliseconds{100}; }
};

/// A timer on a clock that stands still while the machine is suspended.
class SleepsOn : public Saboteur {
 public:
  void slept(Duration by) override { late_ = by; }
  Instant wakes(Instant asked, Instant now) override {
    if (asked == Instant::max() || asked + late_ > now) return saturating_add(asked, late_);
    late_ = Duration{0};
    return asked;
  }

 private:
  Duration late_{0};
};

class WakesTenTimesASecond : public Saboteur {
 public:
  Instant wakes(Instant asked, Instant now) override {
    return std::min(asked, now + std::chrono::milliseconds{100});
  }
};

class SpinsOnTheSpot : public Saboteur {
 public:
  Instant wakes(Instant /*asked*/, Instant now) override { return now; }
};

template <class EffectType>
std::unique_ptr<Saboteur> lose() {
  return on_effects_of<EffectType>([](EffectType&) { return false; });
}

}  // namespace

std::vector<PlantedBug> liveness_bugs() {
  return {
      {"DawdlesBeforeALaunch", "L1", "every launch takes 100 ms more",
       [] { return std::make_unique<Dawdles>(); }},
      {"NeverAsksForLeftovers", "L2", "nobody sweeps what an earlier daemon left",
       [] { return lose<core::KillLeftover>(); }},
      {"DoesNotNoticeHangs",
       "L4",
       "hung_after and timeout are not read",
       {},
       [](core::JobSpec& job) {
         job.hung_after.reset();
         job.timeout.reset();
       }},
      {"DoesNotNoticeSilence",
       "L4",
       "beat_within is not read",
       {},
       [](core::JobSpec& job) { job.beat_within.reset(); }},
      {"KillsTooGently",
       "L4",
       "kill_grace is read as five minutes",
       {},
       [](core::JobSpec& job) { job.kill_grace = std::chrono::minutes{5}; }},
      {"DoesNotNoticeStuckJobs",
       "L5",
       "stale_after is not read",
       {},
       [](core::JobSpec& job) { job.stale_after.reset(); }},
      {"CallsStuckTooEarly",
       "L5",
       "stale_after is read as half",
       {},
       [](core::JobSpec& job) {
         if (job.stale_after) *job.stale_after /= 2;
       }},
      {"LetsAJobStarve",
       "L6",
       "start_within of one job is read as 0",
       {},
       [](core::JobSpec& job) {
         if (job.name == "allow") job.start_within = Duration{0};
       }},
      {"NeverHearsThatTheStoreIsBack", "L7", "the store's return is not told",
       [] {
         return on_events(
             [](core::Event& event) { return !std::holds_alternative<core::StoreBack>(event); });
       }},
      {"CatchesUpWithAStorm",
       "L8",
       "catchup is read as all",
       {},
       [](core::JobSpec& job) {
         job.catchup = core::Catchup::all;
         job.catchup_max = 100;
       }},
      {"SleepsOnAfterASuspension", "L8", "the timer stands still while the machine is suspended",
       [] { return std::make_unique<SleepsOn>(); }},
      {"NeverStops", "L9", "the end of the daemon is not carried out",
       [] { return lose<core::Stopped>(); }},
      {"WakesTenTimesASecond", "L10", "the timer rings every 100 ms",
       [] { return std::make_unique<WakesTenTimesASecond>(); }},
      {"SpinsOnTheSpot", "L10", "the timer rings all the time",
       [] { return std::make_unique<SpinsOnTheSpot>(); }},
  };
}

}  // namespace takt::sim
