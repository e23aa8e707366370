#pragma once
// JobNames: finds a job by its name. A hash table of positions in FleetSpec::jobs, open addressing,
// at most half full: 8 to 16 bytes a job, where a map of strings takes 56. The names themselves stay
// in the spec, so it holds for the list it was built from and is built anew for another one.
//
//   hash("b") ─▶ [ - | 3 | 0 | - | 1 | ... ]      jobs[0].name = "b"? yes: 0

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "base/ids.h"
#include "core/spec.h"

namespace takt::core {

class JobNames {
 public:
  JobNames() = default;
  /// Knows the first `listed` of `jobs`, whose names differ.
  JobNames(const std::vector<JobSpec>& jobs, JobIndex listed);

  /// The job with that name; `jobs` are those it was built from.
  std::optional<JobIndex> find(const std::vector<JobSpec>& jobs, std::string_view name) const;

 private:
  std::size_t home_of(std::string_view name) const;

  std::vector<JobIndex> places_;  // a power of two of them, or none
};

}  // namespace takt::core
