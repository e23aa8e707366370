// Planted bugs: pools, memory, needs and ranks. Most are a fleet that is misread, and so another law that
// is kept.

#include <algorithm>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "sim/planted_bugs_for_test.h"
#include "sim/saboteurs_for_test.h"

namespace takt::sim {
namespace {

using std::chrono::hours;

PlantedBug misread(std::string name, std::string invariant, std::string how,
                   std::function<void(core::FleetSpec&)> misread_fleet) {
  PlantedBug bug;
  bug.name = std::move(name);
  bug.invariant = std::move(invariant);
  bug.how = std::move(how);
  bug.misread_fleet = std::move(misread_fleet);
  bug.is_tight = true;
  return bug;
}

PlantedBug spoiled(std::string name, std::string invariant, std::string how,
                   std::function<std::unique_ptr<Saboteur>()> saboteur) {
  PlantedBug bug;
  bug.name = std::move(name);
  bug.invariant = std::move(invariant);
  bug.how = std::move(how);
  bug.saboteur = std::move(saboteur);
  bug.is_tight = true;
  return bug;
}

template <class Change>
std::function<void(core::FleetSpec&)> each_job(Change change) {
  return [change](core::FleetSpec& fleet) {
    for (core::JobSpec& job : fleet.jobs) change(job);
  };
}

template <class Change>
std::function<void(core::FleetSpec&)> each_need(Change change) {
  return each_job([change](core::JobSpec& job) {
    core::Needs needs = *job.needs;
    for (core::Need& need : needs) change(need);
    if (!needs.empty()) job.needs = std::move(needs);
  });
}

/// A pool that shrinks in the file goes on as it was.
class IgnoresAShrunkPool : public Saboteur {
 public:
  bool hears(core::Event& event) override {
    auto* reload = std::get_if<core::Reload>(&event);
    if (reload == nullptr) return true;
    auto fleet = std::make_shared<core::FleetSpec>(*reload->fleet);
    for (core::PoolSpec& pool : fleet->pools) {
      int& most = slots_[pool.name];
      most = pool.slots = std::max(most, pool.slots);
    }
    reload->fleet = std::move(fleet);
    return true;
  }

