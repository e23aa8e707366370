// The text of `takt memory`.

#include <fmt/format.h>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>

#include "cli/fields.h"
#include "cli/table.h"
#include "cli/tables.h"
#include "cli/terminal_text.h"

namespace takt::cli {
namespace {

namespace json = boost::json;

/// "23.5 GiB", "80.2 MiB", "512 B"; "-" when not known.
std::string size_text(const std::optional<std::int64_t>& bytes) {
  if (!bytes) return "-";
  auto number = static_cast<double>(*bytes);
  for (const char* unit : {"B", "KiB", "MiB", "GiB"}) {
    if (number < 1024) return fmt::format("{:.{}f} {}", number, *unit == 'B' ? 0 : 1, unit);
    number /= 1024;
  }
  return fmt::format("{:.1f} TiB", number);
}

std::string percent(const json::object& object, std::string_view key) {
  const auto* value = object.if_contains(key);
  return value != nullptr && value->is_number()
             ? fmt::format("{:.1f} %", 100 * value->to_number<double>())
             : "-";
}

std::string size_field(const json::object& object, std::string_view key) {
  return size_text(number_field(object, key));
}

std::string limits_line(const json::object& memory) {
  return fmt::format("high from {} in use ({}), critical from {} ({}); {} slots skipped for it\n",
                     size_field(memory, "high_used_bytes"), inert(text_field(memory, "high")),
                     size_field(memory, "critical_used_bytes"),
                     inert(text_field(memory, "critical")),
                     number_field(memory, "skipped").value_or(0));
}

std::string held_line(const json::object& memory) {
  std::string runs;
  for (const auto& item : array_field(memory, "held")) {
    if (!item.is_object()) continue;
    const auto& run = item.as_object();
    runs += fmt::format("{}{} #{}", runs.empty() ? "" : ", ", inert(text_field(run, "job")),
                        number_field(run, "run").value_or(0));
  }
  return runs.empty() ? "" : "held until more is free: " + runs + "\n";
}

}  // namespace

std::string memory_text(const json::object& memory, bool color) {
  const auto level = word_cell(text_field(memory, "level"));
  std::string out = painted(level.text, level.paint, color);
  if (number_field(memory, "total_bytes")) {
    out += fmt::format("  {} of {} in use ({}), {} left, stalled {} ({})\n",
                       size_field(memory, "used_bytes"), size_field(memory, "total_bytes"),
                       percent(memory, "used_ratio"), size_field(memory, "available_bytes"),
                       percent(memory, "stalled_ratio"), inert(text_field(memory, "source")));
  } else {
    out += "  the memory cannot be read here, and so nothing is held for it\n";
  }
  out += limits_line(memory) + held_line(memory);
  if (flag_field(memory, "cleaning")) out += "what can be freed is being freed\n";
  Table table({{"JOB"}, {"RUN", Align::right}, {"IN USE", Align::right}, {"MAX", Align::right}});
  for (const auto& item : array_field(memory, "jobs")) {
    if (!item.is_object()) continue;
    const auto& job = item.as_object();
    table.add({{std::string(text_field(job, "job"))},
               {std::to_string(number_field(job, "run").value_or(0))},
               {size_field(job, "used_bytes")},
               {size_field(job, "memory_max_bytes")}});
  }
  return table.empty() ? out : out + table.render(color);
}

}  // namespace takt::cli
