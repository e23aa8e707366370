#pragma once
// FleetDaemon: the shell around the coordinator in the real world. It owns the loop's side of everything:
// turns what happens (timers, the store, processes, requests) into events, carries out the effects, and
// decides nothing.
//
//   WakeTimer, StepWatch ─┐                         ┌─▶ Persist      ─▶ Store (its own thread)
//   Store  ── post ───────┤                         ├─▶ Launch, Kill ─▶ Launcher
//   Launcher ─────────────┼─▶ Coordinator.handle() ─┼─▶ CleanUp      ─▶ Cleanup
//   OwnWork ──────────────┤                         ├─▶ builtin jobs, Mend, SendNotices ─▶ OwnWork
//   MemoryWatch ──────────┤                         ├─▶ Answer       ─▶ whoever asked, once recorded
//   Backend (API) ────────┘                         └─▶ Stopped      ─▶ the loop ends, once recorded
//
// One thread: the loop's. The store calls back on its own thread; those calls are posted here.

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "api/backend.h"
#include "core/coordinator.h"
#include "daemon/cleanup.h"
#include "daemon/console.h"
#include "daemon/counters.h"
#include "daemon/fleet_clock.h"
#include "daemon/memory_watch.h"
#include "daemon/own_work.h"
#include "daemon/tally.h"
#include "daemon/timers.h"
#include "ports/launcher.h"
#include "ports/memory_meter.h"
#include "ports/store.h"

namespace takt::daemon {

/// Passes what the store says from its thread to the loop.
class StoreRelay final : public ports::StoreListener {
 public:
  explicit StoreRelay(boost::asio::io_context& io) : io_(io) {}
  /// Before the first submit. The listener outlives the store.
  void connect(ports::StoreListener& to) { to_ = &to; }
  void recorded(Seq through) override;
  void failed(const ports::StoreError& error, const core::JournalUse& journal) override;
  void journaled(Seq through, const core::JournalUse& journal) override;
  void journal_full(const std::string& why, const core::JournalUse& journal) override;
  void back(const core::StoreBack& outage) override;

 private:
  boost::asio::io_context& io_;
  ports::StoreListener* to_ = nullptr;
};

class Reloader;

class FleetDaemon final : public api::Backend,
                          public ports::LauncherListener,
                          public ports::StoreListener {
 public:
  FleetDaemon(boost::asio::io_context& io, core::Coordinator coordinator, FleetClock& clock,
              ports::Store& store, ports::MemoryMeter& meter, std::filesystem::path database,
              Console& console);

  /// Before open(). The launcher outlives the daemon's last event.
  void connect(ports::Launcher& launcher) { launcher_ = &launcher; }

  /// Before open(). Probes, contacts, and what builtin jobs ask of the store.
  void connect(OwnWork::Outside outside);

  /// Before open(). Reads the fleet file for reload(); it outlives the daemon's last event.
  void connect(Reloader& reloader) { reloader_ = &reloader; }

  /// First turn; `ready` is called once the leftovers of earlier daemons are settled.
  void open(std::function<void()> ready);

  /// SIGTERM, SIGINT, `down`, the end of `--for`. Twice: trees are killed without grace. `stopped` (set
  /// once) is called when everything has ended and is recorded, or cannot be recorded within 5 s.
  void shut_down();
  void on_stopped(std::function<void()> stopped) { stopped_ = std::move(stopped); }
  /// `reloaded` (set once) is told what the fleet is from now on, whenever that changes.
  void on_reloaded(std::function<void(const core::FleetSpec&)> reloaded) {
    reloaded_ = std::move(reloaded);
  }

  /// Counted only when asked for (`keep_tally`), since it grows with the runs.
  const Tally& tally() const { return tally_; }
  void keep_tally() { keeps_tally_ = true; }
  bool all_recorded() const { return durable_ >= submitted_; }
  bool some_in_journal_only() const { return recorded_ < submitted_ && all_recorded(); }

  // api::Backend
  core::FleetView fleet() const override;
  std::vector<core::JobView> jobs() const override;
  std::vector<core::PoolView> pools() const override;
  std::optional<core::WhyView> why(std::string_view job) const override;
  std::optional<core::WhyView> why(RunId run) const override;
  api::Metrics metrics() const override;
  api::Memory memory() const override;
  std::vector<core::HealthView> health() const override;
  bool ready() const override;
  void request(core::Event event, std::function<void(api::Reply)> done) override;
  void reload(std::function<void(api::Reloaded)> done) override;
  std::expected<std::unique_ptr<ports::History>, ports::StoreError> open_history() const override;

  /// An event that nobody waits for an answer to.
  void tell(const core::Event& event) { handle(event); }
  bool would_remove_jobs(const core::FleetSpec& fleet) const {
    return coordinator_.would_remove_jobs(fleet);
  }

  // ports::LauncherListener, on the loop
  void started(Token token, const core::Process& process) override;
  void deferred(Token token, const std::string& why) override;
  void ended(Token token, const core::ProcessEnd& end) override;
  void beat(Token token, const core::Beat& beat) override;
  void leftover_gone(Token token, int killed) override;

  // ports::StoreListener, on the loop (by way of StoreRelay)
  void recorded(Seq through) override;
  void failed(const ports::StoreError& error, const core::JournalUse& journal) override;
  void journaled(Seq through, const core::JournalUse& journal) override;
  void journal_full(const std::string& why, const core::JournalUse& journal) override;
  void back(const core::StoreBack& outage) override;

 private:
  void handle(const core::Event& event);
  void hear_of_ends();
  void hear_of_memory();
  void carry_out(core::Effects effects);
  void launch(const core::LaunchAttempt& attempt);
  void persist(core::Batch batch);
  void answer(core::Answer answer);
  void give_answers();
  void made_durable(Seq through);
  void await_last_batch(Seq after);
  void finish_if_over();
  void finish();
  void arm();
  void arm_memory();
  void look_for_step();
  void look_at_schedules();
  void look_for_readiness();

  boost::asio::io_context& io_;
  core::Coordinator coordinator_;
  FleetClock& clock_;
  ports::Store& store_;
  ports::MemoryMeter& meter_;
  std::filesystem::path database_;
  Console& console_;
  ports::Launcher* launcher_ = nullptr;
  Reloader* reloader_ = nullptr;
  WakeTimer wake_;
  WakeTimer memory_wake_;
  MemoryWatch memory_;
  Cleanup cleanup_;
  std::unique_ptr<OwnWork> own_;
  StepWatch steps_;
  boost::asio::steady_timer patience_;
  Tally tally_;
  Counters counters_;
  std::function<void()> ready_;
  std::function<void()> stopped_;
  std::function<void(const core::FleetSpec&)> reloaded_;
  std::map<RequestId, std::function<void(api::Reply)>> asked_;
  std::vector<std::function<void(api::Reply)>> asked_to_stop_;  // answered by the end itself
  std::multimap<Seq, core::Answer> answers_;                    // by the batch they wait for
  RequestId last_request_;
  Seq submitted_;
  Seq recorded_;
  Seq durable_;                     // recorded, or journaled
  std::optional<Seq> last_batch_;   // of Stopped
  std::optional<Seq> ready_after_;  // what reconciling wrote; ready once it is durable
  Instant last_now_;
  bool keeps_tally_ = false;
  bool watches_the_wall_ =
      false;  // a job follows the wall clock, and so it is looked at each second
  bool finished_ = false;
};

}  // namespace takt::daemon
