#include "api/exchange.h"

#include <boost/json/serialize.hpp>

#include "api/render.h"

namespace takt::api {

Response good(const boost::json::object& body) {
  return {.status = Status::ok, .body = boost::json::serialize(body), .allow = {}};
}

Response plain(std::string body, std::string_view type) {
  return {.status = Status::ok, .body = std::move(body), .allow = {}, .type = type};
}

Response bad(Status status, std::string_view what, std::string_view where, std::string_view hint,
             const core::Gates& refusing) {
  return {.status = status,
          .body = boost::json::serialize(error(what, where, hint, refusing)),
          .allow = {}};
}

}  // namespace takt::api
