// `takt health` for people.

#include <fmt/format.h>

#include <boost/json/array.hpp>

#include "cli/cells.h"
#include "cli/fields.h"
#include "cli/people.h"
#include "cli/table.h"
#include "cli/tables.h"
#include "cli/terminal_text.h"

namespace takt::cli {
namespace {

std::string found_text(const boost::json::object& probe) {
  std::string text{inert(text_field(probe, "text"))};
  const auto vain = number_field(probe, "vain_remedies").value_or(0);
  if (vain > 0) text += fmt::format(" ({} remed{} in vain)", vain, vain == 1 ? "y" : "ies");
  return text.empty() ? "not checked yet" : text;
}

}  // namespace

std::string health_text(const boost::json::object& health, bool color) {
  Table table({{"CHECK"}, {"PROBE"}, {"STATE"}, {"CHECKED"}, {"MENDED"}, {"FOUND"}});
  for (const auto& item : array_field(health, "checks")) {
    const auto& check = item.as_object();
    for (const auto& entry : array_field(check, "probes")) {
      const auto& probe = entry.as_object();
      const auto state = text_field(probe, "state");
      table.add({text_cell(check, "name"),
                 text_cell(probe, "name"),
                 {marked(state), mark_of(state).paint},
                 {clock_time(time_field(probe, "checked_at"))},
                 {clock_time(time_field(probe, "last_remedy_at"))},
                 {found_text(probe)}});
    }
  }
  return table.empty() ? "the fleet has no health checks\n" : table.render(color);
}

}  // namespace takt::cli
