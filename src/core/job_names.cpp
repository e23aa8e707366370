#include "core/job_names.h"

#include <bit>
#include <limits>

#include "base/stable_hash.h"

namespace takt::core {
namespace {

constexpr JobIndex kFree = std::numeric_limits<JobIndex>::max();

}  // namespace

JobNames::JobNames(const std::vector<JobSpec>& jobs, JobIndex listed)
    : places_(std::bit_ceil(2 * std::size_t{listed} + 1), kFree) {
  for (JobIndex job = 0; job < listed; ++job) {
    std::size_t at = home_of(jobs[job].name);
    while (places_[at] != kFree) at = (at + 1) % places_.size();
    places_[at] = job;
  }
}

std::optional<JobIndex> JobNames::find(const std::vector<JobSpec>& jobs,
                                       std::string_view name) const {
  if (places_.empty()) return std::nullopt;
  for (std::size_t at = home_of(name); places_[at] != kFree; at = (at + 1) % places_.size()) {
    if (jobs[places_[at]].name == name) return places_[at];
  }
  return std::nullopt;
}

std::size_t JobNames::home_of(std::string_view name) const {
  return stable_hash(name) & (places_.size() - 1);
}

}  // namespace takt::core
