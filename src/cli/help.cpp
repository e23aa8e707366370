#include "cli/help.h"

#include <fmt/format.h>

#include "cli/verbs.h"

namespace takt::cli {
namespace {

std::string left_side(const OptionSpec& option) {
  std::string names(option.names);
  if (const auto comma = names.find(','); comma != std::string::npos) names.insert(comma + 1, " ");
  return option.value.empty() ? names : fmt::format("{} {}", names, option.value);
}

void add_options(std::string& out, std::span<const OptionSpec> options) {
  for (const auto& option : options) {
    out += fmt::format("  {:<26} {}{}\n", left_side(option), option.help,
                       option.many ? " (may be repeated)" : "");
  }
}

}  // namespace

std::string_view needs_text(Needs needs) {
  switch (needs) {
    case Needs::nothing:
      return "";
    case Needs::file:
      return "Needs a fleet file, and no daemon.";
    case Needs::daemon:
      return "Needs a running daemon.";
    case Needs::history:
      return "Asks the daemon, or reads the history when none runs.";
  }
  return "";
}

std::string overview() {
  std::string out =
      "takt keeps a fleet of recurring jobs running on time.\n\n"
      "usage: takt [-f FILE] [--json] VERB ...\n\n";
  for (const auto& verb : verbs()) {
    out += fmt::format("  {:<9} {:<10} {}\n", verb.name, verb.argument, verb.help);
  }
  out += "\noptions of every verb, before or after it:\n";
  add_options(out, common_options());
  out += "\ntakt VERB --help tells more.\n";
  return out;
}

std::string help_of(const Verb& verb) {
  auto out = fmt::format("usage: takt {}{}{}{}\n\n{}.", verb.name, verb.argument.empty() ? "" : " ",
                         verb.argument, verb.options.empty() ? "" : " [options]", verb.help);
  if (const auto needs = needs_text(verb.needs); !needs.empty()) out += fmt::format(" {}", needs);
  out += '\n';
  if (!verb.options.empty()) {
    out += "\noptions:\n";
    add_options(out, verb.options);
  }
  out += "\noptions of every verb:\n";
  add_options(out, common_options());
  return out;
}

}  // namespace takt::cli
