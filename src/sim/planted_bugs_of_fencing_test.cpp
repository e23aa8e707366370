// Planted bugs: signals that stray, rows that are not there, tokens given out twice, daemons that are
// two.

#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include "sim/planted_bugs_for_test.h"
#include "sim/saboteurs_for_test.h"

namespace takt::sim {
namespace {

/// A disk whose failed fsync is asked for again: what was dirty then is gone, and is told as stored.
class TrustsAnFsyncRetry : public Saboteur {
 public:
  bool hears(core::Event& event) override {
    loses_next_ |= std::holds_alternative<core::StoreFailed>(event);
    return true;
  }
  bool stores(const core::Batch& /*batch*/) override { return !std::exchange(loses_next_, false); }

 private:
  bool loses_next_ = false;
};

/// A late end is taken for that of the attempt which the run has now.
class ClearsTheFenceCheck : public Saboteur {
 public:
  void wants(core::Effects& effects) override {
    for (const core::Effect& effect : effects) {
      const auto* launch = std::get_if<core::LaunchAttempt>(&effect);
      if (launch == nullptr) continue;
      run_of_[launch->token] = launch->run;
      newest_[launch->run] = launch->token;
    }
  }
  bool hears(core::Event& event) override {
    auto* ended = std::get_if<core::AttemptEnded>(&event);
    if (ended != nullptr && run_of_.contains(ended->token)) {
      ended->token = newest_.at(run_of_.at(ended->token));
    }
    return true;
  }

 private:
  std::map<Token, RunId> run_of_;
  std::map<RunId, Token> newest_;
};

/// The end of an attempt is written once more when its run has a newer one.
class WritesAnOlderAttemptAgain : public Saboteur {
 public:
  void wants(core::Effects& effects) override {
    for (core::Effect& effect : effects) {
      if (auto* persist = std::get_if<core::Persist>(&effect)) spoil(persist->batch);
    }
  }

 private:
  void spoil(core::Batch& batch) {
    std::vector<core::AttemptRow> again;
    for (const core::Row& row : batch.rows) {
      const auto* attempt = std::get_if<core::AttemptRow>(&row);
      if (attempt == nullptr) continue;
      const auto older = ended_.find(attempt->run);
      if (older != ended_.end() && older->second.token < attempt->token) {
        again.push_back(older->second);
        ended_.erase(older);
      }
      if (attempt->outcome) ended_[attempt->run] = *attempt;
    }
    for (core::AttemptRow& row : again) batch.rows.emplace_back(std::move(row));
  }

  std::map<RunId, core::AttemptRow> ended_;
};

/// The fleet's row says that no token was given out. (What a new daemon reads is true, or it would
/// fall over the tokens that are still in use.)
class ForgetsTheLastToken : public Saboteur {
 public:
  void wants(core::Effects& effects) override {
    for (core::Effect& effect : effects) {
      auto* persist = std::get_if<core::Persist>(&effect);
      if (persist != nullptr) last_ = std::exchange(persist->batch.fleet.last_token, Token{});
    }
  }
  void reads(core::Stored& stored) override {
    if (stored.fleet) stored.fleet->last_token = last_;
  }

