#pragma once
// URLs that takt calls: a webhook, a probe, the ping. That one stands in the fleet file is the leave to
// call it (SECURITY T27), so what could mean something else is refused here: other schemes, no host,
// characters that a request line cannot hold.
//
//   https://example.org:8443/path?query      host:port of a mail server is read by the same rules

#include <expected>
#include <optional>
#include <string>
#include <string_view>

#include "fleet/complaints.h"
#include "fleet/read.h"

namespace takt::fleet {

namespace shape {

inline constexpr Shape kUrl =
    custom("URL", R"(a URL like "https://example.org/path")",
           R"({"type": "string", "pattern": "^[Hh][Tt][Tt][Pp][Ss]?://[^/?#\\s]"})");

}  // namespace shape

/// "example.org:8443", taken apart.
struct Authority {
  bool has_user = false;  // user@ or user:password@ in front
  std::string host;       // as written, "[::1]" with its brackets
  std::optional<int> port;
};

/// The error says what is wrong, to be put after the text: "names no host".
std::expected<Authority, std::string> parse_authority(std::string_view text);

/// The text without the user and password that stand before an '@', for messages.
std::string without_password(std::string_view url);

/// Whether it begins with a scheme, whatever follows: "ftp://".
bool has_scheme(std::string_view text);

/// An http or https URL, its scheme in lower case; a user and a password in it are a warning.
std::optional<std::string> read_url(const Item& item, Complaints& complaints);

}  // namespace takt::fleet
