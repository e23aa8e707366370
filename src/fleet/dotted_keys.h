#pragma once
// Depth of dotted keys (a.b.c = 1, [a.b.c]). The parser bounds the depth of brackets and braces but
// not that of keys, and a tree half a million levels deep is destroyed by half a million calls.

#include <cstddef>
#include <optional>
#include <string_view>

namespace takt::fleet {

inline constexpr std::size_t kDottedPartsMax = 32;

/// Byte offset of the first dot that gives a key more than kDottedPartsMax parts; nullopt when
/// there is none. Follows TOML's rules for comments and strings up to the first syntax error.
std::optional<std::size_t> find_endless_key(std::string_view text);

}  // namespace takt::fleet
