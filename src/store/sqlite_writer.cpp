#include "store/sqlite_writer.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "store/compaction.h"

namespace takt::store {
namespace {

using ports::StoreError;

constexpr std::size_t kGroupMax = 10'000;            // batches taken from the queue at once
constexpr std::size_t kWaitingMax = 256;             // batches in memory before they are compacted
constexpr std::chrono::milliseconds kWaitFirst{50};  // before a failed group is tried again
constexpr std::chrono::milliseconds kWaitMax{1000};
constexpr std::chrono::milliseconds kLockPatience{1000};  // before a lock counts as a failure
constexpr std::chrono::milliseconds kClosing{2000};
// History is trimmed when nothing was written for kQuiet, at the latest kTrimEvery after the last time;
// one step after the other, kTrimPause apart, when much is to be deleted.
constexpr std::chrono::milliseconds kQuiet{250};
constexpr std::chrono::milliseconds kTrimEvery{1000};
constexpr std::chrono::milliseconds kTrimPause{20};
constexpr std::chrono::seconds kTrimAgain{60};  // after it failed

/// A thread that takes no signals: they are the loop's business, and without SIGXFSZ a write beyond
/// the file size limit is an error like any other.
template <class Body>
std::thread quiet_thread(Body body) {
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  std::thread thread(std::move(body));
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return thread;
}

}  // namespace

SqliteWriter::SqliteWriter(GroupWriter groups, Journal journal, std::int64_t generation,
                           std::vector<core::Batch> found, ports::StoreListener& listener)
    : backlog_(found.size()),
      groups_(std::move(groups)),
      journal_(std::move(journal)),
      generation_(generation),
      listener_(listener),
      pending_(std::move(found)),
      taken_(pending_.size()),
      journaled_(pending_.size()) {
  thread_ = quiet_thread([this] {
    pthread_setname_np(pthread_self(), "takt-store");
    write_until_stopped();
  });
}

SqliteWriter::~SqliteWriter() {
  {
    const std::scoped_lock lock(mutex_);
    give_up_at_ = Clock::now() + kClosing;
  }
  work_.notify_all();
  thread_.join();
}

void SqliteWriter::submit(core::Batch batch) {
  {
    const std::scoped_lock lock(mutex_);
    queue_.push_back(std::move(batch));
    ++backlog_;
  }
  work_.notify_one();
}

void SqliteWriter::retain(KeepRules rules) {
  {
    const std::scoped_lock lock(mutex_);
    new_rules_ = std::move(rules);
  }
  work_.notify_one();
}

void SqliteWriter::sweep(KeepRules rules, Swept swept) {
  {
    const std::scoped_lock lock(mutex_);
    new_rules_ = std::move(rules);
    swept_ = std::move(swept);
  }
  work_.notify_one();
}

void SqliteWriter::retry_now() {
  {
    const std::scoped_lock lock(mutex_);
    retry_ = true;
  }
  work_.notify_one();
}

std::size_t SqliteWriter::backlog() const {
  const std::scoped_lock lock(mutex_);
  return backlog_;
}

bool SqliteWriter::flush(Duration patience) {
  std::unique_lock lock(mutex_);
  return done_.wait_for(lock, patience, [this] { return backlog_ == 0; });
}

void SqliteWriter::write_until_stopped() {
  while (wait_for_work()) {
    take_queued();
    if (!commit_pending()) break;
    const Seq through = pending_.back().seq;
    pending_ = {};  // a fleet's first batch is as large as the fleet; the next may be hours away
    written_at_ = Clock::now();
    listener_.recorded(through);
    note_recorded(std::exchange(taken_, 0));
    groups_.tidy();
  }
  groups_.close();
}

/// False: nothing is left and it is time to go.
bool SqliteWriter::wait_for_work() {
  std::unique_lock lock(mutex_);
  do {
    retry_ = false;
    if (new_rules_) {
      groups_.retain(*std::exchange(new_rules_, std::nullopt));
    } else if (!groups_.trimmer().has_work()) {
      tell_swept(lock, true);
    }
  } while (trims_first(lock));
  return !queue_.empty();
}

/// Waits for something to do. True: that was history to trim (or new rules for it).
bool SqliteWriter::trims_first(std::unique_lock<std::mutex>& lock) {
  const auto wakes = [this] { return !queue_.empty() || give_up_at_ || new_rules_; };
  const auto due = trim_due();
  if (due) {
    work_.wait_until(lock, *due, wakes);
  } else {
    work_.wait(lock, wakes);
  }
  if (give_up_at_) return false;
  const bool trims = due && *due <= Clock::now();
  if (trims) {
    lock.unlock();
    trim();
    lock.lock();
    if (trim_again_at_ > trimmed_at_) tell_swept(lock, false);
  }
  return queue_.empty() && !give_up_at_;
}

void SqliteWriter::tell_swept(std::unique_lock<std::mutex>& lock, bool ok) {
  if (!swept_) return;
  const Swept swept = std::exchange(swept_, nullptr);
  lock.unlock();
  swept(ok, groups_.trimmer().trimmed());
  lock.lock();
}

std::optional<SqliteWriter::Clock::time_point> SqliteWriter::trim_due() const {
  if (!groups_.trimmer().has_work()) return std::nullopt;
  auto due = std::min(written_at_ + kQuiet, trimmed_at_ + kTrimEvery);
  if (groups_.trimmer().is_behind() || written_at_ < trimmed_at_) due = trimmed_at_ + kTrimPause;
  return std::max(due, trim_again_at_);
}

void SqliteWriter::trim() {
  const bool done = groups_.trim();
  groups_.tidy();
  trimmed_at_ = Clock::now();
  if (!done) trim_again_at_ = trimmed_at_ + kTrimAgain;
}

void SqliteWriter::take_queued() {
  const std::scoped_lock lock(mutex_);
  const auto end = queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), kGroupMax));
  std::move(queue_.begin(), end, std::back_inserter(pending_));
  taken_ += static_cast<std::size_t>(end - queue_.begin());
  queue_.erase(queue_.begin(), end);
}

