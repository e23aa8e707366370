#pragma once
// The manual page of the fleet file, out of its description.

#include <string>
#include <string_view>

namespace takt::fleet {

/// takt-fleet(5), in man(7) macros. `version` stands in its foot.
std::string manual_page(std::string_view version);

}  // namespace takt::fleet
