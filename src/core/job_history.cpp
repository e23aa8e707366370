#include "core/job_history.h"

namespace takt::core {
namespace {

/// Without what nobody looks at afterwards, which is most of a row.
template <class R>
R lean(R row) {
  row.gates.clear();
  return row;
}

}  // namespace

void HistoryCollector::add(const Batch& batch) {
  for (const auto& row : batch.rows) {
    if (const auto* run = std::get_if<RunRow>(&row)) {
      if (run->state == RunState::ended) runs_.insert_or_assign(run->run, lean(*run));
    } else if (const auto* attempt = std::get_if<AttemptRow>(&row)) {
      if (attempt->outcome) attempts_.insert_or_assign(attempt->token, *attempt);
    } else if (const auto* slots = std::get_if<SlotsRow>(&row)) {
      slots_.insert_or_assign({slots->job, slots->first}, lean(*slots));
    }
  }
}

JobHistories HistoryCollector::take() {
  JobHistories histories;
  for (auto& [id, run] : runs_) histories[run.job].runs.push_back(std::move(run));
  for (auto& [token, attempt] : attempts_) {
    histories[attempt.job].attempts.push_back(std::move(attempt));
  }
  for (auto& [key, slots] : slots_) histories[slots.job].slots.push_back(std::move(slots));
  runs_.clear();
  attempts_.clear();
  slots_.clear();
  return histories;
}

}  // namespace takt::core
