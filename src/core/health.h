#pragma once
// Health: whether the work gets done, not only whether jobs run. A health check is a list of probes; a
// job with `builtin = "health"` measures them all, and each is judged by its condition:
//
//   measured          condition holds      condition does not hold           could not be measured
//   ─────────────────────────────────────────────────────────────────────────────────────────────
//   ok                ok                   pending while younger than `for`   unknown: neither passes
//   failing           ok (recovered)       failing: remedies, in order,       nor is mended, it warns
//                                          at most once a cooldown
//
// Plain values and pure functions. Measuring is the shell's (job, pool and memory probes ask what the
// coordinator knows by itself), mending is core/remedies.h.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/time.h"
#include "base/words.h"
#include "core/pool.h"
#include "core/vocabulary.h"

namespace takt::core {

struct Command;

// --- what is measured ----------------------------------------------------------------------------

/// The first column of the first row. `:now` is fleet time in unix seconds.
struct SqlProbe {
  std::string query;
  friend bool operator==(const SqlProbe&, const SqlProbe&) = default;
};

/// A job's heartbeat. fresh: the end of its last success; at_least, at_most: failures in a row;
/// equals: its last outcome; succeeds: the last outcome is ok.
struct JobProbe {
  std::string job;
  friend bool operator==(const JobProbe&, const JobProbe&) = default;
};

/// A program. succeeds: exit code 0; all others: the first line that it prints.
struct CommandProbe {
  std::shared_ptr<const Command> command;  // never null
  friend bool operator==(const CommandProbe& a, const CommandProbe& b);
};

/// A GET of an http or https URL. succeeds: it answers with `status` (default: any of 200 to 299);
/// all others: the body, what `json` points to in it, or the server's certificate: the time since
/// which it is valid for fresh, the seconds until it expires for the rest.
struct HttpProbe {
  std::string url;
  std::optional<int> status;
  std::string json;  // a JSON pointer, "/queue/length"; empty: the whole body
  bool certificate = false;
  friend bool operator==(const HttpProbe&, const HttpProbe&) = default;
};

/// A file. fresh: when it was last written; at_least, at_most, equals: its size in bytes; succeeds:
/// it is there.
struct FileProbe {
  std::string path;  // absolute
  friend bool operator==(const FileProbe&, const FileProbe&) = default;
};

/// Units of a pool: those in use; those free, with `free`.
struct PoolProbe {
  std::string pool;
  bool free = false;
  friend bool operator==(const PoolProbe&, const PoolProbe&) = default;
};

/// Memory in use, in percent.
struct MemoryProbe {
  friend bool operator==(const MemoryProbe&, const MemoryProbe&) = default;
};

using ProbeOf =
    std::variant<SqlProbe, JobProbe, CommandProbe, HttpProbe, FileProbe, PoolProbe, MemoryProbe>;

// --- what it should be ---------------------------------------------------------------------------

/// The time measured is at most this old.
struct Fresh {
  Duration at_most;
  friend bool operator==(const Fresh&, const Fresh&) = default;
};
struct AtLeast {
  double limit = 0;
  friend bool operator==(const AtLeast&, const AtLeast&) = default;
};
struct AtMost {
  double limit = 0;
  friend bool operator==(const AtMost&, const AtMost&) = default;
};
/// Numbers are compared as numbers, anything else as text.
struct Equals {
  std::variant<double, std::string, bool> value;
  friend bool operator==(const Equals&, const Equals&) = default;
};
/// It worked; or, with false, it did not.
struct Succeeds {
  bool wanted = true;
  friend bool operator==(const Succeeds&, const Succeeds&) = default;
};

using Condition = std::variant<Fresh, AtLeast, AtMost, Equals, Succeeds>;

// --- what mends it -------------------------------------------------------------------------------

/// A run of a job. One that is under way is joined, and ranked as this one would be.
struct RunJob {
  std::string job;
  Priority priority = Priority::P0;
  std::vector<std::pair<std::string, std::string>> params;
  friend bool operator==(const RunJob&, const RunJob&) = default;
};
/// A statement on the check's database, which is opened for writing for it alone.
struct RunSql {
  std::string statement;
  friend bool operator==(const RunSql&, const RunSql&) = default;
};
struct RunCommand {
  std::shared_ptr<const Command> command;  // never null
  friend bool operator==(const RunCommand& a, const RunCommand& b);
};
/// Only says so.
struct TellEvent {
  Severity severity = Severity::warning;
  friend bool operator==(const TellEvent&, const TellEvent&) = default;
};

using Remedy = std::variant<RunJob, RunSql, RunCommand, TellEvent>;

// --- a probe, a check ----------------------------------------------------------------------------

struct ProbeSpec {
  std::string name;
  ProbeOf of;
  Condition condition = Succeeds{};
  Duration lasting{0};  // `for`: it fails once its condition has not held for this long
  Duration timeout = std::chrono::seconds{10};  // wall time
  std::vector<Remedy> otherwise;                // in order
  std::optional<Duration> cooldown;             // default: the interval of the job that checks
  friend bool operator==(const ProbeSpec&, const ProbeSpec&) = default;
};

struct HealthSpec {
  std::string name;
  std::string database;  // absolute path of a SQLite file, or a postgres:// URL; may be empty
  std::vector<ProbeSpec> probes;  // in the order of the file; names are unique within a check
  friend bool operator==(const HealthSpec&, const HealthSpec&) = default;
};

// --- what was found ------------------------------------------------------------------------------

/// Could not be measured.
struct Unknown {
  std::string why;
  friend bool operator==(const Unknown&, const Unknown&) = default;
};
/// There is nothing: SQL's NULL, no row, a file that is not there.
struct Absent {
  friend bool operator==(const Absent&, const Absent&) = default;
};

/// A time is a number (unix seconds, or milliseconds from 10^11 on) or a text (RFC 3339; the forms of
/// SQL without a zone are UTC).
using Measurement = std::variant<Unknown, Absent, bool, double, std::string>;

/// What a person reads: "42", "2026-01-05T00:04:13.000Z", "nothing", "unknown: no such table".
std::string words_of(const Measurement& measured);

/// The time that a measurement says, by the rule above.
std::optional<WallTime> time_of(const Measurement& measured);

/// How it stands to a condition at `now` (fleet time).
struct Judgement {
  enum class Answer { holds, does_not_hold, unknown } answer = Answer::unknown;
  std::string value;  // as measured, in words
  std::string limit;  // as wanted, in words: "at least 1", "not older than 3h"
  std::string text;   // both, and how they stand: one line
};
Judgement judge(const Condition& condition, const Measurement& measured, WallTime now);

/// A word for the kind of a remedy: "run plan", "sql", "command", "event".
std::string words_of(const Remedy& remedy);

enum class ProbeState { ok, pending, failing, unknown };

}  // namespace takt::core

namespace takt {

template <>
inline constexpr std::array<std::string_view, 4> kWords<core::ProbeState>{"ok", "pending",
                                                                          "failing", "unknown"};

}  // namespace takt
