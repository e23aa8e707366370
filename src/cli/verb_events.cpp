// takt events: what an operator may want to know, newest first; with -F in order, as they come.

#include <algorithm>
#include <array>
#include <boost/json/serialize.hpp>

#include "cli/fields.h"
#include "cli/interrupt.h"
#include "cli/past.h"
#include "cli/tables.h"
#include "cli/verbs.h"

namespace takt::cli {
namespace {

namespace json = boost::json;

constexpr std::array kOptions{
    OptionSpec{"-F,--follow", "", "the last ones in order, then each as it comes"}, kSinceOption,
    kLimitOption, kAllOption, OptionSpec{"--jsonl", "", "one JSON object a line"}};

constexpr Duration kGlance{200};

void print(Console& console, const json::object& event, bool lines) {
  if (lines) {
    console.out << json::serialize(event) << '\n';
  } else {
    console.out << event_line(event, console.color);
  }
}

/// Prints oldest first; returns the newest id, or `last` when there is nothing.
EventId print_in_order(Console& console, const json::array& events, bool lines, EventId last) {
  for (auto event = events.rbegin(); event != events.rend(); ++event) {
    print(console, event->as_object(), lines);
    last.value = std::max(last.value, number_field(event->as_object(), "id").value_or(0));
  }
  console.out.flush();
  return last;
}

Result follow(Context& context, Past& past, PastQuery query, bool lines) {
  auto& console = context.console();
  EventId last;
  while (console.out.good()) {
    const auto events = past.events(query);
    if (!events) return std::unexpected(events.error());
    last = print_in_order(console, array_field(*events, "events"), lines, last);
    query = {};
    query.after = last;
    query.all = true;
    if (!sleep_unless_interrupted(kGlance)) break;
  }
  return Exit::ok;
}

Result run(Context& context, const Arguments& arguments) {
  const auto query = past_query(arguments);
  if (!query) return std::unexpected(query.error());
  auto past = Past::open(context);
  if (!past) return std::unexpected(past.error());
  auto& console = context.console();
  const bool lines = arguments.has("jsonl");
  // A stream never ends, so it cannot be one object: --json means --jsonl here.
  if (arguments.has("follow")) return follow(context, *past, *query, lines || console.json);

  const auto events = past->events(*query);
  if (!events) return std::unexpected(events.error());
  if (console.json && !lines) {
    console.print_json(*events);
    return Exit::ok;
  }
  for (const auto& event : array_field(*events, "events")) print(console, event.as_object(), lines);
  return Exit::ok;
}

}  // namespace

Verb events_verb() {
  return {"events", Needs::history, "", "system events, newest first", kOptions, run};
}

}  // namespace takt::cli
