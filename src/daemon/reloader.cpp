#include "daemon/reloader.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "base/stable_hash.h"
#include "daemon/fleet_daemon.h"

namespace takt::daemon {
namespace {

using fleet::Problem;

/// Editors and deployments write in several steps; this long after the last one they are done.
constexpr std::chrono::milliseconds kQuiet{500};
/// And this much later half a file has become a whole one, or was meant.
constexpr std::chrono::milliseconds kSecondLook{1500};

/// From here on it is worth a look at the heap.
constexpr std::size_t kLargeFleet = 10'000;

bool is_error(const Problem& problem) { return problem.severity == Problem::Severity::error; }

/// The first error with its place, for an event; the rest is counted.
core::ReloadFailed failure_of(const std::vector<Problem>& problems) {
  const auto errors = std::ranges::count_if(problems, is_error);
  const Problem& first = *std::ranges::find_if(problems, is_error);
  core::ReloadFailed failed;
  failed.why = first.line > 0 ? fmt::format("{}:{}:{}: {}", first.file, first.line, first.column,
                                            first.message)
                              : fmt::format("{} {}", first.file, first.message);
  if (errors > 1) failed.why += fmt::format(" (and {} more)", errors - 1);
  failed.data = {{"file", first.file},
                 {"line", std::to_string(first.line)},
                 {"column", std::to_string(first.column)},
                 {"errors", std::to_string(errors)}};
  return failed;
}

/// Two looks with the same one have nothing new to tell each other.
std::uint64_t fingerprint(const FleetLook& look) {
  if (look.read.content != 0 || look.problems.empty()) return look.read.content;
  return stable_hash(look.problems.front().message);
}

bool is_at(const std::filesystem::path& path, const fleet::FileStamp& stamp) {
  struct stat status{};
  const bool is_there = stat(path.c_str(), &status) == 0;
  return (is_there ? fleet::stamp_of(status) : fleet::FileStamp{}) == stamp;
}

bool has_changed_since(const fleet::FilesRead& read) {
  const bool files_stay = std::ranges::all_of(read.files, [](const fleet::SeenFile& file) {
    return !file.stamp || is_at(file.path, *file.stamp);
  });
  const bool folders_stay = std::ranges::all_of(
      read.folders, [](const auto& folder) { return is_at(folder.first, folder.second.stamp); });
  return !files_stay || !folders_stay;
}

}  // namespace

Reloader::Reloader(boost::asio::io_context& loop, FleetDaemon& daemon,
                   const ReloaderOptions& options)
    : daemon_(daemon),
      reader_(loop, options.fleet_file, options.trust_file, options.database),
      watch_(loop, [this] { notice(); }),
      quiet_(loop),
      known_(options.read.content),
      jobs_(options.jobs) {
  watch_what_was_read(options.read);
}

void Reloader::reload(Done done) {
  reader_.look([this, done = std::move(done)](const FleetLook& look) {
    known_ = fingerprint(look);
    watch_what_was_read(look.read);
    take(look, done);
  });
}

void Reloader::notice() {
  last_change_ = Clock::now();
  if (!waiting_) wait_for_quiet(last_change_ + kQuiet);
}

void Reloader::wait_for_quiet(Clock::time_point until) {
  waiting_ = true;
  quiet_.expires_at(until);
  quiet_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    waiting_ = false;
    if (Clock::now() < last_change_ + kQuiet) {
      wait_for_quiet(last_change_ + kQuiet);
    } else if (!watch_.is_being_written()) {  // else its closing is noticed
      look_after_change();
    }
  });
}

bool Reloader::looks_unfinished(const FleetLook& look) const {
  return !look.fleet || daemon_.would_remove_jobs(*look.fleet);
}

void Reloader::look_after_change() {
  reader_.look([this](const FleetLook& look) {
    const std::uint64_t seen = fingerprint(look);
    const bool is_news = seen != known_;
    const bool doubted = std::exchange(doubtful_, 0) == seen;
    if (is_news && !doubted && looks_unfinished(look)) {
      doubtful_ = seen;
      watch_what_was_read(look.read);
      if (!waiting_) wait_for_quiet(Clock::now() + kSecondLook);
      return;
    }
    known_ = seen;
    watch_what_was_read(look.read);
    if (!is_news) return;
    if (look.fleet && look.fleet->jobs.empty()) {
      daemon_.tell(core::ReloadFailed{
          "it has no jobs any more; `takt reload` takes it over if that is meant", {}});
      return;
    }
    take(look, {});
  });
}

/// What was written between the reading and the watching is noticed by its stamp.
void Reloader::watch_what_was_read(const fleet::FilesRead& read) {
  watch_.watch(read);
  if (has_changed_since(read)) notice();
}

void Reloader::take(const FleetLook& look, Done done) {
  if (!look.fleet) {
    daemon_.tell(failure_of(look.problems));
    if (done) done({look.problems, "nothing has changed"});
    return;
  }
  const std::size_t jobs = std::max(look.fleet->jobs.size(), jobs_);
  jobs_ = look.fleet->jobs.size();
  daemon_.request(core::Reload{{}, look.fleet},
                  [this, jobs, problems = look.problems, done = std::move(done)](api::Reply reply) {
                    if (jobs >= kLargeFleet) reader_.give_back_memory();
                    if (!done) return;
                    api::Reloaded reloaded{problems, std::move(reply.state)};
                    if (!reply.result) {
                      reloaded.result = std::unexpected(std::move(reply.result.error()));
                    }
                    done(std::move(reloaded));
                  });
}

}  // namespace takt::daemon
