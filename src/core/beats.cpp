#include "core/beats.h"

#include <fmt/format.h>

#include <algorithm>

#include "core/attempts.h"
#include "core/turn.h"

namespace takt::core {
namespace {

/// Between two rows of one job: a second of wall time.
Duration row_interval(const State& s) {
  constexpr Duration kSecond = std::chrono::seconds{1};
  return std::chrono::round<Duration>(std::max(1.0, s.speed) *
                                      std::chrono::duration<double>(kSecond));
}

bool is_alive(const Run* run) {
  if (run == nullptr || !run->attempt) return false;
  const Phase phase = run->attempt->phase;
  return phase == Phase::launching || phase == Phase::running;
}

void answer(Turn& turn, const BeatHeard& event, bool alive) {
  if (!event.request) return;
  Answer answer{event.request, Seq{}, std::optional<RunId>{}, {}};
  if (!alive) {
    answer.result = std::unexpected(
        Refusal{Refusal::Kind::refused,
                fmt::format("no attempt with token {} is alive", event.token.value),
                "only the attempt that runs can beat; a token that ended belongs to the past",
                {}});
  }
  turn.effects.emplace_back(std::move(answer));
}

}  // namespace

void on_beat(Turn& turn, const BeatHeard& event) {
  Run* run = run_of(turn, event.token);
  const bool alive = is_alive(run);
  answer(turn, event, alive);
  if (!alive) return;
  Attempt& attempt = *run->attempt;
  attempt.last_beat = attempt.quiet_since = turn.now;
  attempt.said.take(event.beat);
  Job& job = turn.job(run->job);
  if (!job.beat) job.beat = BeatFacts{};
  job.beat->said.take(event.beat);
  job.beat->at = turn.now;
  job.beat->unwritten = true;
  turn.s.wake.set(run->job, wake_of(turn.s, run->job));  // due at once, or silence ends later
}

void note_beat_written(Job& job, Instant now) {
  if (!job.beat) return;
  job.beat->unwritten = false;
  job.beat->written_at = now;
}

void forget_beat(Job& job) {
  if (job.beat) job.beat->said = {};
}

std::optional<Instant> beat_row_due(const State& s, JobIndex index) {
  const Job& job = s.jobs[index];
  if (!job.beat || !job.beat->unwritten || !s.store_ok) return std::nullopt;
  if (!job.beat->written_at) return job.beat->at;
  return std::max(job.beat->at, saturating_add(*job.beat->written_at, row_interval(s)));
}

void fire_beats(Turn& turn, JobIndex index) {
  const auto due = beat_row_due(turn.s, index);
  if (!due || *due > turn.now) return;
  note_beat_written(turn.job(index), turn.now);
  turn.touch(index);
}

std::string beat_text(const Beat& beat) {
  std::string text;
  if (beat.progress) text = fmt::format("{} %", *beat.progress);
  if (beat.note && !beat.note->empty()) text += (text.empty() ? "" : ", ") + *beat.note;
  return text;
}

}  // namespace takt::core
