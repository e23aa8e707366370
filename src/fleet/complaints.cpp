#include "fleet/complaints.h"

#include <fmt/format.h>

#include <algorithm>
#include <span>
#include <tuple>
#include <utility>

namespace takt::fleet {

void Complaints::error(Position at, std::string message, std::string hint) {
  has_errors_ = true;
  add(Problem::Severity::error, at, std::move(message), std::move(hint));
}

void Complaints::warning(Position at, std::string message, std::string hint) {
  add(Problem::Severity::warning, at, std::move(message), std::move(hint));
}

void Complaints::add(Problem::Severity severity, Position at, std::string message,
                     std::string hint) {
  if (is_full()) {
    ++not_kept_;
    return;
  }
  Problem problem;
  problem.severity = severity;
  problem.line = at.line;
  problem.column = at.column;
  problem.message = std::move(message);
  problem.hint = std::move(hint);
  problems_.push_back({at.file > 0 ? at.file : file_, std::move(problem)});
}

int Complaints::begin_file(std::shared_ptr<const Source> source) {
  sources_.push_back(std::move(source));
  file_ = static_cast<int>(sources_.size()) - 1;
  return file_;
}

std::vector<Problem> Complaints::take() {
  std::vector<Kept> kept = std::exchange(problems_, {});
  std::ranges::stable_sort(kept, [](const Kept& a, const Kept& b) {
    return std::tie(a.file, a.problem.line, a.problem.column) <
           std::tie(b.file, b.problem.line, b.problem.column);
  });
  if (not_kept_ > 0) {
    Kept rest{kept.back().file, {}};
    rest.problem.severity = has_errors_ ? Problem::Severity::error : Problem::Severity::warning;
    rest.problem.line = kept.back().problem.line;
    rest.problem.column = kept.back().problem.column;
    rest.problem.message = fmt::format("{} more problems are not shown", not_kept_);
    kept.push_back(std::move(rest));
    not_kept_ = 0;
  }
  std::vector<Problem> problems;
  problems.reserve(kept.size());
  for (Kept& one : kept) problems.push_back(std::move(one.problem));
  for (std::size_t first = 0; first < kept.size();) {
    std::size_t last = first;
    while (last < kept.size() && kept[last].file == kept[first].file) ++last;
    const auto file = static_cast<std::size_t>(kept[first].file);
    if (file < sources_.size()) {
      sources_[file]->quote_lines(std::span{problems}.subspan(first, last - first));
    }
    first = last;
  }
  return problems;
}

}  // namespace takt::fleet
