#pragma once
// What a witness is told to do, on its command line. `takt-witness --help` is written from the same
// table and says all of it.

#include <cstdint>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"

namespace takt::witness {

// However it is called, a witness is bounded.
inline constexpr int kProcessesMax = 20'000;  // births by --fork, --spawn-orphans; a bomb's in all
inline constexpr int kStayingMax = 1'000;     // alive at once by --fork-stay, --fork-bomb
inline constexpr std::int64_t kMemoryMax = 16LL << 30U;
inline constexpr Duration kLifetimeMax = std::chrono::hours{24};

struct Output {
  std::int64_t bytes = 0;
  std::int64_t bytes_per_second = 0;  // 0: as fast as it goes
  bool to_stderr = false;
  bool binary = false;      // every byte value in turn
  bool no_newline = false;  // one line without its end
};

struct Options {
  std::optional<std::string> diary;  // none: unwitnessed
  bool look_back = false;
  Duration mark_every{0};

  Duration length{0};                           // --for
  Duration lifetime{std::chrono::seconds{60}};  // of whatever is left, and beyond --for
  int exit_code = 0;
  std::optional<int> signal;  // to die by
  std::int64_t memory_bytes = 0;
  Output output;
  std::string say;
  Duration beat_every{0};

  int forks = 0;
  int staying = 0;
  int orphans = 0;
  int bomb = 0;  // processes alive at once
  bool daemonize = false;
  bool daemonize_clean = false;
  std::optional<Duration> hold_stdout;

  bool ignore_term = false;
  bool close_stdout = false;
  std::string fds_file;  // "-": stdout
  std::string env_file;
};

/// What parse() answers when the line is not to be carried out: a text, and the exit code after it.
struct Refusal {
  std::string text;
  int exit_code = 2;  // 0: help was asked for
};

/// `words` without the program's name; `job` is TAKT_JOB, for --dir.
std::expected<Options, Refusal> parse_options(const std::vector<std::string>& words,
                                              const std::string& job);

}  // namespace takt::witness
