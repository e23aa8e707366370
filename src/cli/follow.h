#pragma once
// Follow: waiting for the end of a run while its log goes by.

#include <boost/json/object.hpp>
#include <chrono>
#include <expected>
#include <optional>

#include "cli/past.h"
#include "cli/run_log.h"

namespace takt::cli {

struct Followed {
  enum class End {
    ended,        // the run's end, or that of the one attempt, can be read
    timed_out,    // it goes on
    interrupted,  // it goes on
    no_daemon,    // it waits for the next daemon
    unheard       // stdout was closed
  } end;
  boost::json::object run;  // as last read
};

struct FollowOptions {
  std::optional<int> only_attempt;
  std::optional<std::chrono::steady_clock::time_point> deadline;
};

/// Looks every 100 ms. `sink` gets each line; `listening` says whether anybody still wants them.
std::expected<Followed, Failure> follow_run(Past& past, RunId run, RunLog& log,
                                            const RunLog::Sink& sink,
                                            const std::function<bool()>& listening,
                                            const FollowOptions& options);

}  // namespace takt::cli
