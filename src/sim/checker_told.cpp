#include "sim/checker_told.h"

#include <utility>

namespace takt::sim {
namespace {

// PSI, some, avg10: DESIGN's second opinion, and the half of it.
constexpr double kStalled = 0.40;
constexpr double kStillStalled = 0.20;

bool is_beyond(const core::MemoryLimit& limit, const core::MemoryReading& reading) {
  if (const auto* ratio = std::get_if<core::UsedRatio>(&limit)) {
    const auto used = static_cast<double>(reading.total_bytes - reading.available_bytes);
    return used / static_cast<double>(reading.total_bytes) >= ratio->at_least;
  }
  return reading.available_bytes <= std::get<core::BytesLeft>(limit).at_most;
}

}  // namespace

void Told::daemon_up() {
  ToldFacts anew;
  anew.pools = std::move(now_.pools);
  now_ = std::move(anew);
  changed_ = true;
  owes_cleanup_ = false;
  versions_.clear();
}

void Told::file_says(std::vector<core::PoolSpec> pools) {
  now_.pools = std::move(pools);
  changed_ = true;
}

void Told::read(const core::MemoryReading& reading) {
  const core::MemorySpec& spec = context_.fleet.memory;
  now_.reading = reading;
  changed_ = true;
  if (reading.total_bytes <= 0) {
    now_.level = core::MemoryLevel::normal;
    return;
  }
  const bool was_critical = now_.is_critical();
  const bool is_high = is_beyond(spec.high, reading);
  if (is_beyond(spec.critical, reading) || reading.stalled >= kStalled) {
    now_.level = core::MemoryLevel::critical;
  } else if (!was_critical || (!is_high && reading.stalled < kStillStalled)) {
    now_.level = is_high ? core::MemoryLevel::high : core::MemoryLevel::normal;
  }
  if (now_.is_critical() && !was_critical && !now_.cleaning) owes_cleanup_ = true;
}

void Told::cleanup_asked() {
  if (now_.cleaning) context_.violation("S13", "a cleanup is asked for while one is under way");
  now_.cleaning = changed_ = true;
  owes_cleanup_ = false;
}

void Told::event(const core::Event& event) {
  if (std::exchange(owes_cleanup_, false)) {
    context_.violation("S13", "memory became critical and nobody asked for a cleanup");
  }
  if (const auto* memory = std::get_if<core::MemoryRead>(&event)) read(memory->reading);
  if (const auto* cleaned = std::get_if<core::CleanedUp>(&event); cleaned && cleaned->last) {
    now_.cleaning = false;
    if (cleaned->after.total_bytes > 0) read(cleaned->after);
  }
  if (std::holds_alternative<core::StoreFailed>(event)) now_.store_fails = true;
  if (std::holds_alternative<core::StoreBack>(event)) now_.store_fails = false;
  const bool is_last_call =
      std::holds_alternative<core::Drain>(event) || std::holds_alternative<core::ShutDown>(event);
  if (is_last_call) now_.working = false;
  changed_ = true;
}

void Told::handed_over(Seq seq) {
  if (!std::exchange(changed_, false)) return;
  if (!versions_.empty() && versions_.back().from == seq) versions_.pop_back();
  versions_.push_back({seq, now_});
}

ToldFacts Told::as_of(Seq seq) {
  while (versions_.size() > 1 && versions_[1].from <= seq) versions_.pop_front();
  return versions_.empty() || seq < versions_.front().from ? ToldFacts{} : versions_.front().facts;
}

}  // namespace takt::sim
