#include "fleet/wall_advice.h"

#include <fmt/format.h>

namespace takt::fleet {
namespace {

using core::CronFields;
using core::CronRule;
using std::chrono::seconds;

constexpr std::chrono::days kAhead{365};
constexpr unsigned kEveryHour = 0xffffff;
constexpr std::uint32_t kEveryDay = 0xfffffffe;
constexpr std::uint8_t kEveryWeekday = 0x7f;

std::string local_text(std::chrono::local_seconds at) {
  // The local time is shown as it is written: RFC 3339 without its zone.
  const std::string text = format_rfc3339(WallTime{at.time_since_epoch()});
  return text.substr(0, 10) + " " + text.substr(11, 5);
}

std::string utc_text(core::Second at) {
  const std::string text = format_rfc3339(at);
  return text.substr(0, 19) + "Z";
}

/// Both fields say something about the day.
void two_kinds_of_day(const CronFields& fields, std::vector<WallAdvice>& advice) {
  if (fields.day_mode == core::DayMode::both) return;
  if (fields.days_add_up()) {
    advice.push_back({"cron",
                      "day of month and day of week are both restricted: it runs on the days that "
                      "are in either",
                      "write dow_mode = \"and\" for the days that are in both"});
    return;
  }
  // A step over all days is a restriction to people, and none to cron.
  const bool both_narrow = fields.days != kEveryDay && fields.weekdays != kEveryWeekday;
  if (!both_narrow) return;
  advice.push_back({"cron",
                    "day of month and day of week both narrow the days, and one begins with *: it "
                    "runs on the days that are in both",
                    "write dow_mode = \"and\" to say so"});
}

/// Times of day that follow real time lose nothing by a gap, unless the gap holds all there is.
bool minds_gaps(const CronRule& rule) {
  return rule.gap == core::DstGap::after || rule.fields.fixed_time ||
         rule.fields.hours != kEveryHour;
}

std::string fate(const core::LostTimes& lost, const CronRule& rule) {
  std::string text = fmt::format("{}", local_text(lost.first));
  if (lost.last != lost.first) text += fmt::format(" to {}", local_text(lost.last).substr(11));
  text += fmt::format(" does not exist in {}: ", rule.zone->name());
  return text + (lost.moved ? fmt::format("it runs once at {}", utc_text(lost.at))
                            : std::string{"nothing runs for it"});
}

void slots_in_gaps(const CronRule& rule, WallTime now, std::vector<WallAdvice>& advice) {
  if (!minds_gaps(rule)) return;
  const auto from = std::chrono::floor<seconds>(now);
  std::string told;
  auto lost = next_lost_times(rule, from, from + kAhead);
  while (lost) {
    told += (told.empty() ? "" : "; ") + fate(*lost, rule);
    lost = next_lost_times(rule, lost->at + seconds{1}, from + kAhead);
  }
  if (told.empty()) return;
  advice.push_back({"cron", "a slot falls into a DST gap: " + told,
                    "choose a time of day that the zone does not leave out, or dst_gap"});
}

}  // namespace

std::vector<WallAdvice> advise_on_wall(const core::JobSpec& job, std::optional<WallTime> now) {
  std::vector<WallAdvice> advice;
  if (const auto* cron = std::get_if<core::Cron>(&job.schedule)) {
    two_kinds_of_day(cron->rule->fields, advice);
    if (now) slots_in_gaps(*cron->rule, *now, advice);
  }
  if (const auto* at = std::get_if<core::At>(&job.schedule); at != nullptr && now) {
    if (at->at <= *now) {
      advice.push_back(
          {"at",
           fmt::format("{} has passed: unless the fleet knew of it before, the job never "
                       "runs by itself",
                       utc_text(std::chrono::floor<seconds>(at->at))),
           "choose a time ahead, or run it with takt trigger"});
    }
  }
  return advice;
}

}  // namespace takt::fleet
