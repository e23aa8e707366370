#pragma once
// Target: the path and query of a request, taken apart. Hostile input is the normal case here:
// whatever is not plainly well formed has no Target.

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace takt::api {

struct Target {
  std::vector<std::string> path;             // decoded segments; "/a/b" is {"a","b"}
  std::map<std::string, std::string> query;  // decoded; of equal names the last
};

/// Takes apart "/api/v1/runs?job=x&all=1". nullopt: does not begin with '/', has a broken percent
/// escape, or a segment or value that decodes to a control character (NUL among them), or a segment
/// that decodes to one with '/' or '\' in it.
std::optional<Target> parse_target(std::string_view text);

/// `text` with everything but letters, digits and "-._~" percent-encoded: fit for a segment or a
/// value.
std::string percent_encode(std::string_view text);

}  // namespace takt::api
