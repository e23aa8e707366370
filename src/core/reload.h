#pragma once
// Reload: the fleet file says something else from now on. Jobs are matched by name; what a changed
// definition means for a job and its runs is told in core/definition.h. Everything happens in one
// turn, so it is recorded in one batch: a crash leaves the old fleet or the new one, and a start with
// the new file after a crash comes to the same.
//
//   job in the file     known before          becomes
//   yes                 in the file           kept; with another definition: changed
//   yes                 has left the file     comes back: its numbers and facts go on, slots from now
//   yes                 never                 added, first loaded now
//   no                  in the file           removed: listed no more, remembered
//
// Refused, because only a start can do it: another name or state_dir. Refused too: a daemon that is
// stopping. Never refused for a failing store or a drain; the answer waits for its rows as any other.

#include "core/event.h"
#include "core/turn.h"

namespace takt::core {

/// Slots due by now must have been decided before: they are the old definition's.
void on_reload(Turn& turn, const Reload& event);

void on_reload_failed(Turn& turn, const ReloadFailed& event);

}  // namespace takt::core
