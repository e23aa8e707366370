#include "cli/parse.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "cli/verbs.h"
#include "fleet/quote.h"
#include "fleet/suggest.h"

namespace takt::cli {
namespace {

using Words = std::vector<std::string>;
using Declared = std::vector<std::pair<OptionSpec, CLI::Option*>>;

bool is_option(std::string_view word) { return word.size() > 1 && word.front() == '-'; }

/// "--since=5m" is --since.
std::string_view option_name(std::string_view word) { return word.substr(0, word.find('=')); }

/// The names of an option: "-F,--follow" are two.
std::vector<std::string_view> names_of(const OptionSpec& option) {
  const auto comma = option.names.find(',');
  if (comma == std::string_view::npos) return {option.names};
  return {option.names.substr(0, comma), option.names.substr(comma + 1)};
}

const OptionSpec* find_common(std::string_view name) {
  for (const auto& option : common_options()) {
    for (const auto& known : names_of(option)) {
      const bool glued = known.size() == 2 && name.starts_with(known) && !name.starts_with("--");
      if (known == name || (glued && !option.value.empty())) return &option;
    }
  }
  return nullptr;
}

/// How many words the common option at `word` takes: itself, and its value unless that is glued on.
std::size_t width_of(const OptionSpec& option, std::string_view word) {
  const auto names = names_of(option);
  const bool alone = std::ranges::find(names, word) != names.end();
  return !option.value.empty() && alone ? 2 : 1;
}

/// Position of the verb; npos when there is none.
std::expected<std::size_t, Failure> find_verb_word(std::span<const std::string> words) {
  for (std::size_t at = 0; at < words.size();) {
    if (words[at] == "--") return at + 1 < words.size() ? at + 1 : std::string::npos;
    if (!is_option(words[at])) return at;
    const auto* option = find_common(option_name(words[at]));
    if (option == nullptr) {
      return std::unexpected(
          usage_error("unknown option " + fleet::quote_name(option_name(words[at])),
                      "options of a verb come after it; see takt help"));
    }
    at += width_of(*option, words[at]);
  }
  return std::string::npos;
}

void declare(CLI::App& app, std::span<const OptionSpec> options, Declared& declared) {
  for (const auto& option : options) {
    CLI::Option* made = nullptr;
    if (option.value.empty()) {
      made = app.add_flag(std::string(option.names));
    } else {
      made = app.add_option(std::string(option.names));
      made->expected(1)->allow_extra_args(false);
      made->multi_option_policy(option.many ? CLI::MultiOptionPolicy::TakeAll
                                            : CLI::MultiOptionPolicy::Throw);
    }
    declared.emplace_back(option, made);
  }
}

Failure unknown_option(std::string_view word, const Verb& verb) {
  std::vector<std::string_view> known;
  for (const auto& option : verb.options) known.push_back(names_of(option).back());
  for (const auto& option : common_options()) known.push_back(names_of(option).back());
  const auto name = option_name(word);
  const auto near = fleet::nearest(name, known);
  return usage_error(
      fmt::format("unknown option {} of takt {}", fleet::quote_name(name), verb.name),
      near ? "did you mean '" + *near + "'?" : fmt::format("see takt {} --help", verb.name));
}

Failure does_not_take(std::string_view word, const Verb& verb) {
  return usage_error(fmt::format("takt {} does not take {}", verb.name, fleet::quote_name(word)),
                     fmt::format("see takt {} --help", verb.name));
}

std::optional<Failure> left_over(const Words& rest, const Verb& verb) {
  for (const auto& word : rest) {
    if (is_option(word)) return unknown_option(word, verb);
  }
  if (rest.empty()) return std::nullopt;
  return does_not_take(rest.front(), verb);
}

std::expected<Arguments, Failure> collect(const Declared& declared) {
  Arguments arguments;
  for (const auto& [spec, option] : declared) {
    if (option->count() == 0) continue;
    const auto& values = option->results();
    if (spec.value.empty() &&
        std::ranges::any_of(values, [](const auto& v) { return v != "true"; })) {
      return std::unexpected(
          usage_error(fmt::format("--{} takes no value", option_key(spec)), "leave it out"));
    }
    arguments.set(option_key(spec), values);
  }
  return arguments;
}

std::expected<Arguments, Failure> parse_rest(const Verb& verb, Words words) {
  CLI::App app;
  app.set_help_flag();
  app.allow_extras();
  Declared declared;
  declare(app, verb.options, declared);
  declare(app, common_options(), declared);
  std::vector<CLI::Option*> places;
  while (places.size() < places_of(verb).size()) {
    places.push_back(app.add_option(fmt::format("argument{}", places.size())));
    places.back()->expected(1)->allow_extra_args(false);
  }
  const auto dashes = std::ranges::find(words, "--");  // after it a word is never an option
  Words literal(dashes == words.end() ? dashes : dashes + 1, words.end());
  words.erase(dashes, words.end());
  std::ranges::reverse(words);  // CLI11 takes them from the back
  try {
    app.parse(words);
  } catch (const CLI::ParseError& error) {
    return std::unexpected(usage_error(error.what(), fmt::format("see takt {} --help", verb.name)));
  }
  if (const auto failure = left_over(app.remaining(), verb)) return std::unexpected(*failure);
  auto arguments = collect(declared);
  if (!arguments) return arguments;
  auto behind = literal.begin();
  for (const auto* place : places) {
    if (place->count() > 0) behind = literal.insert(behind, place->results().front()) + 1;
  }
  if (literal.size() > places.size()) {
    return std::unexpected(does_not_take(literal[places.size()], verb));
  }
  arguments->set_positionals(std::move(literal));
  return arguments;
}

std::expected<Common, Failure> common_of(const Arguments& arguments) {
  Common common;
  if (const auto file = arguments.text("file")) common.file = *file;
  common.json = arguments.has("json");
  common.trust_file = arguments.has("trust-file");
  const auto color = arguments.text("color").value_or("auto");
  if (color == "always") {
    common.color = ColorMode::always;
  } else if (color == "never") {
    common.color = ColorMode::never;
  } else if (color != "auto") {
    return std::unexpected(usage_error("--color " + fleet::quote_name(color) + " is unknown",
                                       "one of auto, always, never"));
  }
  return common;
}

}  // namespace

bool asks_for_json(std::span<const std::string> words) {
  const auto end = std::ranges::find(words, "--");
  return std::find(words.begin(), end, "--json") != end;
}

std::expected<Parsed, Failure> parse(std::span<const std::string> words) {
  const auto at = find_verb_word(words);
  if (!at) return std::unexpected(at.error());
  const bool no_verb = *at == std::string::npos;

  Parsed parsed;
  const auto name = no_verb ? std::string("help") : words[*at];
  parsed.verb = find_verb(name);
  if (parsed.verb == nullptr) return std::unexpected(no_such_verb(name));

  Words rest(words.begin(), words.end());
  if (!no_verb) rest.erase(rest.begin() + static_cast<std::ptrdiff_t>(*at));
  auto arguments = parse_rest(*parsed.verb, std::move(rest));
  if (!arguments) return std::unexpected(arguments.error());
  parsed.arguments = std::move(*arguments);
  parsed.help = parsed.arguments.has("help");
  if (no_verb && !parsed.help) {
    return std::unexpected(usage_error("no verb given", "see takt help"));
  }
  const auto common = common_of(parsed.arguments);
  if (!common) return std::unexpected(common.error());
  parsed.common = *common;

  const auto places = places_of(*parsed.verb);
  const auto required = std::ranges::count_if(places, [](auto p) { return !p.starts_with('['); });
  const bool lacks =
      required > 0 && parsed.arguments.positional(static_cast<std::size_t>(required) - 1).empty();
  if (lacks && !parsed.help) {
    return std::unexpected(
        usage_error(fmt::format("takt {} needs {}", parsed.verb->name, parsed.verb->argument),
                    fmt::format("see takt {} --help", parsed.verb->name)));
  }
  return parsed;
}

}  // namespace takt::cli
