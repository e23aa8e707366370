#include "sim/checker_trees.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

namespace takt::sim {
namespace {

/// The age at which an attempt must be noticed.
std::optional<Duration> age_limit(const core::JobSpec& spec) {
  if (!spec.timeout) return spec.hung_after;
  return spec.hung_after ? std::min(*spec.hung_after, *spec.timeout) : spec.timeout;
}

std::string described(const CheckContext& context, const AttemptFacts& facts) {
  return fmt::format("{}: run {} attempt {}", context.name(facts.job), facts.run.value,
                     facts.number);
}

}  // namespace

void TreeCheck::started(Token token, RunId run, int attempt, JobIndex job,
                        std::optional<Instant> slot) {
  living_.emplace(token, job);
  alive_[job] += 1;
  const core::JobSpec& spec = context_.spec(job);
  if (spec.overlap != core::Overlap::allow && alive_[job] > 1) {
    context_.violation("S3", fmt::format("{}: run {} attempt {} starts while another tree lives",
                                         spec.name, run.value, attempt));
  }
  if (std::ssize(living_) > context_.fleet.max_running) {
    context_.violation("S13", fmt::format("{} trees live at once", living_.size()));
  }
  if (slot && context_.now < *slot) {
    context_.violation("S4",
                       fmt::format("{}: run {} starts before its slot", spec.name, run.value));
  }
  AttemptFacts* facts = context_.attempt(token);
  if (facts == nullptr || facts->outcome || facts->run != run || facts->number != attempt) {
    context_.violation("S2",
                       fmt::format("{}: run {} attempt {} starts {}", spec.name, run.value, attempt,
                                   facts == nullptr ? "and no row says so" : "after its end"));
    return;
  }
  if (facts->started) {
    context_.violation("S2", fmt::format("{} starts twice", described(context_, *facts)));
    return;
  }
  facts->started = context_.now;
  const auto require_verdict = [&](std::optional<Duration> limit) {
    if (!limit) return;
    context_.require(context_.now + *limit + kStartTolerance, Duty::verdict_given, token.value);
  };
  require_verdict(age_limit(spec));
  require_verdict(spec.beat_within);
}

void TreeCheck::beat(Token token) {
  if (AttemptFacts* facts = context_.attempt(token)) facts->last_beat = context_.now;
}

void TreeCheck::signalled(Token token) {
  AttemptFacts* facts = context_.attempt(token);
  if (facts == nullptr || facts->signalled) return;
  facts->signalled = context_.now;
  context_.require(context_.now + context_.spec(facts->job).kill_grace + kStartTolerance,
                   Duty::tree_dead, token.value);
}

void TreeCheck::main_ended(Token token, std::optional<int> exit_code, std::optional<int> signal,
                           bool out_of_memory) {
  AttemptFacts* facts = context_.attempt(token);
  if (facts == nullptr) return;
  facts->main_ended = true;
  facts->exit_code = exit_code;
  facts->signal = signal;
  facts->out_of_memory = out_of_memory;
}

void TreeCheck::output_stored(Token token, std::int64_t emitted, std::int64_t stored,
                              std::int64_t cut) {
  AttemptFacts* facts = context_.attempt(token);
  if (facts == nullptr) return;
  facts->emitted = emitted;
  const core::JobSpec& spec = context_.spec(facts->job);
  const auto cap = static_cast<std::int64_t>(spec.command ? spec.command->log_max_bytes
                                                          : core::Command{}.log_max_bytes);
  const std::int64_t due = std::min(emitted, cap);
  if (stored == due && cut == emitted - due) return;
  context_.violation("S16",
                     fmt::format("{}: of {} bytes {} are stored and {} marked as cut; log_max "
                                 "is {}",
                                 described(context_, *facts), emitted, stored, cut, cap));
}

void TreeCheck::finish() {
  for (const auto& [token, job] : living_) {
    const AttemptFacts* facts = context_.attempt(token);
    if (facts != nullptr && !facts->outcome && facts->life == context_.life) continue;
    context_.violation("S8", fmt::format("{}: the tree of token {} is left over",
                                         context_.name(job), token.value));
  }
}

void TreeCheck::dead(Token token) {
  if (const auto living = living_.find(token); living != living_.end()) {
    alive_[living->second] -= 1;
    living_.erase(living);
  }
  AttemptFacts* facts = context_.attempt(token);
  if (facts == nullptr) return;
  facts->dead = context_.now;
  if (!facts->outcome) {
    context_.require(context_.now + kHeartbeatLag, Duty::end_recorded, token.value);
  }
}

void TreeCheck::daemon_up() {
  for (const auto& [token, job] : living_) {
    context_.require(context_.now + kRecoveryBound, Duty::orphan_dead, token.value);
  }
}

void TreeCheck::missed_verdict(Token token) {
  const AttemptFacts* facts = context_.attempt(token);
  if (facts == nullptr || facts->main_ended || facts->dead || facts->signalled) return;
  const core::JobSpec& spec = context_.spec(facts->job);
  const auto age = age_limit(spec);
  const bool is_old = age && context_.now > *facts->started + *age + kStartTolerance;
  if (!is_old && spec.beat_within) {
    const Instant quiet_since =
        std::max(facts->last_beat.value_or(*facts->started), context_.awake_since);
    const Instant due = quiet_since + *spec.beat_within + kStartTolerance;
    if (context_.now <= due) {
      context_.require(due, Duty::verdict_given, token.value);
      return;
    }
  }
  context_.violation("L4", fmt::format("{} is too {} and nobody kills it",
                                       described(context_, *facts), is_old ? "old" : "silent"));
}

void TreeCheck::missed_death(Token token, std::string_view invariant) {
  const auto living = living_.find(token);
  if (living == living_.end()) return;
  context_.violation(invariant, fmt::format("{}: the tree of token {} should be dead by now",
                                            context_.name(living->second), token.value));
}

}  // namespace takt::sim
