#pragma once
// Runner: the real ProbeRunner (ports/probe_runner.h).
//
//   measure ─▶ one of 256 places ─▶ one of 4 threads ─▶ sqlite.h, postgres.h, http.h, file.h
//                  │ all taken            │                     │
//                  ▼                      │ time is over        ▼
//               unknown                   └────────▶ unknown, or what was measured: on the loop
//
// Whatever blocks has the time left as its limit and hears cancel() meanwhile. What the kernel does not
// give back (a file of a dead network disk) keeps its thread, but not its answer: that comes from a
// timer of the loop's.
//
// Lives on the loop's thread, which counts the places: there is no lock. An answer is never given from
// within a call, and none after the destructor, which waits for the threads.

#include <boost/asio/io_context.hpp>
#include <memory>

#include "ports/probe_runner.h"

namespace takt::probe {

struct RunnerOptions {
  std::size_t threads = 4;
  std::size_t waiting_max = 256;  // beyond those that the threads are at
  std::string ca_file;            // for https: trusted instead of what the machine trusts
};

class Runner final : public ports::ProbeRunner {
 public:
  explicit Runner(boost::asio::io_context& io, RunnerOptions options = {});
  ~Runner() override;

  void measure(const core::ProbeSpec& probe, const std::string& database, WallTime now,
               Measured done) override;
  void execute(const std::string& statement, const std::string& database, WallTime now,
               Duration timeout, Executed done) override;
  void cancel() override;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

}  // namespace takt::probe
