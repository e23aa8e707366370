#include "fleet/job_mentions.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <unordered_map>

#include "core/params.h"
#include "fleet/quote.h"
#include "fleet/read.h"
#include "fleet/suggestions.h"

namespace takt::fleet {
namespace {

using core::JobSpec;

std::string hint_for_param(const JobSpec& job, std::string_view name) {
  if (job.builtin != core::Builtin::none) return "takt's own jobs have none";
  std::vector<std::string_view> names;
  for (const core::Param& param : job.params) names.push_back(param.name);
  return did_you_mean(name, names);
}

void check_param(const JobSpec& job, const JobMention::Param& given, Complaints& complaints) {
  const auto param = std::ranges::find(job.params, given.name, &core::Param::name);
  if (param == job.params.end()) {
    complaints.error(
        given.name_at,
        fmt::format("the job {} has no parameter {}", quote_name(job.name), quote_name(given.name)),
        hint_for_param(job, given.name));
  } else if (const auto fits = core::check_param(*param, given.value); !fits) {
    complaints.error(given.at, fmt::format("params.{} {}, not {}", given.name, fits.error(),
                                           quote_value(given.value)));
  }
}

void check_one(const JobMention& mention, const JobSpec& job, Complaints& complaints) {
  if (!mention.runs) return;
  if (job.builtin == core::Builtin::health && job.health == mention.check) {
    complaints.error(mention.at,
                     fmt::format("the job {} measures this very check", quote_name(job.name)),
                     "a remedy is a job that mends something");
  }
  for (const JobMention::Param& param : mention.params) check_param(job, param, complaints);
}

}  // namespace

void check_mentions(const std::vector<JobMention>& mentions, const std::vector<JobSpec>& jobs,
                    bool all_known, Complaints& complaints) {
  if (mentions.empty()) return;
  std::unordered_map<std::string_view, const JobSpec*> by_name;
  std::vector<std::string_view> names;
  by_name.reserve(jobs.size());
  names.reserve(jobs.size());
  for (const JobSpec& job : jobs) {
    by_name.emplace(job.name, &job);
    names.push_back(job.name);
  }
  Suggestions suggestions{std::move(names)};
  for (const JobMention& mention : mentions) {
    if (const auto found = by_name.find(mention.job); found != by_name.end()) {
      check_one(mention, *found->second, complaints);
    } else if (all_known) {
      complaints.error(mention.at, fmt::format("there is no job {}", quote_name(mention.job)),
                       suggestions.hint_for(mention.job));
    }
  }
}

}  // namespace takt::fleet
