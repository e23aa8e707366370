#pragma once
// A small HTTP/1.1 server on 127.0.0.1: the server half of Beast, behind plain structs. One thread:
// the handler is never called twice at once.

#include <cstdint>
#include <functional>
#include <string>

namespace bot::site {

struct HttpQuestion {
  std::string method;
  std::string target;
  std::string body;
  std::string site_key;   // X-Site-Key
  std::string fleet_now;  // X-Fleet-Now
};

struct HttpReply {
  int status = 200;
  std::string body;
};

using Handler = std::function<HttpReply(const HttpQuestion&)>;

/// Serves until SIGTERM or SIGINT. `port` 0 takes any free one; `listening` is called once with the
/// port, when connections are accepted. Throws Failed when the port cannot be had.
void serve_http(std::uint16_t port, const std::function<void(std::uint16_t)>& listening,
                const Handler& handler);

}  // namespace bot::site
