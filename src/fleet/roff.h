#pragma once
// Roff: plain text for manual pages (man(7)).

#include <string>
#include <string_view>

namespace takt::fleet {

/// Text that stands for itself: backslashes, dashes and control characters at the beginning of a
/// line are protected; `code` in backquotes becomes bold.
std::string roff_text(std::string_view text);

/// ".SH NAME" and the like; a title with blanks is quoted.
std::string roff_heading(std::string_view macro, std::string_view title);

}  // namespace takt::fleet
