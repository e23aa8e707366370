#include "chaos/fault.h"

#include <array>

namespace bot::chaos {

std::string_view word(const Fault& fault) {
  static constexpr std::array<std::string_view, std::variant_size_v<Fault>> kWords = {
      "crash",          "hang",       "leak", "leave_posting",
      "delete_content", "plan_fails", "slow", "site_down"};
  return kWords[fault.index()];
}

}  // namespace bot::chaos
