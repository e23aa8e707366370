// social-bot: a content bot as a fleet of small jobs, for takt to run (README.md). It knows nothing
// of takt but what any job is told: TAKT_NOW in the environment, an exit code out.
//
//   social-bot JOB            does that job once: 0 done, 1 could not (why is on stderr)
//   social-bot site [...]     the feed site that the jobs read and post to
//   social-bot list           the jobs, one a line
//
// --chaos SEED before JOB or site: things go wrong now and then, as chaos/calendar.h says; only for
// attempts that takt started.
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "chaos/chaos.h"
#include "desk/content_schema.h"
#include "jobs/jobs.h"
#include "site/site_program.h"

namespace {

constexpr int kUsage = 2;

int usage(std::FILE* to) {
  fmt::print(to,
             "usage: social-bot [--chaos SEED] JOB | site [--port N] [--port-file FILE] [--db "
             "FILE] [--seed N] | "
             "list\njobs:\n");
  for (const bot::NamedJob& job : bot::all_jobs()) {
    fmt::print(to, "  {:<22} {}\n", job.name, job.does);
  }
  return to == stdout ? 0 : kUsage;
}

void do_job(const bot::NamedJob& job, const bot::chaos::Chaos& chaos) {
  const bot::Time now = bot::fleet_now();
  bot::Database db = bot::open_content();
  bot::SiteClient site(now);
  bot::Desk desk{db, site, now,
                 std::mt19937_64(static_cast<std::uint64_t>(bot::unix_seconds(now)))};
  chaos.do_job(desk, [&] { job.run(desk); });
}

/// Takes `--chaos SEED` off the arguments.
bot::chaos::Chaos chaos_of(std::vector<std::string>& arguments) {
  if (arguments.size() < 2 || arguments[0] != "--chaos") return bot::chaos::Chaos::none();
  const auto chaos = bot::chaos::Chaos::of(arguments[1]);
  arguments.erase(arguments.begin(), arguments.begin() + 2);
  return chaos;
}

int run(std::vector<std::string> arguments) {
  bot::chaos::Chaos chaos = chaos_of(arguments);
  if (arguments.empty()) return usage(stderr);
  const std::string& what = arguments[0];
  if (what == "--help" || what == "-h") return usage(stdout);
  if (what == "site") {
    bot::site::run_site(std::span(arguments).subspan(1),
                        [&](bot::Time now) { return chaos.is_site_open(now); });
    return 0;
  }
  if (arguments.size() > 1) return usage(stderr);
  if (what == "list") {
    for (const bot::NamedJob& job : bot::all_jobs()) fmt::print("{}\n", job.name);
    return 0;
  }
  const bot::NamedJob* job = bot::find_job(what);
  if (job == nullptr) {
    fmt::print(stderr, "social-bot: there is no job '{}'\n", what);
    return usage(stderr);
  }
  do_job(*job, chaos);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run({argv + 1, argv + argc});
  } catch (const std::exception& problem) {
    fmt::print(stderr, "social-bot{}{}: {}\n", argc > 1 ? " " : "", argc > 1 ? argv[1] : "",
               problem.what());
    return 1;
  }
}
