// Lateness of a job that is due every second on an idle machine: the first thing that the job does
// minus the instant it was due. The bare figure is a timerfd and a spawn of the same program, half a
// second apart from takt's, for as long.
//   FOR=10s takt_lateness_bench      default 60s

#include <sys/timerfd.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "bare.h"
#include "base/time.h"
#include "real_daemon.h"
#include "stamps.h"

namespace {

using namespace takt;
using namespace std::chrono_literals;

/// A spawn of the stamp every second at half past takt's full ones, until `end`.
void run_bare(const std::filesystem::path& stamps, WallTime first, WallTime end) {
  bench::Bare bare({bench::sibling("takt_stamp").string(), stamps.string()});
  const exec::Descriptor timer{::timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC)};
  for (WallTime due = first; due < end; due += 1s) {
    itimerspec when{};
    when.it_value.tv_sec = millis(due) / 1000;
    when.it_value.tv_nsec = millis(due) % 1000 * 1'000'000;
    ::timerfd_settime(timer.get(), TFD_TIMER_ABSTIME, &when, nullptr);
    bare.set_environment({"TAKT_SLOT=" + format_rfc3339(due)});
    std::uint64_t times = 0;
    if (::read(timer.get(), &times, sizeof times) != sizeof times) bench::give_up("no timer");
    bare.run(1, 1);
  }
}

}  // namespace

int main() {
  const auto lasts = bench::length(60s);
  const bench::ScratchFolder folder;
  const auto bare_stamps = folder.path() / "bare";
  const auto takt_stamps = folder.path() / "takt";
  bench::RealDaemon daemon("[job.tick]\nrun = [\"" + bench::sibling("takt_stamp").string() +
                           "\", \"" + takt_stamps.string() +
                           "\"]\nevery = \"1s\"\noffset = \"0s\"\n");
  daemon.up();
  bench::wait_until([&] { return bench::count_stamps(takt_stamps) > 0; }, "the first run");
  const auto epoch = daemon.ask("SELECT epoch_at FROM fleet");
  if (!epoch) bench::give_up("the fleet has no epoch");
  const auto now = std::chrono::floor<Duration>(std::chrono::system_clock::now());
  const WallTime grid = wall_from_millis(static_cast<std::int64_t>(*epoch));
  const WallTime first = grid + std::chrono::ceil<std::chrono::seconds>(now - grid) + 500ms;
  run_bare(bare_stamps, first, first + lasts);
  daemon.down();

  const bench::Samples bare = bench::lateness_ms(bare_stamps);
  bench::Samples takt = bench::lateness_ms(takt_stamps);
  takt.erase(takt.begin());  // the fleet's first second is its start
  bench::print_head();
  bench::print({.what = "a job every second, lateness p50",
                .unit = "ms",
                .bare = bare,
                .takt = takt,
                .target = 2});
  bench::print({.what = "a job every second, lateness p99",
                .unit = "ms",
                .bare = bare,
                .takt = takt,
                .target = 4,
                .share = 0.99});
}
