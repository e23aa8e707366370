#include "core/memory_gate.h"

#include <fmt/format.h>

#include <utility>

#include "base/match.h"
#include "core/waiting.h"

namespace takt::core {
namespace {

std::vector<std::pair<std::string, std::string>> data_of(const MemoryReading& reading) {
  return {{"used_bytes", std::to_string(reading.used_bytes())},
          {"total_bytes", std::to_string(reading.total_bytes)},
          {"used_ratio", fmt::format("{:.3f}", reading.used_ratio())},
          {"stalled_ratio", fmt::format("{:.3f}", reading.stalled)},
          {"source", std::string{word(reading.source)}}};
}

std::string size_words(std::int64_t bytes) {
  constexpr double kKiB = 1024;
  const auto size = static_cast<double>(bytes);
  if (size >= kKiB * kKiB * kKiB) return fmt::format("{:.1f} GiB", size / kKiB / kKiB / kKiB);
  return fmt::format("{:.0f} MiB", size / kKiB / kKiB);
}

void tell_level(Turn& turn) {
  const MemoryState& memory = turn.s.memory;
  const MemorySpec& spec = turn.s.spec.memory;
  const std::string words = memory_words(memory.reading);
  const auto tell = [&](Severity severity, EventKind kind, std::string text) {
    turn.event(severity, kind, std::nullopt, std::nullopt, std::move(text),
               data_of(memory.reading));
  };
  switch (memory.level) {
    case MemoryLevel::normal:
      tell(Severity::info, EventKind::memory_normal, "memory is normal again: " + words);
      break;
    case MemoryLevel::high:
      tell(Severity::warning, EventKind::memory_high,
           fmt::format("memory is high: {} (high = {})", words, limit_words(spec.high)));
      break;
    case MemoryLevel::critical:
      tell(Severity::error, EventKind::memory_critical,
           fmt::format("memory is critical: {} (critical = {}); jobs that are not critical are "
                       "skipped",
                       words, limit_words(spec.critical)));
      break;
  }
}

}  // namespace

std::string memory_words(const MemoryReading& reading) {
  if (reading.total_bytes <= 0) return "not known";
  std::string text = fmt::format("{:.1f} % of {} used", 100 * reading.used_ratio(),
                                 size_words(reading.total_bytes));
  if (reading.stalled >= kStalledCritical / 2) {
    text += fmt::format(", stalled for {:.0f} % of the time", 100 * reading.stalled);
  }
  return text;
}

std::string limit_words(const MemoryLimit& limit) {
  return std::visit(
      Match{[](const UsedRatio& ratio) { return fmt::format("{:.6g} %", 100 * ratio.at_least); },
            [](const BytesLeft& left) { return size_words(left.at_most) + " left"; }},
      limit);
}

void on_memory_read(Turn& turn, const MemoryRead& event) {
  MemoryState& memory = turn.s.memory;
  memory.reading = event.reading;
  const MemoryLevel before =
      std::exchange(memory.level, next_level(turn.s.spec.memory, memory.level, event.reading));
  if (memory.level == before) return;
  tell_level(turn);
  if (memory.level == MemoryLevel::critical) {
    if (std::exchange(memory.cleaning, true)) return;
    turn.effects.emplace_back(CleanUp{});
  } else if (before == MemoryLevel::critical) {
    look_again_at_parked(turn);
  }
}

void on_cleaned_up(Turn& turn, const CleanedUp& event) {
  const std::int64_t freed = event.after.available_bytes - event.before.available_bytes;
  auto data = data_of(event.after);
  data.emplace_back("action", event.action);
  data.emplace_back("freed_bytes", std::to_string(freed));
  turn.event(
      event.ok ? Severity::info : Severity::warning, EventKind::cleanup_done, std::nullopt,
      std::nullopt,
      fmt::format("{}: {}{}{}", event.action,
                  freed >= 0 ? size_words(freed) + " freed" : size_words(-freed) + " less free",
                  event.text.empty() ? "" : "; ", event.text),
      std::move(data));
  if (!event.last) return;
  turn.s.memory.cleaning = false;
  if (event.after.total_bytes > 0) on_memory_read(turn, MemoryRead{event.after});
  look_again_at_parked(turn);
}

void warn_of_memory(Turn& turn, const Run& run) {
  const MemoryState& memory = turn.s.memory;
  if (memory.level != MemoryLevel::critical) return;
  if (turn.s.spec_of(run.job).builtin != Builtin::none) return;
  turn.event(Severity::warning, EventKind::memory_critical, run.job, run.id,
             fmt::format("{}: run {} starts although memory is critical: {}",
                         turn.s.spec_of(run.job).name, run.id.value, memory_words(memory.reading)),
             data_of(memory.reading));
}

}  // namespace takt::core
