// The control protocol: any bytes on the socket of a daemon, up to their end. Each is answered by HTTP
// or by closing, the connection goes in the end, and only what the routes name reaches the backend.

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

#include "api/fake_backend_for_test.h"
#include "api/http_session.h"
#include "fleet/names.h"

namespace {

using takt::api::FakeBackend;

constexpr std::size_t kBytesMax = 48U << 10U;  // fits a socket's buffer at once

void demand(bool holds) {
  if (!holds) std::abort();
}

struct Daemon {
  boost::asio::io_context io;
  FakeBackend backend;
  takt::api::HistoryWorker worker{io, backend};
  takt::api::Responder responder{backend, worker};
  std::shared_ptr<takt::api::LiveSessions> live = std::make_shared<takt::api::LiveSessions>();
};

void read_what_is_there(int peer, std::string& answers) {
  std::array<char, 4096> buffer{};
  for (ssize_t n = 0; (n = ::read(peer, buffer.data(), buffer.size())) > 0;) {
    answers.append(buffer.data(), static_cast<std::size_t>(n));
  }
}

void check_requests(FakeBackend& backend) {
  for (const takt::core::Event& event : backend.requests) {
    if (const auto* trigger = std::get_if<takt::core::Trigger>(&event)) {
      demand(takt::fleet::valid_name(trigger->job).has_value());
    }
  }
  backend.requests.clear();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static auto* daemon = new Daemon;
  if (size > kBytesMax) return -1;
  std::array<int, 2> ends{};
  demand(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) == 0);
  demand(::fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
  demand(::write(ends[1], data, size) == static_cast<ssize_t>(size));
  ::shutdown(ends[1], SHUT_WR);

  takt::api::make_session({daemon->io, boost::asio::local::stream_protocol{}, ends[0]},
                          daemon->responder, daemon->live, {})
      ->start();
  std::string answers;
  while (!daemon->live->empty()) {
    daemon->io.restart();
    daemon->io.run_one_for(std::chrono::milliseconds{1});
    read_what_is_there(ends[1], answers);
  }
  read_what_is_there(ends[1], answers);
  ::close(ends[1]);
  demand(answers.empty() || answers.starts_with("HTTP/1.1 "));
  check_requests(daemon->backend);
  return 0;
}
