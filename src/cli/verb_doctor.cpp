// takt doctor: what this machine allows, and what is lost where it does not.

#include "api/render.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "exec/machine.h"
#include "memory/kernel_meter.h"

namespace takt::cli {
namespace {

namespace json = boost::json;

json::object facts_json(const exec::MachineFacts& machine) {
  json::array facts;
  for (const auto& fact : machine.facts) {
    facts.push_back(json::object{{"name", api::utf8(fact.name)},
                                 {"ok", fact.ok},
                                 {"value", api::utf8(fact.value)},
                                 {"lost", api::utf8(fact.lost)}});
  }
  return {{"facts", std::move(facts)}};
}

std::string facts_table(const exec::MachineFacts& machine, bool color) {
  Table table({{"FACT"}, {"STATE"}, {"FOUND"}, {"LOST WITHOUT IT"}});
  for (const auto& fact : machine.facts) {
    table.add({{fact.name},
               fact.ok ? word_cell("ok") : Cell{"! missing", Paint::yellow},
               {fact.value},
               {fact.lost.empty() ? "-" : fact.lost}});
  }
  return table.render(color);
}

/// What the memory gate would read here.
exec::Fact memory_fact() {
  const auto reading = memory::KernelMeter().read(core::MemorySourceWanted::automatic);
  const bool ok = reading.total_bytes > 0;
  return {.name = "memory",
          .ok = ok,
          .value = memory::describe(reading),
          .lost = ok ? "" : "the memory gate: nothing is held for lack of memory"};
}

/// The fleet's state_dir; without a fleet file, where we are. A file that was named must be good.
std::expected<std::filesystem::path, Failure> folder_of(Context& context) {
  auto folder = context.state_dir();
  if (folder || context.common().file) return folder;
  return std::filesystem::path(".");
}

Result run(Context& context, const Arguments&) {
  const auto folder = folder_of(context);
  if (!folder) return std::unexpected(folder.error());
  auto machine = exec::probe_machine(*folder);
  machine.facts.push_back(memory_fact());
  auto& console = context.console();
  if (console.json) {
    console.print_json(facts_json(machine));
  } else {
    console.out << facts_table(machine, console.color);
  }
  return Exit::ok;
}

}  // namespace

Verb doctor_verb() {
  return {"doctor", Needs::nothing, "", "what this machine allows, and what is lost without it", {},
          run};
}

}  // namespace takt::cli
