#include "core/wake_queue.h"

namespace takt::core {

void WakeQueue::set(JobIndex job, std::optional<Instant> at) {
  const std::uint32_t place = place_[job];
  if (!at) {
    if (place != kAbsent) remove_at(place);
    return;
  }
  if (place == kAbsent) {
    heap_.emplace_back();
    put(heap_.size() - 1, {*at, job});
    rise(heap_.size() - 1);
    return;
  }
  if (heap_[place].first == *at) return;
  heap_[place].first = *at;
  rise(place);
  sink(place_[job]);
}

std::optional<JobIndex> WakeQueue::pop_due(Instant now) {
  if (heap_.empty() || heap_.front().first > now) return std::nullopt;
  const JobIndex job = heap_.front().second;
  remove_at(0);
  return job;
}

void WakeQueue::put(std::size_t at, const Entry& entry) {
  heap_[at] = entry;
  place_[entry.second] = static_cast<std::uint32_t>(at);
}

void WakeQueue::rise(std::size_t at) {
  const Entry entry = heap_[at];
  while (at > 0) {
    const std::size_t parent = (at - 1) / 2;
    if (heap_[parent] <= entry) break;
    put(at, heap_[parent]);
    at = parent;
  }
  put(at, entry);
}

void WakeQueue::sink(std::size_t at) {
  const Entry entry = heap_[at];
  while (true) {
    std::size_t child = 2 * at + 1;
    if (child >= heap_.size()) break;
    if (child + 1 < heap_.size() && heap_[child + 1] < heap_[child]) ++child;
    if (entry <= heap_[child]) break;
    put(at, heap_[child]);
    at = child;
  }
  put(at, entry);
}

void WakeQueue::remove_at(std::size_t at) {
  place_[heap_[at].second] = kAbsent;
  const Entry last = heap_.back();
  heap_.pop_back();
  if (at == heap_.size()) return;
  put(at, last);
  rise(at);
  sink(place_[last.second]);
}

}  // namespace takt::core
