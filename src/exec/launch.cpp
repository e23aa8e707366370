// The beginning of an attempt: from a Launch to a running process, or to the reason why there is
// none.

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>

#include "base/assert.h"
#include "exec/boot.h"
#include "exec/environment.h"
#include "exec/launcher_state.h"

namespace takt::exec {
namespace {

// 50, 100, 200, 400, 800 ms, then every second.
constexpr std::chrono::milliseconds kFirstRetry{50};
constexpr std::chrono::milliseconds kLastRetry{1000};
constexpr int kDoublingsMax = 5;
constexpr int kTriesUntold = 3;  // a shortage that is over by then is nobody's concern

/// The last descriptors are not given to jobs: with them the daemon answers, reads history and opens
/// its database anew. New ones get the lowest free number, so that tells how many there are.
bool is_reserved(int descriptor) {
  constexpr rlim_t kReserved = 16;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return false;
  const rlim_t reserved = std::min(kReserved, limit.rlim_cur / 4);
  return static_cast<rlim_t>(descriptor) >= limit.rlim_cur - reserved;
}

/// Soft limit of open files to the hard one; what it was before.
std::optional<rlimit> raise_open_files() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) {
    return std::nullopt;
  }
  const rlimit before = limit;
  limit.rlim_cur = limit.rlim_max;
  return ::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? std::optional(before) : std::nullopt;
}

}  // namespace

ProcessLauncher::State::State(boost::asio::io_context& on, ports::LauncherListener& to,
                              LauncherOptions with)
    : io(on),
      listener(&to),
      options(std::move(with)),
      open_files_before(raise_open_files()),
      self(own_user()),
      nothing(above_standard(Descriptor{::open("/dev/null", O_RDWR | O_CLOEXEC)})),
      orphans(options.fleet_tag),
      drain_watch(io),
      memory_watch(io) {
  TAKT_ASSERT(options.clock, "logs need a clock");
  TAKT_ASSERT(nothing, "/dev/null cannot be opened");
  TAKT_ASSERT(options.cgroup_name.find('/') == std::string::npos, "cgroup_name is one component");
  if (options.lane == CgroupLane::none) {
    lane_reason = "switched off";
    return;
  }
  auto parent = CgroupParent::open(options.cgroup_name, options.node.value,
                                   options.lane != CgroupLane::v2_plain);
  if (!parent) {
    lane_reason = parent.error();
    return;
  }
  groups = *std::move(parent);
  lane = groups->has_controllers() ? CgroupLane::v2_controllers : CgroupLane::v2_plain;
  if (lane == CgroupLane::v2_plain) {
    lane_reason = "the memory controller is not available beneath " + groups->folder();
  }
}

void ProcessLauncher::State::begin() {
  const auto weak = weak_from_this();
  // Also in the lane without groups: the daemon before may have had them.
  const auto own = own_cgroup_folder();
  leftovers = std::make_shared<Leftovers>(io, options.fleet_tag, options.cgroup_name,
                                          own ? *own + "/" + options.cgroup_name : std::string(),
                                          [weak](Token token, int killed) {
                                            const auto state = weak.lock();
                                            if (state && state->listener != nullptr)
                                              state->listener->leftover_gone(token, killed);
                                          });
  reaper = std::make_shared<Reaper>(io, [weak](int pid, int status, const rusage& used) {
    if (const auto state = weak.lock()) state->child_died(pid, status, used);
  });
  // `io` outlives the log thread's words: close() is the end of them.
  logs = std::make_shared<LogPump>(
      options.clock,
      [weak, this](Token token, const LogTotals& totals) {
        boost::asio::post(io, [weak, token, totals] {
          if (const auto state = weak.lock()) state->drained(token, totals);
        });
      },
      [weak, this](Token token, const core::Beat& beat) {
        boost::asio::post(io, [weak, token, beat] {
          const auto state = weak.lock();
          if (!state || state->listener == nullptr || state->find(token) == nullptr) return;
          state->listener->beat(token, beat);
        });
      });
  logs->start();
  reaper->start();
}

void ProcessLauncher::State::stop() {
  listener = nullptr;
  logs->close();
  logs.reset();
  reaper.reset();
  leftovers.reset();
}

Attempt* ProcessLauncher::State::find(Token token) {
  const auto found = attempts.find(token);
  return found == attempts.end() ? nullptr : found->second.get();
}

void ProcessLauncher::State::start(ports::Launch launch) {
  const Token token = launch.token;
  TAKT_ASSERT(token && launch.command && !launch.command->argv.empty(),
              "a launch without a command");
  const auto [attempt, fresh] =
      attempts.emplace(token, std::make_unique<Attempt>(io, std::move(launch)));
  TAKT_ASSERT(fresh, "a token is launched once");
  try_to_spawn(*attempt->second);
}

void ProcessLauncher::State::try_to_spawn(Attempt& attempt) {
  ++attempt.tries;
  auto plan = prepare(attempt.launch);
  if (!plan) return not_spawned(attempt, std::move(plan.error()));
  auto source = spawn(attempt, *std::move(plan));
  if (!source) return not_spawned(attempt, std::move(source.error()));
  spawned(attempt, *std::move(source));
}

