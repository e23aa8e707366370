#pragma once
// HandShell: the shell around a Coordinator, moved by hand. It keeps the duties that coordinator.h
// names (ticks, recorded rows, answers that wait for their rows) and leaves to its user what
// processes do, when the store is slow, and when the daemon is killed.

#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "core/coordinator.h"
#include "scenarios/recorded_rows.h"

namespace takt::scenarios {

class HandShell {
 public:
  /// Sees every effect when it takes place: an Answer or Stopped once its rows are recorded.
  using Witness = std::function<void(WallTime, const core::Effect&)>;

  HandShell(core::FleetSpec spec, double speed, Witness witness);

  /// What the wall clock says at the first start.
  void set_clock(WallTime at) { died_at_ = at; }

  /// A new daemon on the recorded rows. At speed 1 `down` has passed since the last one was killed.
  void start(Duration down);
  /// The machine is started anew: another boot id from now on.
  void reboot() { boot_ = "after a reboot"; }
  /// SIGKILL: what was not recorded is gone; processes become leftovers.
  void kill();
  bool up() const { return daemon_ != nullptr; }

  /// Time passes, with a Tick whenever the coordinator asks for one.
  void advance(Duration by);
  /// Time passes and nobody ticks; then one Tick.
  void stall(Duration by);
  /// Time passes, and whatever comes next finds that nobody ticked.
  void oversleep(Duration by) { now_ += by; }
  /// One turn, and those that it makes due at once.
  void tell(const core::Event& event);

  /// From now on batches wait for record().
  void hold_store() { holding_ = true; }
  /// Commits the oldest `batches` held; all of them ends the holding.
  void record(std::size_t batches);
  void release_store();
  std::size_t held() const { return held_.size(); }
  bool holding() const { return holding_; }

  /// The store fails: StoreFailed, and batches are held, or, with a journal that has room for so
  /// many batches, kept in it. Back: StoreBack, then they are recorded.
  void fail_store(std::size_t journal_batches);
  void bring_store_back();

  /// Launched in this life and not ended; `started` once AttemptStarted was told.
  struct Living {
    core::LaunchAttempt launch;
    bool started = false;
  };
  const std::map<Token, Living>& living() const { return living_; }
  const std::map<Token, core::AttemptRow>& leftovers() const { return leftovers_; }
  void started(Token token);
  void ended(Token token, core::ProcessEnd end);
  void gone(Token token);

  const core::Coordinator& daemon() const { return *daemon_; }
  const RecordedRows& rows() const { return rows_; }
  Seq recorded() const { return recorded_; }
  core::FleetSpec& spec() { return spec_; }  // takes effect at the next start
  Instant now() const { return now_; }
  WallTime wall() const { return daemon_ ? daemon_->wall(now_) : died_at_; }
  int lives() const { return lives_; }

 private:
  void turn(const core::Event& event);
  void carry_out(core::Effects effects);
  void commit_front();
  void journal_held();
  core::JournalUse journal_use() const;
  void settle_now();
  void deliver();

  core::FleetSpec spec_;
  double speed_;
  Witness witness_;
  std::unique_ptr<core::Coordinator> daemon_;
  Instant now_;
  Instant last_turn_;
  int turns_at_once_ = 0;  // at last_turn_
  WallTime died_at_;
  int lives_ = 0;
  std::string boot_ = "boot";
  RecordedRows rows_;
  bool holding_ = false;
  std::deque<core::Batch> held_;
  std::size_t journal_batches_ = 0;  // room of the journal while the store fails
  std::size_t journaled_ = 0;        // of held_, from its front
  bool journal_full_ = false;
  std::int64_t replayed_ = 0;
  Seq recorded_;
  std::deque<core::Effect> undelivered_;  // answers whose rows are not recorded yet
  std::map<Token, Living> living_;
  std::map<Token, core::AttemptRow> leftovers_;
};

}  // namespace takt::scenarios
