#include "cli/client.h"

#include <sys/socket.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/error.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <boost/none.hpp>
#include <utility>

#include "api/socket_path.h"

namespace takt::cli {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
namespace json = boost::json;
using Protocol = asio::local::stream_protocol;
using HttpRequest = http::request<http::string_body>;

constexpr Duration kConnectPatience = std::chrono::seconds{10};

HttpAnswer answer_of(const http::response<http::string_body>& response) {
  HttpAnswer answer{.status = response.result_int(), .body = {}};
  json::error_code error;
  auto value = json::parse(response.body(), error);
  if (!error && value.is_object()) answer.body = std::move(value.get_object());
  return answer;
}

}  // namespace

struct Client::Impl {
  explicit Impl(std::filesystem::path where) : path(std::move(where)) {}

  std::filesystem::path path;
  asio::io_context loop;
  beast::basic_stream<Protocol> stream{loop};
  beast::flat_buffer buffer;
  bool used = false;  // the connection has carried a request before

  /// Runs what was started until it is over; its deadline is the stream's.
  void run() {
    loop.restart();
    loop.run();
  }

  beast::error_code open() {
    const auto address = api::SocketPath::of(path);
    if (!address) return beast::error_code(ENOENT, boost::system::system_category());
    beast::error_code result;
    stream.close();
    buffer.clear();
    used = false;
    stream.expires_after(kConnectPatience);
    stream.async_connect(Protocol::endpoint(address->address()),
                         [&](beast::error_code error) { result = error; });
    run();
    return result;
  }

  std::expected<HttpAnswer, beast::error_code> exchange(HttpRequest& request, Duration patience) {
    beast::error_code result;
    stream.expires_after(patience);
    http::async_write(stream, request,
                      [&](beast::error_code error, std::size_t) { result = error; });
    run();
    // A daemon that refuses before it has read everything still answers: look for that, too.
    const auto write_error = result;
    http::response_parser<http::string_body> parser;
    parser.body_limit(boost::none);
    http::async_read(stream, buffer, parser,
                     [&](beast::error_code error, std::size_t) { result = error; });
    run();
    if (result) return std::unexpected(write_error ? write_error : result);
    used = true;
    if (!parser.get().keep_alive()) stream.close();
    return answer_of(parser.get());
  }

  std::expected<HttpAnswer, std::string> ask(HttpRequest request, Duration patience) {
    request.set(http::field::host, "takt");
    request.prepare_payload();
    if (!stream.socket().is_open()) {
      if (const auto error = open()) return std::unexpected(error.message());
    }
    const bool may_be_stale = used && request.method() == http::verb::get;
    auto answer = exchange(request, patience);
    if (!answer && may_be_stale && answer.error() != beast::error::timeout) {
      if (const auto error = open()) return std::unexpected(error.message());
      answer = exchange(request, patience);
    }
    if (answer) return std::move(*answer);
    stream.close();
    return std::unexpected(answer.error().message());
  }
};

Client::Client(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Client::Client(Client&&) noexcept = default;
Client& Client::operator=(Client&&) noexcept = default;
Client::~Client() = default;

std::expected<Client, ConnectError> Client::connect(const std::filesystem::path& socket) {
  auto impl = std::make_unique<Impl>(socket);
  const auto error = impl->open();
  if (!error) return Client(std::move(impl));
  const bool denied = error == boost::system::errc::permission_denied;
  return std::unexpected(ConnectError{
      denied ? ConnectError::Kind::denied : ConnectError::Kind::none, error.message()});
}

std::expected<HttpAnswer, std::string> Client::get(const std::string& target, Duration patience) {
  return impl_->ask(HttpRequest(http::verb::get, target, 11), patience);
}

std::expected<HttpAnswer, std::string> Client::post(const std::string& target,
                                                    const std::optional<json::object>& body,
                                                    Duration patience) {
  HttpRequest request(http::verb::post, target, 11);
  if (body) {
    request.set(http::field::content_type, "application/json");
    request.body() = json::serialize(*body);
  }
  return impl_->ask(std::move(request), patience);
}

int Client::daemon_pid() const {
  ucred peer{};
  socklen_t size = sizeof(peer);
  const int fd = impl_->stream.socket().native_handle();
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return 0;
  return peer.pid;
}

}  // namespace takt::cli
