#pragma once
// "Did you mean": the nearest of the words that would have been right.

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace takt::fleet {

/// The candidate with the fewest edits (insert, delete, replace, swap of neighbours; case is
/// ignored) to `word`, the first one on a tie; nullopt when none is near enough to be a slip: about
/// a third of the word's length. Words beyond 64 bytes have no neighbours, so the cost is bounded
/// for any input.
std::optional<std::string> nearest(std::string_view word,
                                   std::span<const std::string_view> candidates);

}  // namespace takt::fleet
