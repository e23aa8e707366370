// Laws of the coordinator under any order of events: a small random fleet, random starts, ends, kills,
// pauses, store failures and crashes, judged after every step by what was recorded and launched.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "core/schedule.h"
#include "scenarios/hand_shell.h"
#include "scenarios/narrator.h"
#include "scenarios/random_world.h"

namespace takt::scenarios {
namespace {

using namespace std::chrono_literals;

// RapidCheck's usual 100 cases take a tenth of a second here; RC_PARAMS still decides when it is set.
const bool kMoreCases = setenv("RC_PARAMS", "max_success=1000", 0) == 0;

// --- what must always hold --------------------------------------------------------------------------

/// Watches effects and recorded rows of all lives of a fleet.
class Judge {
 public:
  explicit Judge(const core::FleetSpec& fleet) : Judge(std::vector{fleet}) {}
  /// Of a fleet that is reloaded: what any of these allows is allowed.
  explicit Judge(std::vector<core::FleetSpec> variants) : variants_(std::move(variants)) {}

  void see(const core::Effect& effect) {
    if (const auto* persist = std::get_if<core::Persist>(&effect)) see_batch(persist->batch);
    if (const auto* launch = std::get_if<core::LaunchAttempt>(&effect)) see_launch(*launch);
  }

  void set_shell(const HandShell& shell) { shell_ = &shell; }

  /// A daemon was killed: what it handed over and was not recorded never was.
  void daemon_died() {
    last_decided_token_ = recorded_token();
    for (const auto& [job, token] : last_launched_token_) {
      last_decided_token_ = std::max(last_decided_token_, token);
    }
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
    RC_ASSERT(alive <= variants_.front().max_running);
    for (const auto& [name, count] : open_attempts) {
      const bool allowed = std::ranges::any_of(definitions_of(name), [](const auto& job) {
        return job.overlap == core::Overlap::allow;
      });
      if (!allowed) RC_ASSERT(count <= 1);
    }
    for (const auto& [id, run] : shell_->rows().runs()) check_run(run);
  }

  /// After a turn, a run that nothing blocks has started: `why` and admission are one value.
  void check_why() const {
    const core::Coordinator& daemon = shell_->daemon();
    for (const auto& [id, row] : shell_->rows().runs()) {
      const auto why = daemon.why(id, shell_->now(), false);
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
    // Of one job; the starts of another may be held meanwhile.
    const std::string& job = shell_->rows().runs().at(launch.run).job;
    RC_ASSERT(launch.token > last_launched_token_[job]);
    last_launched_token_[job] = launch.token;
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
    if (run.disposition != core::Disposition::missed || variants_.size() > 1) return;
    const core::JobSpec job = definitions_of(row.job).front();
    const Instant last{row.last_at.time_since_epoch()};
    const Instant epoch{shell_->daemon().epoch().time_since_epoch()};
    const auto next = core::next_slot(job, epoch, {row.last, last});
    const Instant its_time = job.start_within ? last + *job.start_within : next->due;
    RC_ASSERT(run.ended_at->time_since_epoch() >= its_time.time_since_epoch());
  }

  void check_run(const core::RunRow& run) const {
    if (run.state == core::RunState::ended) RC_ASSERT(run.disposition.has_value());
    if (run.attempts > 0) RC_ASSERT(run.disposition == core::Disposition::ran);
    int retries = 0;
    for (const core::JobSpec& job : definitions_of(run.job)) {
      retries = std::max(retries, job.retry.retries);
    }
    RC_ASSERT(run.failures <= 1 + retries);
    RC_ASSERT(run.losses <= 3);
    if (run.started_at && run.slot_at) RC_ASSERT(*run.started_at >= *run.slot_at);
  }

  std::vector<core::JobSpec> definitions_of(const std::string& name) const {
    std::vector<core::JobSpec> found;
    for (const core::FleetSpec& fleet : variants_) {
      for (const core::JobSpec& job : fleet.jobs) {
        if (job.name == name) found.push_back(job);
      }
    }
    return found;
  }

  Token recorded_token() const {
    return shell_->rows().fleet() ? shell_->rows().fleet()->last_token : Token{};
  }

  std::vector<core::FleetSpec> variants_;
  const HandShell* shell_ = nullptr;
  Token last_decided_token_;
  std::map<std::string, Token> last_launched_token_;
  std::map<Token, RunId> live_;
  std::set<Token> ended_;
};

/// What happened, beside the input of a case that fails.
template <class Body>
void told_when_it_fails(const core::FleetSpec& fleet, const std::vector<Step>& steps, Body body) {
  try {
    body();
  } catch (...) {
    RC_LOG() << describe(fleet) << dump(fleet, steps);
    throw;
  }
}

RC_GTEST_PROP(CoordinatorLaws, HoldUnderAnyOrderOfEventsAndOverRestarts, ()) {
  const core::FleetSpec fleet = any_fleet();
  Judge judge{fleet};
  World world{fleet, [&](WallTime, const core::Effect& effect) { judge.see(effect); }};
  judge.set_shell(world.shell());
  world.shell().start(0s);
  const std::vector<Step> steps = any_steps();
  told_when_it_fails(fleet, steps, [&] {
    for (const Step& step : steps) {
      if (world.play(step)) judge.daemon_died();
      if (!world.shell().up()) continue;
      judge.check_runs();
      judge.check_why();
      judge.check_slots();
    }
  });
}

/// The same with the fleet file being edited: reloaded, or met by the next start.
RC_GTEST_PROP(CoordinatorLaws, HoldAcrossReloadsToo, ()) {
  const core::FleetSpec fleet = any_fleet();
  const std::vector<core::FleetSpec> variants{fleet, any_edit_of(fleet), any_edit_of(fleet)};
  Judge judge{variants};
  std::string told;
  Narrator narrator;
  World world{fleet, [&](WallTime at, const core::Effect& effect) {
                for (const std::string& line : narrator.tell(at, effect)) told += line + "\n";
                judge.see(effect);
              }};
  judge.set_shell(world.shell());
  world.shell().start(0s);
  int reloads = 0;
  try {
    for (const Step& step : any_steps()) {
      if (step.which % 8 == 0) {
        const auto which = static_cast<std::size_t>(step.amount) % variants.size();
        told += fmt::format("reload:\n{}", describe(variants[which]));
        world.reload(variants[which]);
        reloads += 1;
      }
      if (world.play(step)) judge.daemon_died();
      if (!world.shell().up()) continue;
      judge.check_runs();
      judge.check_why();
      judge.check_slots();
    }
  } catch (...) {
    RC_LOG() << describe(fleet) << told;
    throw;
  }
  RC_CLASSIFY(reloads > 2, "reloaded more than twice");
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
    const auto why = shell.daemon().why(fleet.jobs[0].name, shell.now(), false);
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
