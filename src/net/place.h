#pragma once
// Place: where a URL leads to, as far as it may be told to everybody: without user, password, path and
// query.

#include <optional>
#include <string>

namespace takt::net {

struct Place {
  std::string scheme;  // lower case
  std::string host;    // IPv6 in brackets; empty in file:///
  std::string port;    // the scheme's own where the URL has none
  /// "127.0.0.1:8080".
  std::string words() const { return port.empty() ? host : host + ':' + port; }
};

/// nullopt: not a URL.
std::optional<Place> place_of(const std::string& url);

}  // namespace takt::net
