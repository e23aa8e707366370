#include "api/http_session.h"

#include <boost/asio/steady_timer.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http.hpp>
#include <optional>
#include <utility>

namespace takt::api {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using Socket = asio::local::stream_protocol::socket;

class HttpSession : public Session, public std::enable_shared_from_this<HttpSession> {
 public:
  HttpSession(Socket socket, Responder& responder, std::shared_ptr<LiveSessions> live,
              Patience patience)
      : socket_(std::move(socket)),
        deadline_(socket_.get_executor()),
        responder_(responder),
        live_(std::move(live)),
        patience_(patience) {
    live_->insert(this);
  }
  ~HttpSession() override { live_->erase(this); }
  HttpSession(const HttpSession&) = delete;
  HttpSession& operator=(const HttpSession&) = delete;

  void start() override { read(); }

  void close() override {
    closed_ = true;
    deadline_.cancel();
    beast::error_code ignored;  // closing what is already closed
    socket_.shutdown(Socket::shutdown_both, ignored);
    socket_.close(ignored);
  }

 private:
  void read() {
    parser_.emplace();
    parser_->header_limit(kHeaderBytesMax);
    parser_->body_limit(kBodyBytesMax);
    limit(patience_.reading);
    http::async_read(socket_, buffer_, *parser_,
                     [self = shared_from_this()](beast::error_code error, std::size_t) {
                       self->on_read(error);
                     });
  }

  /// Cancels the operation that starts now when it takes longer than `time`.
  void limit(Duration time) {
    timed_out_ = false;
    deadline_.expires_after(time);
    deadline_.async_wait([self = shared_from_this(), turn = ++turn_](beast::error_code error) {
      if (error || turn != self->turn_ || self->closed_) return;
      self->timed_out_ = true;
      self->socket_.cancel();
    });
  }

  void no_limit() {
    ++turn_;  // a timer that already fired finds that its operation is over
    deadline_.cancel();
  }

  void on_read(beast::error_code error) {
    no_limit();
    if (closed_) return;
    if (!error) return answer();
    keep_ = false;
    if (timed_out_ && parser_->got_some()) {
      return write(
          bad(Status::timeout, "the request took too long", "connection", "send it at once"));
    }
    if (error == http::error::header_limit || error == http::error::buffer_overflow) {
      return write(
          bad(Status::headers_too_large, "the headers are too large", "request", "at most 16 KiB"));
    }
    if (error == http::error::body_limit) {
      return write(bad(Status::too_large, "the body is too large", "request", "at most 1 MiB"));
    }
    const bool not_http = error.category() == make_error_code(http::error::bad_method).category();
    if (not_http && error != http::error::end_of_stream && error != http::error::partial_message) {
      return write(bad(Status::bad_request, "not HTTP: " + error.message(), "request",
                       "see the routes under /api/v1"));
    }
    close();
  }

  /// Framing that two readers could understand differently is refused, whatever the parser thinks.
  bool framing_is_plain() const {
    const auto& message = parser_->get();
    const auto coding = message[http::field::transfer_encoding];
    return (coding.empty() || beast::iequals(coding, "chunked")) &&
           message.count(http::field::transfer_encoding) <= 1 &&
           message.count(http::field::content_length) <= 1 &&
           message.count(http::field::content_type) <= 1;
  }

  void answer() {
    keep_ = parser_->get().keep_alive();
    if (!framing_is_plain()) {
      keep_ = false;
      return write(bad(Status::bad_request, "the request's length is told in two ways", "request",
                       "send one Content-Length"));
    }
    auto& message = parser_->get();
    Request request{.method = std::string(message.method_string()),
                    .target = std::string(message.target()),
                    .content_type = std::string(message[http::field::content_type]),
                    .body = std::move(message.body())};
    responder_.answer(request, [self = shared_from_this()](Response response) {
      if (!self->closed_) self->write(std::move(response));
    });
  }

  void write(Response response) {
    response_ = {};
    response_.version(11);
    response_.result(static_cast<unsigned>(response.status));
    response_.set(http::field::content_type, response.type);
    response_.set(http::field::cache_control, "no-store");
    response_.set("X-Content-Type-Options", "nosniff");
    if (!response.allow.empty()) response_.set(http::field::allow, response.allow);
    response_.keep_alive(keep_);
    response_.body() = std::move(response.body);
    if (!response_.body().ends_with('\n')) response_.body() += '\n';
    response_.prepare_payload();
    limit(patience_.writing);
    http::async_write(socket_, response_,
                      [self = shared_from_this()](beast::error_code error, std::size_t) {
                        self->on_written(error);
                      });
  }

  void on_written(beast::error_code error) {
    no_limit();
    if (closed_) return;
    if (error || !keep_) return close();
    read();
  }

  Socket socket_;
  asio::steady_timer deadline_;
  Responder& responder_;
  std::shared_ptr<LiveSessions> live_;
  Patience patience_;
  beast::flat_buffer buffer_{4 * kHeaderBytesMax};  // holds a header, or a piece of a body
  std::optional<http::request_parser<http::string_body>> parser_;
  http::response<http::string_body> response_;
  std::uint64_t turn_ = 0;
  bool timed_out_ = false;
  bool keep_ = false;
  bool closed_ = false;
};

}  // namespace

std::shared_ptr<Session> make_session(Socket socket, Responder& responder,
                                      std::shared_ptr<LiveSessions> live, Patience patience) {
  return std::make_shared<HttpSession>(std::move(socket), responder, std::move(live), patience);
}

}  // namespace takt::api
