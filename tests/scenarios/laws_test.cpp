// Laws of the coordinator under any order of events: a small random fleet, random starts, ends, kills,
// pauses, store failures and crashes, judged after every step by what was recorded and launched.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <ostream>
#include <set>
#include <string>
#include <vector>

#include "core/schedule.h"
#include "scenarios/hand_shell.h"
#include "scenarios/narrator.h"

namespace takt::scenarios {
namespace {

using namespace std::chrono_literals;

// --- a random fleet ---------------------------------------------------------------------------------

Duration seconds_between(int least, int most) {
  return std::chrono::seconds{*rc::gen::inRange(least, most + 1)};
}

core::Schedule any_schedule() {
  switch (*rc::gen::inRange(0, 5)) {
    case 0:
      return core::Manual{};
    case 1:
      return core::After{seconds_between(1, 20)};
    case 2: {
      const Duration shortest = seconds_between(3, 15);
      return core::EveryBetween{shortest, shortest + seconds_between(0, 10), 0s};
    }
    default:
      return core::Every{seconds_between(2, 30), seconds_between(0, 40)};
  }
}

std::optional<Duration> maybe(Duration value) {
  return *rc::gen::arbitrary<bool>() ? std::optional{value} : std::nullopt;
}

core::JobSpec any_job(int number) {
  core::JobSpec job;
  job.name = "job" + std::to_string(number);
  job.schedule = any_schedule();
  job.overlap = *rc::gen::element(core::Overlap::skip, core::Overlap::queue, core::Overlap::replace,
                                  core::Overlap::allow);
  job.catchup = *rc::gen::element(core::Catchup::latest, core::Catchup::all, core::Catchup::none);
  job.catchup_max = *rc::gen::inRange(1, 4);
  job.delivery = *rc::gen::element(core::Delivery::at_least_once, core::Delivery::at_least_once,
                                   core::Delivery::at_most_once);
  job.priority = *rc::gen::element(core::Priority::P0, core::Priority::P2, core::Priority::P3);
  job.retry.retries = *rc::gen::inRange(0, 3);
  job.start_within = maybe(seconds_between(1, 20));
  job.timeout = maybe(seconds_between(5, 30));
  job.hung_after = maybe(seconds_between(5, 30));
  job.stale_after = maybe(seconds_between(20, 60));
  job.late_after = maybe(seconds_between(5, 30));
  job.expect = 2s;
  if (*rc::gen::inRange(0, 4) == 0) job.quarantine_after = *rc::gen::inRange(1, 4);
  job.enabled = *rc::gen::inRange(0, 8) > 0;
  return job;
}

core::FleetSpec any_fleet() {
  core::FleetSpec fleet;
  fleet.name = "laws";
  fleet.ageing = 10s;
  fleet.max_running = *rc::gen::inRange(1, 4);
  const int jobs = *rc::gen::inRange(1, 4);
  for (int i = 0; i < jobs; ++i) fleet.jobs.push_back(any_job(i));
  return fleet;
}

// RapidCheck's usual 100 cases take a tenth of a second here; RC_PARAMS still decides when it is set.
const bool kMoreCases = setenv("RC_PARAMS", "max_success=1000", 0) == 0;

// --- what must always hold --------------------------------------------------------------------------

/// Watches effects and recorded rows of all lives of a fleet.
class Judge {
 public:
  explicit Judge(core::FleetSpec fleet) : fleet_(std::move(fleet)) {}

  void see(const core::Effect& effect) {
    if (const auto* persist = std::get_if<core::Persist>(&effect)) see_batch(persist->batch);
    if (const auto* launch = std::get_if<core::LaunchAttempt>(&effect)) see_launch(*launch);
  }

  void set_shell(const HandShell& shell) { shell_ = &shell; }

  /// A daemon was killed: what it handed over and was not recorded never was.
  void daemon_died() {
    last_decided_token_ = std::max(last_launched_token_, recorded_token());
    live_.clear();
  }

