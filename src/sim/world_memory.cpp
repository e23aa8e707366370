// The memory of the world: what the daemon is told of it, and what its cleanup brings. A shell reads
// before what may start something, unless it has just done so, and goes on every second until the
// memory is normal again.

#include <utility>

#include "sim/world.h"

namespace takt::sim {
namespace {

constexpr Duration kReadingHolds = std::chrono::milliseconds{100};
constexpr Duration kReadsAgain = std::chrono::seconds{1};
constexpr Duration kActionMax = std::chrono::seconds{30};
constexpr double kActionFails = 0.25;

bool may_start_something(const core::Event& event) {
  return !std::holds_alternative<core::MemoryRead>(event) &&
         !std::holds_alternative<core::CleanedUp>(event) &&
         !std::holds_alternative<core::BeatHeard>(event) &&
         !std::holds_alternative<core::AttemptStarted>(event) &&
         !std::holds_alternative<core::Recorded>(event);
}

}  // namespace

bool World::read_memory_before(const core::Event& event) {
  if (!may_start_something(event) || !daemon_) return false;
  if (memory_read_at_ && now_ - *memory_read_at_ < kReadingHolds) return false;
  return tell_memory();
}

bool World::tell_memory() {
  const core::MemoryReading reading = memory_.read(now_);
  memory_read_at_ = now_;
  watch_memory(reading);
  return deliver(core::MemoryRead{reading});
}

/// Not normal: it is read again in a second.
void World::watch_memory(const core::MemoryReading& reading) {
  const core::MemorySpec& spec = scenario_.fleet.memory;
  const bool is_tight = core::is_reached(spec.high, reading) ||
                        core::is_reached(spec.critical, reading) ||
                        reading.stalled >= core::kStalledCritical / 2;
  const bool was_tight = std::exchange(memory_tight_, is_tight);
  if ((!is_tight && !was_tight) || memory_entered_) return;
  memory_entered_ = true;
  agenda_.enter(now_ + kReadsAgain, MemoryDue{life_});
}

void World::memory_due(const MemoryDue& due) {
  if (!daemon_ || due.life != life_) return;
  memory_entered_ = false;
  if (is_frozen()) {
    memory_entered_ = true;
    agenda_.enter(frozen_until_, MemoryDue{life_});
    return;
  }
  tell_memory();
}

void World::clean_up() {
  witness([&](Checker& checker) { checker.cleanup_asked(now_); });
  const auto actions = 1 + dice_memory_.below(3);
  Instant at = now_;
  for (std::int64_t nth = 1; nth <= actions; ++nth) {
    at += dice_memory_.between(Duration{1}, kActionMax);
    agenda_.enter(at, CleanupStep{life_, static_cast<int>(nth), nth == actions});
  }
}

void World::cleanup_step(const CleanupStep& step) {
  if (!daemon_ || step.life != life_) return;
  core::CleanedUp done;
  done.action = step.last ? "cleanup command" : "idle contexts";
  done.before = memory_.read(now_);
  done.ok = !dice_memory_.chance(kActionFails);
  if (done.ok) memory_.clean();
  if (!done.ok) done.text = "exit code 1";
  done.after = memory_.read(now_);
  done.last = step.last;
  if (step.last) watch_memory(done.after);
  deliver(std::move(done));
}

bool World::strike_memory(Fault fault) {
  if (memory_.is_busy(now_)) return false;
  fired(fault);
  MemoryModel::Episode episode;
  episode.begin = now_;
  episode.rises = dice_memory_.between(std::chrono::seconds{1}, std::chrono::minutes{1});
  episode.holds = dice_memory_.between(std::chrono::seconds{10}, scenario_.mix.pressure_max);
  switch (fault) {
    case Fault::memory_high:
      episode.peak = 0.84;
      break;
    case Fault::memory_stalls:
      episode.stalled = 0.6;
      break;
    default:
      episode.peak =
          dice_memory_.chance(0.5) ? 0.90 : 0.97;  // trembles around the limit, or beyond
      if (dice_memory_.chance(0.6)) episode.freed_by_cleanup = dice_memory_.chance(0.5) ? 0.9 : 0.2;
      break;
  }
  memory_.begin(episode);
  tell_memory();
  if (!memory_entered_) {  // a daemon that has nothing to do looks now and then all the same
    memory_entered_ = true;
    agenda_.enter(now_ + kReadsAgain, MemoryDue{life_});
  }
  return true;
}

}  // namespace takt::sim
