#include "sim/checker_context.h"

#include <algorithm>
#include <utility>

namespace takt::sim {
namespace {

constexpr std::size_t kViolationsKept = 100;

}  // namespace

CheckContext::CheckContext(const core::FleetSpec& spec, Instant begin)
    : fleet(spec),
      fleet_has_needs(std::ranges::any_of(
          spec.jobs, [](const core::JobSpec& job) { return !job.needs->empty(); })),
      origin(begin),
      now(begin),
      life_began(begin),
      awake_since(begin),
      excused_until(begin) {
  for (JobIndex job = 0; job < fleet.jobs.size(); ++job) index_.emplace(fleet.jobs[job].name, job);
}

void CheckContext::violation(std::string_view invariant, std::string text) {
  violation_count += 1;
  const bool is_known = std::ranges::count(violations, invariant, &Violation::invariant) > 0;
  if (is_known && violations.size() >= kViolationsKept) return;  // but every law is told of once
  violations.push_back({std::string{invariant}, WallTime{now.time_since_epoch()}, std::move(text)});
}

void CheckContext::require(Instant at, Duty duty, std::int64_t id, std::int64_t detail) {
  deadlines_.push({at, ++required_, duty, id, detail});
}

std::optional<Deadline> CheckContext::pop_missed() {
  while (!deadlines_.empty() && deadlines_.top().at < now) {
    Deadline missed = deadlines_.top();
    deadlines_.pop();
    if (is_excused()) {
      suspended_.push_back(missed);
    } else if (missed.at < excused_until) {
      missed.at = excused_until;
      deadlines_.push(missed);
    } else {
      return missed;
    }
  }
  return std::nullopt;
}

void CheckContext::excuse(bool& reason) { reason = true; }

void CheckContext::end_excuse(bool& reason, Duration allowed) {
  reason = false;
  excused_until = std::max(excused_until, now + allowed);
  if (is_excused()) return;
  for (Deadline& deadline : suspended_) {
    deadline.at = std::max(deadline.at, excused_until);
    deadlines_.push(deadline);
  }
  suspended_.clear();
}

std::optional<JobIndex> CheckContext::job_of(std::string_view name) const {
  if (last_named_ < fleet.jobs.size() && fleet.jobs[last_named_].name == name) return last_named_;
  const auto found = index_.find(name);
  if (found == index_.end()) return std::nullopt;
  last_named_ = found->second;
  return last_named_;
}

AttemptFacts* CheckContext::attempt(Token token) {
  const auto found = attempts.find(token);
  return found == attempts.end() ? nullptr : &found->second;
}

}  // namespace takt::sim
