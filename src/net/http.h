#pragma once
// HTTP: one request, one answer. A GET, or a POST when there is a body to send.
//
//   wants         what is exchanged                          what the answer holds
//   body          everything                                 all but the certificate
//   status        up to the end of the answer's headers      all but body and certificate
//   certificate   TLS's handshake, no request                the certificate, trusted or not
//
// An answer with any status is an answer. Blocks within its limits: for worker threads, any of them.

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <vector>

#include "base/time.h"
#include "net/cancel.h"
#include "net/problem.h"

namespace takt::net {

struct HttpRequest {
  enum class Wants { body, status, certificate };

  std::string url;  // http or https; user and password may stand in it
  Wants wants = Wants::body;
  std::optional<std::string> post;   // the body to send
  std::vector<std::string> headers;  // "Name: value"
  int redirects_max = 0;             // more are a Problem; 0: not followed, and so an answer
  Duration timeout = std::chrono::seconds{10};
  Duration connect_timeout = std::chrono::seconds{10};
  std::size_t body_bytes_max = 1 << 20;  // a longer one is a Problem
  std::string ca_file;                   // trusted instead of what the machine trusts
};

struct Certificate {
  WallTime not_before;
  WallTime not_after;
};

struct HttpAnswer {
  int status = 0;
  std::string body;
  std::string content_type;
  std::optional<WallTime> last_modified;
  std::optional<Duration> retry_after;  // from now
  std::optional<Certificate> certificate;
};

std::expected<HttpAnswer, Problem> http(const HttpRequest& request, const Cancel& cancel);

}  // namespace takt::net
