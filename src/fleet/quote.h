#pragma once
// Quoting what a fleet file says inside a message. A value may be a megabyte long or hold an escape
// sequence: it is cut, and nothing of it ever drives the terminal.

#include <cstddef>
#include <string>
#include <string_view>

namespace takt::fleet {

inline constexpr std::size_t kQuotedColumns = 60;
inline constexpr std::size_t kPathColumns = 300;

/// `text` with control characters, direction marks and stray bytes written as \n, \x1b or \u{202e},
/// cut with "…" after `columns` code points. Backslashes stay, so escaping twice changes nothing.
std::string escape(std::string_view text, std::size_t columns = std::string_view::npos);

/// "text": a value, in double quotes, at most kQuotedColumns of it.
std::string quote_value(std::string_view text);

/// 'text': a name or a key, in single quotes, at most kQuotedColumns of it.
std::string quote_name(std::string_view text);

/// 'text': a path, in single quotes; more of it than of other values, because people copy it.
std::string quote_path(std::string_view text);

}  // namespace takt::fleet
