#pragma once
// ASCII letters, whatever the locale says: names of days, months and units are read in any case.

#include <algorithm>
#include <string>
#include <string_view>

namespace takt {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }
constexpr bool is_letter(char c) { return lower(c) >= 'a' && lower(c) <= 'z'; }

inline std::string lowered(std::string_view text) {
  std::string out{text};
  std::ranges::transform(out, out.begin(), lower);
  return out;
}

}  // namespace takt
