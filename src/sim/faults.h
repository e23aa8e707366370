#pragma once
// Faults of a simulation: which kinds there are, and when the next one strikes. A day is cut into
// equal parts and each part gets one fault at a drawn instant, so that a day never has fewer than
// its share. The kinds come like cards from a shuffled deck, of which each kind has as many as its
// weight: nobody stays away for long.
//
//   kind of      strikes                                     counts as fired
//   process      the next attempt that it can happen to      when that attempt meets it
//   daemon       at its instant, or in a narrow window       when the daemon is gone
//   store        at its instant, for a while                 when a commit met it
//   clock        at its instant                              at once
//   memory       at its instant, for a while                 at once
//   operator     at its instant                              when the request was made
//
// In the narrow windows the daemon is killed after a commit that it never hears of, after a launch
// that it cannot report, after an end whose row is not committed, while it sweeps what an earlier
// one left, while it stops, and again within a second of its start.

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

#include "base/time.h"
#include "base/words.h"
#include "sim/random.h"

namespace takt::sim {

enum class Fault {
  // of processes
  job_fails,
  job_crashes,
  job_hangs,
  job_ignores_sigterm,
  job_slow,
  job_ends_at_its_limit,
  job_out_of_memory,
  job_exits_137,
  job_goes_silent,
  spawn_fails,
  spawn_refused,
  leaks_processes,
  holds_the_pipe,
  output_floods,
  end_told_twice,
  // of the daemon
  daemon_killed,
  daemon_killed_after_commit,
  daemon_killed_after_launch,
  daemon_killed_before_end_row,
  daemon_killed_recovering,
  daemon_killed_stopping,
  daemon_killed_twice,
  daemon_restarted,
  daemon_frozen,
  second_daemon,
  // of the store
  store_fails,
  store_fails_long,
  store_fails_at_start,
  store_slow,
  // of clocks
  clock_stepped,
  clock_leaps,
  clock_oscillates,
  suspended,
  suspended_long,
  // of memory
  memory_high,
  memory_critical,
  memory_stalls,
  // by the operator
  operator_triggers,
  operator_cancels,
  operator_pauses,
  operator_resumes,
  operator_reloads,
  operator_drains
};
inline constexpr int kFaultKinds = 43;

/// How often, and how bad. Chances are per attempt.
struct Mix {
  int per_day = 14;  // strikes a fleet-day
  std::array<int, kFaultKinds> weight = default_weights();
  double failure_chance = 0.005;  // of an attempt that no fault was meant for
  Duration downtime_median = std::chrono::seconds{20};
  Duration freeze_max = std::chrono::minutes{20};
  Duration pause_max = std::chrono::hours{1};
  Duration suspend_median = std::chrono::minutes{10};
  Duration suspend_max = std::chrono::hours{9};
  Duration long_suspend_max = std::chrono::hours{24 * 20};
  Duration outage_max = std::chrono::minutes{10};
  Duration long_outage_max = std::chrono::hours{2};
  Duration step_max = std::chrono::hours{2};
  Duration leap_max = std::chrono::hours{24 * 400};
  Duration pressure_max = std::chrono::minutes{20};
  int pool_growth_max =
      0;  // units that a file that is read again may give a pool beyond the fleet's

  int& weight_of(Fault fault) { return weight[static_cast<std::size_t>(fault)]; }
  int weight_of(Fault fault) const { return weight[static_cast<std::size_t>(fault)]; }

  /// Each kind twice, those that are felt for long once, and a machine asleep for weeks never.
  static std::array<int, kFaultKinds> default_weights();
};

class FaultPlan {
 public:
  FaultPlan(const Mix& mix, Random dice, Instant begin) : mix_(mix), dice_(dice), part_(begin) {}

  /// When the next fault strikes. Later than all that were told before; Instant::max() when the mix
  /// has none.
  Instant next_strike();

  /// What it is. The mix has some.
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
    "job_fails",
    "job_crashes",
    "job_hangs",
    "job_ignores_sigterm",
    "job_slow",
    "job_ends_at_its_limit",
    "job_out_of_memory",
    "job_exits_137",
    "job_goes_silent",
    "spawn_fails",
    "spawn_refused",
    "leaks_processes",
    "holds_the_pipe",
    "output_floods",
    "end_told_twice",
    "daemon_killed",
    "daemon_killed_after_commit",
    "daemon_killed_after_launch",
    "daemon_killed_before_end_row",
    "daemon_killed_recovering",
    "daemon_killed_stopping",
    "daemon_killed_twice",
    "daemon_restarted",
    "daemon_frozen",
    "second_daemon",
    "store_fails",
    "store_fails_long",
    "store_fails_at_start",
    "store_slow",
    "clock_stepped",
    "clock_leaps",
    "clock_oscillates",
    "suspended",
    "suspended_long",
    "memory_high",
    "memory_critical",
    "memory_stalls",
    "operator_triggers",
    "operator_cancels",
    "operator_pauses",
    "operator_resumes",
    "operator_reloads",
    "operator_drains"};

}  // namespace takt
