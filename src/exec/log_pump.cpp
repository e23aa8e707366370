#include "exec/log_pump.h"

#include <pthread.h>
#include <signal.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <thread>

#include "base/assert.h"
#include "base/match.h"
#include "exec/log_retention.h"
#include "exec/spawn.h"

namespace takt::exec {
namespace {

constexpr std::size_t kReadBytes = 64U << 10U;
constexpr std::uint64_t kWakeTag = ~0ULL;
constexpr std::chrono::minutes kPruneEvery{1};
constexpr int kBeat = 2;

std::uint64_t tag_of(Token token, int stream) {
  return (static_cast<std::uint64_t>(token.value) << 2U) | static_cast<std::uint64_t>(stream);
}

void block_all_signals() {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
}

}  // namespace

LogPump::Entry::Entry(Token of, Source source)
    : token(of),
      files{std::move(source.out), std::move(source.err), std::move(source.beat)},
      path(source.file),
      log(source.file, source.max_bytes),
      keep_runs(source.keep_runs),
      keep_for(source.keep_for) {}

LogPump::LogPump(std::function<WallTime()> clock, Drained drained, Heard heard)
    : clock_(std::move(clock)),
      drained_(std::move(drained)),
      heard_(std::move(heard)),
      epoll_(above_standard(Descriptor{::epoll_create1(EPOLL_CLOEXEC)})),
      wake_(above_standard(Descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)})),
      buffer_(kReadBytes, '\0') {
  epoll_event event{.events = EPOLLIN, .data = {.u64 = kWakeTag}};
  const bool ready =
      epoll_ && wake_ && ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) == 0;
  TAKT_ASSERT(ready, "the log thread has no descriptors");
}

void LogPump::start() {
  std::thread([self = shared_from_this()] {
    self->run();
    const std::lock_guard lock(self->mutex_);
    self->thread_ended_ = true;
    self->over_.notify_all();
  }).detach();
}

void LogPump::close() {
  std::unique_lock lock(mutex_);
  stopping_ = true;
  wake();
  over_.wait_for(lock, kCloseMax, [this] { return thread_ended_; });
}

void LogPump::wake() {
  const std::uint64_t one = 1;
  TAKT_ASSERT(::write(wake_.get(), &one, sizeof one) == sizeof one, "eventfd refused");
}

// Whoever owns the two functions may be gone once close() was called.
WallTime LogPump::fleet_now() {
  const std::lock_guard lock(mutex_);
  if (!stopping_) last_now_ = clock_();
  return last_now_;
}

void LogPump::tell(Token token, const LogTotals& totals) {
  const std::lock_guard lock(mutex_);
  if (!stopping_) drained_(token, totals);
}

void LogPump::open(Token token, Source source) { give(Open{token, std::move(source)}); }
void LogPump::drain(Token token) { give(Drain{token}); }
void LogPump::release(Token token) { give(Release{token}); }

void LogPump::give(Order order) {
  bool first = false;
  {
    const std::lock_guard lock(mutex_);
    first = orders_.empty();
    orders_.push_back(std::move(order));
  }
  if (first) wake();  // otherwise whoever gave the first has woken the thread
}

void LogPump::run() {
  block_all_signals();
  ::pthread_setname_np(::pthread_self(), "takt-logs");
  std::array<epoll_event, 64> events{};
  for (;;) {
    const int n = ::epoll_wait(epoll_.get(), events.data(), events.size(), wait_ms());
    bool woken = false;
    for (int i = 0; i < n; ++i) {
      const std::uint64_t tag = events[static_cast<std::size_t>(i)].data.u64;
      if (tag == kWakeTag) {
        woken = true;
      } else {
        read_from(tag);
      }
    }
    if (woken && !carry_out_orders()) return;
    tell_due_beats();
    end_overdue_drains();
  }
}

/// False: stop.
bool LogPump::carry_out_orders() {
  std::uint64_t count = 0;
  if (::read(wake_.get(), &count, sizeof count) < 0 && errno != EAGAIN) return false;
  std::vector<Order> orders;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return false;
    orders.swap(orders_);
  }
  for (Order& order : orders) {
    std::visit(Match{[&](Open& open) { begin(std::move(open)); },
                     [&](const Drain& drain) {
                       const auto entry = entries_.find(drain.token.value);
                       if (entry == entries_.end() || entry->second->told) return;
                       entry->second->drain_from = entry->second->last_read = Clock::now();
                       draining_.insert(drain.token.value);
                     },
                     [&](const Release& release) {
                       const auto entry = entries_.find(release.token.value);
                       if (entry == entries_.end()) return;
                       close_stream(*entry->second, kBeat);
                       forget_if_over(*entry->second);
                     }},
               order);
  }
  return true;
}

void LogPump::begin(Open order) {
  auto made = std::make_unique<Entry>(order.token, std::move(order.source));
  Entry& entry = *made;
  entries_.insert_or_assign(order.token.value, std::move(made));
  for (int stream = 0; stream < 3; ++stream) {
    const int file = entry.files[stream].get();
    epoll_event event{.events = EPOLLIN, .data = {.u64 = tag_of(entry.token, stream)}};
    if (::fcntl(file, F_SETFL, O_NONBLOCK) != 0 ||
        ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, file, &event) != 0) {
      entry.files[stream].reset();
    }
  }
  if (!entry.files[0] && !entry.files[1]) finish(entry);
}