  /// Exactly one disposition, or one run, for each slot from 0 to the stored cursor, and none beyond.
  void check_slots() const {
    std::map<std::pair<std::string, SlotNumber>, int> answers;
    for (const auto& [id, run] : shell_->rows().runs()) {
      if (run.slot_number) answers[{run.job, *run.slot_number}] += 1;
    }
    for (const core::SlotsRow& row : shell_->rows().slots()) {
      if (row.reason == core::Reason::overlap && row.run) check_coalesced(row);
      RC_ASSERT(row.at <= row.last_at);
      RC_ASSERT(row.last_at <= row.decided_at);
      for (SlotNumber n = row.first; n <= row.last; ++n) answers[{row.job, n}] += 1;
    }
    std::map<std::string, SlotNumber> decided;
    for (const auto& [slot, count] : answers) {
      RC_ASSERT(count == 1);
      decided[slot.first] += 1;
    }
    for (const auto& [name, row] : shell_->rows().jobs()) {
      RC_ASSERT(decided[name] == row.next_number);
    }
  }

  /// Ended runs have a disposition; a living attempt belongs to a run that is not ended; counters obey
  /// the retry law; exclusion and max_running hold.
  void check_runs() const {
    std::map<std::string, int> open_attempts;
    int alive = 0;
    for (const auto& [token, row] : shell_->rows().attempts()) {
      if (row.outcome) continue;
      open_attempts[row.job] += 1;
      alive += 1;
      RC_ASSERT(shell_->rows().runs().at(row.run).state != core::RunState::ended);
    }
    RC_ASSERT(alive <= fleet_.max_running);
    for (const core::JobSpec& job : fleet_.jobs) {
      if (job.overlap != core::Overlap::allow) RC_ASSERT(open_attempts[job.name] <= 1);
    }
    for (const auto& [id, run] : shell_->rows().runs()) check_run(run);
  }

  /// After a turn, a run that nothing blocks has started: `why` and admission are one value.
  void check_why() const {
    const core::Coordinator& daemon = shell_->daemon();
    for (const auto& [id, row] : shell_->rows().runs()) {
      const auto why = daemon.why(id, shell_->now());
      if (!why || shell_->held() > 0) continue;  // ended, or not recorded yet
      const bool backs_off = row.retry_at && *row.retry_at > shell_->wall();
      if (row.state == core::RunState::running || backs_off) continue;
      const bool blocked = std::ranges::any_of(
          why->gates, [](const core::Gate& gate) { return gate.answer != core::GateAnswer::pass; });
      RC_ASSERT(blocked);
    }
  }

 private:
  void see_batch(const core::Batch& batch) {
    for (const core::Row& row : batch.rows) {
      const auto* attempt = std::get_if<core::AttemptRow>(&row);
      if (attempt == nullptr) continue;
      const bool is_new = !live_.contains(attempt->token) && !ended_.contains(attempt->token) &&
                          !shell_->rows().attempts().contains(attempt->token);
      if (is_new) decide(*attempt);
      if (!attempt->outcome) continue;
      live_.erase(attempt->token);
      ended_.insert(attempt->token);
    }
  }

  void decide(const core::AttemptRow& attempt) {
    RC_ASSERT(attempt.token > last_decided_token_);
    last_decided_token_ = attempt.token;
    for (const auto& [token, run] : live_) RC_ASSERT(run != attempt.run);  // one at a time
    live_.emplace(attempt.token, attempt.run);
  }

  void see_launch(const core::LaunchAttempt& launch) {
    RC_ASSERT(launch.token > last_launched_token_);
    last_launched_token_ = launch.token;
    const auto recorded = shell_->rows().attempts().find(launch.token);
    RC_ASSERT(recorded != shell_->rows().attempts().end());
    RC_ASSERT(recorded->second.run == launch.run);
    RC_ASSERT(recorded->second.attempt == launch.attempt);
    RC_ASSERT(!recorded->second.outcome);
    for (const auto& [token, row] : shell_->rows().attempts()) {
      if (row.run == launch.run && token != launch.token) RC_ASSERT(row.outcome.has_value());
    }
  }

  /// A slot that went into a run is not given up before its own time.
  void check_coalesced(const core::SlotsRow& row) const {
    const core::RunRow& run = shell_->rows().runs().at(*row.run);
    if (run.disposition != core::Disposition::missed) return;
    const auto job = std::ranges::find(fleet_.jobs, row.job, &core::JobSpec::name);
    const Instant last{row.last_at.time_since_epoch()};
    const Instant epoch{shell_->daemon().epoch().time_since_epoch()};
    const auto next = core::next_slot(*job, epoch, {row.last, last});
    const Instant its_time = job->start_within ? last + *job->start_within : next->due;
    RC_ASSERT(run.ended_at->time_since_epoch() >= its_time.time_since_epoch());
  }

