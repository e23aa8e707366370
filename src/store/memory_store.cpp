#include "store/memory_store.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/assert.h"

namespace takt::store {

using ports::StoreError;

namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

}  // namespace

MemoryStore::MemoryStore(ports::StoreListener& listener, Retention retention)
    : listener_(&listener), rows_(retention) {}

std::expected<core::Stored, StoreError> MemoryStore::load() { return rows_.stored(); }

void MemoryStore::submit(core::Batch batch) {
  queue_.push_back(std::move(batch));
  commit_unless_held();
}

bool MemoryStore::flush(Duration /*patience*/) { return backlog() == 0; }

void MemoryStore::release() {
  held_ = false;
  commit_unless_held();
}

void MemoryStore::commit_one() { commit(1); }

void MemoryStore::commit_all() { commit(kAll); }

void MemoryStore::fail(StoreError error) {
  failure_ = std::move(error);
  commit_unless_held();
}

void MemoryStore::heal() {
  if (!failure_) return;
  failure_.reset();
  if (std::exchange(told_, false)) listener_->back();
  commit_unless_held();
}

void MemoryStore::crash() {
  TAKT_ASSERT(committing_ == 0, "a listener does not crash its own store");
  queue_.clear();
  held_ = false;
  told_ = false;
}

void MemoryStore::commit_unless_held() {
  if (!held_) commit(kAll);
}

/// A group at a time, as a real store does: what a listener submits meanwhile is the next group.
void MemoryStore::commit(std::size_t batches_max) {
  if (committing_ > 0) return;
  while (!queue_.empty() && batches_max > 0) {
    if (failure_) return tell_failure();
    const std::size_t group = std::min(queue_.size(), batches_max);
    committing_ = group;
    Seq last;
    for (std::size_t i = 0; i < group; ++i) {
      core::Batch batch = std::move(queue_.front());
      queue_.pop_front();
      for (core::Row& row : batch.rows) rows_.put(std::move(row));
      rows_.put(std::move(batch.fleet));
      last = batch.seq;
    }
    listener_->recorded(last);
    committing_ = 0;
    batches_max -= group;
    if (held_) return;
  }
}

void MemoryStore::tell_failure() {
  if (std::exchange(told_, true)) return;
  listener_->failed(*failure_);
}

}  // namespace takt::store
