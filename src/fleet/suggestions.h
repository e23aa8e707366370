#pragma once
// Suggestions: "did you mean" among the names of a fleet, of which there may be 100,000. Comparing
// costs more than everything else that is said about a name, so after a while no more of it is done:
// complaints stay, their hints do not.

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace takt::fleet {

class Suggestions {
 public:
  /// The names must outlive this.
  explicit Suggestions(std::vector<std::string_view> names) : names_(std::move(names)) {}

  /// `did you mean 'posting'?`, or empty when nothing is near or enough was compared.
  std::string hint_for(std::string_view word);

 private:
  std::vector<std::string_view> names_;
  std::size_t compared_ = 0;
};

}  // namespace takt::fleet
