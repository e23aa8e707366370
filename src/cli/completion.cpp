#include "cli/completion.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

#include "cli/verbs.h"

namespace takt::cli {
namespace {

using Names = std::vector<std::string_view>;

/// "-F,--follow" is two names.
Names names_of(const OptionSpec& option) {
  const auto comma = option.names.find(',');
  if (comma == std::string_view::npos) return {option.names};
  return {option.names.substr(0, comma), option.names.substr(comma + 1)};
}

std::string joined(const Names& names) { return fmt::format("{}", fmt::join(names, " ")); }

std::string names_of(std::span<const OptionSpec> options) {
  std::string text;
  for (const auto& option : options) text += " " + joined(names_of(option));
  return text.empty() ? text : text.substr(1);
}

/// "auto|always|never" as words; empty when the value is not one of a few. Of "none|default|FILE" the
/// last stands for something else.
std::string words_of(std::string_view value) {
  if (value.find('|') == std::string_view::npos) return {};
  std::string text;
  while (!value.empty()) {
    const std::string_view word = value.substr(0, value.find('|'));
    value.remove_prefix(std::min(word.size() + 1, value.size()));
    if (std::ranges::any_of(word, [](char c) { return c >= 'A' && c <= 'Z'; })) continue;
    text += (text.empty() ? "" : " ") + std::string(word);
  }
  return text;
}

/// What may stand in the place of an argument or an option's value: words, or where they come from.
std::string words_for(std::string_view placeholder) {
  if (placeholder.find("SHELL") != std::string_view::npos) return "bash zsh fish";
  if (placeholder == "KIND") return "crontab systemd";
  return words_of(placeholder);
}
bool is_job(std::string_view placeholder) {
  return placeholder.find("JOB") != std::string_view::npos;
}
bool is_verb(std::string_view placeholder) { return placeholder == "[VERB]"; }
bool is_file(std::string_view placeholder) { return placeholder == "FILE"; }

std::string verb_names() {
  Names names;
  for (const Verb& verb : verbs()) names.push_back(verb.name);
  return joined(names);
}

/// Calls `tell(verb, option)` for every option that has a value; verb "*" for the common ones.
template <class Tell>
void each_value(Tell tell) {
  for (const auto& option : common_options()) {
    if (!option.value.empty()) tell(std::string_view("*"), option);
  }
  for (const Verb& verb : verbs()) {
    for (const auto& option : verb.options) {
      if (!option.value.empty()) tell(verb.name, option);
    }
  }
}

// --- bash, and zsh which can run the same walk -------------------------------------------------

/// Functions of the shell that answer from the table: options and argument of a verb, and what an
/// option's value may be (nothing printed: it has none; "-": anything; "@file"; or words).
std::string tables(std::string_view prefix) {
  std::string options;
  std::string arguments;
  for (const Verb& verb : verbs()) {
    options += fmt::format("    {}) echo '{}' ;;\n", verb.name, names_of(verb.options));
    std::size_t place = 0;
    for (const auto argument : places_of(verb)) {
      std::string what = words_for(argument);
      if (is_job(argument)) what = "@jobs";
      if (is_verb(argument)) what = "@verbs";
      if (is_file(argument)) what = "@file";
      if (!what.empty())
        arguments += fmt::format("    {}:{}) echo '{}' ;;\n", verb.name, place, what);
      ++place;
    }
  }
  std::string values;
  each_value([&](std::string_view verb, const OptionSpec& option) {
    std::string what = words_for(option.value);
    if (is_file(option.value)) what = "@file";
    if (what.empty()) what = "-";
    for (const auto name : names_of(option)) {
      const std::string pattern =
          verb == "*" ? fmt::format("*:{}", name) : fmt::format("{}:{}", verb, name);
      values += fmt::format("    {}) echo '{}' ;;\n", pattern, what);
    }
  });
  return fmt::format(
      "{0}_verbs='{1}'\n"
      "{0}_common='{2}'\n"
      "{0}_options() {{\n  case $1 in\n{3}  esac\n}}\n"
      "{0}_argument() {{\n  case \"$1:$2\" in\n{4}  esac\n}}\n"
      "{0}_value() {{\n  case \"$1:$2\" in\n{5}  esac\n}}\n",
      prefix, verb_names(), names_of(common_options()), options, arguments, values);
}

constexpr std::string_view kBashWalk = R"sh(
# Sets verb, file and given (arguments of the verb so far) from the words before the current one, and
# prints what may stand in its place: words, or @jobs @verbs @file @options, or nothing.
_takt_place() {
  local i word what want=
  verb= file= given=0
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=${COMP_WORDS[i]}
    if [[ -n $want ]]; then
      [[ $want == -f || $want == --file ]] && file=$word
      want=
    elif [[ $word == -* ]]; then
      [[ -n $(_takt_value "$verb" "$word") ]] && want=$word
    elif [[ -z $verb ]]; then
      verb=$word
    else
      given=$((given + 1))
    fi
  done
  if [[ -n $want ]]; then
    place=$(_takt_value "$verb" "$want")
  elif [[ $cur == -* ]]; then
    place=@options
  elif [[ -z $verb ]]; then
    place=@verbs
  else
    place=$(_takt_argument "$verb" "$given")
  fi
}

_takt() {
  local cur=${COMP_WORDS[COMP_CWORD]} verb file given place words=
  _takt_place
  COMPREPLY=()
  case $place in
    @file) compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur")); return ;;
    @options) words="$(_takt_options "$verb") $_takt_common" ;;
    @verbs) words=$_takt_verbs ;;
    @jobs) words=$("${COMP_WORDS[0]}" ${file:+-f "$file"} __complete jobs 2>/dev/null </dev/null) ;;
    -) ;;
    *) words=$place ;;
  esac
  COMPREPLY=($(compgen -W "$words" -- "$cur"))
}
)sh";

