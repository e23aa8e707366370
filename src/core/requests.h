#pragma once
// Requests from people and programs: trigger, cancel, pause, resume, drain, shut down. Each is
// answered once, with what was done or why not; an answer that acknowledges waits for its rows.

#include "core/turn.h"

namespace takt::core {

void on_trigger(Turn& turn, const Trigger& event);
void on_cancel(Turn& turn, const Cancel& event);
void on_pause(Turn& turn, const Pause& event);
void on_resume(Turn& turn, const Resume& event);
void on_drain(Turn& turn, const Drain& event);
void on_shut_down(Turn& turn, const ShutDown& event);

/// Ends a pause whose time is over. False: there was none.
bool fire_pause_end(Turn& turn, JobIndex job);

/// While stopping: says Stopped once nothing is alive any more.
void check_stopped(Turn& turn);

}  // namespace takt::core
