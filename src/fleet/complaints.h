#pragma once
// Complaints: collects the problems of one file while it is decoded. All of them are reported,
// sorted by position; only a file with more than kComplaintsMax has the rest counted instead of
// shown.

#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fleet/position.h"
#include "fleet/problem.h"
#include "fleet/source.h"

namespace takt::fleet {

inline constexpr std::size_t kComplaintsMax = 10'000;

class Complaints {
 public:
  /// Without a source (a spec that was not read from a file) problems have no place.
  explicit Complaints(std::shared_ptr<const Source> source) : source_(std::move(source)) {}

  void error(Position at, std::string message, std::string hint = {});
  void warning(Position at, std::string message, std::string hint = {});

  bool has_errors() const { return has_errors_; }
  /// Further problems are only counted: no need to think of a hint for them.
  bool is_full() const { return problems_.size() >= kComplaintsMax; }

  /// The problems so far, sorted and with their lines; the collection is empty afterwards.
  std::vector<Problem> take();

 private:
  void add(Problem::Severity severity, Position at, std::string message, std::string hint);

  std::shared_ptr<const Source> source_;
  std::vector<Problem> problems_;
  std::size_t not_kept_ = 0;
  bool has_errors_ = false;
};

}  // namespace takt::fleet
