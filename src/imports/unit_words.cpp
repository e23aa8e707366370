#include "imports/unit_words.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/ascii.h"
#include "imports/shell_text.h"

namespace takt::imports {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }
bool may_begin(char c) { return is_letter(c) || c == '_'; }
bool is_name(std::string_view text) {
  return !text.empty() && may_begin(text.front()) &&
         std::ranges::all_of(text, [](char c) { return may_begin(c) || (c >= '0' && c <= '9'); });
}

std::optional<int> digit_of(char c, int base) {
  int value = 99;
  if (c >= '0' && c <= '9') value = c - '0';
  if (c >= 'a' && c <= 'f') value = c - 'a' + 10;
  if (c >= 'A' && c <= 'F') value = c - 'A' + 10;
  return value < base ? std::optional{value} : std::nullopt;
}

/// A character in `count` digits; nullopt where they are not there, or are no character of ASCII.
std::optional<char> numbered(std::string_view digits, std::size_t count, int base) {
  if (digits.size() < count) return std::nullopt;
  int value = 0;
  for (const char c : digits.substr(0, count)) {
    const auto digit = digit_of(c, base);
    if (!digit) return std::nullopt;
    value = value * base + *digit;
  }
  if (value == 0 || value > 0x7E) return std::nullopt;
  return static_cast<char>(value);
}

/// What stands behind a backslash at `at`, which moves past it; unknown escapes stay as they are.
void take_escape(std::string_view value, std::size_t& at, std::string& out) {
  constexpr std::string_view kCodes = "abfnrtv\\\"'s;";
  constexpr std::string_view kMeant = "\a\b\f\n\r\t\v\\\"' ;";
  if (at == value.size()) {
    out += '\\';
    return;
  }
  const char code = value[at];
  const auto known = kCodes.find(code);
  if (known != std::string_view::npos) {
    out += kMeant[known];
    ++at;
    return;
  }
  const bool hex = code == 'x';
  const auto found = numbered(value.substr(at + (hex ? 1 : 0)), hex ? 2 : 3, hex ? 16 : 8);
  if (found) {
    out += *found;
    at += 3;
  } else {
    out += '\\';
  }
}

/// In double quotes; of ${NAME} the shell shall see the name, of $$ one dollar.
std::string expanding_word(std::string_view text) {
  if (text.size() > 1 && text.front() == '$' && is_name(text.substr(1))) return std::string{text};
  std::string out = "\"";
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char c = text[at];
    if (c == '$' && text.substr(at).starts_with("$$")) {
      out += "\\$";
      ++at;
    } else if (c == '$' && text.substr(at).starts_with("${")) {
      const auto end = text.find('}', at);
      const bool variable =
          end != std::string_view::npos && is_name(text.substr(at + 2, end - at - 2));
      out += variable ? "$" : "\\$";
    } else if (c == '$' || c == '"' || c == '\\' || c == '`') {
      out += '\\';
      out += c;
    } else {
      out += c;
    }
  }
  return out + '"';
}

bool has_dollar(std::string_view word) { return word.find('$') != std::string_view::npos; }

void take_prefixes(std::string& program, ExecCommand& command) {
  std::size_t at = 0;
  for (; at < program.size(); ++at) {
    const char c = program[at];
    if (c == '-') {
      command.may_fail = true;
    } else if (c == ':') {
      command.expands = false;
    } else if (c == '@' || c == '+' || c == '!' || c == '|') {
      command.prefixes += c;
    } else {
      break;
    }
  }
  program.erase(0, at);
}

}  // namespace

Specifiers::Specifiers(std::string_view name)
    : name_(name), stem_(name.substr(0, name.rfind('.'))) {
  const auto at = stem_.find('@');
  prefix_ = stem_.substr(0, at);
  if (at == std::string::npos) return;
  instance_ = stem_.substr(at + 1);
  template_ = instance_.empty();
}

