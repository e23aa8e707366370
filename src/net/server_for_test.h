#pragma once
// Servers of tests (tests/servers): programs of their own on a free port of 127.0.0.1, gone with the
// object; and ports behind which nobody answers.

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>
#include <vector>

namespace takt::net {

/// A program that prints its port first, and then a line for each thing that happens to it.
class TestServer {
 public:
  /// `words`: the file in tests/servers, and its arguments.
  explicit TestServer(std::vector<std::string> words) {
    words[0] = std::string(TAKT_SOURCE_DIR) + "/tests/servers/" + words[0];
    std::vector<char*> arguments;
    for (std::string& each : words) arguments.push_back(each.data());
    arguments.push_back(nullptr);
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
    child_ = fork();
    if (child_ == 0) {
      prctl(PR_SET_PDEATHSIG, SIGKILL);
      dup2(ends[1], STDOUT_FILENO);
      execv(arguments[0], arguments.data());
      _exit(127);
    }
    close(ends[1]);
    lines_ = ends[0];
    port_ = std::stoi(next_line());
  }
  ~TestServer() {
    kill(child_, SIGKILL);
    waitpid(child_, nullptr, 0);
    close(lines_);
  }
  TestServer(const TestServer&) = delete;
  TestServer& operator=(const TestServer&) = delete;

  int port() const { return port_; }
  std::string place() const { return "127.0.0.1:" + std::to_string(port_); }

  /// Waits for it, at most 20 s.
  std::string next_line() {
    const auto until = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (true) {
      if (const auto end = read_.find('\n'); end != std::string::npos) {
        const std::string line = read_.substr(0, end);
        read_.erase(0, end + 1);
        return line;
      }
      const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
          until - std::chrono::steady_clock::now());
      pollfd watched{lines_, POLLIN, 0};
      char some[4096];
      if (left.count() <= 0 || poll(&watched, 1, static_cast<int>(left.count())) <= 0) {
        throw std::runtime_error("the test's server says nothing");
      }
      const auto count = read(lines_, some, sizeof some);
      if (count <= 0) throw std::runtime_error("the test's server is gone");
      read_.append(some, static_cast<std::size_t>(count));
    }
  }

 private:
  pid_t child_ = -1;
  int lines_ = -1;
  int port_ = 0;
  std::string read_;
};

/// A port of 127.0.0.1 that takes connections and never says a word; or, closed, refuses them.
class SilentPort {
 public:
  explicit SilentPort(bool listening = true) : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in here{};
    here.sin_family = AF_INET;
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof here;
    if (bind(socket_, reinterpret_cast<sockaddr*>(&here), size) != 0 ||
        (listening && listen(socket_, 16) != 0) ||
        getsockname(socket_, reinterpret_cast<sockaddr*>(&here), &size) != 0) {
      throw std::runtime_error("no port");
    }
    port_ = ntohs(here.sin_port);
  }
  ~SilentPort() { close(socket_); }
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;

  int port() const { return port_; }
  std::string place() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  int socket_;
  int port_ = 0;
};

/// A folder of a test's own, gone at its end.
class TestFolder {
 public:
  TestFolder() {
    char name[] = "/tmp/takt-XXXXXX";
    if (mkdtemp(name) == nullptr) throw std::runtime_error("no folder");
    path_ = name;
  }
  ~TestFolder() {
    std::error_code ignored;  // a leftover in /tmp harms nobody
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string operator/(const std::string& name) const { return path_ + '/' + name; }
  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

/// ca.pem and what it signed: tests/servers/certificates.sh.
class TestCertificates {
 public:
  TestCertificates() {
    const std::string command = std::string(TAKT_SOURCE_DIR) + "/tests/servers/certificates.sh " +
                                folder_.path() + " >" + folder_.path() + "/log 2>&1";
    if (std::system(command.c_str()) != 0) throw std::runtime_error("no certificates");
  }
  std::string operator/(const std::string& name) const { return folder_ / name; }

 private:
  TestFolder folder_;
};

}  // namespace takt::net
