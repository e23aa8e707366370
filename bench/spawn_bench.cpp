// What a run costs beyond its process: /bin/true with captured output, four in flight.
//
//   bare          clone3, pidfd, two pipes read to their end, reaped; nothing else
//   no cgroup     ProcessLauncher: log file, orphan check, listener
//   cgroup        the same with a cgroup v2 folder for each attempt
//
// Prints microseconds a run (the median of the rounds), runs a second, and the processor time that
// this process itself spends on a run, which other load leaves alone; each with its ratio to bare.
// Logs go to the system's temporary folder; TMPDIR chooses another, e.g. one in memory.
//   takt_spawn_bench [runs a round, 1000] [rounds, 5]

#include <sys/resource.h>

#include <algorithm>
#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "bare.h"
#include "exec/launcher.h"
#include "real_daemon.h"

namespace {

using namespace takt;
using Clock = std::chrono::steady_clock;
constexpr int kInFlight = 4;
constexpr const char* kProgram = "/bin/true";

void bare(int runs) { bench::Bare({kProgram}).run(runs, kInFlight); }

/// Keeps kInFlight attempts alive until `runs` have ended.
class Refill : public ports::LauncherListener {
 public:
  Refill(exec::CgroupLane lane, const std::string& folder)
      : folder_(folder),
        launcher_(
            io_, *this,
            {.lane = lane,
             .cgroup_name = "takt-bench",
             .fleet_tag = "takt-bench",
             .node = NodeId{"bench"},
             .clock = [] {
               return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
             }}) {
    command_ = std::make_shared<const core::Command>(
        core::Command{.argv = {kProgram}, .cwd = "/", .keep_runs = 1 << 30});
  }
  exec::CgroupLane lane() const { return launcher_.lane(); }
  void run(int runs) {
    left_to_start_ = left_to_end_ = runs;
    for (int i = 0; i < kInFlight; ++i) start_next();
    while (left_to_end_ > 0) io_.run_one();
  }
  void started(Token, const core::Process&) override {}
  void deferred(Token, const std::string& why) override { bench::give_up(why); }
  void ended(Token, const core::ProcessEnd& end) override {
    if (end.exit_code != 0) bench::give_up("a run failed: " + end.error);
    --left_to_end_;
    start_next();
  }
  void beat(Token, const core::Beat&) override {}
  void leftover_gone(Token, int) override {}

 private:
  void start_next() {
    if (left_to_start_ == 0) return;
    --left_to_start_;
    const Token token{++token_};
    launcher_.start({.token = token,
                     .run = RunId{token.value},
                     .job = "bench",
                     .command = command_,
                     .takt_env = {{"TAKT_JOB", "bench"}},
                     .log_file = folder_ + "/" + std::to_string(token.value) + "-1.log",
                     .kill_grace = Duration{0}});
  }
  std::string folder_;
  boost::asio::io_context io_;
  exec::ProcessLauncher launcher_;
  std::shared_ptr<const core::Command> command_;
  std::int64_t token_ = 0;
  int left_to_start_ = 0;
  int left_to_end_ = 0;
};

double microseconds_of(const std::function<void()>& work) {
  const auto begun = Clock::now();
  work();
  return std::chrono::duration<double, std::micro>(Clock::now() - begun).count();
}

/// Processor time of this process alone, without its children.
double own_microseconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto of = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) * 1e6 + static_cast<double>(time.tv_usec);
  };
  return of(used.ru_utime) + of(used.ru_stime);
}

struct Cost {
  double wall_us;
  double own_us;
};

Cost cost_of(int runs, const std::function<void()>& work) {
  const double own_before = own_microseconds();
  const double wall = microseconds_of(work);
  return {.wall_us = wall / runs, .own_us = (own_microseconds() - own_before) / runs};
}

double median(const std::vector<Cost>& costs, double Cost::* which) {
  std::vector<double> values;
  for (const Cost& cost : costs) values.push_back(cost.*which);
  std::ranges::sort(values);
  return values[values.size() / 2];
}

}  // namespace

int main(int argc, char** argv) {
  const int runs = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1000;
  const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 5;
  const bench::ScratchFolder scratch;
  const std::string folder = scratch.path().string();
  std::map<int, std::vector<Cost>> taken;  // by way
  bool groups = true;
  for (int round = 0; round < rounds; ++round) {
    taken[0].push_back(cost_of(runs, [&] { bare(runs); }));
    int way = 1;
    for (const auto lane : {exec::CgroupLane::none, exec::CgroupLane::automatic}) {
      Refill refill(lane, folder + "/" + std::to_string(round) + "-" + std::to_string(way));
      groups = groups && (way == 1 || refill.lane() != exec::CgroupLane::none);
      taken[way++].push_back(cost_of(runs, [&] { refill.run(runs); }));
    }
  }
  const double base = median(taken[0], &Cost::wall_us);
  const double own_base = median(taken[0], &Cost::own_us);
  std::printf("%-14s %9s %8s %7s %10s %7s\n", "", "us/run", "runs/s", "ratio", "own us/run",
              "ratio");
  const char* names[] = {"bare", "no cgroup", groups ? "cgroup" : "(no cgroups)"};
  for (const auto& [way, costs] : taken) {
    const double wall = median(costs, &Cost::wall_us);
    const double own = median(costs, &Cost::own_us);
    std::printf("%-14s %9.1f %8.0f %7.2f %10.1f %7.2f\n", names[way], wall, 1e6 / wall, wall / base,
                own, own / own_base);
  }
  return 0;
}
