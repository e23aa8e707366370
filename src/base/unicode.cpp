#include "base/unicode.h"

namespace takt {
namespace {

/// Length that the lead byte announces; 0 for a byte that cannot lead.
std::size_t announced_length(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

bool is_scalar(char32_t value, std::size_t bytes) {
  if (value >= 0xD800 && value <= 0xDFFF) return false;
  if (bytes == 3) return value >= 0x800;
  if (bytes == 4) return value >= 0x10000 && value <= 0x10FFFF;
  return true;
}

bool is_between(char32_t value, char32_t first, char32_t last) {
  return value >= first && value <= last;
}

}  // namespace

CodePoint code_point_at(std::string_view text, std::size_t at) {
  const auto lead = static_cast<unsigned char>(text[at]);
  const CodePoint stray{lead, 1, false};
  const std::size_t bytes = announced_length(lead);
  if (bytes == 0 || text.size() - at < bytes) return stray;
  if (bytes == 1) return {lead, 1, true};
  char32_t value = lead & (0x7FU >> bytes);
  for (std::size_t i = 1; i < bytes; ++i) {
    const auto next = static_cast<unsigned char>(text[at + i]);
    if ((next & 0xC0U) != 0x80U) return stray;
    value = (value << 6U) | (next & 0x3FU);
  }
  return is_scalar(value, bytes) ? CodePoint{value, bytes, true} : stray;
}

std::optional<std::size_t> find_invalid_utf8(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    if (!point.valid) return at;
    at += point.bytes;
  }
  return std::nullopt;
}

std::size_t count_columns(std::string_view text) {
  std::size_t columns = 0;
  for (std::size_t at = 0; at < text.size(); ++columns) at += code_point_at(text, at).bytes;
  return columns;
}

std::string_view whole_characters(std::string_view text, std::size_t bytes) {
  if (text.size() <= bytes) return text;
  while (bytes > 0 && (static_cast<unsigned char>(text[bytes]) & 0xC0U) == 0x80U) --bytes;
  return text.substr(0, bytes);
}

bool drives_a_terminal(char32_t value) {
  return value < 0x20 || is_between(value, 0x7F, 0x9F) || value == 0x61C ||
         is_between(value, 0x200E, 0x200F) || is_between(value, 0x2028, 0x202E) ||
         is_between(value, 0x2066, 0x2069) || value == 0xFEFF;
}

}  // namespace takt
