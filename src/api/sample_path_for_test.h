#pragma once
// Paths that fit a route, for the tests that walk the route table.

#include <string>
#include <string_view>

#include "api/routes.h"

namespace takt::api {

/// The route's path with what stands in braces filled in; `name` is a job's and a contact's.
inline std::string sample_path(const Route& route, std::string_view name = "posting",
                               std::string_view run = "1") {
  std::string path(route.path);
  const auto put = [&](std::string_view brace, std::string_view value) {
    if (const auto at = path.find(brace); at != std::string::npos) {
      path.replace(at, brace.size(), value);
    }
  };
  put("{job}", name);
  put("{contact}", name);
  put("{run}", run);
  return path;
}

}  // namespace takt::api
