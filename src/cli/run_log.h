#pragma once
// RunLog: what the attempts of a run wrote, in order, as far as it is written: first attempt 1, then 2
// as soon as it begins. Reads the log files themselves, so it disturbs no daemon and needs none.

#include <boost/json/array.hpp>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>

#include "base/ids.h"
#include "exec/log_format.h"

namespace takt::cli {

class RunLog {
 public:
  using Sink = std::function<void(int attempt, const exec::LogLine& line)>;

  /// `first` is where to begin; with `only` nothing later is read.
  RunLog(std::filesystem::path state_dir, std::string job, RunId run, int first, bool only)
      : state_dir_(std::move(state_dir)),
        job_(std::move(job)),
        run_(run),
        next_(first),
        only_(only) {}

  /// Hands every line to `sink` that is written by now. `attempts` is the run's list in JSON.
  void pump(const boost::json::array& attempts, const Sink& sink);

  /// Why the log of the current attempt could not be opened; empty when it was, or none began.
  const std::string& problem() const { return problem_; }

 private:
  bool open(int attempt);
  void drain(const Sink& sink);

  std::filesystem::path state_dir_;
  std::string job_;
  RunId run_;
  int next_;  // the attempt to open next
  bool only_;
  std::optional<exec::LogReader> reader_;
  std::string problem_;
};

}  // namespace takt::cli
