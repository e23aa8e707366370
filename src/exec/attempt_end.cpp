// The end of an attempt: killed or by itself, drained, its tree proven empty, told.

#include <signal.h>
#include <sys/wait.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <cerrno>
#include <utility>

#include "exec/launcher_state.h"

namespace takt::exec {
namespace {

constexpr std::chrono::milliseconds kLookFirst{1};
constexpr std::chrono::milliseconds kLookMax{100};
constexpr std::int64_t kKiB = 1024;
// The log thread has given up by itself long before, unless the disk holds it.
constexpr std::chrono::milliseconds kDrainPatience = kDrainMax + std::chrono::milliseconds{1000};

}  // namespace

void ProcessLauncher::State::kill(Token token, Duration grace) {
  collect_quietly();  // one that has ended by itself meanwhile is not killed by us
  Attempt* attempt = find(token);
  if (attempt == nullptr) return;
  if (!attempt->tree) {  // waits for a process slot, or its failure is about to be told
    attempt->timer.cancel();
    attempt->tries = 0;
    boost::asio::post(io, [weak = weak_from_this(), token] {
      const auto state = weak.lock();
      if (state) state->tell_spawn_failed(token, {ECANCELED, "killed before it was started"});
    });
    return;
  }
  const auto at = Attempt::Clock::now() + std::max(grace, Duration{0});
  const bool first = !attempt->kill_at;
  attempt->kill_at = first ? at : std::min(*attempt->kill_at, at);
  if (attempt->killing_hard) return;
  if (grace <= Duration{0}) return kill_hard(*attempt);
  if (first) attempt->tree->terminate();
  look_in_time(*attempt);
}

void ProcessLauncher::State::child_died(int pid, int status, const rusage& used) {
  const auto token = living.owner_of_main(pid);
  orphans.forget(pid);
  if (!token) return orphan_died();
  Attempt& attempt = *attempts.at(*token);
  living.main_ended(*token);
  attempt.main_ended = true;
  // A tree that was over its memory_max was killed by nobody who asked.
  attempt.end.by_itself = !attempt.kill_at.has_value() || attempt.over_memory;
  if (WIFSIGNALED(status)) {
    attempt.end.signal = WTERMSIG(status);
  } else {
    attempt.end.exit_code = WEXITSTATUS(status);
  }
  attempt.end.rss_max_bytes = used.ru_maxrss * kKiB;
  newly_ended.insert(*token);
  attempt.main_ended_at = Attempt::Clock::now();
  if (!attempt.drained) {
    logs->drain(*token);
    return watch_drains(attempt.main_ended_at);
  }
  if (quietly) return look_after(attempt, std::chrono::milliseconds{0});
  empty_tree(attempt);
}

/// All that has died so far, told of to nobody before the loop's next turn.
void ProcessLauncher::State::collect_quietly() {
  quietly = true;
  reaper->collect_all();
  quietly = false;
}

std::vector<Token> ProcessLauncher::State::mains_ended() {
  collect_quietly();
  const std::set<Token> ended = std::exchange(newly_ended, {});
  return {ended.begin(), ended.end()};
}

/// Perhaps it was the last of a tree that is waited for. One look serves all that die in this turn.
void ProcessLauncher::State::orphan_died() {
  if (emptying.empty() || looking_at_emptying) return;
  looking_at_emptying = true;
  boost::asio::post(io, [weak = weak_from_this()] {
    const auto state = weak.lock();
    if (!state || state->listener == nullptr) return;
    state->looking_at_emptying = false;
    const std::set<Token> waiting = state->emptying;
    for (const Token token : waiting) {
      Attempt* attempt = state->find(token);
      if (attempt != nullptr && attempt->tree->rest().empty) state->ended(*attempt);
    }
  });
}

/// One timer for all that are drained: it looks when the oldest, since `oldest`, could be overdue.
void ProcessLauncher::State::watch_drains(Attempt::Clock::time_point oldest) {
  if (watching_drains) return;
  watching_drains = true;
  drain_watch.expires_at(oldest + kDrainPatience);
  drain_watch.async_wait([weak = weak_from_this()](const boost::system::error_code& error) {
    const auto state = weak.lock();
    if (error || !state || state->listener == nullptr) return;
    state->watching_drains = false;
    state->give_up_drains();
  });
}

/// An end must not wait for ever for a disk that holds the log thread.
void ProcessLauncher::State::give_up_drains() {
  const auto since = Attempt::Clock::now() - kDrainPatience;
  std::vector<Token> overdue;
  std::optional<Attempt::Clock::time_point> oldest;  // of those that may still be read
  for (const auto& [token, attempt] : attempts) {
    if (!attempt->main_ended || attempt->drained) continue;
    if (attempt->main_ended_at <= since) {
      overdue.push_back(token);
    } else if (!oldest || attempt->main_ended_at < *oldest) {
      oldest = attempt->main_ended_at;
    }
  }
  for (const Token token : overdue) {
    const Attempt* attempt = find(token);
    if (attempt == nullptr) continue;
    drained(token, {.problem = "log " + attempt->launch.log_file + ": the disk does not answer",
                    .beat_open = true});
  }
  if (oldest) watch_drains(*oldest);
}

void ProcessLauncher::State::drained(Token token, const LogTotals& totals) {
  Attempt* attempt = find(token);
  if (attempt == nullptr || attempt->drained) return;
  attempt->drained = true;
  attempt->beat_open = totals.beat_open;
  attempt->end.log_bytes = totals.emitted_bytes;
  attempt->end.error = totals.problem;
  if (attempt->main_ended) empty_tree(*attempt);
}

void ProcessLauncher::State::look_after(Attempt& attempt, std::chrono::milliseconds wait) {
  attempt.timer.expires_after(wait);
  attempt.timer.async_wait([weak = weak_from_this(),
                            token = attempt.launch.token](const boost::system::error_code& error) {
    const auto state = weak.lock();
    if (error || !state || state->listener == nullptr) return;
    if (Attempt* due = state->find(token)) state->look(*due);
  });
}

/// The next look while nothing is being killed yet: at the end of the grace, and sooner if the end
/// of the tree is waited for.
void ProcessLauncher::State::look_in_time(Attempt& attempt) {
  auto wait = kLookMax;
  if (attempt.main_ended && attempt.drained) {
    wait = attempt.look_wait = std::clamp(attempt.look_wait * 2, kLookFirst, kLookMax);
  }
  if (attempt.kill_at) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(*attempt.kill_at - Attempt::Clock::now());
    wait = attempt.main_ended && attempt.drained ? std::min(wait, left) : left;
  }
  look_after(attempt, std::max(wait, std::chrono::milliseconds{0}));
}

