#include "core/tune.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>

#include "core/durations.h"
#include "core/past_windows.h"
#include "core/schedule.h"

namespace takt::core {
namespace {

using namespace std::chrono_literals;

// A busy machine alone may cost so much.
constexpr Duration kLateMin = 10s;
constexpr Duration kHungMin = 10s;

/// Values of a kind: sorted, with what is read off them.
class Sample {
 public:
  explicit Sample(std::vector<Duration> values) : values_(std::move(values)) {
    std::ranges::sort(values_);
  }
  bool empty() const { return values_.empty(); }
  Duration longest() const { return values_.back(); }
  /// The smallest that `percent` of all do not exceed.
  Duration percentile(std::size_t percent) const {
    const std::size_t rank = (values_.size() * percent + 99) / 100;
    return values_[std::max<std::size_t>(rank, 1) - 1];
  }

 private:
  std::vector<Duration> values_;
};

/// As evidence: nobody needs the milliseconds of an hour.
std::string text(Duration duration) {
  if (duration >= 1h) return format_duration(std::chrono::round<std::chrono::minutes>(duration));
  if (duration >= 1min) return format_duration(std::chrono::round<std::chrono::seconds>(duration));
  if (duration >= 1s) return format_duration((duration + 50ms) / 100ms * 100ms);
  return format_duration(duration);
}

/// Longer than any bound in use: sums and products of a few of them do not overflow.
Duration bounded(Duration duration) { return std::clamp(duration, Duration{0}, kDurationMax); }

Duration times(Duration duration, int halves) { return bounded(bounded(duration) * halves / 2); }

class Tuner {
 public:
  Tuner(const JobSpec& job, const JobHistory& history)
      : job_(job), history_(history), windows_(past_windows(history)) {}

  Tuning tune(bool watchdog_only) {
    tuning_.job = job_.name;
    tuning_.ok_runs = static_cast<int>(windows_.size());
    if (tuning_.ok_runs < kTuneRunsMin) {
      tuning_.note = fmt::format("too little history: {} run{} ended ok, {} are needed",
                                 tuning_.ok_runs, tuning_.ok_runs == 1 ? "" : "s", kTuneRunsMin);
      return std::move(tuning_);
    }
    if (!watchdog_only) propose_expect();
    propose_hung();
    propose_late();
    propose_stale();
    return std::move(tuning_);
  }

 private:
  // --- evidence -------------------------------------------------------------------------------

  Sample run_lengths() const {
    std::vector<Duration> lengths;
    for (const auto& window : windows_) lengths.push_back(window.took);
    return Sample{std::move(lengths)};
  }

  /// Of attempts that ended ok; where none are kept, of their runs.
  Sample attempt_lengths() const {
    std::vector<Duration> lengths;
    for (const auto& attempt : history_.attempts) {
      if (attempt.outcome != Outcome::ok || !attempt.ended_at) continue;
      lengths.push_back(*attempt.ended_at - attempt.started_at);
    }
    return lengths.empty() ? run_lengths() : Sample{std::move(lengths)};
  }

  std::string over(std::string_view what, std::size_t count) const {
    const Duration span = windows_.back().until - windows_.front().until;
    return fmt::format("{} {} over {}", count, what, text(span));
  }

  // --- proposals ------------------------------------------------------------------------------

  void add(std::string_view key, std::optional<Duration> now, Duration proposed,
           std::string evidence) {
    tuning_.proposals.push_back({key, now, proposed, std::move(evidence)});
  }

  /// `least`: shorter values would have raised an alarm. A threshold stays as it is when it is long
  /// enough, and not much longer than it has to be.
  void add_threshold(std::string_view key, std::optional<Duration> now, Duration least,
                     Duration wanted, std::string evidence) {
    const Duration proposed = rounded_for_people(std::max(least, wanted));
    if (now && *now >= least && *now <= times(proposed, 3)) return;
    add(key, now, proposed, std::move(evidence));
  }

  void propose_expect() {
    const auto lengths = run_lengths();
    const Duration p50 = std::max(lengths.percentile(50), Duration{1});
    const auto& now = job_.expect;
    if (now && p50 * 4 <= *now * 5 && *now * 4 <= p50 * 5) return;
    add("expect", now, rounded_for_people(p50),
        fmt::format("p50 {}, p95 {}, max {}: {}", text(p50), text(lengths.percentile(95)),
                    text(lengths.longest()), over("ok runs", windows_.size())));
  }

