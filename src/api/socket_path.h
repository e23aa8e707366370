#pragma once
// SocketPath: an address for a Unix socket at any path. The kernel takes 107 bytes; a longer path
// is reached through its folder, opened and named as /proc/self/fd/N.

#include <expected>
#include <filesystem>
#include <string>

namespace takt::api {

class SocketPath {
 public:
  /// Fails with a sentence when the path is too long and its folder cannot be opened.
  static std::expected<SocketPath, std::string> of(const std::filesystem::path& path);

  SocketPath(SocketPath&& other) noexcept;
  SocketPath& operator=(SocketPath&&) = delete;
  ~SocketPath();

  /// Short enough for sockaddr_un; good as long as this object lives.
  const std::string& address() const { return address_; }

 private:
  SocketPath(std::string address, int folder) : address_(std::move(address)), folder_(folder) {}
  std::string address_;
  int folder_ = -1;
};

}  // namespace takt::api
