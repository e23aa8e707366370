#pragma once
// Scenario: a golden text played through the coordinator. A file holds comments, a fleet, and steps;
// below each step stands what came of it:
//
//   # comment
//   fleet max_running=1                       see fleet_words.h
//   job posting every=5m offset=0s
//   start
//   > 00:00:00 event info fleet_started: ...
//   +5m                                       time passes; a step may follow on the same line
//   > 00:05:00 run 1 posting schedule slot 1@00:05:00 running
//   +2s done posting exit=0
//
// Steps:
//   start | kill daemon | restart after 10m   a new daemon is restored from the recorded rows
//   +5m [step] | stall 10s | oversleep 10s    time passes, with ticks, without, without even one after it
//   started JOB | ended JOB END | done JOB END   what its (oldest) process does; run=N picks one
//   deferred JOB | ending JOB                 it cannot be started for now; only its main process ended
//   gone JOB                                  its leftover is proven dead
//   beat JOB|token=N [progress=N] [note=word] a sign of life, by request
//   line JOB text ...                         the same by a line to TAKT_FD
//   trigger JOB [force] [name=value]... | cancel RUN | pause JOB|all [for=1h] [reason=word]
//   resume JOB|all | drain | shutdown
//   hold store | record N | release store     batches wait; N of them are recorded; all of them
//   store fails | store back
//   step clock +1h
//   pool ... | job ... | remove JOB | set KEY=VALUE      edits the fleet for the next restart or reload
//   reload | reload fails                     the daemon takes what was edited; finds it unusable
//   memory 85 [stalled=0.5] | cleaned 60 [more] [fails]   a reading in percent used; a clean-up action is over
//   measured JOB PROBE=VALUE ... | mended JOB [fails] [after=VALUE]    what the shell of a check says
//   swept JOB [wrong_heartbeat=JOB] [lost_run=N] [stray_run=N] [stray_attempt=TOKEN]
//   told CONTACT [fails] | notify test CONTACT | surroundings WHAT ok|fails
//   check ... | probe ... | contact ... | remove contact NAME | remove check NAME    see health_words.h
//   show JOB | show fleet | show health | why JOB           what the views and the stored cursor say
//
//   END: exit=N | signal=N | errno=N | oom | unknown, and leaked=N

#include <string>

namespace takt::scenarios {

/// The text of a scenario with what really comes of its steps in place of what it says. Throws
/// std::exception, with the line, for a step that makes no sense.
std::string play(const std::string& text);

}  // namespace takt::scenarios
