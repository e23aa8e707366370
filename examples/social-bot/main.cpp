// social-bot: a content bot as a fleet of small jobs, for takt to run (README.md). It knows nothing
// of takt but what any job is told: TAKT_NOW in the environment, an exit code out.
//
//   social-bot JOB            does that job once: 0 done, 1 could not (why is on stderr)
//   social-bot site [...]     the feed site that the jobs read and post to
//   social-bot list           the jobs, one a line
#include <fmt/format.h>

#include <cstdio>
#include <exception>
#include <string>
#include <vector>

#include "desk/content_schema.h"
#include "jobs/jobs.h"
#include "site/site_program.h"

namespace {

constexpr int kUsage = 2;

int usage(std::FILE* to) {
  fmt::print(to,
             "usage: social-bot JOB | site [--port N] [--port-file FILE] [--db FILE] [--seed N] | "
             "list\njobs:\n");
  for (const bot::NamedJob& job : bot::all_jobs()) {
    fmt::print(to, "  {:<22} {}\n", job.name, job.does);
  }
  return to == stdout ? 0 : kUsage;
}

void do_job(const bot::NamedJob& job) {
  const bot::Time now = bot::fleet_now();
  bot::Database db = bot::open_content();
  bot::SiteClient site(now);
  bot::Desk desk{db, site, now,
                 std::mt19937_64(static_cast<std::uint64_t>(bot::unix_seconds(now)))};
  job.run(desk);
}

int run(const std::vector<std::string>& arguments) {
  if (arguments.empty()) return usage(stderr);
  const std::string& what = arguments[0];
  if (what == "--help" || what == "-h") return usage(stdout);
  if (what == "site") {
    bot::site::run_site(std::span(arguments).subspan(1));
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
  do_job(*job);
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
