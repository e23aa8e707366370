// When a job is due: every, after, and what bends them.
//
//   every = "5m"         a fixed grid          every = "90m..120m"   a fresh draw for each slot
//   after = "10m"        a delay from the end  neither               by hand only
//
// offset belongs to every alone; it is put in place by finish_schedule, when all keys are known.

#include <fmt/format.h>

#include <array>

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
      .shape = shape::later("cron expression"),
      .fallback = "none",
      .meaning = "wall-clock schedule",
      .supported = false,
      .choice = Choice::schedule}},
    {{.name = "after",
      .shape = shape::kPositiveDuration,
      .fallback = "none",
      .meaning = "delay from the settled end of the last run; the first at load",
      .choice = Choice::schedule},
     decode_after},
    {{.name = "at",
      .shape = shape::later("date and time"),
      .fallback = "none",
      .meaning = "once",
      .supported = false,
      .choice = Choice::schedule}},
    {{.name = "timezone",
      .shape = shape::later("time zone"),
      .fallback = "that of the fleet",
      .meaning = "for cron",
      .supported = false}},
    {{.name = "dst_gap",
      .shape = shape::later("word"),
      .fallback = "after",
      .meaning = "for cron: after or skip",
      .supported = false}},
    {{.name = "dst_overlap",
      .shape = shape::later("word"),
      .fallback = "first",
      .meaning = "for cron: first, second or both",
      .supported = false}},
    {{.name = "dow_mode",
      .shape = shape::later("word"),
      .fallback = "or",
      .meaning = "for cron: or, and",
      .supported = false}},
    {{"offset", kOffset, "auto", "phase of every: the first slot is this long after the epoch"},
     decode_offset},
    {{"jitter", shape::kDuration, "0s", "stable spread of the slots, at most this long"},
     store_duration<&JobSpec::jitter>},
    {{"start_within", shape::kPositiveDuration, "until the next slot",
      "a slot that cannot start by then is missed; no limit for after"},
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
