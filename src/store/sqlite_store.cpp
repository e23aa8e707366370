#include "store/sqlite_store.h"

#include <pthread.h>
#include <signal.h>

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <iterator>
#include <mutex>
#include <thread>
#include <utility>

#include "store/group_writer.h"
#include "store/sqlite_load.h"

namespace takt::store {
namespace {

using ports::StoreError;
using Clock = std::chrono::steady_clock;

constexpr std::size_t kGroupMax = 10'000;            // batches in one transaction
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

/// The queue and the thread behind it. mutex_ guards the members above it; everything below belongs
/// to the thread. The listener is never called with the mutex held.
class SqliteStore::Writer {
 public:
  Writer(GroupWriter groups, ports::StoreListener& listener)
      : groups_(std::move(groups)), listener_(listener) {
    thread_ = quiet_thread([this] { write_until_stopped(); });
  }

  ~Writer() {
    {
      const std::scoped_lock lock(mutex_);
      give_up_at_ = Clock::now() + kClosing;
    }
    work_.notify_all();
    thread_.join();
  }

  void submit(core::Batch batch) {
    {
      const std::scoped_lock lock(mutex_);
      queue_.push_back(std::move(batch));
      ++backlog_;
    }
    work_.notify_one();
  }

  void retain(KeepRules rules) {
    {
      const std::scoped_lock lock(mutex_);
      new_rules_ = std::move(rules);
    }
    work_.notify_one();
  }

  std::size_t backlog() const {
    const std::scoped_lock lock(mutex_);
    return backlog_;
  }

  bool flush(Duration patience) {
    std::unique_lock lock(mutex_);
    return done_.wait_for(lock, patience, [this] { return backlog_ == 0; });
  }

 private:
  void write_until_stopped() {
    for (auto group = take(); !group.empty(); group = take()) {
      if (!write(group)) break;
      const Seq through = group.back().seq;
      const std::size_t batches = group.size();
      group.clear();  // a fleet's first batch is as large as the fleet; the next may be hours away
      written_at_ = Clock::now();
      listener_.recorded(through);
      note_recorded(batches);
    }
    groups_.close();
  }

  /// Waits for something to do. True: that was history to trim (or new rules for it).
  bool trims_first(std::unique_lock<std::mutex>& lock) {
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
    }
    return queue_.empty() && !give_up_at_;
  }

  std::optional<Clock::time_point> trim_due() const {
    if (!groups_.trimmer().has_work()) return std::nullopt;
    auto due = std::min(written_at_ + kQuiet, trimmed_at_ + kTrimEvery);
    if (groups_.trimmer().is_behind() || written_at_ < trimmed_at_) due = trimmed_at_ + kTrimPause;
    return std::max(due, trim_again_at_);
  }

  void trim() {
    const bool done = groups_.trim();
    trimmed_at_ = Clock::now();
    if (!done) trim_again_at_ = trimmed_at_ + kTrimAgain;
  }

  /// Everything queued, in order, waiting for a first batch. Empty: nothing is left and it is time
  /// to go.
  std::vector<core::Batch> take() {
    std::unique_lock lock(mutex_);
    do {
      if (new_rules_) groups_.retain(*std::exchange(new_rules_, std::nullopt));
    } while (trims_first(lock));
    const auto end =
        queue_.begin() + static_cast<std::ptrdiff_t>(std::min(queue_.size(), kGroupMax));
    std::vector<core::Batch> group(std::make_move_iterator(queue_.begin()),
                                   std::make_move_iterator(end));
    queue_.erase(queue_.begin(), end);
    return group;
  }

  /// Tries until the group is committed. False: the store is being closed and time is over.
  bool write(const std::vector<core::Batch>& group) {
    std::optional<Clock::time_point> failing_since;
    bool told = false;
    auto wait = kWaitFirst;
    while (const auto error = groups_.commit(group)) {
      if (!failing_since) failing_since = Clock::now();
      const bool may_pass =
          error->kind == StoreError::Kind::in_use && Clock::now() - *failing_since < kLockPatience;
      if (!told && !may_pass) {
        listener_.failed(*error);
        told = true;
      }
      if (!wait_to_retry(wait)) return false;
      wait = std::min(wait * 2, kWaitMax);
    }
    if (told) listener_.back();
    return true;
  }

  /// False when there is no time left. The wait ends early when closing begins: one try more, at
  /// once.
  bool wait_to_retry(std::chrono::milliseconds wait) {
    std::unique_lock lock(mutex_);
    if (!give_up_at_) {
      work_.wait_for(lock, wait, [this] { return give_up_at_.has_value(); });
      return true;
    }
    if (Clock::now() + wait >= *give_up_at_) return false;
    lock.unlock();
    std::this_thread::sleep_for(wait);  // nothing is left to be woken by
    return true;
  }

  void note_recorded(std::size_t batches) {
    {
      const std::scoped_lock lock(mutex_);
      backlog_ -= batches;
    }
    done_.notify_all();
  }

  std::deque<core::Batch> queue_;
  std::size_t backlog_ = 0;                      // queued and in the group that is being written
  std::optional<Clock::time_point> give_up_at_;  // set: closing
  std::optional<KeepRules> new_rules_;
  std::condition_variable work_;
  std::condition_variable done_;
  mutable std::mutex mutex_;

  GroupWriter groups_;
  Clock::time_point written_at_ = Clock::now();
  Clock::time_point trimmed_at_ = Clock::now();
  Clock::time_point trim_again_at_;
  ports::StoreListener& listener_;
  std::thread thread_;
};

std::expected<std::unique_ptr<SqliteStore>, StoreError> SqliteStore::open(
    const std::filesystem::path& file, const std::string& fleet_name, double speed,
    ports::StoreListener& listener) {
  const Owner owner{fleet_name, speed};
  auto found = identify(file);
  if (found && !*found) {
    if (auto error = create(file)) return std::unexpected(*error);
    found = identify(file);
  } else if (found) {
    if (auto error = inspect(file, Depth::whole, owner)) return std::unexpected(*error);
  }
  if (!found) return std::unexpected(found.error());
  if (!*found) {
    return std::unexpected(
        StoreError{StoreError::Kind::io, file.string() + ": vanished", "start again"});
  }
  // Migrates, and shows at once what the first commit would stumble over.
  if (auto tried = open_for_writing(file, kLockPatience); !tried) {
    return std::unexpected(tried.error());
  }
  auto writer = std::make_unique<Writer>(GroupWriter(file, owner, **found), listener);
  return std::unique_ptr<SqliteStore>(new SqliteStore(file, std::move(writer)));
}

SqliteStore::SqliteStore(std::filesystem::path file, std::unique_ptr<Writer> writer)
    : file_(std::move(file)), writer_(std::move(writer)) {}

SqliteStore::~SqliteStore() = default;

std::expected<core::Stored, StoreError> SqliteStore::load() { return load_stored(file_); }

void SqliteStore::retain(KeepRules rules) { writer_->retain(std::move(rules)); }

void SqliteStore::submit(core::Batch batch) { writer_->submit(std::move(batch)); }

std::size_t SqliteStore::backlog() const { return writer_->backlog(); }

bool SqliteStore::flush(Duration patience) { return writer_->flush(patience); }

}  // namespace takt::store
