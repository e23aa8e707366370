#pragma once
// Body: the JSON of a request, checked against the members that its route declares. Bounded: the
// server limits the size, nesting deeper than a body can need is refused while parsing.

#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "api/exchange.h"
#include "api/routes.h"
#include "base/ids.h"
#include "base/time.h"
#include "core/beat.h"

namespace takt::api {

/// Every member that some route takes; absent ones are empty.
struct Body {
  std::vector<std::pair<std::string, std::string>>
      params;  // numbers and booleans as spelled in JSON
  bool force = false;
  std::optional<Duration> lasting;
  std::string reason;
  Token token;
  core::Beat beat;
};

/// The body of `request` to `route`. An empty one without a content type is fine
/// where no member is needed. Errors: wrong_type (415) unless it is application/json, bad_request (400) for
/// broken JSON and for members that are unknown, of another type, or missing.
std::expected<Body, Response> parse_body(const Route& route, const Request& request);

}  // namespace takt::api
