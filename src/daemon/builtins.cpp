#include "daemon/builtins.h"

#include <fmt/format.h>
#include <signal.h>

#include <boost/asio/post.hpp>
#include <set>
#include <utility>

#include "base/match.h"
#include "base/state_dir.h"
#include "daemon/builtin_log.h"
#include "daemon/first_line.h"
#include "exec/log_retention.h"

namespace takt::daemon {

/// One attempt.
struct Builtins::Work {
  explicit Work(boost::asio::io_context& io) : clock(io) {}

  core::LaunchAttempt launch;
  std::string log_file;
  std::uint64_t log_max_bytes = 0;
  std::vector<core::Measurement> measured;
  std::size_t missing = 0;  // of them
  boost::asio::steady_timer clock;
  std::set<OwnPrograms::Id> programs;  // under way
  int statements = 0;                  // likewise
  bool killed = false;

  Token token() const { return launch.token; }
  bool is_changing_something() const { return !programs.empty() || statements > 0; }
};

Builtins::Builtins(boost::asio::io_context& io, OwnPrograms& programs, ports::ProbeRunner& probes,
                   Chores chores, Facts facts, Tell tell)
    : io_(io),
      programs_(programs),
      probes_(probes),
      chores_(std::move(chores)),
      facts_(std::move(facts)),
      tell_(std::move(tell)) {}

Builtins::~Builtins() { files_.join(); }

Builtins::WorkPtr Builtins::find(Token token) const {
  const auto found = works_.find(token);
  return found == works_.end() ? nullptr : found->second;
}

bool Builtins::is_over(const WorkPtr& work) const {
  return stopped_ || work->killed || find(work->token()) != work;
}

void Builtins::begin(const core::LaunchAttempt& launch) {
  auto work = std::make_shared<Work>(io_);
  const core::FleetSpec& fleet = facts_.fleet();
  const core::JobSpec& job = fleet.jobs[launch.job];
  work->launch = launch;
  work->log_file = log_file(fleet.state_dir, job.name, launch.run, launch.attempt).native();
  if (job.command) work->log_max_bytes = job.command->log_max_bytes;
  works_[launch.token] = work;
  boost::asio::post(io_, [this, token = launch.token] {
    const WorkPtr begun = find(token);
    if (!begun || is_over(begun)) return;
    tell_(core::AttemptStarted{token, {}});
    if (is_over(begun)) return;
    switch (begun->launch.builtin) {
      case core::Builtin::health:
        return measure(begun);
      case core::Builtin::watchdog:
        return sweep_rows(begun);
      case core::Builtin::journal_replay:
        return replay(begun);
      case core::Builtin::retention:
        return retain(begun);
      case core::Builtin::none:
        return finish(token, 1, {"it is no work of takt's own"});
    }
  });
}

void Builtins::measure(const WorkPtr& work) {
  const auto& probes = work->launch.check->probes;
  work->measured.assign(probes.size(), core::Unknown{"it was not measured"});
  work->missing = probes.size();
  const auto all_in = [this, work] {
    if (is_over(work)) return;
    tell_(core::HealthMeasured{work->launch.token, std::move(work->measured)});
  };
  if (probes.empty()) return all_in();
  for (std::size_t place = 0; place < probes.size(); ++place) {
    measure_probe(work, place, [work, place, all_in](core::Measurement measured) {
      work->measured[place] = std::move(measured);
      if (--work->missing == 0) all_in();
    });
  }
}

void Builtins::measure_probe(const WorkPtr& work, std::size_t place,
                             std::function<void(core::Measurement)> done) {
  const core::HealthSpec& check = *work->launch.check;
  const core::ProbeSpec& probe = check.probes[place];
  const auto known_inside = [&] {
    boost::asio::post(io_, [done] { done(core::Unknown{"the coordinator knows it"}); });
  };
  const auto outside_by_machine_time = [&] {
    const bool is_time = std::holds_alternative<core::Fresh>(probe.condition);
    probes_.measure(probe, check.database, facts_.now(),
                    [this, is_time, done](core::Measurement measured) {
                      const auto at = is_time ? core::time_of(measured) : std::nullopt;
                      if (at) measured = format_rfc3339(facts_.fleet_time_of(*at));
                      done(std::move(measured));
                    });
  };
  const auto outside = [&] { probes_.measure(probe, check.database, facts_.now(), done); };
  std::visit(
      Match{[&](const core::JobProbe&) { known_inside(); },
            [&](const core::PoolProbe&) { known_inside(); },
            [&](const core::MemoryProbe&) { known_inside(); },
            [&](const core::CommandProbe& of) { run_probe(work, probe, of, done); },
            [&](const core::SqlProbe&) { outside(); }, [&](const core::HttpProbe&) { outside(); },
            [&](const core::FileProbe&) { outside_by_machine_time(); }},
      probe.of);
}

void Builtins::run_probe(const WorkPtr& work, const core::ProbeSpec& probe,
                         const core::CommandProbe& of,
                         std::function<void(core::Measurement)> done) {
  const bool by_code = std::holds_alternative<core::Succeeds>(probe.condition);
  run_program(work,
              {of.command,
               "_probe",
               {{"TAKT_HEALTH", work->launch.check->name}, {"TAKT_PROBE", probe.name}},
               probe.timeout,
               facts_.now()},
              [this, by_code, done = std::move(done)](const OwnPrograms::Outcome& outcome) {
                if (!outcome.trouble.empty()) return done(core::Unknown{outcome.trouble});
                if (by_code) return done(outcome.end.exit_code == 0);
                if (outcome.end.exit_code != 0) {
                  return done(core::Unknown{
                      fmt::format("it ended with exit code {}", *outcome.end.exit_code)});
                }
                work_on_files([this, done, file = outcome.log_file] {
                  boost::asio::post(io_, [done, line = first_line_of(file)] { done(line); });
                });
              });
}

void Builtins::run_program(const WorkPtr& work, OwnPrograms::Program program,
                           OwnPrograms::Told told) {
  const auto id = std::make_shared<OwnPrograms::Id>(0);
  *id = programs_.run(std::move(program),
                      [this, work, id, told = std::move(told)](const auto& outcome) {
                        work->programs.erase(*id);
                        told(outcome);
                        under_way_ended(work);
                      });
  work->programs.insert(*id);  // it is told in a later turn of the loop
}

void Builtins::under_way_ended(const WorkPtr& work) {
  if (!work->killed || work->is_changing_something() || works_.erase(work->token()) == 0) return;
  core::ProcessEnd end;
  end.signal = SIGTERM;
  tell_end(work->token(), end);
}

void Builtins::mend(const core::Mend& mend) {
  const WorkPtr work = find(mend.token);
  if (!work || work->killed) return;
  const core::Remedy& remedy = work->launch.check->probes[mend.probe].otherwise[mend.remedy];
  std::visit(Match{[&](const core::RunSql& sql) { mend_by_sql(work, mend, sql); },
                   [&](const core::RunCommand& command) { mend_by_command(work, mend, command); },
                   [](const core::RunJob&) {},  // the coordinator's own
                   [](const core::TellEvent&) {}},
             remedy);
}

void Builtins::mend_by_sql(const WorkPtr& work, const core::Mend& mend, const core::RunSql& sql) {
  const core::HealthSpec& check = *work->launch.check;
  work->statements += 1;
  probes_.execute(sql.statement, check.database, facts_.now(), check.probes[mend.probe].timeout,
                  [this, work, mend](ports::ProbeRunner::Statement done) {
                    work->statements -= 1;
                    mended(work, mend, done.ok, std::move(done.text));
                    under_way_ended(work);
                  });
}

void Builtins::mend_by_command(const WorkPtr& work, const core::Mend& mend,
                               const core::RunCommand& command) {
  const core::HealthSpec& check = *work->launch.check;
  const core::ProbeSpec& probe = check.probes[mend.probe];
  run_program(work,
              {command.command,
               "_remedy",
               {{"TAKT_HEALTH", check.name}, {"TAKT_PROBE", probe.name}},
               probe.timeout,
               facts_.now()},
              [this, work, mend](const OwnPrograms::Outcome& outcome) {
                const bool ended = outcome.trouble.empty();
                mended(work, mend, ended && outcome.end.exit_code == 0,
                       ended ? fmt::format("ended with exit code {}", *outcome.end.exit_code)
                             : outcome.trouble);
              });
}

/// Measured anew, so that the event can say what came of it.
void Builtins::mended(const WorkPtr& work, const core::Mend& mend, bool ok, std::string text) {
  if (is_over(work)) return;
  measure_probe(
      work, mend.probe, [this, work, mend, ok, text = std::move(text)](core::Measurement after) {
        if (is_over(work)) return;
        tell_(core::Mended{mend.token, mend.probe, mend.remedy, ok, text, std::move(after)});
      });
}

void Builtins::end(const core::EndBuiltin& end) { finish(end.token, 0, end.lines); }

void Builtins::sweep_rows(const WorkPtr& work) {
  const Seq through = facts_.recorded();
  work_on_files([this, work, through] {
    boost::asio::post(io_, [this, work, through, rows = chores_.read_living()]() mutable {
      const Token token = work->token();
      if (is_over(work)) return;
      if (!rows) return finish(token, 1, {"the rows cannot be read: " + rows.error().what});
      tell_(core::RowsSwept{token, through, std::move(rows->heartbeats), std::move(rows->open_runs),
                            std::move(rows->open_attempts)});
    });
  });
}

void Builtins::replay(const WorkPtr& work) {
  const Token token = work->launch.token;
  if (facts_.store_ok()) {
    return finish(token, 0, {"the store takes rows, and its journal is empty"});
  }
  chores_.retry_store();
  work->clock.expires_after(kReplayPatience);
  work->clock.async_wait([this, work](const boost::system::error_code& error) {
    if (error || is_over(work)) return;
    finish(work->token(), 1, {"the store still cannot take rows; what it could not take is kept"});
  });
}

void Builtins::store_is_back() {
  std::vector<Token> replays;
  for (const auto& [token, work] : works_) {
    if (work->launch.builtin == core::Builtin::journal_replay) replays.push_back(token);
  }
  for (const Token token : replays) {
    finish(token, 0, {"the store takes rows again, and what lay in its journal is replayed"});
  }
}

/// Where the logs of a job lie, and how long they are kept.
struct Builtins::LogFolder {
  std::string path;
  int keep_runs;
  Duration keep_for;
};

std::vector<Builtins::LogFolder> Builtins::log_folders() const {
  const core::FleetSpec& fleet = facts_.fleet();
  std::vector<LogFolder> folders;
  for (const core::JobSpec& job : fleet.jobs) {
    if (!job.command) continue;
    folders.push_back({log_folder(fleet.state_dir, job.name).native(), job.command->keep_runs,
                       job.command->keep_for});
  }
  return folders;
}

void Builtins::retain(const WorkPtr& work) {
  chores_.sweep_history(facts_.fleet(), [this, work](auto rows) {
    // On the store's thread: the loop takes it from here.
    boost::asio::post(io_, [this, work, rows = std::move(rows)] { retain_logs(work, rows); });
  });
}

void Builtins::retain_logs(const WorkPtr& work,
                           const std::expected<std::string, std::string>& rows) {
  if (is_over(work)) return;
  work_on_files([this, work, rows, folders = log_folders(), now = facts_.now()] {
    int logs = 0;
    for (const LogFolder& folder : folders) {
      logs += exec::prune_logs(folder.path, folder.keep_runs, folder.keep_for, now);
    }
    boost::asio::post(io_, [this, work, rows, logs] {
      if (is_over(work)) return;
      finish(work->token(), rows ? 0 : 1,
             {rows ? "deleted " + *rows : "history could not be deleted: " + rows.error(),
              fmt::format("deleted {} log files", logs)});
    });
  });
}

void Builtins::finish(Token token, int exit_code, std::vector<std::string> lines) {
  const WorkPtr work = find(token);
  if (!work || work->killed) return;
  works_.erase(token);
  work->clock.cancel();
  work_on_files([this, work, exit_code, now = facts_.now(), lines = std::move(lines)] {
    core::ProcessEnd end;
    end.exit_code = exit_code;
    end.by_itself = true;
    end.log_bytes = write_builtin_log(work->log_file, work->log_max_bytes, lines, now);
    boost::asio::post(io_, [this, token = work->launch.token, end] { tell_end(token, end); });
  });
}

bool Builtins::kill(Token token) {
  const WorkPtr work = find(token);
  if (!work) return false;
  if (std::exchange(work->killed, true)) return true;
  work->clock.cancel();
  const auto programs = work->programs;
  for (const OwnPrograms::Id id : programs) programs_.cancel(id);
  boost::asio::post(io_, [this, work] { under_way_ended(work); });
  return true;
}

void Builtins::tell_end(Token token, const core::ProcessEnd& end) {
  if (!stopped_) tell_(core::AttemptEnded{token, end});
}

void Builtins::stop() { stopped_ = true; }

}  // namespace takt::daemon
