#pragma once
// Exchange: one request and its answer, as plain values, free of the HTTP library.

#include <boost/json/object.hpp>
#include <functional>
#include <string>
#include <string_view>

#include "core/gate.h"

namespace takt::api {

struct Request {
  std::string method;        // as sent: "GET"
  std::string target;        // as sent: path, and query after '?'
  std::string content_type;  // empty: no such header
  std::string body;
};

/// Status codes that this API uses.
enum class Status {
  ok = 200,
  bad_request = 400,
  not_found = 404,
  method_not_allowed = 405,
  timeout = 408,
  conflict = 409,
  too_large = 413,
  wrong_type = 415,
  unprocessable = 422,  // the fleet file is invalid
  headers_too_large = 431,
  failed = 500,
  bad_gateway = 502,  // somebody outside could not be reached
  unavailable = 503
};

struct Response {
  Status status = Status::ok;
  std::string body;
  std::string allow;  // of method_not_allowed
  std::string_view type = "application/json";
};

/// Called once with the answer.
using Done = std::function<void(Response)>;

Response good(const boost::json::object& body);
/// Plain text, or a format of its own.
Response plain(std::string body, std::string_view type);
Response bad(Status status, std::string_view what, std::string_view where, std::string_view hint,
             const core::Gates& refusing = {});

}  // namespace takt::api
