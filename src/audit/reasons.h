#pragma once
// Evidence: stretches of time, out of the history, that bear out why slots did not run.

#include "audit/scene.h"
#include "audit/spans.h"

namespace takt::audit {

/// When somebody had paused the job. Until the end of time while it lasts.
Spans paused_spans(const Scene& scene, const JobFacts& job);

/// When it was locked up for failing too often.
Spans quarantined_spans(const Scene& scene, const JobFacts& job);

/// When a run of it was under way, from queueing until settled.
Spans open_spans(const JobFacts& job);

/// When no daemon is proven to have been there to decide, or the wall clock jumped over it.
Spans down_spans(const Scene& scene);

/// When rows could not be written.
Spans store_spans(const Scene& scene);

/// When the node took no work.
Spans draining_spans(const Scene& scene);

/// Whether events were kept from the beginning.
bool knows_all_events(const Scene& scene);

}  // namespace takt::audit
