#pragma once
// WakeQueue: when each job next wants attention, earliest first. An indexed binary heap: every job
// is in it at most once, moving one costs O(log n), 8 bytes of index and 16 of entry a job. Equal
// instants come out in the order of the jobs in the file, so that a replay is exact.

#include <cstdint>
#include <limits>
#include <optional>
#include <utility>
#include <vector>

#include "base/ids.h"
#include "base/time.h"

namespace takt::core {

class WakeQueue {
 public:
  explicit WakeQueue(std::size_t jobs) : place_(jobs, kAbsent) {}

  /// Sets the instant of a job; nullopt takes it out.
  void set(JobIndex job, std::optional<Instant> at);

  /// What set() said last.
  std::optional<Instant> at(JobIndex job) const {
    if (place_[job] == kAbsent) return std::nullopt;
    return heap_[place_[job]].first;
  }

  /// The earliest instant; Instant::max() when no job waits.
  Instant earliest() const { return heap_.empty() ? Instant::max() : heap_.front().first; }

  /// Takes out the earliest job that is due by `now`.
  std::optional<JobIndex> pop_due(Instant now);

 private:
  using Entry = std::pair<Instant, JobIndex>;
  static constexpr std::uint32_t kAbsent = std::numeric_limits<std::uint32_t>::max();

  void put(std::size_t at, const Entry& entry);
  void rise(std::size_t at);
  void sink(std::size_t at);
  void remove_at(std::size_t at);

  std::vector<Entry> heap_;
  std::vector<std::uint32_t> place_;  // of each job in heap_
};

}  // namespace takt::core
