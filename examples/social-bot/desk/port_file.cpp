#include "desk/port_file.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <random>

#include "desk/failed.h"

namespace bot {

std::string default_port_file() {
  const char* path = std::getenv("SITE_PORT_FILE");
  return path == nullptr || *path == '\0' ? "site.port" : path;
}

std::optional<SiteAddress> read_port_file(const std::string& path) {
  std::ifstream file(path);
  SiteAddress address;
  if (!(file >> address.port >> address.key) || address.port == 0) return std::nullopt;
  return address;
}

void write_port_file(const std::string& path, const SiteAddress& address) {
  const std::string fresh = path + ".new";
  std::remove(fresh.c_str());
  std::ofstream file(fresh);
  ::chmod(fresh.c_str(), 0600);
  file << address.port << ' ' << address.key << '\n';
  file.close();
  if (!file || std::rename(fresh.c_str(), path.c_str()) != 0) {
    throw Failed(fmt::format("cannot write {}", path));
  }
}

std::string random_key() {
  std::random_device device;
  return fmt::format("{:08x}{:08x}{:08x}{:08x}", device(), device(), device(), device());
}

}  // namespace bot
