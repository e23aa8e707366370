#include "desk/weights.h"

#include <fmt/format.h>

#include <algorithm>
#include <vector>

namespace bot {
namespace {

constexpr double kFloor = 0.15;
constexpr double kDoubt = 3;  // as if this many average posts had been seen before

struct Average {
  std::string name;
  double likes;
  std::int64_t samples;
};

}  // namespace

Weights weights_of(Database& db, std::string_view kind, std::span<const std::string_view> names) {
  Weights weights;
  for (const std::string_view name : names) weights.emplace(name, 1.0);
  auto stored = db.query("select name, weight from weights where kind = ?", kind);
  while (stored.next()) weights[stored.text(0)] = std::max(kFloor, stored.real(1));
  return weights;
}

std::string choose(const Weights& weights, std::mt19937_64& dice) {
  double sum = 0;
  for (const auto& [name, weight] : weights) sum += weight;
  double left = std::uniform_real_distribution<>(0, sum)(dice);
  for (const auto& [name, weight] : weights) {
    left -= weight;
    if (left < 0) return name;
  }
  return weights.rbegin()->first;
}

int learn_weights(Database& db, std::string_view kind, Query averages, Time now) {
  std::vector<Average> seen;
  double likes = 0;
  double samples = 0;
  while (averages.next()) {
    seen.push_back({averages.text(0), averages.real(1), averages.number(2)});
    likes += averages.real(1) * averages.real(2);
    samples += averages.real(2);
  }
  if (likes <= 0) return 0;
  const double overall = likes / samples;
  for (const Average& one : seen) {
    const auto n = static_cast<double>(one.samples);
    const double weight = (one.likes * n + overall * kDoubt) / (n + kDoubt) / overall;
    db.run(
        "insert into weights (kind, name, weight, samples, updated_at) values (?, ?, ?, ?, ?) "
        "on conflict (kind, name) do update set weight = excluded.weight, "
        "samples = excluded.samples, updated_at = excluded.updated_at",
        kind, one.name, weight, one.samples, now);
  }
  return static_cast<int>(seen.size());
}

std::string favourite(Database& db, std::string_view kind) {
  auto best = db.query(
      "select name, weight from weights where kind = ? order by weight desc limit 1", kind);
  if (!best.next()) return "";
  return fmt::format("{} {} x{:.2f}", kind, best.text(0), best.real(1));
}

}  // namespace bot
