#pragma once
// ShellText: words as /bin/sh takes them.

#include <string>
#include <string_view>

namespace takt::imports {

/// The word as it stands when the shell leaves it alone, else in single quotes.
std::string shell_word(std::string_view text);

/// Whether the shell would do nothing with `text` but split it at blanks.
bool is_plain_shell(std::string_view text);

}  // namespace takt::imports
