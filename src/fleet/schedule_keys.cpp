// When a job is due: every, cron, after, at, and what bends them.
//
//   every = "5m"         a fixed grid          every = "90m..120m"   a fresh draw for each slot
//   after = "10m"        a delay from the end  at = "2026-12-01T09:00:00Z"   once
//   cron = "30 2 * * *"  the wall clock's      none of them          by hand only
//
// offset belongs to every alone, timezone and the like to cron; they are put in place by
// finish_schedule, when all keys are known.

#include <fmt/format.h>

#include <array>
#include <chrono>
#include <optional>
#include <type_traits>

#include "fleet/description.h"
#include "fleet/quote.h"

namespace takt::fleet {
namespace {

using core::JobSpec;

void decode_range(const Item& item, std::string_view text, std::size_t dots, JobDraft& draft,
                  Complaints& complaints) {
  const auto shortest = read_duration_text(item, text.substr(0, dots), true, complaints);
  const auto longest = read_duration_text(item, text.substr(dots + 2), true, complaints);
  if (!shortest || !longest) return;
  if (*shortest > *longest) {
    return complaints.error(
        item.at, fmt::format("every {} runs backwards", quote_value(text)),
        fmt::format("write \"{}..{}\"", format_duration(*longest), format_duration(*shortest)));
  }
  draft.when = core::EveryBetween{*shortest, *longest, std::nullopt};
}

void decode_every(const Item& item, JobDraft& draft, Complaints& complaints) {
  const auto* text = item.node->as_string();
  if (text == nullptr) return complain_type(item, item.shape->expected, complaints);
  if (const std::size_t dots = text->get().find(".."); dots != std::string::npos) {
    return decode_range(item, text->get(), dots, draft, complaints);
  }
  if (const auto interval = read_duration_text(item, text->get(), true, complaints)) {
    draft.when = core::Every{*interval, std::nullopt};
  }
}

void decode_after(const Item& item, JobDraft& draft, Complaints& complaints) {
  if (const auto delay = read_duration(item, complaints)) draft.when = core::After{*delay};
}

void decode_cron(const Item& item, JobDraft& draft, Complaints& complaints) {
  const auto* text = item.node->as_string();
  if (text == nullptr) return complain_type(item, item.shape->expected, complaints);
  draft.cron.text = text->get();
  draft.cron.at = item.at;
}

/// A literal of TOML: with its offset it is an instant.
std::optional<WallTime> instant_of(const toml::date_time& literal) {
  if (!literal.offset) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year{literal.date.year},
      std::chrono::month{static_cast<unsigned>(literal.date.month)},
      std::chrono::day{static_cast<unsigned>(literal.date.day)}};
  return WallTime{std::chrono::sys_days{date}} + std::chrono::hours{literal.time.hour} +
         std::chrono::minutes{literal.time.minute} + std::chrono::seconds{literal.time.second} +
         Duration{literal.time.nanosecond / 1'000'000} -
         std::chrono::minutes{literal.offset->minutes};
}

void decode_at(const Item& item, JobDraft& draft, Complaints& complaints) {
  constexpr auto kForm = R"(write it like "2026-12-01T09:00:00+01:00", with Z or an offset)";
  std::optional<WallTime> at;
  if (const auto* literal = item.node->as_date_time()) {
    at = instant_of(literal->get());
    if (!at) return complaints.error(item.at, "at does not say its offset from UTC", kForm);
  } else if (const auto* text = item.node->as_string()) {
    at = parse_rfc3339(text->get());
    const bool only_lacks_offset = !at && parse_rfc3339(text->get() + "Z").has_value();
    if (only_lacks_offset) {
      return complaints.error(item.at, "at does not say its offset from UTC", kForm);
    }
    if (!at) {
      return complaints.error(
          item.at, fmt::format("at = {} is not a date and time", quote_value(text->get())), kForm);
    }
  } else if (item.node->is_date()) {
    return complaints.error(item.at, "at has no time of day", kForm);
  } else {
    return complain_type(item, item.shape->expected, complaints);
  }
  if (*at < WallTime{core::kFirstPlausible}) {
    return complaints.error(item.at, "at lies before 2020: it will never come", kForm);
  }
  draft.when = core::At{*at};
}

/// Remembers that the job itself has a key of cron.
void note_cron_key(const Item& item, JobDraft& draft) {
  if (!draft.cron.belongs_to_cron) draft.cron.belongs_to_cron = {item.label, item.key_at};
}

void decode_zone(const Item& item, JobDraft& draft, Complaints& complaints) {
  const auto* name = item.node->as_string();
  if (name == nullptr) return complain_type(item, item.shape->expected, complaints);
  note_cron_key(item, draft);
  const Zones::Found& found = draft.wall->zones().find(name->get());
  if (!found) return complaints.error(item.at, found.error().message, found.error().hint);
  draft.cron.zone = *found;
}

template <auto Member>
void decode_cron_word(const Item& item, JobDraft& draft, Complaints& complaints) {
  note_cron_key(item, draft);
  using Word = typename std::remove_reference_t<decltype(draft.cron.*Member)>::value_type;
  if (const auto index = read_word(item, complaints)) {
    draft.cron.*Member = static_cast<Word>(*index);
  }
}

void decode_offset(const Item& item, JobDraft& draft, Complaints& complaints) {
  draft.offset_at = item.key_at;
  draft.offset.reset();
  const auto* text = item.node->as_string();
  if (text != nullptr && text->get() == "auto") return;
  if (const auto offset = read_duration(item, complaints)) draft.offset = *offset;
}

constexpr auto kEverySchema =
    R"({"anyOf": [{"$ref": "#/$defs/positive_duration"}, {"$ref": "#/$defs/duration_range"}]})";
constexpr auto kOffsetSchema = R"({"anyOf": [{"const": "auto"}, {"$ref": "#/$defs/duration"}]})";

constexpr auto kCronSchema = R"({"type": "string", "minLength": 1, "maxLength": 1000})";
constexpr auto kAtSchema = R"({"type": "string", "minLength": 20})";

constexpr Shape kOffset{.kind = Shape::Kind::custom,
                        .type = "duration or \"auto\"",
                        .expected = R"(a duration like "5m" or "auto")",
                        .schema = kOffsetSchema};

constexpr std::array<Key<JobDraft>, 13> kSchedule{{
    {{.name = "every",
      .shape = shape::custom("duration or range", R"(a duration like "5m")", kEverySchema),
      .fallback = "none",
      .meaning = "fixed grid; \"90m..120m\" draws each next interval anew",
      .choice = Choice::schedule},
     decode_every},
    {{.name = "cron",
      .shape = shape::custom("cron expression", R"(a string like "30 2 * * *")", kCronSchema),
      .fallback = "none",
      .meaning = "wall-clock schedule of 5 fields, or 6 with seconds in front; H is a hash of the "
                 "job's name",
      .choice = Choice::schedule},
     decode_cron},
    {{.name = "after",
      .shape = shape::kPositiveDuration,
      .fallback = "none",
      .meaning = "delay from the settled end of the last run; the first at load",
      .choice = Choice::schedule},
     decode_after},
    {{.name = "at",
      .shape = shape::custom("date and time", R"(a date and time like "2026-12-01T09:00:00+01:00")",
                             kAtSchema),
      .fallback = "none",
      .meaning = "once, at this instant; a string or a TOML date-time, with its offset from UTC",
      .choice = Choice::schedule},
     decode_at},
    {{.name = "timezone",
      .shape =
          shape::custom("time zone", R"(a string like "Europe/Berlin")", R"({"type": "string"})"),
      .fallback = "that of the fleet",
      .meaning = "IANA name of the zone that cron follows"},
     decode_zone},
    {{.name = "dst_gap",
      .shape = shape::word<core::DstGap>(),
      .fallback = "after for fixed times, else skip",
      .meaning = "cron times that the clock leaves out: one run right after, or none"},
     decode_cron_word<&CronDraft::gap>},
    {{.name = "dst_overlap",
      .shape = shape::word<core::DstOverlap>(),
      .fallback = "first for fixed times, else both",
      .meaning = "cron times that come twice: run in the first pass, the second, or both"},
     decode_cron_word<&CronDraft::overlap>},
    {{.name = "dow_mode",
      .shape = shape::word<core::DayMode>(),
      .fallback = "or",
      .meaning = "cron with day of month and day of week: a day in either, or in both"},
     decode_cron_word<&CronDraft::day_mode>},
    {{"offset", kOffset, "auto", "phase of every: the first slot is this long after the epoch"},
     decode_offset},
    {{"jitter", shape::kDuration, "0s", "stable spread of the slots, at most this long"},
     store_duration<&JobSpec::jitter>},
    {{"start_within", shape::kPositiveDuration, "until the next slot",
      "a slot that cannot start by then is missed; no limit for after and at"},
     store_duration<&JobSpec::start_within>},
    {{"catchup", shape::word<core::Catchup>(), "latest",
      "slots missed while down: one run for all of them, all one after another, or none"},
     store_word<&JobSpec::catchup>},
    {{"catchup_max", shape::integer(1, 10'000), "100", "most slots that \"all\" catches up"},
     store_integer<&JobSpec::catchup_max>},
}};

}  // namespace

Section schedule_section() { return section<JobDraft>("Schedule", kSchedule); }

}  // namespace takt::fleet
