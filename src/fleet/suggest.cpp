#include "fleet/suggest.h"

#include <algorithm>
#include <array>
#include <cstddef>

#include "base/ascii.h"

namespace takt::fleet {
namespace {

constexpr std::size_t kLengthMax = 64;
using Row = std::array<std::size_t, kLengthMax + 1>;

bool same(char a, char b) { return lower(a) == lower(b); }

/// Edits that still count as a slip of the fingers.
std::size_t slips_allowed(std::size_t length) {
  if (length <= 2) return 0;
  return std::max<std::size_t>(1, std::min<std::size_t>((length + 1) / 3, 4));
}

/// Optimal string alignment distance; both at most kLengthMax bytes.
std::size_t distance(std::string_view a, std::string_view b) {
  Row before_last{};
  Row last{};
  Row row{};
  for (std::size_t j = 0; j <= b.size(); ++j) last[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (same(a[i - 1], b[j - 1]) ? 0 : 1);
      row[j] = std::min({last[j] + 1, row[j - 1] + 1, replaced});
      if (i > 1 && j > 1 && same(a[i - 1], b[j - 2]) && same(a[i - 2], b[j - 1])) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last = last;
    last = row;
  }
  return last[b.size()];
}

}  // namespace

std::optional<std::string> nearest(std::string_view word,
                                   std::span<const std::string_view> candidates) {
  if (word.empty() || word.size() > kLengthMax) return std::nullopt;
  std::size_t best = slips_allowed(word.size()) + 1;
  std::optional<std::string> found;
  for (const std::string_view candidate : candidates) {
    if (candidate.size() > kLengthMax) continue;
    const std::size_t longer = std::max(candidate.size(), word.size());
    if (longer - std::min(candidate.size(), word.size()) >= best) continue;
    const std::size_t edits = distance(word, candidate);
    if (edits >= best) continue;
    best = edits;
    found = candidate;
  }
  return found;
}

}  // namespace takt::fleet
