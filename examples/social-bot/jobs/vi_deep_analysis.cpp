// vi_deep_analysis: which features of a text go with going viral? For each feature the means over
// viral and other posts, and Welch's t of their difference: beyond +-2 it is hardly chance.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>

#include "jobs/jobs.h"

namespace bot {
namespace {

struct Feature {
  std::string_view name;
  double (*measure)(std::string_view text, Time at);
};

double words(std::string_view text, Time) {
  return 1.0 + static_cast<double>(std::ranges::count(text, ' '));
}
double has_question(std::string_view text, Time) { return text.contains('?') ? 1 : 0; }
double has_number(std::string_view text, Time) {
  return std::ranges::any_of(text, [](unsigned char c) { return std::isdigit(c) != 0; }) ? 1 : 0;
}
double in_the_evening(std::string_view, Time at) {
  const auto hour = hour_of(at) % 24;
  return hour >= 18 && hour < 23 ? 1 : 0;
}

constexpr std::array kFeatures = {Feature{"words", words}, Feature{"question", has_question},
                                  Feature{"number", has_number},
                                  Feature{"evening", in_the_evening}};

/// Mean and variance of a sample, updated one by one (Welford).
struct Sample {
  double n = 0, mean = 0, squares = 0;
  void add(double x) {
    n += 1;
    const double off = x - mean;
    mean += off / n;
    squares += off * (x - mean);
  }
  double variance_of_mean() const { return n < 2 ? 0 : squares / (n - 1) / n; }
};

double welch_t(const Sample& a, const Sample& b) {
  const double spread = std::sqrt(a.variance_of_mean() + b.variance_of_mean());
  return a.n < 2 || b.n < 2 || spread <= 0 ? 0 : (a.mean - b.mean) / spread;
}

}  // namespace

void vi_deep_analysis(Desk& desk) {
  std::array<Sample, kFeatures.size()> viral{};
  std::array<Sample, kFeatures.size()> others{};
  auto rows = desk.db.query("select text, published_at, viral from seen_posts");
  while (rows.next()) {
    auto& group = rows.number(2) != 0 ? viral : others;
    for (std::size_t i = 0; i < kFeatures.size(); ++i) {
      group[i].add(kFeatures[i].measure(rows.text(0), rows.time(1)));
    }
  }
  fmt::print("{} viral posts against {} others\n", viral[0].n, others[0].n);
  Transaction transaction(desk.db);
  for (std::size_t i = 0; i < kFeatures.size(); ++i) {
    const double t = welch_t(viral[i], others[i]);
    desk.db.run(
        "insert into viral_features (feature, viral_mean, other_mean, t, viral_n, other_n, "
        "updated_at) values (?, ?, ?, ?, ?, ?, ?) on conflict (feature) do update set "
        "viral_mean = excluded.viral_mean, other_mean = excluded.other_mean, t = excluded.t, "
        "viral_n = excluded.viral_n, other_n = excluded.other_n, "
        "updated_at = excluded.updated_at",
        kFeatures[i].name, viral[i].mean, others[i].mean, t, static_cast<std::int64_t>(viral[i].n),
        static_cast<std::int64_t>(others[i].n), desk.now);
    if (std::abs(t) > 2)
      fmt::print("viral posts differ in '{}': t = {:.1f}\n", kFeatures[i].name, t);
  }
  transaction.commit();
}

}  // namespace bot
