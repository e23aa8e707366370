#include "api/socket_path.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>
#include <utility>

namespace takt::api {

std::expected<SocketPath, std::string> SocketPath::of(const std::filesystem::path& path) {
  constexpr std::size_t kAddressMax = sizeof(sockaddr_un{}.sun_path) - 1;
  if (path.native().size() <= kAddressMax) return SocketPath(path.native(), -1);

  const int folder = ::open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) {
    return std::unexpected(
        fmt::format("{}: {}", path.parent_path().native(), std::generic_category().message(errno)));
  }
  return SocketPath(fmt::format("/proc/self/fd/{}/{}", folder, path.filename().native()), folder);
}

SocketPath::SocketPath(SocketPath&& other) noexcept
    : address_(std::move(other.address_)), folder_(std::exchange(other.folder_, -1)) {}

SocketPath::~SocketPath() {
  if (folder_ >= 0) ::close(folder_);
}

}  // namespace takt::api
