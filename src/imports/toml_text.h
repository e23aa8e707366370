#pragma once
// TomlText: values and comments as a fleet file spells them, on one line each.

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace takt::imports {

/// "text", 'te"xt' where that needs no escapes, else with escapes. `text` must be UTF-8.
std::string toml_string(std::string_view text);

/// The same for what only people read: what is no character to read is escaped, and a long text cut.
std::string toml_doc(std::string_view text);

/// ["a", "b"]
std::string toml_list(std::span<const std::string> texts);

/// A name as a key: in quotes where it has a dot.
std::string toml_key(std::string_view name);

/// Variables of a job, in the order in which they were set.
using Variables = std::vector<std::pair<std::string, std::string>>;

/// { A = "1", B = "2" }; the names are those of variables, so they need no quotes.
std::string toml_table(const Variables& variables);

/// Whether a fleet file takes this as the name of a variable.
bool is_variable(std::string_view name);

/// Sets a variable, or changes the one of that name.
void set_variable(Variables& variables, std::string_view name, std::string value);

/// "# text", of one line; tabs stay, whatever else is no character to read is escaped. An empty text
/// is "#".
std::string toml_comment(std::string_view text);

}  // namespace takt::imports
