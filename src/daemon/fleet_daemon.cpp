#include "daemon/fleet_daemon.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

#include "base/match.h"
#include "daemon/launch_order.h"

namespace takt::daemon {
namespace {

/// How long a stopping daemon waits for a store that cannot take its last rows.
constexpr std::chrono::seconds kLastRowsPatience{5};

/// How often a fleet with wall-clock jobs looks at the wall clock by itself: a step of a clock that is
/// not the kernel's own (another time source under the daemon) is told by nobody.
constexpr std::chrono::seconds kLooksAtTheWall{1};

bool follows_the_wall(const core::FleetSpec& spec) {
  return std::ranges::any_of(
      spec.jobs, [](const core::JobSpec& job) { return core::follows_the_wall(job.schedule); });
}

/// Of a program that the daemon runs for itself.
bool is_own(Token token) { return token == Cleanup::kToken || OwnPrograms::owns(token); }

std::unexpected<core::Refusal> stopping_refusal() {
  return std::unexpected(core::Refusal{core::Refusal::Kind::refused,
                                       "the daemon stops and has not recorded it",
                                       "start it with `takt up`, then ask again",
                                       {}});
}

}  // namespace

void StoreRelay::recorded(Seq through) {
  boost::asio::post(io_, [this, through] { to_->recorded(through); });
}

void StoreRelay::failed(const ports::StoreError& error, const core::JournalUse& journal) {
  boost::asio::post(io_, [this, error, journal] { to_->failed(error, journal); });
}

void StoreRelay::journaled(Seq through, const core::JournalUse& journal) {
  boost::asio::post(io_, [this, through, journal] { to_->journaled(through, journal); });
}

void StoreRelay::journal_full(const std::string& why, const core::JournalUse& journal) {
  boost::asio::post(io_, [this, why, journal] { to_->journal_full(why, journal); });
}

void StoreRelay::back(const core::StoreBack& outage) {
  boost::asio::post(io_, [this, outage] { to_->back(outage); });
}

FleetDaemon::FleetDaemon(boost::asio::io_context& io, core::Coordinator coordinator,
                         FleetClock& clock, ports::Store& store, ports::MemoryMeter& meter,
                         std::filesystem::path database, Console& console)
    : io_(io),
      coordinator_(std::move(coordinator)),
      clock_(clock),
      store_(store),
      meter_(meter),
      database_(std::move(database)),
      console_(console),
      wake_(io,
            [this] {
              look_for_step();  // also where the kernel does not tell of one
              handle(core::Tick{});
            }),
      memory_wake_(io, [this] { handle(core::Tick{}); }),  // which looks at the memory first
      memory_(meter),
      cleanup_(
          io, [this] { return meter_.read(coordinator_.spec().memory.source); },
          [this](core::CleanedUp event) {
            if (!last_batch_) handle(std::move(event));
            finish_if_over();
          }),
      steps_(io, [this] { look_for_step(); }),
      patience_(io),
      counters_(coordinator_.spec().jobs.size() <= api::Metrics::kJobsMax) {}

void FleetDaemon::connect(OwnWork::Outside outside) {
  const auto now = [this] { return coordinator_.wall(clock_.now()); };
  own_ = std::make_unique<OwnWork>(
      io_, std::move(outside),
      Builtins::Facts{now, [this]() -> const core::FleetSpec& { return coordinator_.spec(); },
                      [this] { return recorded_; }, [this] { return coordinator_.store_ok(); },
                      [this, now](WallTime at) {
                        using std::chrono::floor;
                        const auto age = floor<Duration>(std::chrono::system_clock::now()) - at;
                        return now() - floor<Duration>(age * clock_.speed());
                      }},
      Pinger::Facts{[this] { return coordinator_.spec().ping; },
                    [this] {
                      const core::FleetView view = fleet();
                      return view.ok() && view.troubled_probes.empty() && !view.draining;
                    },
                    now},
      [this](const core::Event& event) {
        if (!last_batch_) handle(event);
        finish_if_over();
      });
}

void FleetDaemon::open(std::function<void()> ready) {
  ready_ = std::move(ready);
  look_at_schedules();
  cleanup_.connect(*launcher_, coordinator_.spec());
  own_->programs.connect(*launcher_, coordinator_.spec().state_dir);
  last_now_ = clock_.now();
  carry_out(coordinator_.open(last_now_,
                              memory_.look(coordinator_.spec().memory.source, boottime_now())));
  look_for_step();
  arm();
  look_for_readiness();
}

void FleetDaemon::handle(const core::Event& event) {
  if (finished_) return;
  if (std::holds_alternative<core::BeatHeard>(event)) counters_.count_beat();
  last_now_ = std::max(last_now_, clock_.now());
  hear_of_ends();
  if (std::holds_alternative<core::ShutDown>(event)) {
    cleanup_.stop();
    own_->give_up();
  }
  hear_of_memory();
  carry_out(coordinator_.handle(event, last_now_));
  if (std::holds_alternative<core::Reload>(event)) {
    look_at_schedules();
    if (ready()) own_->pinger.begin();
  }
  arm();
  look_for_readiness();
}

void FleetDaemon::look_at_schedules() {
  watches_the_wall_ = clock_.speed() == 1 && follows_the_wall(coordinator_.spec());
}

/// Something is due, perhaps the limit of an attempt. After the daemon stood still (stopped,
/// starved, suspended) its process may have ended in time, and only the loop has not heard of it.
void FleetDaemon::hear_of_ends() {
  if (coordinator_.next_wake() > last_now_) return;
  auto ended = launcher_->mains_ended();
  std::erase_if(ended, is_own);
  if (ended.empty()) return;
  carry_out(coordinator_.handle(core::MainsEnded{std::move(ended)}, last_now_));
}

/// Whatever the event is, it may let something start, and that wants to know what is left.
void FleetDaemon::hear_of_memory() {
  const auto reading = memory_.look_if_old(coordinator_.spec().memory.source, boottime_now());
  if (reading) carry_out(coordinator_.handle(core::MemoryRead{*reading}, last_now_));
}

void FleetDaemon::look_for_step() {
  const Duration step = clock_.take_step();
  if (step != Duration{0}) handle(core::ClockStepped{step});
}

void FleetDaemon::arm() {
  Instant at = coordinator_.next_wake();
  if (watches_the_wall_) at = std::min(at, clock_.now() + kLooksAtTheWall);
  if (at == Instant::max()) {
    wake_.clear();
  } else {
    wake_.set(clock_.boottime_of(at));
  }
  arm_memory();
}

void FleetDaemon::arm_memory() {
  if (const auto next = memory_.next_look(coordinator_.memory_level(), !coordinator_.quiet())) {
    memory_wake_.set(*next);
  } else {
    memory_wake_.clear();
  }
}

void FleetDaemon::look_for_readiness() {
  if (!ready_ || !coordinator_.reconciled()) return;
  // Ready means reconciled, and what that found is durable. A store that cannot take it makes a
  // degraded fleet, not one that is never ready.
  if (!ready_after_) ready_after_ = submitted_;
  if (durable_ < *ready_after_ && coordinator_.store_ok()) return;
  std::exchange(ready_, nullptr)();
  own_->pinger.begin();
}

void FleetDaemon::carry_out(core::Effects effects) {
  for (core::Effect& effect : effects) {
    std::visit(Match{[&](core::Persist& e) { persist(std::move(e.batch)); },
                     [&](core::LaunchAttempt& e) { launch(e); },
                     [&](core::KillTree& e) {
                       if (!own_->builtins.kill(e.token)) launcher_->kill(e.token, e.grace);
                     },
                     [&](core::KillLeftover& e) { launcher_->kill_leftover(e.attempt); },
                     [&](core::CleanUp&) {
                       cleanup_.begin(coordinator_.spec(), coordinator_.wall(last_now_));
                     },
                     [&](core::Mend& e) { own_->builtins.mend(e); },
                     [&](core::EndBuiltin& e) { own_->builtins.end(e); },
                     [&](core::SendNotices& e) {
                       own_->messenger.send(std::move(e), coordinator_.spec().name,
                                            coordinator_.wall(last_now_));
                     },
                     [&](core::Answer& e) { answer(std::move(e)); },
                     [&](core::Stopped& e) { await_last_batch(e.after); }},
               effect);
  }
}

void FleetDaemon::launch(const core::LaunchAttempt& attempt) {
  if (attempt.builtin != core::Builtin::none) return own_->builtins.begin(attempt);
  const core::FleetSpec& spec = coordinator_.spec();
  launcher_->start(launch_order(spec.jobs[attempt.job], attempt, spec.state_dir));
}

void FleetDaemon::persist(core::Batch batch) {
  for (const core::Row& row : batch.rows) counters_.count(row);
  if (keeps_tally_) {
    for (const core::Row& row : batch.rows) tally_.count(row);
  }
  console_.show(batch);
  submitted_ = batch.seq;
  store_.submit(std::move(batch));
}

void FleetDaemon::answer(core::Answer answer) {
  const Seq after = answer.after;
  answers_.emplace(after, std::move(answer));
  give_answers();
}

void FleetDaemon::give_answers() {
  while (!answers_.empty() && answers_.begin()->first <= durable_) {
    core::Answer next = std::move(answers_.begin()->second);
    answers_.erase(answers_.begin());
    const auto asker = asked_.extract(next.request);
    if (!asker.empty()) asker.mapped()({std::move(next.result), std::move(next.state)});
  }
}

void FleetDaemon::shut_down() { handle(core::ShutDown{}); }

void FleetDaemon::await_last_batch(Seq after) {
  last_batch_ = after;
  patience_.expires_after(kLastRowsPatience);
  patience_.async_wait([this](const boost::system::error_code& error) {
    if (!error) finish();
  });
  finish_if_over();
}

/// Everything is told and recorded, and nothing is left behind.
void FleetDaemon::finish_if_over() {
  if (last_batch_ && durable_ >= *last_batch_ && !cleanup_.is_running() &&
      own_->programs.is_idle()) {
    finish();
  }
}

void FleetDaemon::finish() {
  if (finished_) return;
  finished_ = true;
  own_->builtins.stop();
  patience_.cancel();
  for (auto& done : std::exchange(asked_to_stop_, {})) done({std::optional<RunId>{}, "stopped"});
  // Whatever else is still owed an answer was not recorded: nobody may take it for done.
  for (auto& [request, done] : std::exchange(asked_, {})) done({stopping_refusal(), {}});
  if (stopped_) stopped_();
}

void FleetDaemon::request(core::Event event, std::function<void(api::Reply)> done) {
  last_request_.value += 1;
  const RequestId id = last_request_;
  const bool is_end = std::holds_alternative<core::ShutDown>(event);
  std::visit(
      Match{[&](core::Trigger& e) { e.request = id; }, [&](core::Cancel& e) { e.request = id; },
            [&](core::Pause& e) { e.request = id; }, [&](core::Resume& e) { e.request = id; },
            [&](core::BeatHeard& e) { e.request = id; }, [&](core::Drain& e) { e.request = id; },
            [&](core::Reload& e) { e.request = id; }, [&](core::NotifyTest& e) { e.request = id; },
            // Its answer is the end itself: the request keeps a number that nobody answers.
            [](core::ShutDown&) {}, [](core::Tick&) {}, [](core::ClockStepped&) {},
            [](core::Recorded&) {}, [](core::StoreFailed&) {}, [](core::StoreBack&) {},
            [](core::Journaled&) {}, [](core::JournalFull&) {}, [](core::AttemptStarted&) {},
            [](core::StartDeferred&) {}, [](core::MainsEnded&) {}, [](core::AttemptEnded&) {},
            [](core::LeftoverGone&) {}, [](core::MemoryRead&) {}, [](core::CleanedUp&) {},
            [](core::HealthMeasured&) {}, [](core::Mended&) {}, [](core::RowsSwept&) {},
            [](core::NoticesEnded&) {}, [](core::SurroundingsChanged&) {},
            [](core::ReloadFailed&) {}},
      event);
  if (finished_) {
    done(is_end ? api::Reply{std::optional<RunId>{}, "stopped"}
                : api::Reply{stopping_refusal(), {}});
    return;
  }
  if (is_end) {
    asked_to_stop_.push_back(std::move(done));
    handle(event);
    return;
  }
  if (const auto* reload = std::get_if<core::Reload>(&event)) {
    done = [this, fleet = reload->fleet, done = std::move(done)](api::Reply reply) {
      if (reply.result && reloaded_) reloaded_(*fleet);  // a refused file changes nothing
      done(std::move(reply));
    };
  }
  asked_.emplace(id, std::move(done));
  handle(event);
}

void FleetDaemon::started(Token token, const core::Process& process) {
  if (is_own(token)) return;
  handle(core::AttemptStarted{token, process});
}

void FleetDaemon::deferred(Token token, const std::string& why) {
  if (is_own(token)) return;  // its end will tell
  handle(core::StartDeferred{token, why});
}

void FleetDaemon::ended(Token token, const core::ProcessEnd& end) {
  if (token == Cleanup::kToken) return cleanup_.ended(end);
  if (OwnPrograms::owns(token)) return own_->programs.ended(token, end);
  handle(core::AttemptEnded{token, end});
}

void FleetDaemon::beat(Token token, const core::Beat& beat) {
  if (is_own(token)) return;
  handle(core::BeatHeard{{}, token, beat});
}

void FleetDaemon::leftover_gone(Token token, int killed) {
  if (token == Cleanup::kToken) return cleanup_.leftover_gone();
  if (OwnPrograms::owns(token)) return own_->programs.leftover_gone(token);
  handle(core::LeftoverGone{token, killed});
}

void FleetDaemon::recorded(Seq through) {
  recorded_ = std::max(recorded_, through);
  durable_ = std::max(durable_, through);
  handle(core::Recorded{through});
  made_durable(through);
}

void FleetDaemon::made_durable(Seq through) {
  durable_ = std::max(durable_, through);
  give_answers();
  finish_if_over();
}

void FleetDaemon::failed(const ports::StoreError& error, const core::JournalUse& journal) {
  handle(core::StoreFailed{error.what, journal});
}

void FleetDaemon::journaled(Seq through, const core::JournalUse& journal) {
  durable_ = std::max(durable_, through);
  handle(core::Journaled{through, journal});
  made_durable(through);
}

void FleetDaemon::journal_full(const std::string& why, const core::JournalUse& journal) {
  handle(core::JournalFull{why, journal});
}

void FleetDaemon::back(const core::StoreBack& outage) {
  handle(core::StoreBack{outage});
  own_->builtins.store_is_back();
}

}  // namespace takt::daemon
