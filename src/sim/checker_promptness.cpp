#include "sim/checker_promptness.h"

#include <fmt/format.h>

#include <algorithm>

namespace takt::sim {
namespace {

constexpr Duration kPromptP99 = std::chrono::milliseconds{50};  // L1
constexpr std::int64_t kStartsToJudge = 200;
constexpr int kIdleWakesAMinute = 60;  // L10

}  // namespace

void PromptCheck::gap(Instant from, Instant to) {
  gaps_ += 1;
  gap_from_ = from;
  gap_to_ = to;
  gap_offset_ = context_.wall_offset;
}

void PromptCheck::run_made(const core::RunRow& row, JobIndex job) {
  if (!row.slot_at || gaps_ == 0) return;
  const Instant due = context_.on_line(*row.slot_at);
  if (due <= gap_from_ || due > gap_to_) return;
  const core::JobSpec& spec = context_.spec(job);
  // What a step brings into the gap was not due in it, and is decided apart.
  const bool has_stepped = context_.batch_offset != gap_offset_;
  if (has_stepped && core::follows_the_wall(spec.schedule)) return;
  CaughtUp& caught_up = caught_up_[job];
  if (caught_up.gap != gaps_) caught_up = {gaps_, 0};
  caught_up.runs += 1;
  const int allowed = spec.catchup == core::Catchup::all ? spec.catchup_max : 1;
  if (caught_up.runs != allowed + 1) return;
  context_.violation(
      "L8", fmt::format("{}: {} runs for what was due between {} and {}", spec.name, caught_up.runs,
                        format_rfc3339(WallTime{gap_from_.time_since_epoch()}),
                        format_rfc3339(WallTime{gap_to_.time_since_epoch()})));
}

void PromptCheck::started_freely(Instant due) {
  if (context_.is_excused() || due < context_.excused_until) return;
  const auto last = static_cast<std::int64_t>(lateness_.size()) - 1;
  const std::int64_t late = std::clamp<std::int64_t>((context_.now - due).count(), 0, last);
  lateness_[static_cast<std::size_t>(late)] += 1;
  starts_ += 1;
}

void PromptCheck::woken_for_nothing() {
  if (context_.now - minute_began_ >= std::chrono::minutes{1}) {
    minute_began_ = context_.now;
    idle_wakes_ = 0;
  }
  idle_wakes_ += 1;
  if (idle_wakes_ != kIdleWakesAMinute + 1) return;
  context_.violation("L10",
                     fmt::format("{} wake-ups for nothing since {}", idle_wakes_,
                                 format_rfc3339(WallTime{minute_began_.time_since_epoch()})));
}

void PromptCheck::finish() {
  if (starts_ < kStartsToJudge) return;
  std::int64_t late = 0;
  for (auto ms = static_cast<std::size_t>(kPromptP99.count()) + 1; ms < lateness_.size(); ++ms) {
    late += lateness_[ms];
  }
  if (late * 100 <= starts_) return;
  context_.violation("L1", fmt::format("{} of {} starts with a free slot were later than {}", late,
                                       starts_, format_duration(kPromptP99)));
}

}  // namespace takt::sim
