#include <limits>

#include "audit/reasons.h"

namespace takt::audit {
namespace {

using core::EventKind;

constexpr WallTime kForEver = WallTime::max() - std::chrono::hours{24};
constexpr WallTime kAlways{Duration{0}};

/// From an event of one of `begin` until one of `end`, of this job or of all.
Spans spans_between(const Scene& scene, const std::string& job, EventKind begin, EventKind end,
                    bool lasts_over_starts) {
  Spans spans;
  std::optional<WallTime> since;
  if (!knows_all_events(scene)) since = kAlways;  // whatever was before them
  for (const auto& event : scene.events) {
    const bool mine = event.job.empty() || event.job == job;
    if (mine && event.kind == begin && !since) since = event.at;
    const bool over = (mine && event.kind == end) ||
                      (event.kind == EventKind::fleet_started && !lasts_over_starts);
    if (over && since) {
      spans.add(*since, event.at);
      since.reset();
    }
  }
  if (since) spans.add(*since, kForEver);
  spans.close();
  return spans;
}

}  // namespace

bool knows_all_events(const Scene& scene) {
  return scene.events.empty() || scene.events.front().id == EventId{1};
}

Spans paused_spans(const Scene& scene, const JobFacts& job) {
  return spans_between(scene, job.name, EventKind::paused, EventKind::resumed, true);
}

Spans quarantined_spans(const Scene& scene, const JobFacts& job) {
  return spans_between(scene, job.name, EventKind::quarantined, EventKind::resumed, true);
}

Spans store_spans(const Scene& scene) {
  return spans_between(scene, "", EventKind::store_failed, EventKind::store_back, false);
}

Spans draining_spans(const Scene& scene) {
  return spans_between(scene, "", EventKind::draining, EventKind::fleet_stopped, false);
}

Spans open_spans(const JobFacts& job) {
  Spans spans;
  for (const RunFacts* run : job.runs) {
    spans.add(run->row.queued_at, run->row.ended_at.value_or(kForEver));
  }
  spans.close();
  return spans;
}

Spans down_spans(const Scene& scene) {
  Spans spans;
  WallTime gone = kAlways;
  for (const Presence& presence : scene.presences) {
    // A slot that was due a moment before the end may not have been decided any more; what is left
    // of unfinished attempts is settled before their jobs go on.
    spans.add(gone - kStartTolerance, presence.from + kStartTolerance + kRecoveryBound);
    gone = presence.to;
  }
  spans.add(gone - kStartTolerance, kForEver);
  for (const auto& event : scene.events) {
    if (event.kind != EventKind::clock_stepped) continue;
    for (const auto& [name, value] : event.data) {
      const auto by = name == "by_ms" ? Duration{std::atoll(value.c_str())} : Duration{0};
      if (by > Duration{0}) spans.add(event.at - by - kStartTolerance, event.at);
    }
  }
  spans.close();
  return spans;
}

}  // namespace takt::audit