/// Tries until everything pending is committed. False: the store is being closed and time is over.
bool SqliteWriter::commit_pending() {
  std::optional<Clock::time_point> failing_since;
  auto wait = kWaitFirst;
  for (;;) {
    const auto begun = journal_.is_used() ? std::optional{generation_ + 1} : std::nullopt;
    const auto error = groups_.commit(pending_, begun);
    if (!error) break;
    if (!failing_since) failing_since = Clock::now();
    const bool may_pass =
        error->kind == StoreError::Kind::in_use && Clock::now() - *failing_since < kLockPatience;
    if (!may_pass) tell_failure(*error);
    journal_pending();
    if (!wait_to_retry(wait)) return false;
    wait = std::min(wait * 2, kWaitMax);
    take_queued();
  }
  end_outage();
  return true;
}

void SqliteWriter::tell_failure(const StoreError& error) {
  if (std::exchange(told_, true)) return;
  listener_.failed(error, journal_.use());
  full_ = journal_.use().capacity_bytes == 0;
}

void SqliteWriter::journal_pending() {
  if (full_ && pending_.size() > journaled_ + kWaitingMax) compact(pending_, journaled_);
  if (!told_ || full_) return;
  const auto rest = std::span(pending_).subspan(journaled_);
  if (rest.empty()) return;
  const std::size_t done = journal_.append(rest);
  journaled_ += done;
  if (done > 0) listener_.journaled(pending_[journaled_ - 1].seq, journal_.use());
  if (done == rest.size()) return;
  full_ = true;
  listener_.journal_full(journal_.trouble().empty() ? "no more fits" : journal_.trouble(),
                         journal_.use());
}

/// Everything pending is committed.
void SqliteWriter::end_outage() {
  if (journal_.is_used()) generation_ += 1;
  if (told_ || journal_.is_used()) journal_.begin(generation_);
  if (told_) {
    listener_.back(
        {static_cast<std::int64_t>(journaled_), static_cast<std::int64_t>(taken_ - journaled_)});
  }
  journaled_ = 0;
  told_ = full_ = false;
}

/// Journals meanwhile what comes. False when there is no time left; the wait ends early when
/// closing begins: one try more, at once.
bool SqliteWriter::wait_to_retry(std::chrono::milliseconds wait) {
  const auto until = Clock::now() + wait;
  std::unique_lock lock(mutex_);
  if (give_up_at_) {
    if (until >= *give_up_at_) return false;
    lock.unlock();
    std::this_thread::sleep_until(until);  // nothing is left to be woken by
    return true;
  }
  const auto is_woken = [this] {
    return give_up_at_ || retry_ || (told_ && !full_ && !queue_.empty());
  };
  while (work_.wait_until(lock, until, is_woken)) {
    if (give_up_at_ || std::exchange(retry_, false)) return true;
    lock.unlock();
    take_queued();
    journal_pending();
    lock.lock();
  }
  return true;
}

void SqliteWriter::note_recorded(std::size_t batches) {
  {
    const std::scoped_lock lock(mutex_);
    backlog_ -= batches;
  }
  done_.notify_all();
}

}  // namespace takt::store
