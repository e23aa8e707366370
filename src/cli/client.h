#pragma once
// Client: HTTP over the daemon's Unix socket. Synchronous, each call bounded by its patience. A kept
// connection that the daemon closed in the meantime is made anew for questions (GET), never for
// requests that change something.

#include <boost/json/object.hpp>
#include <expected>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/time.h"

namespace takt::cli {

struct HttpAnswer {
  unsigned status = 0;
  boost::json::object body;  // empty when it was no JSON object
};

struct ConnectError {
  enum class Kind { none, denied } kind;  // nobody listens; may not be opened
  std::string what;
};

class Client {
 public:
  static std::expected<Client, ConnectError> connect(const std::filesystem::path& socket);
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  /// The error says in words why there is no answer (closed, timed out, not HTTP).
  std::expected<HttpAnswer, std::string> get(const std::string& target, Duration patience);
  std::expected<HttpAnswer, std::string> post(const std::string& target,
                                              const std::optional<boost::json::object>& body,
                                              Duration patience);

  /// The process that listens, as the kernel tells; 0 when it does not.
  int daemon_pid() const;

 private:
  struct Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace takt::cli