std::expected<SpawnPlan, SpawnProblem> ProcessLauncher::State::prepare(
    const ports::Launch& launch) const {
  const core::Command& command = *launch.command;
  SpawnPlan plan{.argv = command.argv,
                 .cwd = command.cwd.empty() ? "/" : command.cwd,
                 .nice = command.nice,
                 .umask = command.umask,
                 .open_files = open_files_before};
  if (!command.user.empty() && command.user != self.name) {
    auto user = find_user(command.user);
    if (!user) return std::unexpected(std::move(user.error()));
    if (user->uid != self.uid || self.uid == 0) plan.switch_to = *std::move(user);
  }
  auto environment =
      build_environment(launch, plan.switch_to ? *plan.switch_to : self, options.fleet_tag);
  if (!environment) return std::unexpected(std::move(environment.error()));
  plan.environment = *std::move(environment);
  auto program = find_program(command.argv.front(), plan.environment, plan.cwd);
  if (!program) return std::unexpected(std::move(program.error()));
  plan.program = *std::move(program);
  return plan;
}

std::expected<LogPump::Source, SpawnProblem> ProcessLauncher::State::spawn(Attempt& attempt,
                                                                           SpawnPlan plan) {
  auto out = make_pipe();
  auto err = make_pipe();
  auto beat = make_pipe();
  for (const auto* pipe : {&out, &err, &beat}) {
    if (!*pipe) return std::unexpected(pipe->error());
  }
  if (is_reserved(beat->write.get())) {
    auto problem = problem_with("pipe", EMFILE);
    problem.passing = true;
    return std::unexpected(std::move(problem));
  }
  plan.files[0] = nothing.get();
  plan.files[1] = out->write.get();
  plan.files[2] = err->write.get();
  plan.files[3] = beat->write.get();
  if (groups) attempt.group = groups->acquire(attempt.launch.token);
  if (attempt.group) {
    plan.cgroup = attempt.group->directory();
    attempt.oom_kills_before = attempt.group->oom_kills();
  }
  limit_memory(attempt);
  auto child = spawner.spawn(plan);
  if (!child && attempt.group) {
    groups->release(std::move(attempt.group));
    attempt.limited_by_kernel = false;
    // Refused by the group, not by the machine: the other way of holding trees together remains.
    plan.cgroup = -1;
    const bool by_group = child.error().text.starts_with("clone") && !child.error().passing;
    if (by_group) child = spawner.spawn(plan);
  }
  if (!child) return std::unexpected(std::move(child.error()));
  attempt.main = *std::move(child);
  return LogPump::Source{.out = std::move(out->read),
                         .err = std::move(err->read),
                         .beat = std::move(beat->read),
                         .file = attempt.launch.log_file,
                         .max_bytes = attempt.launch.command->log_max_bytes,
                         .keep_runs = attempt.launch.command->keep_runs,
                         .keep_for = attempt.launch.command->keep_for};
}

void ProcessLauncher::State::spawned(Attempt& attempt, LogPump::Source source) {
  const Token token = attempt.launch.token;
  core::Process process{.pid = attempt.main.pid,
                        .start_ticks = start_ticks(attempt.main.pid),
                        .boot_id = boot_id(),
                        .cgroup = attempt.group ? attempt.group->folder() : std::string()};
  living.started(token, attempt.main.pid);
  if (attempt.group) {
    attempt.tree = std::make_unique<CgroupTree>(*attempt.group);
  } else {
    attempt.tree = std::make_unique<ProcessTree>(token, attempt.main, orphans, living);
  }
  watch_memory(attempt);
  // Posted before the log thread hears of it: no end can overtake it.
  boost::asio::post(io, [weak = weak_from_this(), token, process = std::move(process)] {
    const auto state = weak.lock();
    if (state && state->listener != nullptr) state->listener->started(token, process);
  });
  logs->open(token, std::move(source));
}

void ProcessLauncher::State::not_spawned(Attempt& attempt, SpawnProblem problem) {
  if (problem.passing) return defer(attempt, problem);
  const Token token = attempt.launch.token;
  boost::asio::post(io, [weak = weak_from_this(), token, problem = std::move(problem)] {
    if (const auto state = weak.lock()) state->tell_spawn_failed(token, problem);
  });
}

/// A shortage is no fault of the job's: its attempt waits until it can begin.
void ProcessLauncher::State::defer(Attempt& attempt, const SpawnProblem& problem) {
  if (attempt.tries == kTriesUntold) {
    boost::asio::post(io,
                      [weak = weak_from_this(), token = attempt.launch.token, why = problem.text] {
                        const auto state = weak.lock();
                        if (state && state->listener != nullptr && state->find(token) != nullptr) {
                          state->listener->deferred(token, why);
                        }
                      });
  }
  const auto doublings = static_cast<unsigned>(std::min(attempt.tries - 1, kDoublingsMax));
  look_after(attempt, std::min(kFirstRetry * (1U << doublings), kLastRetry));
}

void ProcessLauncher::State::tell_spawn_failed(Token token, const SpawnProblem& problem) {
  if (attempts.erase(token) == 0 || listener == nullptr) return;
  listener->ended(token, {.spawn_errno = problem.error, .error = problem.text});
}

}  // namespace takt::exec
