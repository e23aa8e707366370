#include "core/beat.h"

#include <charconv>
#include <cmath>

#include "base/unicode.h"

namespace takt::core {
namespace {

constexpr std::string_view kBlanks = " \t\r\n\v\f";

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

/// Takes the first word off a trimmed text.
std::string_view take_word(std::string_view& text) {
  const std::string_view word = text.substr(0, text.find_first_of(kBlanks));
  text = trimmed(text.substr(word.size()));
  return word;
}

}  // namespace

void Beat::take(const Beat& later) {
  if (later.progress) progress = later.progress;
  if (later.note) note = later.note;
}

std::optional<int> parse_progress(std::string_view text) {
  if (text.ends_with('%')) text.remove_suffix(1);
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (!(value >= 0 && value <= 100)) return std::nullopt;  // not a number, too
  return static_cast<int>(std::floor(value));
}

std::string clean_note(std::string_view text) {
  std::string note;
  for (const char c : trimmed(text)) {
    const auto byte = static_cast<unsigned char>(c);
    note += byte < 0x20U || byte == 0x7FU ? ' ' : c;
    if (note.size() > kNoteBytesMax) break;
  }
  if (note.size() > kNoteBytesMax) {
    const std::size_t end = whole_characters(note, kNoteBytesMax).size();
    note.resize(end == 0 ? kNoteBytesMax : end);  // all continuation bytes: no text anyway
  }
  return note;
}

Beat parse_beat(std::string_view line) {
  line = trimmed(line);
  std::string_view rest = line;
  if (take_word(rest) == "beat") line = rest;
  Beat beat;
  rest = line;
  beat.progress = parse_progress(take_word(rest));
  if (beat.progress) line = rest;
  if (!line.empty()) beat.note = clean_note(line);
  return beat;
}

}  // namespace takt::core
