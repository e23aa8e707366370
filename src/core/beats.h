#pragma once
// Beats: what is done with the signs of life of attempts.
//
//   BeatHeard ──▶ of a living attempt: silence counts from now, and the job's heartbeat has it
//             └─▶ of any other: refused (when somebody waits for an answer), else ignored
//
// Heartbeats are rows, and a job may beat a thousand times a second: its row is written at once
// after a pause of a second of wall time, else when that second is over. While the store fails,
// beats stay in memory. What is not written yet is lost with the daemon, as the attempt is.

#include <optional>

#include "core/event.h"
#include "core/state.h"

namespace takt::core {

struct Turn;

void on_beat(Turn& turn, const BeatHeard& event);

/// A new attempt of the job has said nothing yet.
void forget_beat(Job& job);

/// When the beats that the job's row does not show yet are to be written.
std::optional<Instant> beat_row_due(const State& s, JobIndex job);

/// Has the row of a job written whose beats are due.
void fire_beats(Turn& turn, JobIndex job);

/// A row of the job leaves now, with all that it said.
void note_beat_written(Job& job, Instant now);

/// "42 %, half way"; empty when the attempt said neither.
std::string beat_text(const Beat& beat);

}  // namespace takt::core
