#pragma once
// Sweep: the watchdog's second pair of eyes. Deadlines are watched to the second in memory; the job with
// builtin = "watchdog" compares what the store holds with what memory says, and puts right what differs:
//
//   a heartbeat that tells something else        written anew
//   an open run that memory does not know        ended: missed or lost
//   an open run that the store does not know     written anew
//   a living attempt that memory does not know   killed, and settled as lost
//   a deadline that nobody waits for             set anew
//
// Rows that changed after the store was read are left for the next sweep. Each finding is an event.

#include "core/turn.h"

namespace takt::core {

void on_rows_swept(Turn& turn, const RowsSwept& event);

}  // namespace takt::core
