#include "table.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace takt::bench {
namespace {

constexpr const char* kLine = "{:<42} {:>22} {:>22} {:>6}  {:<10} {}\n";

/// Three digits that mean something, without an exponent.
std::string digits(double value) {
  const double size = std::abs(value);
  return fmt::format("{:.{}f}", value, size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

void print_line(const std::string& line) {
  std::fputs(line.c_str(), stdout);
  std::fflush(stdout);
}

}  // namespace

double percentile(Samples samples, double share) {
  if (samples.empty()) return 0;
  std::ranges::sort(samples);
  const auto rank =
      static_cast<std::size_t>(std::ceil(share * static_cast<double>(samples.size())));
  return samples[std::max<std::size_t>(rank, 1) - 1];
}

std::string figure(const Samples& samples, std::string_view unit, double share) {
  if (samples.empty()) return "-";
  std::string text = digits(percentile(samples, share));
  if (samples.size() > 1) {
    text += fmt::format(" ({}-{})", digits(std::ranges::min(samples)),
                        digits(std::ranges::max(samples)));
  }
  return unit.empty() ? text : fmt::format("{} {}", text, unit);
}

void print_head() {
  print_line(fmt::format(kLine, "what", "bare", "takt", "ratio", "target", "met"));
}

void print(const Promise& promise) {
  const double takt = percentile(promise.takt, promise.share);
  const double bare = percentile(promise.bare, promise.share);
  const bool compares = !promise.bare.empty();
  const double judged = compares ? takt / bare : takt;
  const bool is_floor = promise.goal == Goal::at_least;
  std::string target = "-";
  std::string met;
  if (promise.target) {
    target = fmt::format("{} {}", is_floor ? ">=" : "<=", *promise.target);
    met = (is_floor ? judged >= *promise.target : judged <= *promise.target) ? "yes" : "NO";
  }
  print_line(fmt::format(kLine, promise.what, figure(promise.bare, promise.unit, promise.share),
                         figure(promise.takt, promise.unit, promise.share),
                         compares ? digits(judged) : "-", target, met));
}

void print_fact(std::string_view what, const std::string& text) {
  print_line(fmt::format("{:<42} {}\n", what, text));
}

}  // namespace takt::bench
