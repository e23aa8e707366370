#include <fmt/format.h>

#include <string>

#include "fleet/description.h"
#include "fleet/schema.h"

namespace takt::fleet {
namespace {

/// Text for a cell of a table.
std::string cell(std::string_view text) {
  std::string result;
  for (const char c : text) {
    if (c == '|' || c == '<') result += '\\';
    result += c;
  }
  return result;
}

std::string code(std::string_view text) { return fmt::format("`{}`", cell(text)); }

std::string limits(const Shape& shape) {
  switch (shape.kind) {
    case Shape::Kind::integer:
    case Shape::Kind::number:
      return fmt::format(", {} to {}", shape.min, shape.max);
    case Shape::Kind::duration:
      return shape.min > 0 ? ", at least 1ms" : "";
    default:
      return "";
  }
}

std::string type_of(const KeyInfo& key) {
  if (key.shape.kind != Shape::Kind::word) {
    return cell(fmt::format("{}{}", key.shape.type, limits(key.shape)));
  }
  std::string words;
  for (const std::string_view word : key.shape.words) {
    words += fmt::format("{}{}", words.empty() ? "" : ", ", code(word));
  }
  return words;
}

/// "none", "the daemon's own": no value that could stand in a file.
bool is_told_in_words(std::string_view fallback) {
  const bool is_value = fallback.starts_with('[') || fallback.starts_with('{');
  return fallback == "none" || fallback == "required" ||
         (!is_value && fallback.find(' ') != std::string_view::npos);
}

std::string row(const KeyInfo& key) {
  const bool is_phrase = is_told_in_words(key.fallback);
  return fmt::format("| {} | {} | {} | {}{} |\n", code(key.name), type_of(key),
                     is_phrase ? std::string{key.fallback} : code(key.fallback),
                     key.supported ? "" : "*Not supported yet.* ", cell(key.meaning));
}

std::string rows(const TableInfo& table) {
  std::string text;
  for (const Section& section : table.keys->sections()) {
    if (!section.title.empty()) text += fmt::format("### {}\n\n", section.title);
    text += "| key | type | default | meaning |\n| --- | --- | --- | --- |\n";
    for (const KeyInfo* key : section.keys) text += row(*key);
    text += "\n";
  }
  return text;
}

}  // namespace

std::string reference_markdown() {
  std::string text;
  for (const TableInfo& table : tables()) {
    text += fmt::format("## `{}`\n\n{}\n\n", title_of(table), table.meaning);
    // [defaults] has the keys of a job, which are listed there.
    if (table.keys != nullptr && table.name != "defaults") text += rows(table);
  }
  text.pop_back();
  return text;
}

}  // namespace takt::fleet
