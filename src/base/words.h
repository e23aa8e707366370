#pragma once
// Enumerations that have a spelling: one table a type, so that C++, SQL, JSON and the command line use
// the same word. A type takes part by specialising kWords with its words in the order of its values.

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace takt {

template <class E>
inline constexpr std::array<std::string_view, 0> kWords{};

/// The word of a value.
template <class E>
constexpr std::string_view word(E value) {
  return kWords<E>[static_cast<std::size_t>(value)];
}

/// The value of a word; nullopt when it is none of the type's words.
template <class E>
constexpr std::optional<E> from_word(std::string_view text) {
  for (std::size_t i = 0; i < kWords<E>.size(); ++i) {
    if (kWords<E>[i] == text) return static_cast<E>(i);
  }
  return std::nullopt;
}

}  // namespace takt
