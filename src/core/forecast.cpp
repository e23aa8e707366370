#include "core/forecast.h"

#include <algorithm>
#include <queue>
#include <utility>

#include "base/match.h"
#include "core/coordinator_impl.h"

namespace takt::core {
namespace {

constexpr int kTurnsMax = 5000;
constexpr Duration kAnyMoment{
    1000};  // an attempt that is beyond its expected length, or being killed

double share_of(Pace pace) {
  switch (pace) {
    case Pace::brisk:
      return 0.10;
    case Pace::usual:
      return 0.50;
    case Pace::slow:
      return 0.95;
  }
  return 0.50;
}

double factor_of(Pace pace) {
  switch (pace) {
    case Pace::brisk:
      return 0.5;
    case Pace::usual:
      return 1.0;
    case Pace::slow:
      return 1.5;
  }
  return 1.0;
}

}  // namespace

/// One playing of a twin.
class Forecast {
 public:
  Forecast(const Coordinator& fleet, Instant now, Pace pace)
      : twin_(fleet), pace_(pace), now_(now) {
    state().is_twin = true;
  }

  std::vector<ForecastStart> play(Instant until,
                                  const std::function<bool(const ForecastStart&)>& enough) {
    take_up_the_living();
    for (int turns = 0; turns < kTurnsMax && !is_enough_; ++turns) {
      const Instant next =
          std::min(twin_.next_wake(), ends_.empty() ? Instant::max() : ends_.top().at);
      if (next == Instant::max() || next > until) break;
      now_ = std::max(now_, next);
      if (!ends_.empty() && ends_.top().at <= now_) {
        const Token token = ends_.top().token;
        ends_.pop();
        end(token);
      } else {
        tell(Tick{});
      }
      for (; seen_ < starts_.size() && !is_enough_; ++seen_) is_enough_ = enough(starts_[seen_]);
    }
    return std::move(starts_);
  }

 private:
  struct End {
    Instant at;
    Token token;
    friend auto operator<=>(const End&, const End&) = default;
  };

  State& state() { return twin_.impl_->s; }

  Duration length_of(JobIndex job) {
    if (const auto known = state().jobs[job].durations.percentile(share_of(pace_))) return *known;
    const Duration expected = state().spec_of(job).expect.value_or(std::chrono::minutes{1});
    return Duration{
        static_cast<std::int64_t>(static_cast<double>(expected.count()) * factor_of(pace_))};
  }

  /// Attempts that are alive, or on their way, when the forecast begins.
  void take_up_the_living() {
    std::vector<std::pair<Token, RunId>> living(state().tokens.begin(), state().tokens.end());
    for (const auto& [token, id] : living) {
      const Run& run = state().runs.at(id);
      const Attempt& attempt = *run.attempt;
      if (attempt.phase == Phase::recording) continue;  // launched below
      const bool ends_soon = attempt.killing || attempt.phase == Phase::ending;
      const Instant usual = attempt.started_at + length_of(run.job);
      ends_.push({ends_soon ? now_ + kAnyMoment : std::max(usual, now_ + kAnyMoment), token});
    }
    tell(Recorded{state().last_seq});
  }

  void end(Token token) {
    const auto found = state().tokens.find(token);
    if (found == state().tokens.end()) return;
    const Attempt& attempt = *state().runs.at(found->second).attempt;
    if (attempt.phase == Phase::leftover) {
      tell(LeftoverGone{token});
      return;
    }
    ProcessEnd ended;
    ended.exit_code = 0;
    ended.by_itself = !attempt.killing;
    tell(AttemptEnded{token, ended});
  }

  void tell(const Event& event) { perform(twin_.handle(event, now_)); }

  void perform(const Effects& effects) {
    for (const Effect& effect : effects) {
      std::visit(
          Match{[&](const Persist& e) { tell(Recorded{e.batch.seq}); },
                [&](const LaunchAttempt& e) { launch(e); },
                [&](const KillTree& e) { ends_.push({now_, e.token}); }, [](const KillLeftover&) {},
                [](const CleanUp&) {}, [](const Mend&) {}, [](const EndBuiltin&) {},
                [](const SendNotices&) {}, [](const Answer&) {}, [](const Stopped&) {}},
          effect);
    }
  }

  void launch(const LaunchAttempt& launch) {
    starts_.push_back({launch.job, launch.run, now_});
    ends_.push({now_ + std::max(length_of(launch.job), Duration{1}), launch.token});
    tell(AttemptStarted{launch.token, {}});
  }

  Coordinator twin_;
  Pace pace_;
  Instant now_;
  std::priority_queue<End, std::vector<End>, std::greater<>> ends_;
  std::vector<ForecastStart> starts_;
  std::size_t seen_ = 0;
  bool is_enough_ = false;
};

std::vector<ForecastStart> forecast(const Coordinator& fleet, Instant now, Instant until, Pace pace,
                                    const std::function<bool(const ForecastStart&)>& enough) {
  if (!fleet.store_ok() || fleet.spec().jobs.size() > kForecastJobsMax) return {};
  return Forecast(fleet, now, pace).play(until, enough);
}

}  // namespace takt::core
