// Planted bugs: what is recorded and not true, and what outlives its end.

#include <csignal>

#include "sim/planted_bugs_for_test.h"
#include "sim/saboteurs_for_test.h"

namespace takt::sim {
namespace {

class SparesTreesThatItKills : public Saboteur {
 public:
  bool kills(Token /*token*/) override { return false; }
};

class KillsTheGroupInsteadOfTheTree : public Saboteur {
 public:
  bool kills_leaked(Token /*token*/) override { return false; }
};

class SparesLeftovers : public Saboteur {
 public:
  bool sweeps(Token /*token*/) override { return false; }
};

class CutsWithoutAMark : public Saboteur {
 public:
  void logs(LogFacts& facts) override { facts.cut = 0; }
};

class KeepsMoreThanTheCap : public Saboteur {
 public:
  void logs(LogFacts& facts) override {
    facts.stored = facts.emitted;
    facts.cut = 0;
  }
};

}  // namespace

std::vector<PlantedBug> truth_bugs() {
  return {
      {"CallsLostOk", "S7", "a lost attempt is recorded as ok",
       [] {
         return on_rows<core::AttemptRow>([](core::AttemptRow& row) {
           if (row.outcome == core::Outcome::lost) row.outcome = core::Outcome::ok;
           return true;
         });
       }},
      {"CallsFailuresOk", "S7", "every exit code is heard as 0",
       [] {
         return on_ends([](core::AttemptEnded& ended) {
           if (ended.end.exit_code) ended.end.exit_code = 0;
           return true;
         });
       }},
      {"MarksSuccessOnALostExitStatus", "S7", "death by a signal is heard as exit code 0",
       [] {
         return on_ends([](core::AttemptEnded& ended) {
           if (ended.end.signal) ended.end.exit_code = 0;
           ended.end.signal.reset();
           return true;
         });
       }},
      {"CallsExit137OutOfMemory", "S7", "exit code 137 is heard as a kill over memory",
       [] {
         return on_ends([](core::AttemptEnded& ended) {
           ended.end.out_of_memory |= ended.end.exit_code == 128 + SIGKILL;
           return true;
         });
       }},
      {"CallsOutOfMemoryFailed", "S7", "nobody reads the counter of kills over memory",
       [] {
         return on_ends([](core::AttemptEnded& ended) {
           ended.end.out_of_memory = false;
           return true;
         });
       }},
      {"ForgetsHeartbeats", "S7", "rows of heartbeats are lost",
       [] { return on_rows<core::HeartbeatRow>([](core::HeartbeatRow&) { return false; }); }},
      {"CallsEveryJobIdle", "S7", "heartbeats say idle",
       [] {
         return on_rows<core::HeartbeatRow>([](core::HeartbeatRow& row) {
           row.state = core::JobState::idle;
           return true;
         });
       }},
      {"NeverHearsOfSomeEnds", "S7", "one end in twenty is lost on its way",
       [] {
         return on_ends([](core::AttemptEnded& ended) { return ended.token.value % 20 != 0; });
       }},
      {"CallsTheImpatientHung",
       "S7",
       "hung_after is read as the median",
       {},
       [](core::JobSpec& job) { job.hung_after = job.expect; }},
      {"CallsTheOneThatBeatsHung",
       "S7",
       "beat_within is read as a quarter of it",
       {},
       [](core::JobSpec& job) {
         if (job.beat_within) *job.beat_within /= 4;
       }},
      {"SparesTreesThatItKills", "S8", "a kill does nothing, and the end is told",
       [] { return std::make_unique<SparesTreesThatItKills>(); }},
      {"KillsTheGroupInsteadOfTheTree", "S8",
       "what left the process group lives on, as with killpg",
       [] { return std::make_unique<KillsTheGroupInsteadOfTheTree>(); }},
      {"SparesLeftovers", "S8", "leftovers are told as gone and live on",
       [] { return std::make_unique<SparesLeftovers>(); }},
      {"ForgetsLeftovers", "S8", "a new daemon reads no open attempts",
       [] { return on_restart([](core::Stored& stored) { stored.open_attempts.clear(); }); }},
      {"TellsNoLogBytes", "S16", "the size of the output is lost on its way",
       [] {
         return on_ends([](core::AttemptEnded& ended) {
           ended.end.log_bytes = 0;
           return true;
         });
       }},
      {"CutsWithoutAMark", "S16", "what is beyond log_max goes without a mark",
       [] { return std::make_unique<CutsWithoutAMark>(); }},
      {"KeepsMoreThanTheCap", "S16", "log_max is not looked at",
       [] { return std::make_unique<KeepsMoreThanTheCap>(); }},
  };
}

}  // namespace takt::sim
