#pragma once
// World: everything around one coordinator, made up: a machine with a clock, processes and a store,
// a daemon that is killed and comes back, an operator, and a witness who tells the checker what is
// true. One thread, one agenda, no real time: a year takes seconds, and a seed always gives the
// same year.
//
//   agenda ─┐                        ┌─▶ store ── committed ──▶ checker, metrics
//           ├─▶ event ─▶ coordinator ┤
//   wake ───┘      (ReplayHash)      └─▶ trees ── witness ────▶ checker
//
// The machine's time never goes back. A daemon's elapsed line starts at the wall time of its start.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/coordinator.h"
#include "sim/agenda.h"
#include "sim/checker.h"
#include "sim/faults.h"
#include "sim/metrics.h"
#include "sim/modelled_store.h"
#include "sim/random.h"
#include "sim/replay_hash.h"
#include "sim/saboteur.h"
#include "sim/simulate.h"
#include "sim/tree.h"

namespace takt::sim {

/// What is simulated. The pointers may be null; what they point to must outlive the world.
struct Scenario {
  core::FleetSpec fleet;
  Options options;
  Mix mix;
  Saboteur* saboteur = nullptr;
  /// The coordinator is given this fleet instead, and so breaks the law of the real one.
  const core::FleetSpec* misread = nullptr;
};

class World {
 public:
  explicit World(const Scenario& scenario);

  /// Lets the whole time pass; to be called once.
  Report run();

 private:
  /// Plays everything up to the end, or until the loop spins.
  void play();
  Report report(Instant begin);
  // --- what can be on the agenda
  struct CommitDue {};
  struct SlowOver {};
  struct TellDaemon {
    int life;
    core::Event event;
  };
  enum class TreeMove { spawn, beat, main_ends, rest_dies, sigkill };
  struct TreeStep {
    Token token;
    int version;
    TreeMove move;
  };
  struct Sweep {
    Token token;
    int life;
  };
  struct DaemonDue {};
  struct StopPatience {
    int life;
  };
  struct Strike {};
  struct StrikeAgain {
    Fault fault;
  };
  struct Heal {};
  using Happening = std::variant<CommitDue, SlowOver, TellDaemon, TreeStep, Sweep, DaemonDue,
                                 StopPatience, Strike, StrikeAgain, Heal>;
  enum class CrashWindow { none, after_commit, after_launch };

  // --- world.cpp: time, and the daemon's coming and going
  void happen(Happening what);
  void start_daemon();
  void lose_daemon(Duration downtime);
  void deliver(core::Event event);
  void tell_soon(core::Event event);
  void perform(core::Effects effects);
  void note_reconciled();
  bool is_stopping() const { return stop_after_.has_value() || stop_asked_; }
  Instant daemon_time() const { return now_ + line_shift_; }
  WallTime wall() const { return WallTime{now_.time_since_epoch() + wall_offset_}; }
  template <class Judge>
  void witness(Judge judge) {
    if (checker_) judge(*checker_);
  }

  // --- world_store.cpp
  void submit(core::Batch batch);
  void commit_due();
  void commit();
  void acknowledge(core::Answer answer);
  void store_recovers();
  void stop_when_recorded();

  // --- world_trees.cpp
  void launch(const core::LaunchAttempt& launch);
  Behaviour draw_behaviour(JobIndex job);
  void apply_fault(Behaviour& behaviour, Fault fault, Duration median);
  void spawn(Tree& tree);
  void kill(Token token, Duration grace, core::KillReason why);
  void beat(Tree& tree);
  void end_main(Tree& tree);
  void end_tree(Token token);
  void tree_step(const TreeStep& step);
  void sweep(const Sweep& sweep);
  void signal(Tree& tree, Duration grace);

  // --- world_faults.cpp
  void strike(Fault fault);
  void fired(Fault fault) { faults_[static_cast<std::size_t>(fault)] += 1; }
  bool suits(Fault fault, JobIndex job) const;
  Fault draw_fault();
  bool strike_daemon(Fault fault);
  bool strike_store(Fault fault);
  bool strike_clock(Fault fault);
  bool strike_operator(Fault fault);
  void suspend(Duration by);
  void shut_down();
  void heal();
  JobIndex any_job() { return static_cast<JobIndex>(dice_faults_.below(jobs_count_)); }
  RequestId next_request() { return RequestId{++last_request_}; }

  const Scenario& scenario_;
  const std::int64_t jobs_count_;
  Instant now_;
  Instant end_;
  Instant heal_at_;
  Duration wall_offset_{0};  // wall clock - elapsed
  Agenda<Happening> agenda_;

  std::optional<core::Coordinator> daemon_;
  int life_ = 0;
  Duration line_shift_{0};  // the daemon's elapsed line - the machine's
  Instant awake_since_;
  bool reconciled_ = false;
  bool stop_asked_ = false;
  std::optional<Seq> stop_after_;
  Seq recorded_;
  CrashWindow crash_window_ = CrashWindow::none;
  bool crash_now_ = false;
  std::int64_t idle_ticks_ = 0;

  ModelledStore store_;
  bool commit_entered_ = false;
  Instant ill_until_;
  Instant slow_until_;
  bool outage_ = false;                // a commit has met the outage
  bool slow_ = false;                  // a commit has met the slowness
  bool daemon_knows_ = false;          // it heard StoreFailed
  std::vector<core::Answer> answers_;  // wait for their batch

  std::map<Token, Tree> trees_;
  std::vector<Fault> armed_;  // wait for an attempt to happen to
  int last_pid_ = 1000;
  bool faulty_ = false;
  std::int64_t last_request_ = 0;

  Random dice_trees_;
  Random dice_store_;
  Random dice_faults_;
  FaultPlan plan_;
  std::array<std::int64_t, kFaultKinds> faults_{};
  std::optional<Checker> checker_;
  Metrics metrics_;
  ReplayHash hash_;
};

}  // namespace takt::sim
