// A thousand jobs due at one instant: how long until the last one has come to life. The bare figure is
// a loop that spawns a thousand of the same program and captures what they print.
//   takt_burst_bench [jobs, 1000] [rounds, 5]

#include <algorithm>
#include <cstdlib>

#include "bare.h"
#include "base/time.h"
#include "real_daemon.h"
#include "stamps.h"

namespace {

using namespace takt;
using namespace std::chrono_literals;

std::string fleet(int jobs, const std::filesystem::path& stamps) {
  std::string text = "[fleet]\nmax_running = " + std::to_string(jobs) + "\n[defaults]\nrun = [\"" +
                     bench::sibling("takt_stamp").string() + "\", \"" + stamps.string() + "\"]\n";
  for (int i = 0; i < jobs; ++i) {
    text += "[job.due-" + std::to_string(i) + "]\nevery = \"1h\"\noffset = \"2s\"\n";
  }
  return text;
}

double last_of(const std::filesystem::path& stamps) {
  return bench::percentile(bench::lateness_ms(stamps), 1);
}

double bare_burst(int jobs) {
  const bench::ScratchFolder folder;
  const auto stamps = folder.path() / "stamps";
  bench::Bare bare({bench::sibling("takt_stamp").string(), stamps.string()});
  const auto now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  bare.set_environment({"TAKT_SLOT=" + format_rfc3339(now)});
  bare.run(jobs, jobs);
  return last_of(stamps);
}

double takt_burst(int jobs) {
  const bench::ScratchFolder folder;
  const auto stamps = folder.path() / "stamps";
  bench::RealDaemon daemon(fleet(jobs, stamps));
  if (daemon.up() > 1900ms) bench::give_up("the fleet was not up before its jobs were due");
  bench::wait_until([&] { return bench::count_stamps(stamps) == static_cast<std::size_t>(jobs); },
                    "all runs");
  daemon.down();
  return last_of(stamps);
}

}  // namespace

int main(int argc, char** argv) {
  const int jobs = argc > 1 ? std::max(1, std::atoi(argv[1])) : 1000;
  const int rounds = argc > 2 ? std::max(1, std::atoi(argv[2])) : 5;
  bench::Samples bare;
  bench::Samples takt;
  for (int round = 0; round < rounds; ++round) {
    bare.push_back(bare_burst(jobs));
    takt.push_back(takt_burst(jobs));
  }
  bench::print_head();
  bench::print({.what = std::to_string(jobs) + " jobs due at once, the last one alive",
                .unit = "ms",
                .bare = bare,
                .takt = takt,
                .target = 2});
}
