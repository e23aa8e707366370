// Short jobs a second through the real daemon: slots decided, rows durable, output captured, logs kept,
// four in flight. The bare figure is a vfork-style loop that spawns the same /bin/true, four in
// flight, reads its output and reaps it.
//   takt_jobs_bench [rounds, 5]; FOR: how long a round lasts, default 3s

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "bare.h"
#include "real_daemon.h"
#include "table.h"

namespace {

using namespace takt;
using namespace std::chrono_literals;
constexpr int kInFlight = 4;
constexpr int kJobs = 16;  // more than run at once: one is always ready

std::string fleet() {
  std::string text = "[fleet]\nmax_running = " + std::to_string(kInFlight) +
                     "\n[defaults]\nrun = [\"/bin/true\"]\nafter = \"1ms\"\nkeep_runs = 1000000\n";
  for (int i = 0; i < kJobs; ++i) text += "[job.short-" + std::to_string(i) + "]\n";
  return text;
}

double bare_rate(int runs) {
  bench::Bare bare({"/bin/true"});
  const auto begun = std::chrono::steady_clock::now();
  bare.run(runs, kInFlight);
  return runs / std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
}

/// Runs that ended ok between `warm_up` after the start and the end of `lasts`, a second.
double takt_rate(std::chrono::milliseconds lasts) {
  bench::RealDaemon daemon(fleet());
  daemon.up();
  std::this_thread::sleep_for(500ms + lasts);  // the length of the measurement, not a wait
  daemon.down();
  const auto last = daemon.ask("SELECT max(ended_at) FROM attempts WHERE outcome = 'ok'");
  if (!last) bench::give_up("no run ended");
  const double from = *last - static_cast<double>(lasts.count());
  const auto runs =
      daemon.ask("SELECT count(*) FROM attempts WHERE outcome = 'ok' AND ended_at > " +
                 std::to_string(static_cast<std::int64_t>(from)));
  return runs.value_or(0) / std::chrono::duration<double>(lasts).count();
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 5;
  const auto lasts = bench::length(3s);
  bench::Samples bare;
  bench::Samples takt;
  for (int round = 0; round < rounds; ++round) {
    bare.push_back(bare_rate(2000));
    takt.push_back(takt_rate(lasts));
  }
  bench::print_head();
  bench::print({.what = "short process jobs a second, 4 in flight",
                .unit = "/s",
                .bare = bare,
                .takt = takt,
                .goal = bench::Goal::at_least,
                .target = 0.6});
}
