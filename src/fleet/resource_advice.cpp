#include "fleet/resource_advice.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <string>

namespace takt::fleet {
namespace {

using core::JobSpec;

std::string text(Duration duration) { return format_duration(duration); }

}  // namespace

ResourceAdviser::ResourceAdviser(const core::FleetSpec& spec, const Positions& where,
                                 Complaints& complaints)
    : spec_(spec), where_(where), complaints_(complaints) {
  const bool any =
      std::ranges::any_of(spec.jobs, [](const JobSpec& j) { return !j.needs->empty(); });
  if (!any) return;
  places_.reserve(spec.jobs.size());
  for (JobIndex i = 0; i < spec.jobs.size(); ++i) places_.emplace(spec.jobs[i].name, i);
}

void ResourceAdviser::speak(JobIndex job) {
  const core::Needs& needs = *spec_.jobs[job].needs;
  for (std::size_t i = 0; i < needs.size(); ++i) {
    speak_of_need(job, needs[i], where_.need(job, i));
  }
  for (const core::Use& use : *spec_.jobs[job].uses) speak_of_use(job, use);
}

void ResourceAdviser::speak_of_need(JobIndex job, const core::Need& need, Position at) {
  const std::string& name = spec_.jobs[job].name;
  const auto place = places_.find(need.job);
  if (place == places_.end()) return;
  const JobSpec& other = spec_.jobs[place->second];
  if (!other.enabled) {
    const bool runs = need.on_timeout == core::OnTimeout::run;
    complaints_.warning(
        at,
        fmt::format("job '{}': it needs '{}', which is disabled, so {}", name, other.name,
                    runs ? "it never waits for it" : "its slots are skipped"),
        "enable it, or leave the need out");
    return;
  }
  if (!other.expect) return;
  if (need.fresh && *need.fresh < *other.expect) {
    complaints_.warning(
        at,
        fmt::format("job '{}': fresh ({}) is shorter than a run of '{}' is expected to take ({}), "
                    "so it is hardly ever found fresh",
                    name, text(*need.fresh), other.name, text(*other.expect)),
        "make fresh longer");
  }
  if (need.wait < *other.expect) {
    complaints_.warning(
        at,
        fmt::format("job '{}': wait ({}) is shorter than a run of '{}' is expected to take ({}), "
                    "so it would nearly always time out",
                    name, text(need.wait), other.name, text(*other.expect)),
        fmt::format("wait more than {}", text(*other.expect)));
  }
}

void ResourceAdviser::speak_of_use(JobIndex job, const core::Use& use) {
  const JobSpec& spec = spec_.jobs[job];
  const core::PoolSpec& pool = spec_.pools[use.pool];
  const int limit = pool.limit_for(spec.priority);
  if (use.weight <= limit) return;
  complaints_.warning(
      where_.value(job, "uses"),
      fmt::format("job '{}': it can never start: it takes {} of pool '{}', where {} holds at most "
                  "{}",
                  spec.name, use.weight, pool.name, word(spec.priority), limit),
      limit < pool.slots ? "take less, raise slots, or reserve less for better classes"
                         : "take less, or raise slots");
}

}  // namespace takt::fleet