  void check_run(const core::RunRow& run) const {
    if (run.state == core::RunState::ended) RC_ASSERT(run.disposition.has_value());
    if (run.attempts > 0) RC_ASSERT(run.disposition == core::Disposition::ran);
    const auto job = std::ranges::find(fleet_.jobs, run.job, &core::JobSpec::name);
    RC_ASSERT(run.failures <= 1 + job->retry.retries);
    RC_ASSERT(run.losses <= 3);
    if (run.started_at && run.slot_at) RC_ASSERT(*run.started_at >= *run.slot_at);
  }

  Token recorded_token() const {
    return shell_->rows().fleet() ? shell_->rows().fleet()->last_token : Token{};
  }

  core::FleetSpec fleet_;
  const HandShell* shell_ = nullptr;
  Token last_decided_token_;
  Token last_launched_token_;
  std::map<Token, RunId> live_;
  std::set<Token> ended_;
};

// --- random events ----------------------------------------------------------------------------------

/// One step: what happens, and three numbers that say to whom and how much.
struct Step {
  int what = 0;
  int which = 0;
  int amount = 0;
};

/// How RapidCheck prints a counterexample.
void showValue(const Step& step, std::ostream& out) {
  out << '{' << step.what << ' ' << step.which << ' ' << step.amount << '}';
}

class World {
 public:
  using Witness = HandShell::Witness;

  World(const core::FleetSpec& fleet, Witness witness)
      : fleet_(fleet), shell_(fleet, 1, std::move(witness)) {}

  HandShell& shell() { return shell_; }

  /// True: a daemon died in it.
  bool play(const Step& step) {
    if (!shell_.up()) {
      shell_.start(std::chrono::milliseconds{step.amount * 700});
      return false;
    }
    if (step.what < 30) return shell_.advance(std::chrono::milliseconds{step.amount * 97}), false;
    if (step.what < 60) return process(step), false;
    if (step.what < 84) return request(step), false;
    if (step.what < 95) return store(step), false;
    shell_.kill();
    return true;
  }

 private:
  void process(const Step& step) {
    if (!shell_.leftovers().empty() && step.what < 40) {
      shell_.gone(shell_.leftovers().begin()->first);
      return;
    }
    if (shell_.living().empty()) return;
    auto chosen = shell_.living().begin();
    std::advance(chosen, step.which % static_cast<int>(shell_.living().size()));
    const auto& [token, living] = *chosen;
    if (!living.started && step.amount % 8 > 0) {
      shell_.started(token);
      return;
    }
    core::ProcessEnd end;
    if (!living.started) {
      end.spawn_errno = 2;
    } else if (step.amount % 3 == 0) {
      end.signal = 15;
    } else {
      end.exit_code = step.amount % 3 - 1;
    }
    shell_.ended(token, end);
  }

  void request(const Step& step) {
    const RequestId id{++requests_};
    const auto& job = fleet_.jobs[static_cast<std::size_t>(step.which) % fleet_.jobs.size()].name;
    switch (step.what % 12) {
      case 0:
      case 1:
      case 2:
        shell_.tell(core::Trigger{id, job, {}, step.amount % 3 == 0});
        return;
      case 3:
      case 4:
        shell_.tell(core::Cancel{id, RunId{1 + step.amount % 20}});
        return;
      case 5:
        shell_.tell(core::Pause{id, job, std::chrono::seconds{step.amount % 40}, "for a while"});
        return;
      case 6:
        shell_.tell(core::Pause{id, step.amount % 5 == 0 ? "" : job, std::nullopt, ""});
        return;
      case 7:
      case 8:
      case 9:
        shell_.tell(core::Resume{id, step.amount % 3 == 0 ? "" : job});
        return;
      case 10:
        shell_.stall(std::chrono::milliseconds{step.amount * 313});
        return;
      default:
        if (step.amount % 4 == 0) shell_.tell(core::ShutDown{id});
        if (step.amount % 4 == 1) shell_.tell(core::Drain{id});
        return;
    }
  }

