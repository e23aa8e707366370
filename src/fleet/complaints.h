#pragma once
// Complaints: collects the problems of a fleet's files while they are decoded. All of them are
// reported, sorted by file and position; only with more than kComplaintsMax the rest is counted
// instead of shown.

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
  explicit Complaints(Sources sources) : sources_(std::move(sources)) {}

  /// From now on positions without a file of their own are places in this further one.
  /// Its number is for positions that name their file.
  int begin_file(std::shared_ptr<const Source> source);
  /// And from now on in the first one again.
  void end_files() { file_ = 0; }

  void error(Position at, std::string message, std::string hint = {});
  void warning(Position at, std::string message, std::string hint = {});

  bool has_errors() const { return has_errors_; }
  /// Further problems are only counted: no need to think of a hint for them.
  bool is_full() const { return problems_.size() >= kComplaintsMax; }

  /// The problems so far, sorted and with their lines; the collection is empty afterwards.
  std::vector<Problem> take();

 private:
  struct Kept {
    int file;
    Problem problem;
  };
  void add(Problem::Severity severity, Position at, std::string message, std::string hint);

  Sources sources_;
  int file_ = 0;  // that positions belong to which name none
  std::vector<Kept> problems_;
  std::size_t not_kept_ = 0;
  bool has_errors_ = false;
};

}  // namespace takt::fleet
