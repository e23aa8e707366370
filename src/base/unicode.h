#pragma once
// UTF-8, one code point at a time: for columns, for refusing files that are not UTF-8, for cutting a text
// between characters, and for telling which characters must not reach a terminal.

#include <cstddef>
#include <optional>
#include <string_view>

namespace takt {

struct CodePoint {
  char32_t value = 0;
  std::size_t bytes = 1;
  bool valid = false;  // no: `value` is the byte, `bytes` is 1
};

/// The code point that begins at byte `at`, which lies inside `text`. Strict: no surrogates, no
/// overlong forms.
CodePoint code_point_at(std::string_view text, std::size_t at);

/// Byte offset of the first byte that is not UTF-8; nullopt when all is well.
std::optional<std::size_t> find_invalid_utf8(std::string_view text);

/// Code points in `text`; a stray byte counts as one.
std::size_t count_columns(std::string_view text);

/// At most `bytes` of the text, and no character in half. Bytes that only go on with a character and
/// have no beginning count to the one before them.
std::string_view whole_characters(std::string_view text, std::size_t bytes);

/// Control characters (C0, DEL, C1), line and paragraph separators, and the marks that turn the
/// direction of writing.
bool drives_a_terminal(char32_t value);

}  // namespace takt
