#include "api/server.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "api/http_session.h"
#include "api/socket_path.h"

namespace takt::api {
namespace {

namespace asio = boost::asio;
using Protocol = asio::local::stream_protocol;
using Error = boost::system::error_code;

constexpr int kBacklog = 128;

constexpr std::string_view kFull =
    "HTTP/1.1 503 Service Unavailable\r\n"
    "Content-Type: application/json\r\n"
    "Connection: close\r\n"
    "Content-Length: 90\r\n\r\n"
    R"({"error":{"what":"too many connections","where":"socket","hint":"close some, try again"}})"
    "\n";

std::expected<void, std::string> remove_stale(const std::filesystem::path& path) {
  struct stat entry{};
  if (::lstat(path.c_str(), &entry) != 0) {
    if (errno == ENOENT) return {};
    return std::unexpected(
        fmt::format("{}: {}", path.native(), std::generic_category().message(errno)));
  }
  if (!S_ISSOCK(entry.st_mode)) {
    return std::unexpected(fmt::format("{} is in the way and is not a socket", path.native()));
  }
  if (::unlink(path.c_str()) == 0) return {};
  return std::unexpected(
      fmt::format("{}: {}", path.native(), std::generic_category().message(errno)));
}

class SocketServer : public Server {
 public:
  SocketServer(asio::io_context& loop, Backend& backend, std::filesystem::path path,
               Patience patience)
      : acceptor_(loop),
        pause_(loop),
        path_(std::move(path)),
        patience_(patience),
        worker_(loop, backend),
        responder_(backend, worker_) {}
  ~SocketServer() override { SocketServer::stop(); }
  SocketServer(const SocketServer&) = delete;
  SocketServer& operator=(const SocketServer&) = delete;

  std::expected<void, std::string> open() {
    if (auto removed = remove_stale(path_); !removed) return removed;
    const auto address = SocketPath::of(path_);
    if (!address) return std::unexpected(address.error());
    Error error;
    acceptor_.open(Protocol{}, error);
    // The socket file takes its mode from the descriptor: it is never wider than 0600, not even
    // between two calls, and without touching the umask, which other threads use at the same time.
    if (!error && ::fchmod(acceptor_.native_handle(), 0600) != 0) {
      error = Error(errno, boost::system::system_category());
    }
    if (!error) acceptor_.bind(Protocol::endpoint(address->address()), error);
    if (!error) {
      bound_ = true;
      acceptor_.listen(kBacklog, error);
    }
    if (error) return std::unexpected(fmt::format("{}: {}", path_.native(), error.message()));
    accept();
    return {};
  }

  void stop() override {
    if (bound_) ::unlink(path_.c_str());
    bound_ = false;
    Error ignored;  // closing what is already closed
    acceptor_.close(ignored);
    pause_.cancel();
    const std::vector<Session*> open(live_->begin(), live_->end());
    for (auto* session : open) session->close();
  }

  std::size_t connections() const override { return live_->size(); }

 private:
  void accept() {
    acceptor_.async_accept(
        [this, alive = std::weak_ptr(alive_)](Error error, Protocol::socket peer) {
          if (alive.expired() || !acceptor_.is_open()) return;
          if (error) return accept_later();
          welcome(std::move(peer));
          accept();
        });
  }

  /// Out of descriptors, most likely: trying again at once would spin.
  void accept_later() {
    pause_.expires_after(std::chrono::milliseconds{100});
    pause_.async_wait([this, alive = std::weak_ptr(alive_)](Error error) {
      if (!error && !alive.expired() && acceptor_.is_open()) accept();
    });
  }

  void welcome(Protocol::socket peer) {
    if (live_->size() >= kConnectionsMax) {
      // A fresh socket's buffer always has room for this; nobody waits for one who does not read.
      (void)::send(peer.native_handle(), kFull.data(), kFull.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      return;
    }
    make_session(std::move(peer), responder_, live_, patience_)->start();
  }

  Protocol::acceptor acceptor_;
  asio::steady_timer pause_;
  std::filesystem::path path_;
  Patience patience_;
  HistoryWorker worker_;
  Responder responder_;
  std::shared_ptr<LiveSessions> live_ = std::make_shared<LiveSessions>();
  std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);
  bool bound_ = false;
};

}  // namespace

std::expected<std::unique_ptr<Server>, std::string> Server::listen(
    asio::io_context& loop, Backend& backend, const std::filesystem::path& socket,
    Patience patience) {
  auto server = std::make_unique<SocketServer>(loop, backend, socket, patience);
  if (auto opened = server->open(); !opened) return std::unexpected(opened.error());
  return server;
}

}  // namespace takt::api
