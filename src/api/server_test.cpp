// The server on a real socket, asked by hand-written bytes: what a polite client never sends.

#include "api/server.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <future>
#include <thread>

#include "api/fake_backend_for_test.h"
#include "api/routes.h"
#include "api/sample_path_for_test.h"
#include "api/socket_path.h"

namespace takt::api {
namespace {

using namespace std::chrono_literals;
namespace fs = std::filesystem;

/// A connection that sends any bytes and reads until a complete answer or the end.
class Wire {
 public:
  explicit Wire(const fs::path& path) : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const auto address = SocketPath::of(path);
    sockaddr_un name{};
    name.sun_family = AF_UNIX;
    std::strncpy(name.sun_path, address->address().c_str(), sizeof(name.sun_path) - 1);
    connected_ = ::connect(fd_, reinterpret_cast<sockaddr*>(&name), sizeof(name)) == 0;
    const timeval patience{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
    ::setsockopt(fd_, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
  }
  ~Wire() { ::close(fd_); }
  Wire(const Wire&) = delete;
  Wire& operator=(const Wire&) = delete;

  bool connected() const { return connected_; }

  /// False once the other side no longer takes them.
  bool send(std::string_view bytes) const {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  /// One answer, header and body; what is there so far when the connection ends.
  std::string answer() const {
    std::string out;
    while (!complete(out)) {
      char piece[4096];
      const auto got = ::recv(fd_, piece, sizeof(piece), 0);
      if (got <= 0) break;
      out.append(piece, static_cast<std::size_t>(got));
    }
    return out;
  }

  /// Nothing more comes: the other side closed.
  bool at_end() const {
    char byte = 0;
    return ::recv(fd_, &byte, 1, 0) <= 0;
  }

 private:
  static bool complete(const std::string& text) {
    const auto head = text.find("\r\n\r\n");
    const auto length = text.find("Content-Length: ");
    if (head == std::string::npos || length == std::string::npos) return false;
    return text.size() >= head + 4 + std::stoul(text.substr(length + 16));
  }
  int fd_;
  bool connected_ = false;
};

class ServerTest : public testing::Test {
 protected:
  ServerTest() {
    folder_ =
        fs::temp_directory_path() / ("takt-api-" + std::to_string(::getpid()) + "-" +
                                     testing::UnitTest::GetInstance()->current_test_info()->name());
    fs::remove_all(folder_);
    fs::create_directories(folder_);
    path_ = folder_ / "takt.sock";
  }
  ~ServerTest() override {
    stop();
    fs::remove_all(folder_);
  }

  void start(Patience patience = {}) {
    auto server = Server::listen(loop_, backend_, path_, patience);
    ASSERT_TRUE(server) << server.error();
    server_ = std::move(*server);
    thread_ = std::thread([this] { loop_.run(); });
  }

  /// Runs `work` on the loop's thread and waits for it.
  template <class Work>
  auto on_loop(Work work) {
    std::packaged_task<decltype(work())()> task(std::move(work));
    auto result = task.get_future();
    boost::asio::post(loop_, [&task] { task(); });
    return result.get();
  }

  void stop() {
    if (!thread_.joinable()) return;
    on_loop([&] { server_.reset(); });
    guard_.reset();
    loop_.stop();
    thread_.join();
  }

  std::string exchange(std::string_view bytes) const {
    const Wire wire(path_);
    wire.send(bytes);
    return wire.answer();
  }

  static std::string status_line(const std::string& answer) {
    return answer.substr(0, answer.find("\r\n"));
  }
  static bool has_status(const std::string& answer, int code) {
    return answer.starts_with("HTTP/1.1 " + std::to_string(code) + " ");
  }

  fs::path folder_;
  fs::path path_;
  boost::asio::io_context loop_;
  FakeBackend backend_;  // goes before the loop: the answers that it still owes hold sessions
  boost::asio::executor_work_guard<boost::asio::io_context::executor_type> guard_{
      loop_.get_executor()};
  std::unique_ptr<Server> server_;
  std::thread thread_;
};

TEST_F(ServerTest, TheSocketIsForItsOwnerAloneWhateverTheUmask) {
  const auto before = ::umask(0);
  start();
  ::umask(before);
  struct stat entry{};
  ASSERT_EQ(::stat(path_.c_str(), &entry), 0);
  EXPECT_TRUE(S_ISSOCK(entry.st_mode));
  EXPECT_EQ(entry.st_mode & 07777U, 0600U);
}

TEST_F(ServerTest, AStaleSocketIsReplacedAndGoneAfterTheStop) {
  {
    boost::asio::io_context other;
    auto first = Server::listen(other, backend_, path_);
    ASSERT_TRUE(first);
    fs::rename(path_, folder_ / "kept");  // as a killed daemon leaves it: there, and nobody listens
  }
  fs::rename(folder_ / "kept", path_);
  start();
  EXPECT_TRUE(has_status(exchange("GET /api/v1/status HTTP/1.1\r\nHost: x\r\n\r\n"), 200));
  stop();
  EXPECT_FALSE(fs::exists(path_));
}

TEST_F(ServerTest, AFileThatIsNoSocketIsNeverReplaced) {
  std::ofstream(path_) << "precious";
  const auto server = Server::listen(loop_, backend_, path_);
  ASSERT_FALSE(server);
  EXPECT_NE(server.error().find(path_.native()), std::string::npos);
  EXPECT_TRUE(fs::is_regular_file(path_));
}

TEST_F(ServerTest, APathTooLongForTheKernelWorksToo) {
  path_ = folder_ / std::string(120, 'd') / "takt.sock";
  fs::create_directories(path_.parent_path());
  start();
  EXPECT_TRUE(has_status(exchange("GET /api/v1/status HTTP/1.1\r\nHost: x\r\n\r\n"), 200));
}

TEST_F(ServerTest, EveryRouteAnswersInItsFormat) {
  backend_.rows.run_rows = {ended_run(1)};
  start();
  for (const auto& route : routes()) {
    const std::string path = sample_path(route);
    const auto answer = exchange(std::string(method_word(route.method)) + " " + path +
                                 " HTTP/1.1\r\nHost: takt\r\n\r\n");
    const bool lacks = std::ranges::any_of(route.body, &Field::needed);
    const std::string type =
        route.action == Action::get_metrics ? std::string(kMetricsType) : "application/json";
    EXPECT_TRUE(has_status(answer, lacks ? 400 : 200)) << path << "\n" << answer;
    EXPECT_NE(answer.find("Content-Type: " + type + "\r\n"), std::string::npos) << path;
    EXPECT_NE(answer.find("X-Content-Type-Options: nosniff\r\n"), std::string::npos) << path;
    EXPECT_NE(answer.find("Cache-Control: no-store\r\n"), std::string::npos) << path;
    EXPECT_EQ(answer.find("Access-Control"), std::string::npos) << path;
  }
}

TEST_F(ServerTest, AConnectionIsKeptForTheNextRequest) {
  start();
  const Wire wire(path_);
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(wire.send("GET /api/v1/jobs HTTP/1.1\r\nHost: takt\r\n\r\n"));
    EXPECT_TRUE(has_status(wire.answer(), 200));
  }
}

TEST_F(ServerTest, AWrongMethodIsToldWhichToUse) {
  start();
  const auto answer = exchange(
      "GET /api/v1/jobs/posting/trigger?_method=POST HTTP/1.1\r\nHost: x\r\n"
      "X-HTTP-Method-Override: POST\r\n\r\n");
  EXPECT_TRUE(has_status(answer, 405)) << answer;
  EXPECT_NE(answer.find("Allow: POST\r\n"), std::string::npos) << answer;
  EXPECT_TRUE(backend_.requests.empty());
}

TEST_F(ServerTest, WhatIsNotHttpIsABadRequestAndTheEnd) {
  start();
  for (const auto* bytes :
       {"nonsense\r\n\r\n", "GET  HTTP/1.1\r\n\r\n", "GET /x HTTP/9.9\r\n\r\n",
        "GET /a\x01 HTTP/1.1\r\n\r\n", "GET / HTTP/1.1\r\nBad Header: x\r\n\r\n",
        "\x16\x03\x01\x02\r\n\r\n"}) {
    const Wire wire(path_);
    ASSERT_TRUE(wire.send(bytes));
    EXPECT_TRUE(has_status(wire.answer(), 400)) << bytes;
    EXPECT_TRUE(wire.at_end()) << bytes;
  }
}

TEST_F(ServerTest, ANulInTheRequestLineIsABadRequest) {
  start();
  using namespace std::string_view_literals;
  EXPECT_TRUE(has_status(exchange("GET /api/v1/jobs/a\0b HTTP/1.1\r\nHost: x\r\n\r\n"sv), 400));
}

TEST_F(ServerTest, LengthsToldInTwoWaysAreRefusedAndEndTheConnection) {
  start();
  const std::string post = "POST /api/v1/drain HTTP/1.1\r\nHost: x\r\n";
  for (const auto* headers :
       {"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}", "Content-Length: -1\r\n\r\n",
        "Transfer-Encoding: chunked, x\r\n\r\n0\r\n\r\n",
        "Content-Length: 99999999999999999999999\r\n\r\n"}) {
    const Wire wire(path_);
    ASSERT_TRUE(wire.send(post + headers));
    const auto answer = wire.answer();
    EXPECT_TRUE(has_status(answer, 400) || has_status(answer, 413)) << headers << answer;
    EXPECT_TRUE(wire.at_end()) << headers;
  }
  EXPECT_TRUE(backend_.requests.empty());
}

TEST_F(ServerTest, TraversalInPathsFindsNothing) {
  start();
  for (const auto* path :
       {"/api/v1/runs/1/log/../../../../etc/passwd", "/api/v1/jobs/..%2f..%2fetc%2fpasswd",
        "/api/v1/jobs/%2e%2e/why", "/api/v1/jobs/..%252f/why", "/api/v1/jobs/%5c/why",
        "/api/v1/jobs/%c0%ae/why", "/api/v1/jobs/%00/why", "http://evil/api/v1/jobs", "//etc"}) {
    const auto answer = exchange(std::string("GET ") + path + " HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_TRUE(has_status(answer, 400) || has_status(answer, 404)) << path << answer;
  }
}

TEST_F(ServerTest, HugeHeadersAreRefused) {
  start();
  const Wire wire(path_);
  wire.send("GET /api/v1/jobs HTTP/1.1\r\nHost: x\r\nX: " + std::string(1 << 20, 'a'));
  EXPECT_TRUE(has_status(wire.answer(), 431));
}

TEST_F(ServerTest, AHugeBodyIsRefusedByItsLengthAlone) {
  start();
  const auto answer = exchange(
      "POST /api/v1/jobs/posting/trigger HTTP/1.1\r\nHost: x\r\n"
      "Content-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n{");
  EXPECT_TRUE(has_status(answer, 413)) << answer;
}

TEST_F(ServerTest, ChunksThatAddUpToAHugeBodyAreRefused) {
  start();
  const Wire wire(path_);
  std::string bytes =
      "POST /api/v1/jobs/posting/trigger HTTP/1.1\r\nHost: x\r\n"
      "Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n";
  for (int i = 0; i < 32; ++i) bytes += "10000\r\n" + std::string(0x10000, ' ') + "\r\n";
  wire.send(bytes);
  EXPECT_TRUE(has_status(wire.answer(), 413));
  EXPECT_TRUE(backend_.requests.empty());
}

TEST_F(ServerTest, ABodyOfAnotherTypeIsRefused) {
  start();
  const auto answer = exchange(
      "POST /api/v1/jobs/posting/trigger HTTP/1.1\r\nHost: x\r\nContent-Type: text/plain\r\n"
      "Content-Length: 2\r\n\r\n{}");
  EXPECT_TRUE(has_status(answer, 415)) << answer;
}

TEST_F(ServerTest, ARequestThatDoesNotArriveInTimeIsGivenUp) {
  start({.reading = 50ms, .writing = 10s});
  const Wire wire(path_);
  ASSERT_TRUE(wire.send("GET /api/v1/jo"));
  EXPECT_TRUE(has_status(wire.answer(), 408));
  EXPECT_TRUE(wire.at_end());
}

TEST_F(ServerTest, AConnectionThatNeverAsksIsClosedWithoutAWord) {
  start({.reading = 50ms, .writing = 10s});
  const Wire wire(path_);
  EXPECT_EQ(wire.answer(), "");
}

TEST_F(ServerTest, AnAnswerThatNobodyTakesIsGivenUp) {
  backend_.job_views.assign(20'000, {.name = "posting"});
  start({.reading = 10s, .writing = 50ms});
  const Wire wire(path_);
  ASSERT_TRUE(wire.send("GET /api/v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n"));
  while (on_loop([&] { return server_->connections(); }) != 0) std::this_thread::yield();
  EXPECT_TRUE(has_status(wire.answer(), 200));  // as much of it as was taken
}

TEST_F(ServerTest, TooManyConnectionsAreToldSoAndTheOthersGoOn) {
  start();
  std::vector<std::unique_ptr<Wire>> idle;
  for (std::size_t i = 0; i < Server::kConnectionsMax; ++i) {
    idle.push_back(std::make_unique<Wire>(path_));
  }
  while (on_loop([&] { return server_->connections(); }) < Server::kConnectionsMax) {
    std::this_thread::yield();
  }
  EXPECT_TRUE(has_status(Wire(path_).answer(), 503));
  ASSERT_TRUE(idle.front()->send("GET /api/v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n"));
  EXPECT_TRUE(has_status(idle.front()->answer(), 200));
  idle.clear();
  while (on_loop([&] { return server_->connections(); }) != 0) std::this_thread::yield();
  EXPECT_TRUE(has_status(exchange("GET /api/v1/jobs HTTP/1.1\r\nHost: x\r\n\r\n"), 200));
}

TEST_F(ServerTest, AnAnswerAfterTheClientLeftOrTheServerStoppedHarmsNobody) {
  backend_.answers = false;
  start();
  {
    const Wire wire(path_);
    ASSERT_TRUE(wire.send("POST /api/v1/drain HTTP/1.1\r\nHost: x\r\n\r\n"));
    while (on_loop([&] { return backend_.unanswered.size(); }) < 1) std::this_thread::yield();
  }
  on_loop([&] { backend_.unanswered[0]({.result = std::optional<RunId>{}, .state = ""}); });
  const Wire wire(path_);
  ASSERT_TRUE(wire.send("POST /api/v1/down HTTP/1.1\r\nHost: x\r\n\r\n"));
  while (on_loop([&] { return backend_.unanswered.size(); }) < 2) std::this_thread::yield();
  on_loop([&] {
    server_.reset();
    backend_.unanswered[1]({.result = std::optional<RunId>{}, .state = ""});
  });
  EXPECT_TRUE(wire.at_end());
}

TEST_F(ServerTest, AnAnswerAtTheLastMomentStillReachesItsClient) {
  backend_.answers = false;
  start();
  const Wire wire(path_);
  ASSERT_TRUE(wire.send("POST /api/v1/down HTTP/1.1\r\nHost: x\r\n\r\n"));
  while (on_loop([&] { return backend_.unanswered.size(); }) < 1) std::this_thread::yield();
  on_loop([&] {  // as the daemon does: the answer, and at once the end
    backend_.unanswered[0]({.result = std::optional<RunId>{}, .state = ""});
    server_->stop();
  });
  EXPECT_TRUE(has_status(wire.answer(), 200));
}

}  // namespace
}  // namespace takt::api
