#include "core/past_windows.h"

#include <algorithm>
#include <iterator>

namespace takt::core {
namespace {

bool is_ok(const RunRow& run) {
  return run.disposition == Disposition::ran && run.outcome == Outcome::ok;
}

WallTime owed_from(const RunRow& run) {
  return run.cause == Cause::catchup || !run.slot_at ? run.queued_at : *run.slot_at;
}

/// A slot that met a run of its own job is the ordinary course of things.
bool is_trouble(std::optional<Reason> reason) { return reason && *reason != Reason::overlap; }

bool is_trouble(const RunRow& run) {
  if (run.cause == Cause::recovery) return true;
  return run.disposition == Disposition::ran ? run.outcome != Outcome::ok : is_trouble(run.reason);
}

std::vector<const RunRow*> ended_runs(const JobHistory& history) {
  std::vector<const RunRow*> runs;
  for (const auto& run : history.runs) {
    if (run.state == RunState::ended && run.ended_at) runs.push_back(&run);
  }
  std::ranges::stable_sort(runs, {}, [](const RunRow* run) { return *run->ended_at; });
  return runs;
}

/// What happened after `from`, up to the success itself.
class Window {
 public:
  /// From a success on, nothing has happened yet.
  void begin(std::optional<WallTime> success) {
    window_.from = success;
    window_.owed_since.reset();
    window_.healthy = true;
  }

  void owe(WallTime since) {
    window_.owed_since = std::min(window_.owed_since.value_or(since), since);
  }
  void trouble() { window_.healthy = false; }

  PastWindow close(const RunRow& success) {
    window_.until = *success.ended_at;
    window_.took = success.started_at ? *success.ended_at - *success.started_at : Duration{0};
    if (success.slot_at) owe(owed_from(success));
    if (is_trouble(success)) trouble();
    return window_;
  }

 private:
  PastWindow window_;
};

}  // namespace

std::vector<PastWindow> past_windows(const JobHistory& history) {
  const auto runs = ended_runs(history);
  std::vector<const SlotsRow*> slots;
  for (const auto& row : history.slots) slots.push_back(&row);
  std::ranges::stable_sort(slots, {}, [](const SlotsRow* row) { return row->at; });

  std::vector<PastWindow> windows;
  Window window;
  auto slot = slots.begin();
  for (const RunRow* run : runs) {
    for (; slot != slots.end() && (*slot)->at <= *run->ended_at; ++slot) {
      if (is_trouble((*slot)->reason)) window.trouble();
      window.owe((*slot)->at);
    }
    if (is_ok(*run)) {
      windows.push_back(window.close(*run));
      window.begin(run->ended_at);
      continue;
    }
    if (is_trouble(*run)) window.trouble();
    if (run->slot_at) window.owe(owed_from(*run));
  }
  return windows;
}

}  // namespace takt::core
