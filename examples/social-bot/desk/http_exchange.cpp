#include "desk/http_exchange.h"

#include <boost/asio/awaitable.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <exception>

namespace bot {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using asio::ip::tcp;

http::request<http::string_body> message_of(const HttpRequest& request) {
  http::request<http::string_body> message;
  message.version(11);
  message.method_string(request.method);
  message.target(request.target);
  message.set(http::field::host, "127.0.0.1");
  message.set(http::field::connection, "close");
  message.set("X-Site-Key", request.site_key);
  message.set("X-Fleet-Now", request.fleet_now);
  if (!request.body.empty()) message.set(http::field::content_type, "application/json");
  message.body() = request.body;
  message.prepare_payload();
  return message;
}

struct Conversation {
  http::request<http::string_body> question;
  http::response<http::string_body> answer;
  bool connected = false;
};

asio::awaitable<void> converse(beast::tcp_stream& stream, std::uint16_t port,
                               Conversation& conversation) {
  const tcp::endpoint site(asio::ip::address_v4::loopback(), port);
  co_await stream.async_connect(site, asio::use_awaitable);
  conversation.connected = true;
  co_await http::async_write(stream, conversation.question, asio::use_awaitable);
  beast::flat_buffer buffer;
  co_await http::async_read(stream, buffer, conversation.answer, asio::use_awaitable);
}

}  // namespace

std::expected<HttpAnswer, HttpProblem> http_exchange(const HttpRequest& request,
                                                     std::chrono::milliseconds limit) {
  Conversation conversation{message_of(request), {}, false};
  std::exception_ptr broken;
  asio::io_context loop(1);
  beast::tcp_stream stream(loop);
  stream.expires_after(limit);
  asio::co_spawn(loop, converse(stream, request.port, conversation),
                 [&](const std::exception_ptr& problem) { broken = problem; });
  loop.run();
  if (!broken) {
    return HttpAnswer{static_cast<int>(conversation.answer.result_int()),
                      std::move(conversation.answer.body())};
  }
  try {
    std::rethrow_exception(broken);
  } catch (const std::exception& problem) {
    return std::unexpected(HttpProblem{conversation.connected, problem.what()});
  }
}

}  // namespace bot
