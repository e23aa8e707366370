#include "sim/memory_model.h"

#include <algorithm>
#include <cmath>

namespace takt::sim {
namespace {

constexpr std::int64_t kTotalBytes = 8LL << 30U;
constexpr double kUsedUsually = 0.45;
constexpr double kTrembles = 0.015;
constexpr Duration kTrembleEvery{700};

/// 0 outside of the episode, 1 at its height.
double height(const MemoryModel::Episode& episode, Instant at) {
  const auto share = [&](Duration since) {
    return static_cast<double>(since.count()) /
           static_cast<double>(std::max<std::int64_t>(episode.rises.count(), 1));
  };
  const Duration since = at - episode.begin;
  const Duration falls = since - episode.rises - episode.holds;
  return std::clamp(std::min(share(since), 1 - share(falls)), 0.0, 1.0);
}

}  // namespace

void MemoryModel::begin(const Episode& episode) {
  episode_ = episode;
  calm_from_.reset();
  cleaned_ = false;
}

void MemoryModel::calm(Instant at) { calm_from_ = at; }

core::MemoryReading MemoryModel::read(Instant at) const {
  const bool trembles_up = at.time_since_epoch() / kTrembleEvery % 2 == 0;
  double used = kUsedUsually + (trembles_up ? kTrembles : 0);
  core::MemoryReading reading;
  if (episode_ && (!calm_from_ || at < *calm_from_)) {
    const double now = height(*episode_, at);
    const double stays = cleaned_ ? 1 - episode_->freed_by_cleanup : 1;
    used += std::max(episode_->peak - kUsedUsually, 0.0) * now * stays;
    if (now >= 1) reading.stalled = episode_->stalled;
  }
  reading.total_bytes = kTotalBytes;
  reading.available_bytes =
      std::llround(static_cast<double>(kTotalBytes) * (1 - std::min(used, 0.995)));
  return reading;
}

}  // namespace takt::sim
