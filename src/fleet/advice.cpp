// advise: values that are allowed and still make no sense together.

#include <fmt/format.h>

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "fleet/complaints.h"
#include "fleet/longest_pause.h"
#include "fleet/outside_advice.h"
#include "fleet/preflight.h"
#include "fleet/resource_advice.h"
#include "fleet/wall_advice.h"

namespace takt::fleet {
namespace {

using core::JobSpec;

bool is_grid(const JobSpec& job) {
  return std::holds_alternative<core::Every>(job.schedule) ||
         std::holds_alternative<core::EveryBetween>(job.schedule);
}

std::string text(Duration duration) { return format_duration(duration); }

/// Warnings about one job, each at the key that is to blame.
class Adviser {
 public:
  Adviser(const JobSpec& job, JobIndex index, const Positions& where, Complaints& complaints)
      : job_(job), index_(index), where_(where), complaints_(complaints) {}

  void speak(std::optional<WallTime> now) {
    stale_too_soon();
    hung_too_soon();
    silence_never();
    timeout_too_soon();
    timeout_never();
    slots_in_each_others_way();
    for (WallAdvice& advice : advise_on_wall(job_, now)) {
      warn(advice.key, advice.message, std::move(advice.hint));
    }
  }

 private:
  void warn(std::string_view key, const std::string& message, std::string hint) {
    complaints_.warning(where_.value(index_, key), fmt::format("job '{}': {}", job_.name, message),
                        std::move(hint));
  }

  void stale_too_soon() {
    if (!job_.stale_after) return;
    const auto interval = longest_pause(job_);  // of cron jobs a search: not for all of 100,000
    if (!interval) return;
    const Duration expect = job_.expect.value_or(Duration{0});
    const Duration needed = *interval + expect;
    if (*job_.stale_after >= needed) return;
    warn("stale_after",
         fmt::format("stale_after ({}) is shorter than the longest interval and the expected "
                     "duration together ({} + {}), so it would fire for ever",
                     text(*job_.stale_after), text(*interval), text(expect)),
         fmt::format("use more than {}", text(needed)));
  }

  void hung_too_soon() {
    if (!job_.hung_after || !job_.expect || *job_.hung_after > *job_.expect) return;
    warn("hung_after",
         fmt::format("hung_after ({}) is not longer than the expected duration ({}), so every "
                     "other run would count as hung",
                     text(*job_.hung_after), text(*job_.expect)),
         "");
  }

  void silence_never() {
    if (!job_.beat_within) return;
    for (const auto& [key, limit] :
         {std::pair{"hung_after", job_.hung_after}, std::pair{"timeout", job_.timeout}}) {
      if (!limit || *limit > *job_.beat_within) continue;
      warn("beat_within",
           fmt::format("beat_within ({}) is never reached: {} ({}) ends the run before",
                       text(*job_.beat_within), key, text(*limit)),
           fmt::format("make it shorter than {}, or leave it out", key));
    }
  }

  void timeout_too_soon() {
    if (!job_.timeout || !job_.expect || *job_.timeout > *job_.expect) return;
    warn("timeout",
         fmt::format("timeout ({}) is not longer than the expected duration ({}), so every other "
                     "run would be ended by it",
                     text(*job_.timeout), text(*job_.expect)),
         "");
  }

  void timeout_never() {
    if (!job_.timeout || !job_.hung_after || *job_.timeout < *job_.hung_after) return;
    warn("timeout",
         fmt::format("timeout ({}) is never reached: after {} the run is hung", text(*job_.timeout),
                     text(*job_.hung_after)),
         "make hung_after longer than timeout, or leave timeout out");
  }

  void slots_in_each_others_way() {
    if (!is_grid(job_) || job_.overlap != core::Overlap::skip) return;
    const auto interval = longest_pause(job_);
    if (job_.expect && *job_.expect >= *interval) {
      warn("expect",
           fmt::format("a run is expected to take {}, not less than the interval ({}), so slots "
                       "will be skipped",
                       text(*job_.expect), text(*interval)),
           "use a longer interval, or after");
    }
    if (job_.start_within && *job_.start_within > *interval) {
      warn("start_within",
           fmt::format("start_within ({}) is longer than the interval ({}): while one slot waits, "
                       "the next ones are skipped",
                       text(*job_.start_within), text(*interval)),
           "");
    }
  }

  const JobSpec& job_;
  JobIndex index_;
  const Positions& where_;
  Complaints& complaints_;
};

}  // namespace

std::vector<Problem> advise(const core::FleetSpec& spec, const Positions& where,
                            std::optional<WallTime> now) {
  Complaints complaints{where.sources()};
  ResourceAdviser resources{spec, where, complaints};
  for (JobIndex i = 0; i < spec.jobs.size(); ++i) {
    if (!spec.jobs[i].enabled) continue;
    Adviser{spec.jobs[i], i, where, complaints}.speak(now);
    resources.speak(i);
  }
  advise_on_checks(spec, where, complaints);
  advise_on_contacts(spec, where, complaints);
  return complaints.take();
}

}  // namespace takt::fleet
