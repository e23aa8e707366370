#pragma once
// JobHistory: what happened to one job, as the rows that are kept of it, and a collector that makes
// it of rows as they are committed.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "core/rows.h"

namespace takt::core {

/// In any order. Runs that have not ended count for nothing.
struct JobHistory {
  std::vector<RunRow> runs;
  std::vector<AttemptRow> attempts;
  std::vector<SlotsRow> slots;
};

/// By name of the job.
using JobHistories = std::map<std::string, JobHistory>;

/// Keeps the last word on every run that ended, every attempt and every range of slots.
class HistoryCollector {
 public:
  void add(const Batch& batch);
  JobHistories take();

 private:
  std::map<RunId, RunRow> runs_;
  std::map<Token, AttemptRow> attempts_;
  std::map<std::pair<std::string, SlotNumber>, SlotsRow> slots_;
};

}  // namespace takt::core
