#pragma once
// The one validator of names: fleets, jobs and whatever else becomes a file name, a row key or a
// part of a route. A valid name is safe in all of them unescaped.

#include <expected>
#include <string>
#include <string_view>

namespace takt::fleet {

inline constexpr std::size_t kNameLengthMax = 64;

/// [a-z0-9][a-z0-9_.-]{0,63} with at least one letter and without "..". The error says what is
/// wrong, to be put after the name: "is empty", "has no letter". It never quotes the name itself.
std::expected<void, std::string> valid_name(std::string_view name);

/// `text` bent into a valid name: upper case lowered, what is not allowed becomes '-', cut at 64;
/// `fallback` (itself valid) when no letter is left.
std::string as_name(std::string_view text, std::string_view fallback);

}  // namespace takt::fleet
