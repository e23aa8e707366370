#pragma once
// TerminalText: what jobs wrote and what files say must not drive the terminal that shows it: no cursor
// moves, titles, links, bells, nor marks that turn the direction of writing.

#include <string>
#include <string_view>

namespace takt::cli {

/// `text` with every control character (newline and tab too), direction mark and stray byte escaped as
/// "\n", "\x1b", "\u{202e}". For anything printed on one line.
std::string inert(std::string_view text);

/// The same for a line of a log on a terminal: tabs stay, and so do colours (ESC [ digits ; ... m);
/// when there were any, they are reset at the end.
std::string inert_log_line(std::string_view text);

}  // namespace takt::cli