 private:
  std::map<std::string, int> slots_{{"browser", 3}, {"db", 2}, {"api", 3}};
};

/// What holds a pool ends, and nobody hears of it for as long as this daemon lives.
std::unique_ptr<Saboteur> keeps_leases() {
  return on_ends([](core::AttemptEnded& ended) { return ended.token.value % 7 != 0; });
}

void ask_twice(core::Effects& effects) {
  const auto is_cleanup = [](const core::Effect& effect) {
    return std::holds_alternative<core::CleanUp>(effect);
  };
  if (std::ranges::any_of(effects, is_cleanup)) effects.emplace_back(core::CleanUp{});
}

class LeavesTreesAlive : public Saboteur {
 public:
  bool kills_leaked(Token /*token*/) override { return false; }
};

}  // namespace

std::vector<PlantedBug> pool_bugs() {
  return {
      misread("GivesOutOneUnitMore", "S13", "each pool is read with one slot more",
              [](core::FleetSpec& fleet) {
                for (core::PoolSpec& pool : fleet.pools) pool.slots += 1;
              }),
      misread("MissesTheReserve", "S13", "pools are read without their reserve",
              [](core::FleetSpec& fleet) {
                for (core::PoolSpec& pool : fleet.pools) pool.reserve = {};
              }),
      misread("TakesTheFirstPoolOnly", "S13", "of several pools a job takes the first alone",
              each_job([](core::JobSpec& job) {
                if (job.uses->size() > 1) job.uses = core::Uses{job.uses->front()};
              })),
      misread("TakesOneUnitOfMany", "S13", "every weight is read as 1",
              each_job([](core::JobSpec& job) {
                core::Uses uses = *job.uses;
                for (core::Use& use : uses) use.weight = 1;
                if (!uses.empty()) job.uses = std::move(uses);
              })),
      spoiled("ReleasesBeforeTheTreeIsDead", "S13", "the end is told while the tree lives on",
              [] { return std::make_unique<LeavesTreesAlive>(); }),
      spoiled("IgnoresAShrunkPool", "S13", "a reload never makes a pool smaller",
              [] { return std::make_unique<IgnoresAShrunkPool>(); }),
      spoiled("KeepsALeaseAfterItsEnd", "L1", "every seventh end is never heard of", keeps_leases),
  };
}

std::vector<PlantedBug> memory_bugs() {
  return {
      misread("StartsUnderCriticalMemory", "S13", "critical is read as 200 %",
              [](core::FleetSpec& fleet) { fleet.memory.critical = core::UsedRatio{2.0}; }),
      misread("DropsTheHysteresis", "S13", "high is read as critical",
              [](core::FleetSpec& fleet) { fleet.memory.high = fleet.memory.critical; }),
      misread("TakesAllJobsForCritical", "S13", "every job is read as critical",
              each_job([](core::JobSpec& job) { job.critical = true; })),
      spoiled("WritesAnotherReading", "S13", "starts keep half of what was read",
              [] {
                return on_rows<core::AttemptRow>([](core::AttemptRow& row) {
                  if (row.memory_used_ratio) *row.memory_used_ratio /= 2;
                  return true;
                });
              }),
      spoiled("AsksForCleanupTwice", "S13", "every cleanup is asked for twice",
              [] { return on_effects(ask_twice); }),
      spoiled("NeverCleansUp", "S13", "no cleanup is ever asked for",
              [] { return on_effects_of<core::CleanUp>([](core::CleanUp&) { return false; }); }),
  };
}

std::vector<PlantedBug> need_bugs() {
  return {
      misread("TakesWhatIsStale", "S14", "`fresh` is read as ten times as long",
              each_need([](core::Need& need) {
                if (need.fresh) *need.fresh *= 10;
              })),
      misread("AsksForNoFreshness", "S14", "no job is read to need another",
              each_job([](core::JobSpec& job) { job.needs = core::Needs{}; })),
      misread("StartsWhatShallBeSkipped", "S14", "on_timeout is read as run",
              each_need([](core::Need& need) { need.on_timeout = core::OnTimeout::run; })),
      misread("CountsTheWaitTwice", "S14", "`wait` is read as twice as long",
              each_need([](core::Need& need) { need.wait *= 2; })),
      misread("GivesUpBeforeItsWait", "S14", "`wait` is read as a tenth",
              each_need([](core::Need& need) { need.wait /= 10; })),
      spoiled("DoesNotHearOfAFailure", "S14", "rows of runs that were skipped for it are lost",
              [] {
                return on_rows<core::RunRow>(
                    [](core::RunRow& row) { return row.reason != core::Reason::dep_failed; });
              }),
      spoiled("ReadsASuccessThatWasNot", "S14", "a new daemon reads a success of just now",
              [] {
                return on_restart([](core::Stored& stored) {
                  for (core::HeartbeatRow& row : stored.heartbeats) {
                    if (row.last_success_at) row.last_success_at = stored.fleet->clock;
                  }
                });
              }),
  };
}

namespace {

void put_the_wide_last(core::FleetSpec& fleet) {
  fleet.ageing = hours{1000};
  for (core::JobSpec& job : fleet.jobs) {
    if (job.name == "wide") job.priority = core::Priority::P3;
    if (job.name.starts_with("small")) job.priority = core::Priority::P2;
  }
}

}  // namespace

std::vector<PlantedBug> rank_bugs() {
  return {
      misread("TurnsPrioritiesAround", "S15", "P0 is read as P3, and so on",
              each_job([](core::JobSpec& job) {
                job.priority = static_cast<core::Priority>(3 - static_cast<int>(job.priority));
              })),
      misread("GoesByAgeAlone", "S15", "ageing is read as nothing",
              [](core::FleetSpec& fleet) { fleet.ageing = Duration{1}; }),
      misread("PutsTheWideLast", "S15", "small requests go before a wide one, however old it is",
              put_the_wide_last),
      misread("StarvesTheWide", "L6", "the same, for as long as it takes", put_the_wide_last),
      spoiled("ForgetsHowLongThingsTake", "S15", "a new daemon reads no lengths of earlier runs",
              [] { return on_restart([](core::Stored& stored) { stored.durations.clear(); }); }),
      misread("LetsTheWidePass", "S15", "pools are read as reserved for nobody and wider by one",
              [](core::FleetSpec& fleet) {
                for (core::PoolSpec& pool : fleet.pools) {
                  pool.slots += 1;
                  pool.reserve = {};
                }
              }),
      spoiled("DropsTheInheritance", "S15", "no rank is lent",
              [] {
                return on_rows<core::RunRow>([](core::RunRow& row) {
                  row.lent_rank_at.reset();
                  return true;
                });
              }),
      spoiled("InheritsTheClass", "S15", "runs that others wait for are of P0",
              [] {
                return on_rows<core::RunRow>([](core::RunRow& row) {
                  if (row.cause == core::Cause::dependency) row.priority = core::Priority::P0;
                  return true;
                });
              }),
  };
}

}  // namespace takt::sim
