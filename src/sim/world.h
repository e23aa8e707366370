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
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/coordinator.h"
#include "sim/agenda.h"
#include "sim/checker.h"
#include "sim/coverage.h"
#include "sim/faults.h"
#include "sim/memory_model.h"
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
  /// The fleet's first start; by default a Monday in January 2026.
  std::optional<WallTime> begin;
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
  struct JournalDue {
    int life;
  };
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
  struct KillDaemon {
    int life;
    Fault fault;
  };
  struct StopDaemon {
    int life;
  };
  struct Thaw {
    int life;
  };
  struct StepClock {
    Duration by;
  };
  struct MemoryDue {
    int life;
  };
  struct CleanupStep {
    int life;
    int nth;
    bool last;
  };
  struct Heal {};
  struct AskForAll {};
  using Happening =
      std::variant<CommitDue, JournalDue, SlowOver, TellDaemon, TreeStep, Sweep, DaemonDue,
                   StopPatience, Strike, StrikeAgain, KillDaemon, StopDaemon, Thaw, StepClock,
                   MemoryDue, CleanupStep, Heal, AskForAll>;
  /// The next daemon is killed when it is so old.
  struct ShortLife {
    Fault fault;
    Duration lasts;
  };

  // --- world.cpp: time, and the daemon's coming and going
  void happen(Happening& what);
  void start_daemon();
  void lose_daemon(Duration downtime);
  /// One turn of the daemon, later when it is frozen. False: nothing came of it.
  bool deliver(core::Event event);
  void tell_soon(core::Event event);
  void perform(core::Effects effects);
  void note_told(const core::Event& event);
  void note_reconciled();
  /// The daemon is killed at last in the window that a fault waited for.
  void die_of(Fault window);
  bool is_frozen() const { return now_ < frozen_until_; }
  /// It is up and works: somebody who asks it for something gets an answer.
  bool is_at_work() const { return daemon_ && !is_stopping() && !is_frozen(); }
  Instant next_tick() const;
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
  void slow_over();
  void end_outage();
  void fail_to_commit();
  void journal_soon();
  void journal_due(const JournalDue& due);
  core::JournalUse journal_use() const;
  void commit();
  void keep(std::vector<core::Batch> group);
  void acknowledge(core::Answer answer);
  void store_recovers();
  void stop_when_recorded();

  // --- world_trees.cpp
  void launch(const core::LaunchAttempt& launch);
  Duration draw_length(Duration median);
  Behaviour draw_behaviour(JobIndex job);
  void apply_fault(Behaviour& behaviour, Fault fault, JobIndex job);
  void spawn(Tree& tree);
  void kill(Token token, Duration grace, core::KillReason why);
  void beat(Tree& tree);
  void end_main(Tree& tree);
  void end_tree(Token token);
  void store_output(Tree& tree);
  /// What the launcher is asked for before anything due is fired.
  void tell_mains_ended();
  void tree_step(const TreeStep& step);
  void sweep(const Sweep& sweep);
  void signal(Tree& tree, Duration grace);

  // --- world_memory.cpp
  /// True: something came of it already.
  bool read_memory_before(const core::Event& event);
  bool tell_memory();
  void watch_memory(const core::MemoryReading& reading);
  void memory_due(const MemoryDue& due);
  void clean_up();
  void cleanup_step(const CleanupStep& step);
  bool strike_memory(Fault fault);

  // --- world_faults.cpp
  void strike(Fault fault);
  void fired(Fault fault) { faults_[static_cast<std::size_t>(fault)] += 1; }
  bool suits(Fault fault, JobIndex job) const;
  bool can_happen(Fault fault) const;
  Fault draw_fault();
  bool strike_daemon(Fault fault);
  bool strike_store(Fault fault);
  bool strike_clock(Fault fault);
  bool strike_operator(Fault fault);
  Duration draw_downtime() { return dice_faults_.around(scenario_.mix.downtime_median, 1.6); }
  bool strike_suspended(Fault fault);
  void suspend(Duration by);
  void freeze(Duration by);
  void thaw(const Thaw& thaw);
  void step_clock(Duration by);
  void tell_step(Duration by);
  Duration draw_leap();
  void kill_daemon(const KillDaemon& kill);
  void shut_down();
  void reload();
  void resize_a_pool();
  core::FleetSpec fleet_as_read() const;
  void work_builtin(const core::LaunchAttempt& launch);
  void mended_soon(const core::Mend& mend);
  void told_soon(const core::SendNotices& send);
  core::Measurement measurement_of(const core::HealthSpec& check, const core::ProbeSpec& probe);
  bool is_broken(const std::pair<std::string, std::string>& name, const core::ProbeSpec& probe);
  void heal();
  void ask_for_all();
  JobIndex any_job() { return static_cast<JobIndex>(dice_faults_.below(jobs_count_)); }
  RequestId next_request() { return RequestId{++last_request_}; }

  const Scenario& scenario_;
  const std::int64_t jobs_count_;
  Instant now_;
  Instant end_;
  Instant heal_at_;          // no new faults from here on
  Instant healed_at_;        // and none that go on
  Duration wall_offset_{0};  // wall clock - elapsed
  Agenda<Happening> agenda_;

  std::optional<core::Coordinator> daemon_;
  int life_ = 0;
  Duration line_shift_{0};  // the daemon's elapsed line - the machine's
  Instant awake_since_;
  bool reconciled_ = false;
  bool stop_asked_ = false;
  std::optional<Seq> stop_after_;
  Seq recorded_;  // or journaled
  bool draining_ = false;
  Instant frozen_until_;
  std::optional<Fault> crash_window_;  // a daemon_killed_... that waits for its moment
  std::optional<ShortLife> short_life_;
  bool crash_now_ = false;
  std::int64_t idle_ticks_ = 0;

  ModelledStore store_;
  bool commit_entered_ = false;
  Instant ill_until_;
  Instant slow_until_;
  Fault outage_fault_ = Fault::store_fails;
  bool outage_ = false;                // a commit has met the outage
  bool slow_ = false;                  // a commit has met the slowness
  bool daemon_knows_ = false;          // it heard StoreFailed
  std::vector<core::Answer> answers_;  // wait for their batch
  std::int64_t journal_capacity_ = 0;  // bytes
  std::int64_t journal_used_ = 0;
  std::int64_t journaled_ = 0;  // batches, in this outage
  bool journal_full_ = false;   // it takes nothing more in this outage
  bool journal_entered_ = false;
  std::size_t queued_ = 0;  // batches on their way to the store
  std::size_t stale_ = 0;   // of them: of a daemon that is gone (a planted bug)

  std::map<Token, Tree> trees_;
  std::vector<Token> mains_ended_;  // their output is still being read, and nobody asked yet
  std::vector<Fault> armed_;        // wait for an attempt to happen to
  int last_pid_ = 1000;
  bool faulty_ = false;
  std::int64_t last_request_ = 0;

  using ProbeName = std::pair<std::string, std::string>;  // of the check and of the probe
  std::map<ProbeName, WallTime> broken_probes_;           // since when
  std::map<Token, std::shared_ptr<const core::HealthSpec>>
      checks_;  // of living attempts, and older ones

  MemoryModel memory_;
  std::optional<Instant> memory_read_at_;  // by this daemon
  bool memory_entered_ = false;            // its next reading is on the agenda
  bool memory_tight_ = false;

  std::vector<core::PoolSpec>
      file_pools_;  // as the fleet file has them now; some reloads change them

  Random dice_trees_;
  Random dice_store_;
  Random dice_faults_;
  Random dice_memory_;
  Random dice_health_;
  FaultPlan plan_;
  std::array<std::int64_t, kFaultKinds> faults_{};
  std::optional<Checker> checker_;
  Metrics metrics_;
  Coverage coverage_;
  ReplayHash hash_;
};

}  // namespace takt::sim
