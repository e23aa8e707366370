#include "cli/verbs.h"

#include <algorithm>
#include <array>
#include <vector>

#include "fleet/quote.h"
#include "fleet/suggest.h"

namespace takt::cli {
namespace {

constexpr std::array<std::string_view, 3> kLater{"browser", "token", "top"};

constexpr std::array kCommon{
    OptionSpec{"-f,--file", "FILE", "the fleet file; default ./fleet.toml, then $TAKT_FLEET"},
    OptionSpec{"--json", "", "one JSON object instead of text"},
    OptionSpec{"--color", "auto|always|never", "colour; NO_COLOR is obeyed"},
    OptionSpec{"--trust-file", "", "take a fleet file that others could have written"},
    OptionSpec{"-h,--help", "", "what a verb does and takes"},
};

}  // namespace

std::span<const Verb> verbs() {
  static const std::vector<Verb> table{
      up_verb(),     check_verb(),  next_verb(),    ls_verb(),         pools_verb(),
      status_verb(), why_verb(),    trigger_verb(), cancel_verb(),     pause_verb(),
      resume_verb(), runs_verb(),   slots_verb(),   logs_verb(),       events_verb(),
      memory_verb(), health_verb(), notify_verb(),  beat_verb(),       reload_verb(),
      drain_verb(),  down_verb(),   plan_verb(),    simulate_verb(),   tune_verb(),
      doctor_verb(), import_verb(), schema_verb(),  completion_verb(), version_verb(),
      help_verb()};
  return table;
}

const Verb* find_verb(std::string_view name) {
  static const std::vector<Verb> hidden{complete_verb(), man_verb()};
  for (const auto& table : {verbs(), std::span<const Verb>(hidden)}) {
    const auto found = std::ranges::find(table, name, &Verb::name);
    if (found != table.end()) return &*found;
  }
  return nullptr;
}

std::vector<std::string_view> places_of(const Verb& verb) {
  std::vector<std::string_view> places;
  auto rest = verb.argument;
  while (!rest.empty()) {
    const auto end = std::min(rest.find(' '), rest.size());
    places.push_back(rest.substr(0, end));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return places;
}

std::span<const OptionSpec> common_options() { return kCommon; }

std::span<const std::string_view> later_verbs() { return kLater; }

Failure no_such_verb(std::string_view name) {
  if (std::ranges::find(kLater, name) != kLater.end()) {
    return usage_error(fleet::quote_name(name) + " is not supported yet", "see takt help");
  }
  std::vector<std::string_view> names;
  for (const auto& verb : verbs()) names.push_back(verb.name);
  const auto near = fleet::nearest(name, names);
  return usage_error("no verb " + fleet::quote_name(name),
                     near ? "did you mean '" + *near + "'?" : "see takt help");
}

}  // namespace takt::cli