 private:
  Token last_;
};

class IgnoresTheLock : public Saboteur {
 public:
  bool locks() override { return false; }
};

class TakesBatchesOfTheDead : public Saboteur {
 public:
  bool forgets_the_dead() override { return false; }
};

class LaunchesForTheDead : public Saboteur {
 public:
  bool launches_for_the_dead() override { return true; }
};

void kill_what_has_ended(core::Effects& effects) {
  core::Effects kills;
  for (const core::Effect& effect : effects) {
    const auto* persist = std::get_if<core::Persist>(&effect);
    if (persist == nullptr) continue;
    for (const core::Row& row : persist->batch.rows) {
      const auto* attempt = std::get_if<core::AttemptRow>(&row);
      if (attempt == nullptr || !attempt->outcome) continue;
      kills.emplace_back(
          core::KillTree{attempt->token, core::KillReason::cancelled, std::chrono::seconds{10}});
    }
  }
  std::ranges::move(kills, std::back_inserter(effects));
}

void kill_what_others_launched(core::Effects& effects) {
  core::Effects kills;
  for (const core::Effect& effect : effects) {
    const auto* leftover = std::get_if<core::KillLeftover>(&effect);
    if (leftover == nullptr) continue;
    kills.emplace_back(core::KillTree{leftover->attempt.token, core::KillReason::cancelled,
                                      std::chrono::seconds{10}});
  }
  std::ranges::move(kills, std::back_inserter(effects));
}

}  // namespace

std::vector<PlantedBug> fencing_bugs() {
  return {
      {"KillsWhatHasEnded", "S9", "every end is followed by a kill of its token",
       [] { return on_effects(kill_what_has_ended); }},
      {"KillsWhatOthersLaunched", "S9", "leftovers get a kill as if they were this daemon's",
       [] { return on_effects(kill_what_others_launched); }},
      {"SweepsByTheBarePid", "S9", "leftovers are sought without start time and boot id",
       [] {
         return on_effects_of<core::KillLeftover>([](core::KillLeftover& leftover) {
           leftover.attempt.process.start_ticks = 0;
           leftover.attempt.process.boot_id.clear();
           return true;
         });
       }},
      {"TrustsAnFsyncRetry", "S10", "a batch is lost in an outage and told as recorded",
       [] { return std::make_unique<TrustsAnFsyncRetry>(); }},
      {"RecordsBeforeTheCommit", "S10", "the batch after the committed one is told as recorded too",
       [] {
         return on_events([](core::Event& event) {
           if (auto* recorded = std::get_if<core::Recorded>(&event)) recorded->through.value += 1;
           return true;
         });
       }},
      {"AcknowledgesBeforeTheCommit", "S10", "answers do not wait for their batch",
       [] {
         return on_effects_of<core::Answer>([](core::Answer& answer) {
           answer.after = Seq{};
           return true;
         });
       }},
      {"GivesTokensOutAgain", "S11", "a new daemon reads a last token three too low",
       [] {
         return on_restart([](core::Stored& stored) {
           if (stored.open_attempts.empty() && stored.fleet && stored.fleet->last_token.value > 3) {
             stored.fleet->last_token.value -= 3;
           }
         });
       }},
      {"ForgetsTheLastToken", "S11", "the fleet's row tells of no tokens",
       [] { return std::make_unique<ForgetsTheLastToken>(); }},
      {"ClearsTheFenceCheck", "S11", "a late end is taken for that of the newest attempt",
       [] { return std::make_unique<ClearsTheFenceCheck>(); }},
      {"WritesAnOlderAttemptAgain", "S11", "an ended attempt is written once more after its retry",
       [] { return std::make_unique<WritesAnOlderAttemptAgain>(); }},
      {"IgnoresTheLock", "S12", "a second daemon is let in",
       [] { return std::make_unique<IgnoresTheLock>(); }},
      {"TakesBatchesOfTheDead", "S12", "what a killed daemon had handed over is committed later",
       [] { return std::make_unique<TakesBatchesOfTheDead>(); }},
      {"LaunchesForTheDead", "S12", "what a killed daemon was launching is launched later",
       [] { return std::make_unique<LaunchesForTheDead>(); }},
      {"SignsWithAnotherNode", "S12", "attempts carry the id of another node",
       [] {
         return on_rows<core::AttemptRow>([](core::AttemptRow& row) {
           row.node = NodeId{"0000000000000000"};
           return true;
         });
       }},
      {"WorksUnannounced", "S12", "rows of nodes are lost",
       [] { return on_rows<core::NodeRow>([](core::NodeRow&) { return false; }); }},
  };
}

}  // namespace takt::sim
