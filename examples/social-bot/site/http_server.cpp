#include "site/http_server.h"

#include <fmt/format.h>

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include "desk/failed.h"

namespace bot::site {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

constexpr auto kToken = asio::as_tuple(asio::use_awaitable);
constexpr std::chrono::seconds kIdleLimit{30};
constexpr std::chrono::milliseconds kAcceptPause{100};  // when descriptors have run out
constexpr std::uint64_t kBodyLimit = 64 * 1024;

HttpQuestion question_of(const http::request<http::string_body>& request) {
  return {.method = std::string(request.method_string()),
          .target = std::string(request.target()),
          .body = request.body(),
          .site_key = std::string(request["X-Site-Key"]),
          .fleet_now = std::string(request["X-Fleet-Now"])};
}

http::response<http::string_body> message_of(HttpReply reply, bool keep_alive) {
  http::response<http::string_body> message;
  message.version(11);
  message.result(static_cast<unsigned>(reply.status));
  message.set(http::field::content_type, "application/json");
  message.body() = std::move(reply.body);
  message.keep_alive(keep_alive);
  message.prepare_payload();
  return message;
}

asio::awaitable<void> converse(tcp::socket socket, const Handler& handler) {
  beast::tcp_stream stream(std::move(socket));
  beast::flat_buffer buffer;
  for (bool open = true; open;) {
    http::request_parser<http::string_body> parser;
    parser.body_limit(kBodyLimit);
    stream.expires_after(kIdleLimit);
    const auto [unread, read_bytes] = co_await http::async_read(stream, buffer, parser, kToken);
    if (unread) co_return;  // the client left, was silent for too long, or spoke no HTTP
    open = parser.get().keep_alive();
    const auto reply = message_of(handler(question_of(parser.get())), open);
    const auto [unsent, sent_bytes] = co_await http::async_write(stream, reply, kToken);
    if (unsent) co_return;
  }
  beast::error_code gone_already;
  stream.socket().shutdown(tcp::socket::shutdown_send, gone_already);
}

asio::awaitable<void> accept(tcp::acceptor& acceptor, const Handler& handler) {
  asio::steady_timer pause(acceptor.get_executor());
  for (;;) {
    auto [refused, socket] = co_await acceptor.async_accept(kToken);
    if (refused) {
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(asio::use_awaitable);
      continue;
    }
    asio::co_spawn(acceptor.get_executor(), converse(std::move(socket), handler), asio::detached);
  }
}

}  // namespace

void serve_http(std::uint16_t port, const std::function<void(std::uint16_t)>& listening,
                const Handler& handler) {
  asio::io_context loop(1);
  asio::signal_set signals(loop, SIGTERM, SIGINT);
  signals.async_wait([&](auto, int) { loop.stop(); });
  try {
    tcp::acceptor acceptor(loop, tcp::endpoint(asio::ip::address_v4::loopback(), port));
    listening(acceptor.local_endpoint().port());
    asio::co_spawn(loop, accept(acceptor, handler), asio::detached);
    loop.run();
  } catch (const boost::system::system_error& problem) {
    throw Failed(fmt::format("cannot serve on 127.0.0.1:{}: {}", port, problem.what()));
  }
}

}  // namespace bot::site
