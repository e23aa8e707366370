#include "api/memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>

#include "base/match.h"

namespace takt::api {

std::string spelled(const core::MemoryLimit& limit) {
  constexpr std::array<std::string_view, 5> kUnits{"", "K", "M", "G", "T"};
  return std::visit(
      Match{[](const core::UsedRatio& ratio) { return fmt::format("{:g}%", 100 * ratio.at_least); },
            [&](const core::BytesLeft& left) {
              std::int64_t number = left.at_most;
              std::size_t unit = 0;
              while (number != 0 && number % 1024 == 0 && unit + 1 < kUnits.size()) {
                number /= 1024;
                ++unit;
              }
              return fmt::format("{}{}", number, kUnits[unit]);
            }},
      limit);
}

std::int64_t reached_from(const core::MemoryLimit& limit, std::int64_t total_bytes) {
  const std::int64_t used = std::visit(
      Match{[&](const core::UsedRatio& ratio) {
              return std::llround(ratio.at_least * static_cast<double>(total_bytes));
            },
            [&](const core::BytesLeft& left) -> long long { return total_bytes - left.at_most; }},
      limit);
  return std::max<std::int64_t>(used, 0);
}

}  // namespace takt::api
