#include "fleet/outside_advice.h"

#include <fmt/format.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "fleet/longest_pause.h"

namespace takt::fleet {
namespace {

using core::JobSpec;

/// The job that measures a check most often.
struct Measurer {
  const JobSpec* job = nullptr;
  std::optional<Duration> pause;  // none: by hand only
};

class CheckAdviser {
 public:
  CheckAdviser(const core::FleetSpec& spec, const Positions& where, Complaints& complaints)
      : spec_(spec), where_(where), complaints_(complaints), measurers_(spec.health.size()) {
    by_name_.reserve(spec.jobs.size());
    for (const JobSpec& job : spec.jobs) {
      by_name_.emplace(job.name, &job);
      if (job.enabled && job.builtin == core::Builtin::health && job.health < measurers_.size())
        note_measurer(job);
    }
  }

  void speak(std::size_t check) {
    const core::HealthSpec& health = spec_.health[check];
    const Measurer& measurer = measurers_[check];
    if (measurer.job == nullptr) {
      complaints_.warning(
          where_.check(check).header,
          fmt::format("health check '{}' is measured by no job that is enabled", health.name),
          fmt::format("add a job with builtin = \"health\" and health = \"{}\"", health.name));
    }
    for (std::size_t i = 0; i < health.probes.size(); ++i) {
      const std::string whose =
          fmt::format("health check '{}', probe '{}'", health.name, health.probes[i].name);
      speak_of_age(whose, health.probes[i], where_.probe(check, i), measurer);
      speak_of_jobs(whose, health.probes[i], where_.probe(check, i));
    }
  }

 private:
  void note_measurer(const JobSpec& job) {
    Measurer& known = measurers_[job.health];
    const auto pause = longest_pause(job);
    const bool oftener = pause && (!known.pause || *pause < *known.pause);
    if (known.job == nullptr || oftener) known = {&job, pause};
  }

  const JobSpec* find(std::string_view name) const {
    const auto found = by_name_.find(name);
    return found == by_name_.end() ? nullptr : found->second;
  }

  void speak_of_age(const std::string& whose, const core::ProbeSpec& probe,
                    const ProbePlaces& places, const Measurer& measurer) {
    const auto* fresh = std::get_if<core::Fresh>(&probe.condition);
    if (fresh == nullptr || !measurer.pause || fresh->at_most >= *measurer.pause) return;
    complaints_.warning(
        places.condition,
        fmt::format("{}: fresh ({}) is shorter than the interval of job '{}' ({}), which measures "
                    "it: it can be stale for long before that is noticed",
                    whose, format_duration(fresh->at_most), measurer.job->name,
                    format_duration(*measurer.pause)),
        "measure it more often, or make fresh longer");
  }

  void speak_of_jobs(const std::string& whose, const core::ProbeSpec& probe,
                     const ProbePlaces& places) {
    if (const auto* of = std::get_if<core::JobProbe>(&probe.of)) {
      if (const JobSpec* job = find(of->job); job != nullptr && !job->enabled) {
        complaints_.warning(
            places.of, fmt::format("{}: it is about job '{}', which is disabled", whose, of->job),
            "enable it, or leave the probe out");
      }
    }
    for (std::size_t i = 0; i < probe.otherwise.size(); ++i) {
      const auto* run = std::get_if<core::RunJob>(&probe.otherwise[i]);
      const JobSpec* job = run != nullptr ? find(run->job) : nullptr;
      if (job == nullptr || job->enabled) continue;
      complaints_.warning(
          places.remedy(i),
          fmt::format("{}: it is mended by job '{}', which is disabled", whose, run->job),
          "enable it, or leave the remedy out");
    }
  }

  const core::FleetSpec& spec_;
  const Positions& where_;
  Complaints& complaints_;
  std::vector<Measurer> measurers_;  // of each check
  std::unordered_map<std::string_view, const JobSpec*> by_name_;
};

}  // namespace

void advise_on_checks(const core::FleetSpec& spec, const Positions& where, Complaints& complaints) {
  if (spec.health.empty()) return;
  CheckAdviser adviser{spec, where, complaints};
  for (std::size_t check = 0; check < spec.health.size(); ++check) adviser.speak(check);
}

void advise_on_contacts(const core::FleetSpec& spec, const Positions& where,
                        Complaints& complaints) {
  if (spec.contacts.empty()) return;
  std::vector<bool> is_named(spec.contacts.size());
  for (const JobSpec& job : spec.jobs) {
    for (const core::ContactIndex contact : job.tells->on_failure) is_named[contact] = true;
    for (const core::ContactIndex contact : job.tells->on_recovery) is_named[contact] = true;
  }
  for (std::size_t contact = 0; contact < spec.contacts.size(); ++contact) {
    if (is_named[contact]) continue;
    const std::string& name = spec.contacts[contact].name;
    complaints.warning(where.contact(contact).header,
                       fmt::format("no job names contact '{}', so it is never told anything", name),
                       fmt::format("add on_failure = [\"{}\"] to a job or to [defaults]", name));
  }
}

}  // namespace takt::fleet
