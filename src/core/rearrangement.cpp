#include "core/rearrangement.h"

#include <limits>
#include <map>
#include <string_view>
#include <utility>

#include "core/dependencies.h"
#include "core/waiting.h"

namespace takt::core {
namespace {

constexpr JobIndex kNowhere = std::numeric_limits<JobIndex>::max();

class Rearrangement {
 public:
  Rearrangement(Turn& turn, const FleetSpec& fleet) : turn_(turn), s_(turn.s), fleet_(fleet) {}

  Rearranged perform() {
    const std::vector<JobIndex> places = old_places();  // names are looked up before they move
    moved_to_.assign(s_.jobs.size(), kNowhere);
    specs_.reserve(fleet_.jobs.size());
    jobs_.reserve(fleet_.jobs.size());
    for (std::size_t i = 0; i < fleet_.jobs.size(); ++i) {
      if (places[i] == kNowhere) {
        add(fleet_.jobs[i]);
      } else {
        keep(places[i], fleet_.jobs[i]);
      }
    }
    const JobIndex listed = here();
    for (JobIndex old = 0; old < s_.jobs.size(); ++old) {
      if (moved_to_[old] == kNowhere) let_go(old);
    }
    put_back(listed);
    return std::move(done_);
  }

 private:
  /// Of each job of the new file, where it was: listed, or behind those.
  std::vector<JobIndex> old_places() const {
    std::map<std::string_view, JobIndex> left;
    for (JobIndex i = s_.listed; i < s_.jobs.size(); ++i) left.emplace(s_.spec.jobs[i].name, i);
    std::vector<JobIndex> places;
    places.reserve(fleet_.jobs.size());
    for (const JobSpec& spec : fleet_.jobs) {
      const auto away = left.find(spec.name);
      const JobIndex otherwise = away == left.end() ? kNowhere : away->second;
      places.push_back(s_.find_job(spec.name).value_or(otherwise));
    }
    return places;
  }

  /// Where the next job comes.
  JobIndex here() const { return static_cast<JobIndex>(specs_.size()); }

  void add(const JobSpec& spec) {
    done_.added.push_back(here());
    specs_.push_back(spec);
    jobs_.emplace_back();
  }

  void keep(JobIndex old, const JobSpec& wanted) {
    JobSpec& before = s_.spec.jobs[old];
    JobSpec spec = wanted;
    share_command(spec, before);
    moved_to_[old] = here();
    const bool was_away = s_.has_left(old);
    if (was_away || spec != before) {
      done_.changed.push_back({here(), std::move(before), was_away});
      specs_.push_back(std::move(spec));
    } else {
      specs_.push_back(std::move(before));
    }
    jobs_.push_back(std::move(s_.jobs[old]));
  }

  void let_go(JobIndex old) {
    moved_to_[old] = here();
    s_.spec.jobs[old].uses = {};  // positions in lists that may be others by now
    s_.spec.jobs[old].tells = {};
    if (!s_.has_left(old)) done_.removed.push_back(here());
    JobSpec spec = std::move(s_.spec.jobs[old]);
    if (s_.jobs[old].open.empty()) {  // nothing asks for the rest any more
      JobSpec only_name;
      only_name.name = std::move(spec.name);
      spec = std::move(only_name);
    }
    specs_.push_back(std::move(spec));
    jobs_.push_back(std::move(s_.jobs[old]));
  }

  void put_back(JobIndex listed) {
    s_.spec.timezone = fleet_.timezone;
    s_.spec.ageing = fleet_.ageing;
    s_.spec.max_running = fleet_.max_running;
    s_.spec.memory = fleet_.memory;
    s_.spec.cleanup = fleet_.cleanup;
    s_.spec.ping = fleet_.ping;
    s_.spec.health = fleet_.health;
    s_.spec.contacts = fleet_.contacts;
    rename_pools();
    s_.spec.jobs = std::move(specs_);
    s_.jobs = std::move(jobs_);
    s_.listed = listed;
    s_.names = JobNames(s_.spec.jobs, listed);
    for (auto& [id, run] : s_.runs) run.job = moved_to_[run.job];
    for (JobIndex& touched : turn_.touched_jobs) touched = moved_to_[touched];
    s_.wake = WakeQueue{s_.jobs.size()};
    s_.dependents = dependents_of(s_);
    rebuild_queue(s_);
  }

  /// What living attempts hold keeps its name; a pool that is gone holds nothing.
  void rename_pools() {
    const std::vector<PoolSpec> before = std::exchange(s_.spec.pools, fleet_.pools);
    for (auto& [id, run] : s_.runs) {
      if (!run.attempt || run.attempt->uses->empty()) continue;
      std::vector<std::pair<std::string, std::string>> named;
      for (const Use& use : *run.attempt->uses) {
        named.emplace_back(before[use.pool].name, std::to_string(use.weight));
      }
      run.attempt->uses = uses_named(fleet_.pools, named);
    }
  }

  Turn& turn_;
  State& s_;
  const FleetSpec& fleet_;
  std::vector<JobIndex> moved_to_;
  std::vector<JobSpec> specs_;
  std::vector<Job> jobs_;
  Rearranged done_;
};

}  // namespace

Rearranged rearrange(Turn& turn, const FleetSpec& fleet) {
  return Rearrangement{turn, fleet}.perform();
}

}  // namespace takt::core