  void store(const Step& step) {
    switch (step.what % 5) {
      case 0:
        shell_.hold_store();
        return;
      case 1:
        shell_.record(static_cast<std::size_t>(step.amount % 3));
        return;
      case 2:
        shell_.fail_store();
        return;
      case 3:
        shell_.bring_store_back();
        return;
      default:
        shell_.release_store();
        return;
    }
  }

  core::FleetSpec fleet_;
  HandShell shell_;
  std::int64_t requests_ = 0;
};

std::vector<Step> any_steps() {
  const auto step = rc::gen::build<Step>(rc::gen::set(&Step::what, rc::gen::inRange(0, 100)),
                                         rc::gen::set(&Step::which, rc::gen::inRange(0, 100)),
                                         rc::gen::set(&Step::amount, rc::gen::inRange(0, 100)));
  return *rc::gen::container<std::vector<Step>>(static_cast<std::size_t>(*rc::gen::inRange(1, 120)),
                                                step);
}

RC_GTEST_PROP(CoordinatorLaws, HoldUnderAnyOrderOfEventsAndOverRestarts, ()) {
  const core::FleetSpec fleet = any_fleet();
  Judge judge{fleet};
  World world{fleet, [&](WallTime, const core::Effect& effect) { judge.see(effect); }};
  judge.set_shell(world.shell());
  world.shell().start(0s);
  for (const Step& step : any_steps()) {
    if (world.play(step)) judge.daemon_died();
    if (!world.shell().up()) continue;
    judge.check_runs();
    judge.check_why();
    judge.check_slots();
  }
}

std::string dump(const core::FleetSpec& fleet, const std::vector<Step>& steps) {
  std::string text;
  Narrator narrator;
  World world{fleet, [&](WallTime at, const core::Effect& effect) {
                for (const std::string& line : narrator.tell(at, effect)) text += line + "\n";
              }};
  world.shell().start(0s);
  for (const Step& step : steps) world.play(step);
  return text;
}

RC_GTEST_PROP(CoordinatorLaws, TheSameInputsGiveTheSameEffects, ()) {
  const core::FleetSpec fleet = any_fleet();
  const std::vector<Step> steps = any_steps();
  const std::string text = dump(fleet, steps);
  RC_ASSERT(!text.empty());
  RC_ASSERT(text == dump(fleet, steps));
}

/// A run starts in the tick in which nothing blocks it any more, and in no other.
RC_GTEST_PROP(CoordinatorLaws, WhySaysThatNothingBlocksExactlyWhenASlotStarts, ()) {
  core::FleetSpec fleet = any_fleet();
  for (core::JobSpec& job : fleet.jobs) job.schedule = core::Every{5s, 0s};
  fleet.jobs.resize(1);
  World world{fleet, [](WallTime, const core::Effect&) {}};
  world.shell().start(0s);
  int started = 0;
  int held_back = 0;
  for (const Step& step : any_steps()) {
    world.play(step);
    HandShell& shell = world.shell();
    if (!shell.up() || shell.holding() || !shell.daemon().reconciled()) continue;
    const auto view = shell.daemon().job_view(fleet.jobs[0].name, shell.now());
    if (!view->next_at || shell.daemon().quiet() == false) continue;
    const Instant due{view->next_at->time_since_epoch() -
                      (shell.wall().time_since_epoch() - shell.now().time_since_epoch())};
    if (shell.daemon().next_wake() != due) continue;  // something else comes first
    const auto why = shell.daemon().why(fleet.jobs[0].name, shell.now());
    const bool blocked = why->run.has_value() || std::ranges::any_of(why->gates, [](const auto& g) {
                           return g.answer != core::GateAnswer::pass;
                         });
    // A pause that ends with the slot still has it; a run that waits may be given up in this tick.
    if (blocked && (view->paused_until || why->run)) continue;
    const std::size_t before = shell.rows().attempts().size();
    shell.advance(due - shell.now());
    RC_ASSERT((shell.rows().attempts().size() == before + 1) == !blocked);
    (blocked ? held_back : started) += 1;
  }
  RC_CLASSIFY(started > 0, "a slot started");
  RC_CLASSIFY(held_back > 0, "a slot was held back");
}

}  // namespace
}  // namespace takt::scenarios
