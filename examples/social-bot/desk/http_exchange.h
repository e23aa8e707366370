#pragma once
// One HTTP request to 127.0.0.1 and its answer, on a connection of its own. This is where Beast's
// client half lives (its headers are heavy, so nothing of it shows here).

#include <chrono>
#include <cstdint>
#include <expected>
#include <string>

namespace bot {

struct HttpRequest {
  std::uint16_t port = 0;
  std::string method;
  std::string target;
  std::string body;
  std::string site_key;
  std::string fleet_now;
};

struct HttpAnswer {
  int status = 0;
  std::string body;
};

/// `connected` tells a site that is not there (worth another try) from one that broke off: what
/// that one did with the request is unknown.
struct HttpProblem {
  bool connected = false;
  std::string text;
};

/// Blocks for at most `limit`.
std::expected<HttpAnswer, HttpProblem> http_exchange(const HttpRequest& request,
                                                     std::chrono::milliseconds limit);

}  // namespace bot
