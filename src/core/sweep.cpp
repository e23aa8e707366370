#include "core/sweep.h"

#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <utility>

#include "core/attempts.h"

namespace takt::core {
namespace {

/// What a stored heartbeat says otherwise than memory; beats are written late on purpose.
std::string difference(const HeartbeatRow& stored, const HeartbeatRow& known) {
  std::string keys;
  const auto note = [&](bool differs, std::string_view key) {
    if (!differs) return;
    if (!keys.empty()) keys += ", ";
    keys += key;
  };
  note(stored.state != known.state, "state");
  note(stored.last_start_at != known.last_start_at, "last_start_at");
  note(stored.last_success_at != known.last_success_at, "last_success_at");
  note(stored.last_failure_at != known.last_failure_at, "last_failure_at");
  note(stored.last_skip_at != known.last_skip_at, "last_skip_at");
  note(stored.last_outcome != known.last_outcome, "last_outcome");
  note(stored.consecutive_failures != known.consecutive_failures, "consecutive_failures");
  note(stored.run != known.run || stored.attempt != known.attempt, "run");
  note(stored.pid != known.pid, "pid");
  return keys;
}

class Sweep {
 public:
  Sweep(Turn& turn, const RowsSwept& event) : turn_(turn), s_(turn.s), event_(event) {}

  std::vector<std::string> perform() {
    compare_heartbeats();
    compare_runs();
    compare_attempts();
    look_at_deadlines();
    lines_.push_back(fmt::format(
        "compared {} heartbeats, {} open runs and {} living attempts with the store: {}", compared_,
        event_.open_runs.size(), event_.open_attempts.size(),
        found_ == 0 ? "nothing differs" : fmt::format("{} put right", found_)));
    return std::move(lines_);
  }

 private:
  /// Nothing about the job was written after the store was read.
  bool is_settled(JobIndex index) const { return s_.jobs[index].written <= event_.through; }

  void tell(std::optional<JobIndex> job, std::optional<RunId> run, const std::string& text) {
    found_ += 1;
    lines_.push_back(text);
    turn_.event(Severity::warning, EventKind::row_mended, job, run, text);
  }

  void compare_heartbeats() {
    std::vector<const HeartbeatRow*> stored(s_.listed, nullptr);
    for (const HeartbeatRow& row : event_.heartbeats) {
      if (const auto job = s_.find_job(row.job)) stored[*job] = &row;
    }
    for (JobIndex i = 0; i < s_.listed; ++i) {
      if (!is_settled(i)) continue;
      compared_ += 1;
      const HeartbeatRow known = heartbeat_row(s_, i);
      const std::string keys = stored[i] != nullptr
                                   ? difference(*stored[i], known)
                                   : difference({.job = known.job, .state = known.state}, known);
      if (keys.empty()) continue;
      tell(i, std::nullopt,
           fmt::format("the stored heartbeat of {} was wrong ({}) and is written anew", known.job,
                       keys));
      turn_.touch(i, true);
    }
  }

  void compare_runs() {
    std::set<RunId> stored;
    for (const RunRow& row : event_.open_runs) {
      stored.insert(row.run);
      if (!s_.runs.contains(row.run)) end_unknown(row);
    }
    for (auto& [id, run] : s_.runs) {
      if (stored.contains(id) || !is_settled(run.job)) continue;
      tell(run.job, id,
           fmt::format("the store did not have run {} of {} as open; it is written anew", id.value,
                       s_.spec_of(run.job).name));
      turn_.touch(run);
    }
  }

  /// The job of a stored row, when it can be said that memory knows no such thing.
  std::optional<JobIndex> surely_unknown(const std::string& job) const {
    const auto index = s_.find_job(job);
    if (!index || !is_settled(*index)) return std::nullopt;
    return index;
  }

  void end_unknown(RunRow row) {
    const auto index = surely_unknown(row.job);
    if (!index || row.run > s_.last_run) return;
    row.state = RunState::ended;
    row.ended_at = s_.wall(turn_.now);
    row.retry_at.reset();
    if (row.started_at) {
      row.outcome = Outcome::lost;
    } else if (!row.disposition) {
      row.disposition = Disposition::missed;
      row.reason = Reason::down;
    }
    tell(index, row.run,
         fmt::format("run {} of {} stood open in the store and nobody knew of it: it is {}",
                     row.run.value, row.job, row.started_at ? "lost" : "missed"));
    turn_.rows.emplace_back(std::move(row));
  }

  void compare_attempts() {
    for (const AttemptRow& row : event_.open_attempts) {
      if (row.outcome || s_.tokens.contains(row.token)) continue;
      const auto index = surely_unknown(row.job);
      if (!index || row.token > s_.last_token) continue;
      tell(index, row.run,
           fmt::format("attempt {} of run {} of {} stood as alive in the store and nobody knew of "
                       "it: what is left of it is killed, and it is lost",
                       row.attempt, row.run.value, row.job));
      turn_.effects.emplace_back(KillLeftover{row});
      AttemptRow ended = row;
      ended.ended_at = s_.wall(turn_.now);
      ended.outcome = Outcome::lost;
      ended.error = "found by the watchdog; its end is not known";
      turn_.rows.emplace_back(std::move(ended));
    }
  }

  void look_at_deadlines() {
    for (JobIndex i = 0; i < s_.jobs.size(); ++i) {
      if (s_.jobs[i].touched) continue;  // set at the end of the turn
      const auto wanted = wake_of(s_, i);
      if (s_.wake.at(i) == wanted) continue;
      tell(i, std::nullopt,
           fmt::format("nobody waited for the next deadline of {}; it is set anew",
                       s_.spec_of(i).name));
      s_.wake.set(i, wanted);
    }
  }

  Turn& turn_;
  State& s_;
  const RowsSwept& event_;
  std::vector<std::string> lines_;
  int compared_ = 0;
  int found_ = 0;
};

}  // namespace

void on_rows_swept(Turn& turn, const RowsSwept& event) {
  if (run_of(turn, event.token) == nullptr) return;
  turn.effects.emplace_back(EndBuiltin{event.token, Sweep{turn, event}.perform()});
}

}  // namespace takt::core
