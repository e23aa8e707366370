#pragma once
// Table: what the benchmarks print, one line a promise.
//
//   what            bare             takt             ratio   target    met
//   jobs a second   2410 (2380-2460) 1720 (1690-1740) 0.71    >= 0.6    yes
//
// A figure is the median of its samples (or the percentile that is promised) with the least and the
// largest beside it: the machine's noise.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace takt::bench {

/// Samples of one figure, in the order in which they were taken.
using Samples = std::vector<double>;

/// The smallest sample that `share` (0..1) of them do not exceed; 0 without samples.
double percentile(Samples samples, double share);

/// "1720 (1690-1740)": the percentile and the range; one sample alone is just itself.
std::string figure(const Samples& samples, std::string_view unit, double share = 0.5);

enum class Goal { at_least, at_most };

struct Promise {
  std::string what;
  std::string unit;
  Samples bare;  // empty: there is nothing to compare with, the target is absolute
  Samples takt;
  Goal goal = Goal::at_most;
  std::optional<double> target;  // of the ratio takt / bare, or of takt itself without a bare
  double share = 0.5;            // the percentile that is promised
};

/// Prints the head of the table; to be called once, before the first line.
void print_head();

/// Prints a line.
void print(const Promise& promise);

/// A line without a target, for what is only reported.
void print_fact(std::string_view what, const std::string& text);

}  // namespace takt::bench
