#include "fleet/suggestions.h"

#include "fleet/read.h"

namespace takt::fleet {
namespace {

/// Names held against each other in one load; a second of work for the longest of them.
constexpr std::size_t kComparedMax = 400'000;

}  // namespace

std::string Suggestions::hint_for(std::string_view word) {
  if (compared_ > kComparedMax) return {};
  compared_ += names_.size();
  return did_you_mean(word, names_);
}

}  // namespace takt::fleet
