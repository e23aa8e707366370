#include "fleet/complaints.h"

#include <fmt/format.h>

#include <algorithm>
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
  problems_.push_back(std::move(problem));
}

std::vector<Problem> Complaints::take() {
  std::vector<Problem> problems = std::exchange(problems_, {});
  std::stable_sort(problems.begin(), problems.end(), [](const Problem& a, const Problem& b) {
    return Position{a.line, a.column} < Position{b.line, b.column};
  });
  if (not_kept_ > 0) {
    Problem rest;
    rest.severity = has_errors_ ? Problem::Severity::error : Problem::Severity::warning;
    rest.line = problems.back().line;
    rest.column = problems.back().column;
    rest.message = fmt::format("{} more problems are not shown", not_kept_);
    problems.push_back(std::move(rest));
    not_kept_ = 0;
  }
  if (source_) source_->quote_lines(problems);
  return problems;
}

}  // namespace takt::fleet
