// `takt pools` for people.

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "cli/cells.h"
#include "cli/fields.h"
#include "cli/people.h"
#include "cli/table.h"
#include "cli/tables.h"
#include "cli/terminal_text.h"

namespace takt::cli {

namespace json = boost::json;

namespace {

/// "posting (run 12, 2 units)"
std::string pool_holders(const json::object& pool) {
  std::string text;
  for (const auto& item : array_field(pool, "holders")) {
    const auto& holder = item.as_object();
    if (!text.empty()) text += ", ";
    text += inert(text_field(holder, "job"));
    const auto weight = number_field(holder, "weight").value_or(1);
    if (weight > 1) text += fmt::format(" x{}", weight);
    text += fmt::format(" (run {})", number_field(holder, "run").value_or(0));
  }
  return text;
}

std::string reserve_text(const json::object& pool) {
  std::string text;
  const auto* reserve = object_field(pool, "reserve");
  if (reserve == nullptr) return text;
  for (const auto& member : *reserve) {
    if (!member.value().is_int64()) continue;
    text += fmt::format("{}{}: {}", text.empty() ? "" : ", ", inert(member.key()),
                        member.value().get_int64());
  }
  return text;
}

}  // namespace

std::string pools_text(const json::object& pools, bool color) {
  Table table({{"POOL"},
               {"USED", Align::right},
               {"SLOTS", Align::right},
               {"RESERVE"},
               {"WAITING", Align::right},
               {"HELD BY"}});
  Table queue({{"POOL"}, {"WAITS"}, {"RUN", Align::right}, {"RANK"}, {"EXPECTED"}});
  for (const auto& item : array_field(pools, "pools")) {
    const auto& pool = item.as_object();
    const auto& waiting = array_field(pool, "queue");
    table.add({text_cell(pool, "name"),
               number_cell(pool, "used"),
               number_cell(pool, "slots"),
               {reserve_text(pool)},
               {std::to_string(waiting.size())},
               {pool_holders(pool)}});
    for (const auto& entry : waiting) {
      const auto& run = entry.as_object();
      queue.add({text_cell(pool, "name"),
                 text_cell(run, "job"),
                 number_cell(run, "run"),
                 {clock_time(time_field(run, "rank_at"))},
                 {clock_time(time_field(run, "expected_at"))}});
    }
  }
  if (table.empty()) return "the fleet has no pools\n";
  std::string out = table.render(color);
  if (!queue.empty()) out += "\n" + queue.render(color);
  return out;
}

}  // namespace takt::cli
