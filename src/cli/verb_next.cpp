// takt next: coming slots, of the fleet file or of one cron expression. Needs no daemon; asks the same
// arithmetic as the daemon, from the same stored cursors.

#include <fmt/format.h>

#include <array>
#include <boost/json/array.hpp>
#include <cctype>

#include "cli/coming.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "core/cron_slots.h"
#include "fleet/quote.h"
#include "fleet/timezone.h"

namespace takt::cli {
namespace {

namespace json = boost::json;

constexpr std::int64_t kCountMax = 10'000;
constexpr std::int64_t kCountOfOne = 5;
constexpr std::int64_t kCountOfFleet = 20;

constexpr std::array kOptions{
    OptionSpec{"-n,--count", "N", "how many; default 5 for one job, 20 for the fleet"},
    OptionSpec{"--from", "T", "slots after this time, as in 2026-03-08T06:30:00Z; default now"},
    OptionSpec{"--cron", "E", "of this expression instead of the fleet file"},
    OptionSpec{"--tz", "Z", "its time zone; default UTC"},
    OptionSpec{"--dst-gap", "after|skip", "its times that the clock leaves out"},
    OptionSpec{"--dst-overlap", "first|second|both", "its times that come twice"},
    OptionSpec{"--dow-mode", "or|and", "its days of month and of week: in either, or in both"}};

std::expected<std::optional<WallTime>, Failure> from_of(const Arguments& arguments) {
  const auto text = arguments.text("from");
  if (!text) return std::optional<WallTime>{};
  const auto at = parse_rfc3339(*text);
  if (at) return at;
  return std::unexpected(
      usage_error(fmt::format("--from {} is not a time", fleet::quote_value(*text)),
                  "write it like 2026-03-08T06:30:00Z or 2026-03-08T01:30:00-05:00"));
}

template <class E>
std::expected<std::optional<E>, Failure> word_of(const Arguments& arguments, std::string_view key) {
  const auto text = arguments.text(key);
  if (!text) return std::optional<E>{};
  const auto value = from_word<E>(*text);
  if (value) return value;
  return std::unexpected(usage_error(fmt::format("--{} {}", key, fleet::quote_value(*text)),
                                     fmt::format("one of {}", fmt::join(kWords<E>, ", "))));
}

/// H stands alone; the one of THU does not.
bool has_hash(std::string_view expression) {
  const auto is_letter = [&](std::size_t at) {
    return at < expression.size() && std::isalpha(static_cast<unsigned char>(expression[at])) != 0;
  };
  for (std::size_t at = 0; at < expression.size(); ++at) {
    if (expression[at] == 'H' && !is_letter(at - 1) && !is_letter(at + 1)) return true;
  }
  return false;
}

std::expected<core::CronRule, Failure> rule_of(Console& console, const Arguments& arguments,
                                               const std::string& expression) {
  const auto gap = word_of<core::DstGap>(arguments, "dst-gap");
  if (!gap) return std::unexpected(gap.error());
  const auto overlap = word_of<core::DstOverlap>(arguments, "dst-overlap");
  if (!overlap) return std::unexpected(overlap.error());
  const auto mode = word_of<core::DayMode>(arguments, "dow-mode");
  if (!mode) return std::unexpected(mode.error());
  fleet::Zones zones;
  const auto& zone = zones.find(arguments.text("tz").value_or("UTC"));
  if (!zone)
    return std::unexpected(usage_error("--tz: " + zone.error().message, zone.error().hint));
  const auto fields = core::parse_cron(expression, "", mode->value_or(core::DayMode::either));
  if (!fields) {
    return std::unexpected(
        usage_error(fmt::format("--cron {}: character {} {}", fleet::quote_value(expression),
                                fields.error().offset + 1, fields.error().message),
                    fields.error().hint));
  }
  if (has_hash(expression)) {
    console.err << "H stands for a hash of a job's name; here that of no name\n";
  }
  return core::make_cron_rule(*fields, *zone, *gap, *overlap);
}

std::expected<Coming, Failure> coming_of_cron(Console& console, const Arguments& arguments,
                                              const std::string& expression,
                                              std::optional<WallTime> from, std::int64_t count) {
  auto rule = rule_of(console, arguments, expression);
  if (!rule) return std::unexpected(rule.error());
  core::JobSpec job;
  job.schedule = core::Cron{std::make_shared<const core::CronRule>(std::move(*rule))};
  return coming_slots_of(job, from.value_or(wall_clock()), count);
}

/// Options that only an expression has.
std::optional<Failure> only_with_cron(const Arguments& arguments) {
  for (const std::string_view key : {"tz", "dst-gap", "dst-overlap", "dow-mode"}) {
    if (!arguments.has(key)) continue;
    return usage_error(fmt::format("--{} goes with --cron", key),
                       "jobs of the fleet file say it there");
  }
  return std::nullopt;
}

std::expected<Coming, Failure> coming(Context& context, const Arguments& arguments) {
  const auto from = from_of(arguments);
  if (!from) return std::unexpected(from.error());
  const auto asked = arguments.number("count", 1, kCountMax);
  if (!asked) return std::unexpected(asked.error());
  const std::string& job = arguments.positional();
  if (const auto expression = arguments.text("cron")) {
    if (!job.empty()) {
      return std::unexpected(usage_error("a job and --cron exclude each other", "leave one out"));
    }
    return coming_of_cron(context.console(), arguments, *expression, *from,
                          asked->value_or(kCountOfOne));
  }
  if (auto failure = only_with_cron(arguments)) return std::unexpected(*failure);
  return coming_of_fleet(context, job, *from,
                         asked->value_or(job.empty() ? kCountOfFleet : kCountOfOne));
}

json::object to_json(const Coming& slots) {
  json::array all;
  for (const ComingSlot& slot : slots) {
    json::object one{{"job", slot.job.empty() ? json::value(nullptr) : json::value(slot.job)},
                     {"at", format_rfc3339(slot.at)}};
    if (!slot.reason.empty()) one["reason"] = slot.reason;
    all.emplace_back(std::move(one));
  }
  return {{"slots", std::move(all)}};
}

std::string to_text(const Coming& slots, bool color) {
  if (slots.empty()) return "no slots to come\n";
  Table table({{"JOB"}, {"AT"}, {"LOCAL"}, {"IN", Align::right}, {"REASON"}});
  const WallTime now = wall_clock();
  for (const ComingSlot& slot : slots) {
    table.add({{slot.job.empty() ? "-" : slot.job},
               {clock_time(slot.at)},
               {slot.local.empty() ? "-" : slot.local},
               {relative(slot.at, now)},
               {slot.reason.empty() ? "-" : slot.reason}});
  }
  return table.render(color);
}

Result run(Context& context, const Arguments& arguments) {
  const auto slots = coming(context, arguments);
  if (!slots) return std::unexpected(slots.error());
  auto& console = context.console();
  if (console.json) {
    console.print_json(to_json(*slots));
  } else {
    console.out << to_text(*slots, console.color);
  }
  return Exit::ok;
}

}  // namespace

Verb next_verb() {
  return {"next",   Needs::file, "[JOB]", "coming slots, each with what DST does to it",
          kOptions, run};
}

}  // namespace takt::cli
