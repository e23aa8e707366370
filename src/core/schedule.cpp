#include "core/schedule.h"

#include <fmt/compile.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/match.h"
#include "base/stable_hash.h"

namespace takt::core {
namespace {

constexpr Duration kAutoOffsetMax = std::chrono::hours{1};
constexpr SlotNumber kDrawsMax = 1'000'000;
constexpr Second kIntervalsFrom = std::chrono::sys_days{std::chrono::year{2026} / 1 / 1};
constexpr std::string_view kZoneMark = " zone ";
constexpr SlotNumber kJitterDraw = -1;  // the draw of jitter is not the draw of any slot

Duration auto_offset(const JobSpec& job, Duration interval) {
  const Duration bound = std::min(interval, kAutoOffsetMax);
  return Duration{hash_below(stable_hash(job.name), bound.count())};
}

/// The drawn interval that follows slot `number`.
Duration drawn_interval(const JobSpec& job, const EveryBetween& range, SlotNumber number) {
  const std::int64_t span = (range.longest - range.shortest).count() + 1;
  return range.shortest + Duration{hash_below(stable_hash(job.name, number), span)};
}

/// The job's share of jitter: the same for every slot.
Duration spread(const JobSpec& job) {
  return Duration{hash_below(stable_hash(job.name, kJitterDraw), job.jitter.count() + 1)};
}

/// The second of the wall clock that a cron slot is named after.
Second nominal(const JobSpec& job, const TimeLine& line, Instant due) {
  return std::chrono::floor<std::chrono::seconds>(line.wall(due) - spread(job));
}

Instant due_of(const JobSpec& job, const TimeLine& line, Second named) {
  return line.instant(named) + spread(job);
}

/// The first cron slot at or after `from`.
std::optional<Slot> cron_slot(const JobSpec& job, const Cron& cron, const TimeLine& line,
                              Instant from, SlotNumber number) {
  const auto second = std::chrono::ceil<std::chrono::seconds>(line.wall(from) - spread(job));
  const auto found = cron_slot_from(*cron.rule, second);
  return found ? std::optional{Slot{number, due_of(job, line, *found)}} : std::nullopt;
}

/// The first point of base + k * interval (k >= 0) that is not before `from`.
Instant grid_at_or_after(Instant base, Duration interval, Instant from) {
  if (from <= base) return base;
  const std::int64_t behind = (from - base).count();
  const std::int64_t steps = (behind + interval.count() - 1) / interval.count();
  return base + steps * interval;
}

DueSlots due_on_grid(const Every& every, const Slot& slot, Instant now) {
  const SlotNumber further = (now - slot.due) / every.interval;
  return {{slot.number + further, slot.due + further * every.interval}, further + 1};
}

/// From slot.due, which may not be one of the schedule's own, to `now`.
DueSlots due_by_cron(const JobSpec& job, const CronRule& rule, const TimeLine& line,
                     const Slot& slot, Instant now) {
  const Second from = nominal(job, line, slot.due) + std::chrono::seconds{1};
  const Second until = nominal(job, line, now);
  const auto last = last_cron_slot(rule, from, until);
  if (!last) return {slot, 1};
  const std::int64_t further = count_cron_slots(rule, from, until);
  return {{slot.number + further, due_of(job, line, *last)}, further + 1};
}

DueSlots due_by_draws(const JobSpec& job, const EveryBetween& range, const Slot& slot,
                      Instant now) {
  Slot last = slot;
  for (SlotNumber draws = 1;; ++draws) {
    const Instant next = last.due + drawn_interval(job, range, last.number);
    if (next > now) return {last, last.number - slot.number + 1};
    last = {last.number + 1, next};
    if (draws != kDrawsMax) continue;
    // More draws than anyone can tell apart: on in the longest steps, which never overshoots `now`,
    // and by draws again for what is left of the last step.
    const SlotNumber strides = (now - last.due) / range.longest;
    last = {last.number + strides, last.due + strides * range.longest};
  }
}

/// The numbers in their words. Every row of a job has such a text: it is made in one piece.
template <class Format, class... Numbers>
std::string written(const Format& format, Numbers... numbers) {
  std::array<char, 96> text;
  return {text.data(), fmt::format_to(text.data(), format, numbers...)};
}

}  // namespace

Duration offset_of(const JobSpec& job) {
  return std::visit(
      Match{[](const Manual&) { return Duration{0}; }, [](const After&) { return Duration{0}; },
            [](const Cron&) { return Duration{0}; }, [](const At&) { return Duration{0}; },
            [&](const Every& s) { return s.offset.value_or(auto_offset(job, s.interval)); },
            [&](const EveryBetween& s) { return s.offset.value_or(auto_offset(job, s.shortest)); }},
      job.schedule);
}

Duration phase(const JobSpec& job) { return offset_of(job) + spread(job); }

std::optional<Slot> first_slot(const JobSpec& job, const TimeLine& line, Instant from,
                               SlotNumber number) {
  using Found = std::optional<Slot>;
  const Instant base = line.epoch + phase(job);
  return std::visit(
      Match{[](const Manual&) -> Found { return std::nullopt; },
            [&](const After&) -> Found { return Slot{number, from}; },
            [&](const Every& every) -> Found {
              return Slot{number, grid_at_or_after(base, every.interval, from)};
            },
            [&](const EveryBetween& range) -> Found {
              if (from <= base) return Slot{number, base};
              // Joining later than the epoch: a stable place within the first
              // interval.
              const auto into = hash_below(stable_hash(job.name, number), range.shortest.count());
              return Slot{number, from + Duration{into}};
            },
            [&](const Cron& cron) -> Found { return cron_slot(job, cron, line, from, number); },
            [&](const At& at) -> Found {
              const Instant due = line.instant(at.at) + spread(job);
              return due >= from ? Found{{number, due}} : std::nullopt;
            }},
      job.schedule);
}

std::optional<Slot> next_slot(const JobSpec& job, const TimeLine& line, const Slot& slot) {
  using Found = std::optional<Slot>;
  return std::visit(
      Match{[](const Manual&) -> Found { return std::nullopt; },
            [](const After&) -> Found { return std::nullopt; },
            [](const At&) -> Found { return std::nullopt; },
            [&](const Cron& cron) -> Found {
              return cron_slot(job, cron, line, slot.due + Duration{1}, slot.number + 1);
            },
            [&](const Every& every) -> Found {
              const Instant base = line.epoch + phase(job);
              return Slot{slot.number + 1,
                          grid_at_or_after(base, every.interval, slot.due + Duration{1})};
            },
            [&](const EveryBetween& range) -> Found {
              return Slot{slot.number + 1, slot.due + drawn_interval(job, range, slot.number)};
            }},
      job.schedule);
}

DueSlots due_slots(const JobSpec& job, const TimeLine& line, const Slot& slot, Instant now) {
  const std::optional<Slot> next = next_slot(job, line, slot);
  if (!next || next->due > now) return {slot, 1};
  return std::visit(
      Match{[&](const Manual&) { return DueSlots{slot, 1}; },
            [&](const After&) { return DueSlots{slot, 1}; },
            [&](const At&) { return DueSlots{slot, 1}; },
            [&](const Cron& cron) { return due_by_cron(job, *cron.rule, line, slot, now); },
            [&](const Every& every) {
              // From the second slot on all lie on the grid, also after a changed schedule.
              DueSlots due = due_on_grid(every, *next, now);
              due.count += 1;
              return due;
            },
            [&](const EveryBetween& range) { return due_by_draws(job, range, slot, now); }},
      job.schedule);
}

namespace {

std::vector<Slot> newest_on_grid(const Every& every, const Slot& slot, const DueSlots& due,
                                 SlotNumber from) {
  std::vector<Slot> found;
  for (SlotNumber number = from; number <= due.last.number; ++number) {
    const Instant on_grid = due.last.due - (due.last.number - number) * every.interval;
    found.push_back(number == slot.number ? slot : Slot{number, on_grid});
  }
  return found;
}

std::vector<Slot> newest_by_cron(const JobSpec& job, const CronRule& rule, const TimeLine& line,
                                 const Slot& slot, const DueSlots& due, SlotNumber from) {
  std::vector<Slot> found{due.last};
  const Second oldest = nominal(job, line, slot.due) + std::chrono::seconds{1};
  while (found.back().number > from) {
    const Second before = nominal(job, line, found.back().due) - std::chrono::seconds{1};
    const SlotNumber number = found.back().number - 1;
    const auto at = last_cron_slot(rule, oldest, before);
    found.push_back(at ? Slot{number, due_of(job, line, *at)} : slot);
  }
  std::ranges::reverse(found);
  return found;
}

}  // namespace

std::vector<Slot> newest_slots(const JobSpec& job, const TimeLine& line, const Slot& slot,
                               const DueSlots& due, int keep) {
  const SlotNumber from = std::max(slot.number, due.last.number - std::max(keep, 1) + 1);
  if (const auto* every = std::get_if<Every>(&job.schedule)) {
    return newest_on_grid(*every, slot, due, from);
  }
  if (const auto* cron = std::get_if<Cron>(&job.schedule)) {
    return newest_by_cron(job, *cron->rule, line, slot, due, from);
  }
  std::vector<Slot> found;
  Slot at = slot;
  for (SlotNumber draws = 0; at.number < due.last.number && draws < kDrawsMax; ++draws) {
    if (at.number >= from) found.push_back(at);
    const std::optional<Slot> next = next_slot(job, line, at);
    if (!next || next->due > due.last.due) break;
    at = *next;
  }
  found.push_back(due.last);
  if (found.size() > static_cast<std::size_t>(std::max(keep, 1))) found.erase(found.begin());
  return found;
}

std::string schedule_fingerprint(const JobSpec& job) {
  const std::int64_t offset = phase(job).count();
  return std::visit(
      Match{[](const Manual&) -> std::string { return "manual"; },
            [](const After& s) { return fmt::format("after {}", s.delay.count()); },
            [&](const Every& s) {
              return written(FMT_COMPILE("every {} + {}"), s.interval.count(), offset);
            },
            [&](const EveryBetween& s) {
              return written(FMT_COMPILE("every {}..{} + {}"), s.shortest.count(),
                             s.longest.count(), offset);
            },
            [&](const Cron& s) {
              return fmt::format("cron {} + {}{}{:016x}", cron_rule_fingerprint(*s.rule), offset,
                                 kZoneMark, s.rule->zone->fingerprint());
            },
            [&](const At& s) { return fmt::format("at {} + {}", millis(s.at), offset); }},
      job.schedule);
}

std::optional<Duration> delay_in_fingerprint(std::string_view fingerprint) {
  constexpr std::string_view kAfter = "after ";
  if (!fingerprint.starts_with(kAfter)) return std::nullopt;
  std::int64_t count = 0;
  const char* const end = fingerprint.data() + fingerprint.size();
  const auto [stop, error] = std::from_chars(fingerprint.data() + kAfter.size(), end, count);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return Duration{count};
}

bool differ_by_zone_only(std::string_view one, std::string_view other) {
  const std::size_t mark = one.find(kZoneMark);
  return mark != one.npos && one != other && other.find(kZoneMark) == mark &&
         one.substr(0, mark) == other.substr(0, mark);
}

std::string moved_by_dst(const JobSpec& job, const TimeLine& line, const Slot& slot) {
  const auto* cron = std::get_if<Cron>(&job.schedule);
  return cron == nullptr ? "" : moved_by_dst(*cron->rule, nominal(job, line, slot.due));
}

std::optional<Duration> longest_interval(const JobSpec& job) {
  using Found = std::optional<Duration>;
  return std::visit(
      Match{[](const Manual&) -> Found { return std::nullopt; },
            [](const After&) -> Found { return std::nullopt; },
            [](const Every& s) -> Found { return s.interval; },
            [](const EveryBetween& s) -> Found { return s.longest; },
            [](const Cron& s) -> Found { return longest_cron_interval(*s.rule, kIntervalsFrom); },
            [](const At&) -> Found { return std::nullopt; }},
      job.schedule);
}

}  // namespace takt::core
