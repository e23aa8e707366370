#include "cli/tune_history.h"

#include <filesystem>
#include <system_error>

#include "base/state_dir.h"
#include "cli/past.h"
#include "sim/simulate.h"
#include "store/sqlite_history.h"

namespace takt::cli {
namespace {

core::JobHistories sorted_by_job(std::vector<ports::RunWithAttempts> runs,
                                 std::vector<core::SlotsRow> slots) {
  core::JobHistories histories;
  for (auto& [run, attempts] : runs) {
    auto& history = histories[run.job];
    for (auto& attempt : attempts) history.attempts.push_back(std::move(attempt));
    history.runs.push_back(std::move(run));
  }
  for (auto& row : slots) {
    if (row.disposition == core::Disposition::ran) continue;  // told by its run
    histories[row.job].slots.push_back(std::move(row));
  }
  return histories;
}

}  // namespace

std::expected<core::JobHistories, Failure> stored_histories(Context& context) {
  const auto folder = context.state_dir();
  if (!folder) return std::unexpected(folder.error());
  const auto file = database_file(*folder);
  std::error_code ignored;  // what cannot be looked at is told by opening it
  if (!std::filesystem::exists(file, ignored) && !ignored) {
    return std::unexpected(Failure{.exit = Exit::no_daemon,
                                   .what = "there is no history yet",
                                   .where = folder->native(),
                                   .hint = "let it run for a while (takt up), or see what a "
                                           "simulation says: takt tune --simulate 30d",
                                   .details = {},
                                   .gates = {}});
  }
  const auto history = store::SqliteHistory::open(file);
  if (!history) return std::unexpected(history_failure(history.error()));
  ports::RunQuery all_runs;
  all_runs.state = core::RunState::ended;
  all_runs.window.all = true;
  auto runs = (*history)->runs(all_runs);
  if (!runs) return std::unexpected(history_failure(runs.error()));
  ports::SlotQuery all_slots;
  all_slots.window.all = true;
  auto slots = (*history)->slots(all_slots);
  if (!slots) return std::unexpected(history_failure(slots.error()));
  return sorted_by_job(std::move(*runs), std::move(*slots));
}

core::JobHistories simulated_histories(const core::FleetSpec& spec, Duration length,
                                       std::uint64_t seed) {
  core::HistoryCollector collector;
  sim::Options options{.length = length, .seed = seed, .faults = false, .check = false};
  options.committed = [&](const core::Batch& batch) { collector.add(batch); };
  sim::simulate(spec, options);
  return collector.take();
}

}  // namespace takt::cli
