#pragma once
// Faults of a simulation: which kinds there are, and when the next one strikes. A day is cut into
// equal parts and each part gets one fault at a drawn instant, so that a day never has fewer than
// its share. The kinds come like cards from a shuffled deck: each comes up once before any comes up
// again.
//
//   kind of      strikes                                     counts as fired
//   process      the next attempt that it can happen to      when that attempt meets it
//   daemon       at its instant, or in a narrow window       when the daemon is gone
//                between commit, launch and its row
//   store        at its instant, for a while                 when a commit met it
//   clock        at its instant                              at once
//   operator     at its instant                              when the request was made

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "base/words.h"
#include "sim/random.h"

namespace takt::sim {

enum class Fault {
  job_fails,
  job_crashes,
  job_hangs,
  job_ignores_sigterm,
  job_slow,
  spawn_fails,
  leaks_processes,
  job_goes_silent,
  daemon_killed,
  daemon_restarted,
  store_fails,
  store_slow,
  clock_stepped,
  suspended,
  operator_triggers,
  operator_cancels,
  operator_pauses,
  operator_resumes
};
inline constexpr int kFaultKinds = 18;

/// How often, and how bad. Chances are per attempt.
struct Mix {
  int per_day = 14;               // strikes a fleet-day
  double failure_chance = 0.005;  // of an attempt that no fault was meant for
  Duration downtime_median = std::chrono::seconds{20};
  Duration pause_max = std::chrono::hours{1};
  Duration suspend_median = std::chrono::minutes{10};
  Duration suspend_max = std::chrono::hours{9};
  Duration outage_max = std::chrono::minutes{10};
  Duration step_max = std::chrono::hours{2};
};

class FaultPlan {
 public:
  FaultPlan(const Mix& mix, Random dice, Instant begin) : mix_(mix), dice_(dice), part_(begin) {}

  /// When the next fault strikes. Later than all that were told before.
  Instant next_strike();

  /// What it is.
  Fault draw();

 private:
  Mix mix_;
  Random dice_;
  Instant part_;
  std::vector<Fault> deck_;
};

}  // namespace takt::sim

namespace takt {

template <>
inline constexpr std::array<std::string_view, sim::kFaultKinds> kWords<sim::Fault>{
    "job_fails",       "job_crashes",      "job_hangs",         "job_ignores_sigterm",
    "job_slow",        "spawn_fails",      "leaks_processes",   "job_goes_silent",
    "daemon_killed",   "daemon_restarted", "store_fails",       "store_slow",
    "clock_stepped",   "suspended",        "operator_triggers", "operator_cancels",
    "operator_pauses", "operator_resumes"};

}  // namespace takt