  void propose_hung() {
    const auto lengths = attempt_lengths();
    const Duration longest = lengths.longest();
    const Duration p95 = lengths.percentile(95);
    const Duration wanted = std::max({times(p95, 6), times(longest, 3), kHungMin});
    // A timeout that ends an attempt before makes it pointless.
    if (job_.timeout && *job_.timeout <= rounded_for_people(wanted) && !job_.hung_after) return;
    add_threshold("hung_after", job_.hung_after, longest + Duration{1}, wanted,
                  fmt::format("p95 {}, longest ok {}: {}", text(p95), text(longest),
                              over("ok runs", windows_.size())));
  }

  /// How much later than its slot, and the time that the watchdog allows for the run, a success
  /// came. Of the first one it knew no length yet, which does not happen again.
  std::vector<Duration> overshoots() const {
    std::vector<Duration> found;
    Durations known;
    known.add(windows_.front().took);
    for (std::size_t i = 1; i < windows_.size(); ++i) {
      const auto& window = windows_[i];
      if (window.healthy && window.owed_since) {
        const Duration allowed = expected_longest(known, job_.expect);
        found.push_back(std::max(window.until - *window.owed_since - allowed, Duration{0}));
      }
      known.add(window.took);
    }
    return found;
  }

  void propose_late() {
    if (std::holds_alternative<Manual>(job_.schedule) ||
        std::holds_alternative<At>(job_.schedule)) {
      return;
    }
    const auto found = overshoots();
    if (found.size() + 1 < static_cast<std::size_t>(kTuneRunsMin)) return;
    const Sample late{found};
    const Duration p95 = run_lengths().percentile(95);
    add_threshold(
        "late_after", job_.late_after, late.longest() + Duration{1},
        std::max({times(late.longest(), 3), p95, kLateMin}),
        fmt::format("at most {} beyond slot and usual length, p95 of the length {}: {}",
                    text(late.longest()), text(p95), over("slots that were met", found.size())));
  }

  void propose_stale() {
    std::vector<Duration> found;
    for (const auto& window : windows_) {
      if (window.healthy && window.from) found.push_back(window.until - *window.from);
    }
    if (found.size() + 1 < static_cast<std::size_t>(kTuneRunsMin)) return;
    const auto* after = std::get_if<After>(&job_.schedule);
    const auto interval = after != nullptr ? after->delay : longest_interval(job_);
    if (!interval) return;  // by hand: nobody can say when it stays away
    const Sample gaps{found};
    const auto lengths = run_lengths();
    const Duration p95 = lengths.percentile(95);
    // Below this `check` would warn.
    const Duration warned = *interval + std::max(job_.expect.value_or(Duration{0}),
                                                 rounded_for_people(lengths.percentile(50)));
    add_threshold(
        "stale_after", job_.stale_after, std::max(gaps.longest() + Duration{1}, warned),
        std::max(times(gaps.longest(), 3), times(*interval + p95, 4)),
        fmt::format("longest gap between successes {}, longest interval {}, p95 of the "
                    "length {}: {}",
                    text(gaps.longest()), text(*interval), text(p95), over("gaps", found.size())));
  }

  const JobSpec& job_;
  const JobHistory& history_;
  std::vector<PastWindow> windows_;
  Tuning tuning_;
};

}  // namespace

Duration rounded_for_people(Duration duration) {
  struct Step {
    Duration below;
    Duration by;
  };
  constexpr std::array<Step, 9> kSteps{{{100ms, 1ms},
                                        {1s, 10ms},
                                        {10s, 100ms},
                                        {1min, 1s},
                                        {10min, 5s},
                                        {1h, 1min},
                                        {6h, 5min},
                                        {24h, 1h},
                                        {240h, 3h}}};
  duration = bounded(duration);
  for (const auto& [below, by] : kSteps) {
    if (duration >= below) continue;
    return std::min((duration + by - Duration{1}) / by * by, kDurationMax);
  }
  constexpr Duration kDay = 24h;
  return std::min((duration + kDay - Duration{1}) / kDay * kDay, kDurationMax);
}

Tuning tune(const JobSpec& job, const JobHistory& history, bool watchdog_only) {
  return Tuner{job, history}.tune(watchdog_only);
}

}  // namespace takt::core
