// Time limits, and the thresholds of the watchdog.

#include <array>

#include "fleet/description.h"

namespace takt::fleet {
namespace {

using core::JobSpec;

constexpr std::array<Key<JobDraft>, 7> kWatch{{
    {{"timeout", shape::kPositiveDuration, "none", "an attempt that runs longer is ended"},
     store_duration<&JobSpec::timeout>},
    {{"kill_grace", shape::kDuration, "10s", "between SIGTERM and SIGKILL; always wall time"},
     store_duration<&JobSpec::kill_grace>},
    {{"hung_after", shape::kPositiveDuration, "none",
      "an attempt older than this is hung: its tree is ended and a recovery run started"},
     store_duration<&JobSpec::hung_after>},
    {{"beat_within", shape::kPositiveDuration, "none",
      "an attempt that does not beat for longer (`takt beat`, or a line to TAKT_FD) is hung"},
     store_duration<&JobSpec::beat_within>},
    {{"stale_after", shape::kPositiveDuration, "none",
      "no success for this long: the job is stuck and an emergency run started"},
     store_duration<&JobSpec::stale_after>},
    {{"late_after", shape::kPositiveDuration, "none",
      "a slot without success this long after it should have had one is overdue"},
     store_duration<&JobSpec::late_after>},
    {{"expect", shape::kPositiveDuration, "none",
      "expected length of a run (its median) until there is history"},
     store_duration<&JobSpec::expect>},
}};

}  // namespace

Section watch_section() { return section<JobDraft>("Limits and watchdog", kWatch); }

}  // namespace takt::fleet
