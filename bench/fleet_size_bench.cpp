// Fleets of 10,000 and 100,000 jobs, each due once in a month: how long until the daemon is ready, what
// it holds then, what it held at most while it read the file, and what it does while nothing is due.
//   takt_fleet_size_bench [rounds, 3]; FOR: how long it is watched doing nothing, default 5s

#include <fmt/format.h>

#include <algorithm>
#include <cstdlib>
#include <thread>

#include "real_daemon.h"
#include "table.h"

namespace {

using namespace takt;
using namespace std::chrono_literals;

struct Size {
  int jobs;
  double resident_mb_max;
  double ready_s_max;
};
constexpr Size kSizes[] = {{10'000, 25, 1}, {100'000, 100, 5}};
constexpr double kIdlePercentMax = 0.5;

std::string fleet(int jobs) {
  std::string text;
  for (int i = 0; i < jobs; ++i) {
    text += fmt::format(
        "[job.customer-{:06}-report]\nrun = \"/bin/true\"\nevery = \"30d\"\noffset = \"20d\"\n", i);
  }
  return text;
}

struct Measured {
  bench::Samples ready_s;
  bench::Samples resident_mb;
  bench::Samples peak_mb;
  bench::Samples idle_percent;
  bench::Samples wakes_a_second;
};

void measure(const std::string& text, std::chrono::milliseconds watched, Measured& into) {
  bench::RealDaemon daemon(text);
  into.ready_s.push_back(daemon.up().count());
  // The first sweep for old history, and the log that is brought in, are not idleness.
  std::this_thread::sleep_for(std::chrono::seconds{8});
  const bench::ProcessUse before = daemon.use();
  std::this_thread::sleep_for(watched);
  const bench::ProcessUse after = daemon.use();
  const double seconds = std::chrono::duration<double>(watched).count();
  into.resident_mb.push_back(static_cast<double>(after.resident_kib) / 1024);
  into.peak_mb.push_back(static_cast<double>(after.peak_kib) / 1024);
  into.idle_percent.push_back(static_cast<double>((after.processor - before.processor).count()) /
                              10 / seconds);
  into.wakes_a_second.push_back(static_cast<double>(after.switches - before.switches) / seconds);
  daemon.down();
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::max(1, std::atoi(argv[1])) : 3;
  const auto watched = bench::length(5s);
  bench::print_head();
  for (const Size& size : kSizes) {
    const std::string text = fleet(size.jobs);
    Measured all;
    for (int round = 0; round < rounds; ++round) measure(text, watched, all);
    const std::string jobs = fmt::format("{} jobs", size.jobs);
    bench::print({.what = jobs + ": resident once ready",
                  .unit = "MB",
                  .takt = all.resident_mb,
                  .target = size.resident_mb_max});
    bench::print({.what = jobs + ": ready after",
                  .unit = "s",
                  .takt = all.ready_s,
                  .target = size.ready_s_max});
    bench::print({.what = jobs + ": processor while idle",
                  .unit = "%",
                  .takt = all.idle_percent,
                  .target = kIdlePercentMax});
    bench::print({.what = jobs + ": wake-ups while idle",
                  .unit = "/s",
                  .takt = all.wakes_a_second,
                  .target = 1});
    bench::print({.what = jobs + ": peak while parsing", .unit = "MB", .takt = all.peak_mb});
  }
}
