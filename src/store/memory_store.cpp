#include "store/memory_store.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "base/assert.h"
#include "store/journal_codec.h"

namespace takt::store {

using ports::StoreError;

namespace {

constexpr std::size_t kAll = std::numeric_limits<std::size_t>::max();

}  // namespace

MemoryStore::MemoryStore(ports::StoreListener& listener, Retention retention)
    : listener_(&listener), rows_(retention) {}

std::expected<core::Stored, StoreError> MemoryStore::load() {
  core::Stored stored = rows_.stored();
  stored.journal_replayed = replayed_;
  return stored;
}

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
  const auto journaled = static_cast<std::int64_t>(std::exchange(journaled_, 0));
  journal_.used_bytes = 0;
  full_ = false;
  if (std::exchange(told_, false)) {
    listener_->back({journaled, static_cast<std::int64_t>(queue_.size()) - journaled});
  }
  commit_unless_held();
}

void MemoryStore::crash() {
  TAKT_ASSERT(committing_ == 0, "a listener does not crash its own store");
  // The next daemon finds what is in the journal, whether the database can take it yet or not.
  replayed_ = static_cast<std::int64_t>(journaled_);
  for (; journaled_ > 0; --journaled_) take_front();
  queue_.clear();
  held_ = told_ = full_ = false;
  if (!failure_) journal_.used_bytes = 0;
}

void MemoryStore::commit_unless_held() {
  if (!held_) commit(kAll);
}

/// A group at a time, as a real store does: what a listener submits meanwhile is the next group.
void MemoryStore::commit(std::size_t batches_max) {
  if (committing_ > 0) return;
  while (!queue_.empty() && batches_max > 0) {
    if (failure_) return meet_failure();
    const std::size_t group = std::min(queue_.size(), batches_max);
    committing_ = group;
    Seq last;
    for (std::size_t i = 0; i < group; ++i) {
      last = take_front().seq;
    }
    listener_->recorded(last);
    committing_ = 0;
    batches_max -= group;
    if (held_) return;
  }
}

/// Into the rows.
core::Batch MemoryStore::take_front() {
  core::Batch batch = std::move(queue_.front());
  queue_.pop_front();
  for (core::Row& row : std::exchange(batch.rows, {})) rows_.put(std::move(row));
  rows_.put(batch.fleet);
  return batch;
}

void MemoryStore::meet_failure() {
  if (!std::exchange(told_, true)) {
    full_ = journal_.capacity_bytes == 0;
    listener_->failed(*failure_, journal_);
  }
  journal_queued();
}

void MemoryStore::journal_queued() {
  while (!full_ && failure_ && journaled_ < queue_.size()) {
    std::string bytes;
    encode_batch(queue_[journaled_], bytes);
    const auto needed = static_cast<std::int64_t>(bytes.size());
    full_ = journal_.used_bytes + needed > journal_.capacity_bytes;
    if (full_) return listener_->journal_full("no more fits", journal_);
    journal_.used_bytes += needed;
    journaled_ += 1;
    listener_->journaled(queue_[journaled_ - 1].seq, journal_);
  }
}

}  // namespace takt::store
