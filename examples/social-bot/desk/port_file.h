#pragma once
// The port file: how jobs find the feed site. The site takes any free port of 127.0.0.1 and writes
// it, with a key made at each start, into this file (0600) beside content.db; so two checkouts
// never meet, and a stranger that later got the same port is not mistaken for the site.

#include <cstdint>
#include <optional>
#include <string>

namespace bot {

struct SiteAddress {
  std::uint16_t port = 0;
  std::string key;
};

/// $SITE_PORT_FILE, default site.port in the current folder.
std::string default_port_file();

/// nullopt when there is no such file, or it is not (yet) whole.
std::optional<SiteAddress> read_port_file(const std::string& path);

/// Replaces the file in one step. Throws Failed.
void write_port_file(const std::string& path, const SiteAddress& address);

/// A fresh name that nobody else has: 32 hex digits from the machine's random device.
std::string random_key();

}  // namespace bot
