#pragma once
// The log thread: reads the pipes of all attempts and writes their files, so that neither a flood
// nor a slow disk reaches the loop. One thread, one epoll; what it is told comes in order through a
// queue.
//
//   open ──▶ reading ──▶ both streams ended ─────────────────────┐
//               │ drain (the main process ended)                 ▼
//               └──▶ idle for 300 ms, or 5 s over ──▶ file finished, drained() told, once
//
// A disk may hold the thread for ever (a dead network file system). Nobody waits for it: the launcher
// gives up on a drain after a while, and close() on the thread, which then ends by itself.
//
// A job may have closed stdout and stderr and live on: the pipe behind TAKT_FD is read until it ends
// or the attempt is released. What is said there is told at once, then at most every kBeatEvery: a
// flood of beats costs the loop no more than a slow one. The last words before drained() are told
// before it.

#include <sys/epoll.h>

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

#include "base/ids.h"
#include "base/time.h"
#include "exec/beat_lines.h"
#include "exec/descriptor.h"
#include "exec/log_file.h"

namespace takt::exec {

inline constexpr std::chrono::milliseconds kDrainIdle{300};
inline constexpr std::chrono::milliseconds kDrainMax{5000};
inline constexpr std::chrono::milliseconds kCloseMax{1000};
inline constexpr std::chrono::milliseconds kBeatEvery{100};

struct LogTotals {
  std::int64_t emitted_bytes = 0;
  std::string problem;     // why bytes were lost, if any were
  bool beat_open = false;  // TAKT_FD is still held: release() is wanted
};

class LogPump : public std::enable_shared_from_this<LogPump> {
 public:
  /// What to read of one attempt, and where to write it. The ends are made non-blocking.
  struct Source {
    Descriptor out;
    Descriptor err;
    Descriptor beat;
    std::string file;
    std::uint64_t max_bytes = 0;
    int keep_runs = 0;  // applied to the file's folder at the end, at most once a minute a folder
    Duration keep_for{0};
  };
  using Drained = std::function<void(Token, const LogTotals&)>;
  using Heard = std::function<void(Token, const core::Beat&)>;

  /// All three are called on the log thread; `drained` once for each opened token.
  LogPump(std::function<WallTime()> clock, Drained drained, Heard heard);
  LogPump(const LogPump&) = delete;
  LogPump& operator=(const LogPump&) = delete;

  /// Once, after which it lives at least as long as its thread.
  void start();
  /// Once, at the end: nothing is told any more, from the moment this returns. Waits for the thread,
  /// but not for longer than kCloseMax.
  void close();

  // Any thread; none of these block.
  void open(Token token, Source source);
  /// The main process ended: read what is left, within the limits above. Harmless when already
  /// drained.
  void drain(Token token);
  /// Nothing of the attempt lives: stop reading TAKT_FD.
  void release(Token token);

 private:
  using Clock = std::chrono::steady_clock;
  struct Open {
    Token token;
    Source source;
  };
  struct Drain {
    Token token;
  };
  struct Release {
    Token token;
  };
  using Order = std::variant<Open, Drain, Release>;
  struct Entry {
    Entry(Token of, Source source);
    Token token;
    Descriptor files[3];  // out, err, beat
    std::string path;
    LogFile log;
    int keep_runs;
    Duration keep_for;
    Clock::time_point drain_from;  // of the drain, for its two limits
    Clock::time_point last_read;
    bool told = false;
    BeatLines beats;
    std::optional<core::Beat> unsaid;  // waits for kBeatEvery to be over
    Clock::time_point beat_told;
  };

  void wake();
  WallTime fleet_now();
  void tell(Token token, const LogTotals& totals);
  void give(Order order);
  void run();
  bool carry_out_orders();
  void begin(Open order);
  void read_from(std::uint64_t tag);
  /// Reads once. False: the stream is over.
  bool read_once(Entry& entry, int stream);
  void close_stream(Entry& entry, int stream);
  void finish(Entry& entry);
  void forget_if_over(Entry& entry);
  void prune(const Entry& entry);
  void hear(Entry& entry);
  void tell_beat(Entry& entry);
  void tell_due_beats();
  void end_overdue_drains();
  int wait_ms() const;

  std::function<WallTime()> clock_;
  Drained drained_;
  Heard heard_;
  Descriptor epoll_;
  Descriptor wake_;
  std::string buffer_;
  std::unordered_map<std::int64_t, std::unique_ptr<Entry>> entries_;
  std::set<std::int64_t> draining_;
  std::set<std::int64_t> unsaid_;  // entries with a beat to tell
  std::set<std::string> pruned_;   // folders, since the minute began
  Clock::time_point minute_{};

  std::mutex mutex_;  // of what is below, and of telling anybody
  std::condition_variable over_;
  std::vector<Order> orders_;
  WallTime last_now_;
  bool stopping_ = false;
  bool thread_ended_ = false;
};

}  // namespace takt::exec