void ProcessLauncher::State::look(Attempt& attempt) {
  if (!attempt.tree) {
    if (attempt.tries > 0) try_to_spawn(attempt);
    return;
  }
  if (attempt.main_ended && attempt.drained) return empty_tree(attempt);
  if (attempt.kill_at && *attempt.kill_at <= Attempt::Clock::now()) kill_hard(attempt);
}

/// SIGKILL, again and again until the tree is empty: a process may have been born meanwhile, or be
/// stuck in the kernel.
void ProcessLauncher::State::kill_hard(Attempt& attempt) {
  if (!attempt.killing_hard && attempt.main_ended) {
    attempt.end.leaked = attempt.tree->rest().living;
  }
  attempt.killing_hard = true;
  attempt.tree->kill();
  attempt.look_wait = std::clamp(attempt.look_wait * 2, kLookFirst, kLookMax);
  look_after(attempt, attempt.look_wait);
}

/// The main process has ended and its output is read: whatever else lives has to go.
void ProcessLauncher::State::empty_tree(Attempt& attempt) {
  const Tree::Rest rest = attempt.tree->rest();
  if (rest.empty) return ended(attempt);
  emptying.insert(attempt.launch.token);
  const bool in_grace = attempt.kill_at && *attempt.kill_at > Attempt::Clock::now();
  const bool spared = in_grace && !attempt.killing_hard;
  if (rest.living > 0 && !spared) return kill_hard(attempt);
  look_in_time(attempt);
}

void ProcessLauncher::State::ended(Attempt& attempt) {
  const Token token = attempt.launch.token;
  if (attempt.beat_open) logs->release(token);
  settle_memory(attempt);
  if (attempt.group) groups->release(std::move(attempt.group));
  living.ended(token);
  emptying.erase(token);
  memory_watched.erase(token);
  newly_ended.erase(token);
  const auto over = std::move(attempts.at(token));
  attempts.erase(token);
  if (listener != nullptr) listener->ended(token, over->end);
}

}  // namespace takt::exec