std::optional<std::string> Specifiers::meaning(char specifier) const {
  switch (specifier) {
    case 'i':
    case 'I':
      // Escapes of the name (\x2d) are resolved in %I alone: without any the two are equal.
      if (specifier == 'I' && instance_.find_first_of("\\-") != std::string::npos) break;
      return instance_;
    case 'n':
      return name_;
    case 'N':
      return stem_;
    case 'p':
    case 'P':
      if (specifier == 'P' && prefix_.find_first_of("\\-") != std::string::npos) break;
      return prefix_;
    case 'j':
      return prefix_.substr(prefix_.rfind('-') + 1);
    case '%':
      return "%";
    default:
      break;
  }
  return std::nullopt;
}

std::string Specifiers::resolve(std::string_view text, std::vector<std::string>& unknown) const {
  std::string out;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] != '%' || at + 1 == text.size()) {
      out += text[at];
      continue;
    }
    const char specifier = text[++at];
    if (const auto meant = meaning(specifier)) {
      out += *meant;
      continue;
    }
    out += '%';
    out += specifier;
    if (may_begin(specifier)) unknown.push_back(fmt::format("%{}", specifier));
  }
  return out;
}

std::string template_of(std::string_view name) {
  const auto at = name.find('@');
  const auto dot = name.rfind('.');
  if (at == std::string_view::npos || dot == std::string_view::npos || dot <= at + 1) return {};
  return std::string{name.substr(0, at + 1)} + std::string{name.substr(dot)};
}

std::optional<std::vector<UnitWord>> split_unit_words(std::string_view value) {
  std::vector<UnitWord> words;
  for (std::size_t at = 0; at < value.size();) {
    if (is_blank(value[at])) {
      ++at;
      continue;
    }
    UnitWord word{.text = {}, .bare = true};
    char quote = '\0';
    while (at < value.size() && (quote != '\0' || !is_blank(value[at]))) {
      const char c = value[at++];
      if (c == '\\') {
        word.bare = false;
        take_escape(value, at, word.text);
      } else if (quote == '\0' && (c == '"' || c == '\'')) {
        quote = c;
        word.bare = false;
      } else if (c == quote) {
        quote = '\0';
      } else {
        word.text += c;
      }
    }
    if (quote != '\0') return std::nullopt;
    words.push_back(std::move(word));
  }
  return words;
}

std::optional<std::vector<ExecCommand>> read_exec_line(std::string_view value,
                                                       const Specifiers& specifiers,
                                                       std::vector<std::string>& unknown) {
  const auto words = split_unit_words(value);
  if (!words) return std::nullopt;
  std::vector<ExecCommand> commands(1);
  for (const auto& word : *words) {
    if (word.bare && word.text == ";") {
      commands.emplace_back();
    } else {
      commands.back().argv.push_back(specifiers.resolve(word.text, unknown));
    }
  }
  std::erase_if(commands, [](const ExecCommand& command) { return command.argv.empty(); });
  for (auto& command : commands) {
    take_prefixes(command.argv.front(), command);
    // @: the second word is what the program is to think its name is.
    if (command.prefixes.find('@') != std::string::npos && command.argv.size() > 1) {
      command.argv.erase(command.argv.begin() + 1);
    }
    if (command.argv.front().empty()) return std::nullopt;
  }
  if (commands.empty()) return std::nullopt;
  return commands;
}

bool needs_shell(const ExecCommand& command) {
  return command.may_fail ||
         (command.expands && std::any_of(command.argv.begin() + 1, command.argv.end(), has_dollar));
}

std::string shell_line(const ExecCommand& command) {
  std::string out = shell_word(command.argv.front());
  for (std::size_t i = 1; i < command.argv.size(); ++i) {
    const auto& word = command.argv[i];
    out += ' ';
    out += command.expands && has_dollar(word) ? expanding_word(word) : shell_word(word);
  }
  return command.may_fail ? out + " || true" : out;
}

}  // namespace takt::imports
