#include "store/keep_rules.h"

#include <algorithm>

#include "base/stable_hash.h"

namespace takt::store {

KeepRules KeepRules::of(const core::FleetSpec& fleet) {
  KeepRules rules;
  rules.known_.reserve(fleet.jobs.size());
  for (const core::JobSpec& job : fleet.jobs) {
    rules.known_.push_back(stable_hash(job.name, 0));
    if (!job.command) continue;
    const KeepRule rule{job.command->keep_runs, job.command->keep_for};
    rules.events_for_ = std::max(rules.events_for_, rule.age);
    if (rule != KeepRule{}) rules.special_.emplace(job.name, rule);
  }
  std::ranges::sort(rules.known_);
  return rules;
}

std::optional<KeepRule> KeepRules::of(std::string_view job) const {
  if (const auto found = special_.find(job); found != special_.end()) return found->second;
  if (!std::ranges::binary_search(known_, stable_hash(job, 0))) return std::nullopt;
  return KeepRule{};
}

}  // namespace takt::store
