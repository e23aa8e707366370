// The work of builtin jobs in the world: what a check measures, what mending it brings, what a sweep over
// the rows finds, and contacts that are told. The attempt itself is modelled as a tree like any other, so
// that it can fail, hang and be killed; what it finds is told on its way.
//
// A probe of something outside is well until chance breaks it; it stays broken until its remedy has been
// carried out (its statement, its command, or a good run of its job).

#include <utility>

#include "base/match.h"
#include "sim/world.h"

namespace takt::sim {
namespace {

constexpr Duration kMeasuringFirst = std::chrono::milliseconds{10};
constexpr Duration kMeasuringLast = std::chrono::milliseconds{400};
constexpr double kBreaks = 0.03;    // a probe that is well, at a look
constexpr double kUnknown = 0.01;   // any probe, at a look
constexpr double kMendFails = 0.1;  // a statement or a command
constexpr double kTellingFails = 0.05;

/// A value that the condition holds for, or does not.
core::Measurement value_for(const core::Condition& condition, bool is_well, WallTime now) {
  return std::visit(
      Match{
          [&](const core::Fresh& c) -> core::Measurement {
            return format_rfc3339(now - (is_well ? c.at_most / 2 : c.at_most * 2));
          },
          [&](const core::AtLeast& c) -> core::Measurement { return c.limit - (is_well ? 0 : 1); },
          [&](const core::AtMost& c) -> core::Measurement { return c.limit + (is_well ? 0 : 1); },
          [&](const core::Equals& c) -> core::Measurement {
            if (!is_well) return core::Absent{};
            return std::visit([](const auto& value) { return core::Measurement{value}; }, c.value);
          },
          [&](const core::Succeeds& c) -> core::Measurement { return c.wanted == is_well; }},
      condition);
}

}  // namespace

/// A good run of the remedy's job since it broke mends it.
bool World::is_broken(const ProbeName& name, const core::ProbeSpec& probe) {
  const auto broken = broken_probes_.find(name);
  if (broken == broken_probes_.end()) return false;
  for (const core::Remedy& remedy : probe.otherwise) {
    const auto* run = std::get_if<core::RunJob>(&remedy);
    if (run == nullptr || !daemon_) continue;
    const auto job = daemon_->job_view(run->job, daemon_time());
    if (!job || !job->last_success_at || *job->last_success_at <= broken->second) continue;
    broken_probes_.erase(broken);
    return false;
  }
  return true;
}

core::Measurement World::measurement_of(const core::HealthSpec& check,
                                        const core::ProbeSpec& probe) {
  const WallTime now = daemon_->wall(daemon_time());
  if (faulty_ && dice_health_.chance(kUnknown)) return core::Unknown{"the disk does not answer"};
  const ProbeName name{check.name, probe.name};
  bool broken = is_broken(name, probe);
  if (!broken && faulty_ && now_ < heal_at_ && dice_health_.chance(kBreaks)) {
    broken_probes_[name] = now;
    broken = true;
  }
  return value_for(probe.condition, !broken, now);
}

void World::work_builtin(const core::LaunchAttempt& launch) {
  const Instant at = now_ + dice_health_.between(kMeasuringFirst, kMeasuringLast);
  if (launch.check) {
    core::HealthMeasured event{launch.token, {}};
    for (const core::ProbeSpec& probe : launch.check->probes) {
      event.measured.push_back(measurement_of(*launch.check, probe));
    }
    checks_[launch.token] = launch.check;
    agenda_.enter(at, TellDaemon{life_, std::move(event)});
  } else if (launch.builtin == core::Builtin::watchdog) {
    agenda_.enter(
        at, TellDaemon{life_, core::RowsSwept{launch.token, store_.recorded(), store_.heartbeats(),
                                              store_.open_runs(), store_.living_attempts()}});
  }
}

void World::mended_soon(const core::Mend& mend) {
  const auto found = checks_.find(mend.token);
  if (found == checks_.end()) return;
  const core::HealthSpec& check = *found->second;
  const core::ProbeSpec& probe = check.probes[mend.probe];
  core::Mended event{mend.token, mend.probe,     mend.remedy, !dice_health_.chance(kMendFails),
                     "done",     core::Unknown{}};
  if (event.ok) {
    broken_probes_.erase({check.name, probe.name});
    event.after = value_for(probe.condition, true, daemon_->wall(daemon_time()));
  } else {
    event.text = "it failed";
  }
  agenda_.enter(now_ + dice_health_.between(kMeasuringFirst, kMeasuringLast),
                TellDaemon{life_, std::move(event)});
}

void World::told_soon(const core::SendNotices& send) {
  core::NoticesEnded event{{}, !dice_health_.chance(kTellingFails), 1, {}};
  for (const core::NoticeRow& row : send.notices) event.notices.push_back(row.notice);
  event.notices.insert(event.notices.end(), send.left_out.begin(), send.left_out.end());
  if (!event.ok) {
    event.tries = 5;
    event.error = "nobody answers";
  }
  agenda_.enter(now_ + dice_health_.between(kMeasuringFirst, kMeasuringLast),
                TellDaemon{life_, std::move(event)});
}

}  // namespace takt::sim