std::string bash() {
  return "# bash completion of takt, made by `takt completion bash`\n\n" + tables("_takt") +
         std::string(kBashWalk) + "complete -F _takt takt\n";
}

std::string zsh() {
  return "#compdef takt\n# zsh completion of takt, made by `takt completion zsh`; runs that of "
         "bash\n\n"
         "autoload -U +X bashcompinit && bashcompinit\n" +
         tables("_takt") + std::string(kBashWalk) + "complete -F _takt takt\n";
}

// --- fish ----------------------------------------------------------------------------------------

std::string fish_quoted(std::string_view text) {
  std::string quoted = "'";
  for (const char c : text) {
    if (c == '\'' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "'";
}

std::string fish_option(std::string_view condition, const OptionSpec& option) {
  std::string line = "complete -c takt";
  if (!condition.empty()) line += fmt::format(" -n {}", fish_quoted(condition));
  for (const auto name : names_of(option)) {
    line += name.starts_with("--") ? fmt::format(" -l {}", name.substr(2))
                                   : fmt::format(" -s {}", name.substr(1));
  }
  if (!option.value.empty()) line += is_file(option.value) ? " -r -F" : " -x";
  const std::string words = words_for(option.value);
  if (!words.empty()) line += fmt::format(" -a {}", fish_quoted(words));
  return line + fmt::format(" -d {}\n", fish_quoted(option.help));
}

std::string fish() {
  std::string text =
      "# fish completion of takt, made by `takt completion fish`\n\n"
      "function __takt_jobs\n"
      "    set -l words (commandline -opc)\n"
      "    set -l at (contains -i -- -f $words; or contains -i -- --file $words)\n"
      "    if test -n \"$at\"\n"
      "        takt -f $words[(math $at + 1)] __complete jobs 2>/dev/null\n"
      "    else\n"
      "        takt __complete jobs 2>/dev/null\n"
      "    end\n"
      "end\n\ncomplete -c takt -f\n";
  for (const auto& option : common_options()) text += fish_option("", option);
  for (const Verb& verb : verbs()) {
    text += fmt::format("complete -c takt -n __fish_use_subcommand -a {} -d {}\n", verb.name,
                        fish_quoted(verb.help));
    const std::string seen = fmt::format("__fish_seen_subcommand_from {}", verb.name);
    for (const auto argument : places_of(verb)) {
      std::string words = words_for(argument);
      if (is_job(argument)) words = "(__takt_jobs)";
      if (is_verb(argument)) words = verb_names();
      if (is_file(argument)) text += fmt::format("complete -c takt -n '{}' -F\n", seen);
      if (!words.empty()) text += fmt::format("complete -c takt -n '{}' -a '{}'\n", seen, words);
    }
    for (const auto& option : verb.options) text += fish_option(seen, option);
  }
  return text;
}

}  // namespace

std::optional<std::string> completion_script(std::string_view shell) {
  if (shell == "bash") return bash();
  if (shell == "zsh") return zsh();
  if (shell == "fish") return fish();
  return std::nullopt;
}

}  // namespace takt::cli
