#pragma once
// Reading one value of the TOML tree: is it of the right type and within its shape? Each reader
// returns the value, or complains at the value's place and returns nullopt.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "base/time.h"
#include "fleet/complaints.h"
#include "fleet/position.h"
#include "fleet/shape.h"
#include "fleet/toml.h"

namespace takt::fleet {

/// The kernel takes no single argument or environment string longer than this (MAX_ARG_STRLEN).
inline constexpr std::size_t kArgumentBytesMax = 128 * 1024;

/// A value that is about to be read.
struct Item {
  std::string label;  // how messages call it: "every", "backoff.first"
  const Shape* shape;
  const toml::node* node;
  Position key_at;
  Position at;  // of the value
};

Position position_of(const toml::source_position& at);
/// Where a key begins.
Position position_of(const toml::key& key);
/// Where a value begins.
Position position_of(const toml::node& node);
/// Where to blame an entry as a whole: the header of a [table], otherwise the key.
Position blamed_position(const toml::key& key, const toml::node& node);

/// "the integer 5", "the string \"abc\"", "a list".
std::string found_in(const toml::node& node);

/// "every must be a duration like "5m", not the integer 5".
void complain_type(const Item& item, std::string_view expected, Complaints& complaints);

std::optional<Duration> read_duration(const Item& item, Complaints& complaints);
std::optional<std::uint64_t> read_size(const Item& item, Complaints& complaints);
std::optional<std::int64_t> read_integer(const Item& item, Complaints& complaints);
std::optional<double> read_number(const Item& item, Complaints& complaints);
std::optional<bool> read_boolean(const Item& item, Complaints& complaints);
/// Not blank, no NUL.
std::optional<std::string> read_text(const Item& item, Complaints& complaints);
/// As written; not blank, no NUL, at most PATH_MAX, no "~" in front.
std::optional<std::string> read_path(const Item& item, Complaints& complaints);
/// Index into shape->words.
std::optional<std::size_t> read_word(const Item& item, Complaints& complaints);

/// A duration within a longer text, as `every` has two; 1 ms at least when `positive`.
std::optional<Duration> read_duration_text(const Item& item, std::string_view text, bool positive,
                                           Complaints& complaints);

/// `"P0", "P1" or "P2"`.
std::string list_words(std::span<const std::string_view> words);
/// `did you mean 'every'?`, or empty when nothing is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates);

/// The path against the folder (absolute), normalised, without a slash at the end.
std::string absolute_path(const std::string& folder, const std::string& path);

}  // namespace takt::fleet
