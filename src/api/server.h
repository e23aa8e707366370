#pragma once
// Server: the API on the fleet's Unix socket. HTTP/1.1, keep-alive, JSON; the routes are in
// routes.h, the limits in session.h, at most kConnectionsMax connections at once (503 beyond). No
// token is asked for: the socket is 0600 from its first moment, in a folder that is 0700.
//
// Loop's thread only. The caller holds the lock of the state_dir, so a socket file that is already
// there is a dead daemon's and is replaced.

#include <cstddef>
#include <expected>
#include <filesystem>
#include <memory>
#include <string>

#include "api/backend.h"
#include "api/session.h"

namespace boost::asio {
class io_context;
}

namespace takt::api {

class Server {
 public:
  static constexpr std::size_t kConnectionsMax = 256;

  /// Listens at `socket`. `loop` and `backend` must outlive the server, and the loop the backend,
  /// whose owed answers hold connections. Fails with a sentence that
  /// names the path when something other than a socket lies there or it cannot be made.
  static std::expected<std::unique_ptr<Server>, std::string> listen(
      boost::asio::io_context& loop, Backend& backend, const std::filesystem::path& socket,
      Patience patience = {});

  virtual ~Server() = default;

  /// Unlinks the socket file, takes no more connections, closes those there are. Answers that were
  /// handed over but are not yet taken by their clients may be lost. Called by the destructor too.
  virtual void stop() = 0;

  /// Connections that are open.
  virtual std::size_t connections() const = 0;
};

}  // namespace takt::api
