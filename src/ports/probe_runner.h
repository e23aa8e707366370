#pragma once
// Port ProbeRunner: measures what a health probe looks at, and carries out SQL that mends. Slow things
// (files, databases, other machines) on threads of its own, each limited in time; the answer comes
// back on the loop's thread, exactly once, in a turn of the loop of its own.

#include <functional>
#include <string>

#include "base/time.h"
#include "core/health.h"

namespace takt::ports {

class ProbeRunner {
 public:
  virtual ~ProbeRunner() = default;

  using Measured = std::function<void(core::Measurement)>;
  /// sql, http and file probes; all others are answered by Unknown (the coordinator, or a process of
  /// the shell's, answers them). `database` is the check's; `now` is fleet time, for `:now`. After
  /// probe.timeout (wall time) the answer is Unknown.
  virtual void measure(const core::ProbeSpec& probe, const std::string& database, WallTime now,
                       Measured done) = 0;

  struct Statement {
    bool ok = false;
    std::string text;  // "3 rows changed", or what went wrong
  };
  using Executed = std::function<void(Statement)>;
  /// One or several statements, in one transaction, on `database` opened for writing. A SQLite file
  /// that is not there is not made.
  virtual void execute(const std::string& statement, const std::string& database, WallTime now,
                       Duration timeout, Executed done) = 0;

  /// Gives up everything that is under way, as if its time were over; the answers still come.
  virtual void cancel() = 0;
};

}  // namespace takt::ports
