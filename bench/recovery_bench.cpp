// A daemon that is killed with a hundred running attempts: how long the next one takes until it is
// ready, which means that what was left is dead, settled as lost, and recorded. With a cgroup for each
// attempt, and, as a user who can write no cgroup, without.
//   takt_recovery_bench [attempts, 100] [rounds, 3]

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>

#include "bare.h"
#include "real_daemon.h"
#include "table.h"

namespace {

using namespace takt;

std::string fleet(int attempts) {
  std::string text = "[defaults]\nrun = [\"/bin/sleep\", \"3600\"]\n";
  for (int i = 0; i < attempts; ++i) {
    text += fmt::format("[job.long-{}]\nevery = \"365d\"\noffset = \"100ms\"\n", i);
  }
  return text;
}

double recover(int attempts, bool as_nobody) {
  bench::RealDaemon daemon(fleet(attempts));
  if (as_nobody) daemon.as_nobody();
  daemon.up();
  bench::wait_until(
      [&] { return daemon.ask("SELECT count(*) FROM attempts WHERE pid > 0") == attempts; },
      "all attempts to run");
  daemon.kill();
  const double took = daemon.up().count();
  const auto lost = daemon.ask("SELECT count(*) FROM attempts WHERE outcome = 'lost'");
  if (lost != attempts) bench::give_up("it was ready before all were settled");
  daemon.down();
  return took;
}

}  // namespace

int main(int argc, char** argv) {
  const int attempts = argc > 1 ? std::max(1, std::atoi(argv[1])) : 100;
  const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 3;
  bench::print_head();
  for (const bool as_nobody : {false, true}) {
    if (as_nobody && ::geteuid() != 0) continue;  // as it is for this user anyway
    bench::Samples took;
    for (int round = 0; round < rounds; ++round) took.push_back(recover(attempts, as_nobody));
    bench::print({.what = fmt::format("kill -9 with {} running, until reconciled{}", attempts,
                                      as_nobody ? ", no cgroups" : ""),
                  .unit = "s",
                  .takt = took,
                  .target = 2});
  }
}