void LogPump::read_from(std::uint64_t tag) {
  const auto found = entries_.find(static_cast<std::int64_t>(tag >> 2U));
  if (found == entries_.end()) return;
  Entry& entry = *found->second;
  const int stream = static_cast<int>(tag & 3U);
  if (!entry.files[stream]) return;
  if (!read_once(entry, stream)) close_stream(entry, stream);
  if (!entry.told && !entry.files[0] && !entry.files[1]) finish(entry);
  forget_if_over(entry);
}

bool LogPump::read_once(Entry& entry, int stream) {
  const ssize_t n = ::read(entry.files[stream].get(), buffer_.data(), buffer_.size());
  if (n < 0) return errno == EAGAIN || errno == EINTR;
  if (n == 0) return false;
  if (stream == kBeat) {
    entry.beats.feed(std::string_view(buffer_).substr(0, static_cast<std::size_t>(n)));
    hear(entry);
    return true;
  }
  entry.log.write(stream == 0 ? LogStream::out : LogStream::err,
                  std::string_view(buffer_).substr(0, static_cast<std::size_t>(n)), fleet_now());
  entry.last_read = Clock::now();
  return true;
}

void LogPump::close_stream(Entry& entry, int stream) {
  if (!entry.files[stream]) return;
  ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, entry.files[stream].get(), nullptr);
  entry.files[stream].reset();
  if (stream != kBeat) return;
  entry.beats.finish();
  hear(entry);
  tell_beat(entry);
}

/// Both streams ended or were given up: the file is complete.
void LogPump::finish(Entry& entry) {
  std::uint64_t unread = 0;
  for (int stream = 0; stream < 2; ++stream) {
    int waiting = 0;
    if (entry.files[stream] && ::ioctl(entry.files[stream].get(), FIONREAD, &waiting) == 0) {
      unread += static_cast<std::uint64_t>(waiting);
    }
    close_stream(entry, stream);
  }
  // A process that ends closes TAKT_FD right after its streams: seen here, it spares a release.
  // Twice: the first may find words, and only the next the end behind them.
  for (int reads = 0; reads < 2 && entry.files[kBeat]; ++reads) {
    if (!read_once(entry, kBeat)) close_stream(entry, kBeat);
  }
  tell_beat(entry);
  entry.log.finish(unread, fleet_now());
  entry.told = true;
  draining_.erase(entry.token.value);
  tell(entry.token, {.emitted_bytes = static_cast<std::int64_t>(entry.log.emitted_bytes()),
                     .problem = entry.log.problem(),
                     .beat_open = static_cast<bool>(entry.files[kBeat])});
  prune(entry);
}

void LogPump::forget_if_over(Entry& entry) {
  if (entry.told && !entry.files[kBeat]) entries_.erase(entry.token.value);
}

void LogPump::prune(const Entry& entry) {
  const auto now = Clock::now();
  if (now - minute_ >= kPruneEvery) {
    pruned_.clear();
    minute_ = now;
  }
  const std::string folder = std::filesystem::path(entry.path).parent_path();
  if (!pruned_.insert(folder).second) return;
  prune_logs(folder, entry.keep_runs, entry.keep_for, fleet_now(), [&](const std::string& name) {
    return std::ranges::any_of(entries_, [&](const auto& other) {
      return !other.second->told && other.second->path == folder + "/" + name;
    });
  });
}

/// Takes what was said. A first beat is told at once, so is one after a pause.
void LogPump::hear(Entry& entry) {
  const auto heard = entry.beats.take();
  if (!heard) return;
  if (!entry.unsaid) entry.unsaid.emplace();
  entry.unsaid->take(*heard);
  if (Clock::now() - entry.beat_told >= kBeatEvery) {
    tell_beat(entry);
  } else {
    unsaid_.insert(entry.token.value);
  }
}

void LogPump::tell_beat(Entry& entry) {
  unsaid_.erase(entry.token.value);
  if (!entry.unsaid) return;
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) heard_(entry.token, *entry.unsaid);
  }
  entry.unsaid.reset();
  entry.beat_told = Clock::now();
}

void LogPump::tell_due_beats() {
  if (unsaid_.empty()) return;
  const auto now = Clock::now();
  const std::set<std::int64_t> waiting = unsaid_;
  for (const std::int64_t token : waiting) {
    Entry& entry = *entries_.at(token);
    if (now - entry.beat_told >= kBeatEvery) tell_beat(entry);
  }
}

void LogPump::end_overdue_drains() {
  if (draining_.empty()) return;
  const auto now = Clock::now();
  std::vector<Entry*> over;
  for (const std::int64_t token : draining_) {
    Entry& entry = *entries_.at(token);
    const bool idle = now - entry.last_read >= kDrainIdle;
    if (idle || now - entry.drain_from >= kDrainMax) over.push_back(&entry);
  }
  for (Entry* entry : over) {
    finish(*entry);
    forget_if_over(*entry);
  }
}

int LogPump::wait_ms() const {
  auto until = Clock::time_point::max();
  for (const std::int64_t token : draining_) {
    const Entry& entry = *entries_.at(token);
    until = std::min({until, entry.last_read + kDrainIdle, entry.drain_from + kDrainMax});
  }
  for (const std::int64_t token : unsaid_) {
    until = std::min(until, entries_.at(token)->beat_told + kBeatEvery);
  }
  if (until == Clock::time_point::max()) return -1;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(until - Clock::now());
  return static_cast<int>(std::max<std::int64_t>(0, left.count()));
}

}  // namespace takt::exec
