#pragma once
// Transfer: one exchange with another machine by libcurl, whatever its protocol. Here is what all of
// them share: limits in time, how it is given up, whom it trusts, and what an error is called.
//
// Nothing comes in from the side: no proxy and no ~/.netrc from the environment, no other protocol than
// the given ones, no signals. Trust is the machine's (SSL_CERT_FILE and SSL_CERT_DIR are heard), or one
// file's. A name that does not resolve is left to its own thread of libcurl's when time is over: waiting
// for it would be longer than any limit.
//
// Private to this folder. Blocks: for worker threads.

#include <curl/curl.h>

#include <array>
#include <expected>
#include <string>

#include "base/time.h"
#include "net/cancel.h"
#include "net/problem.h"

namespace takt::net {

struct Limits {
  Duration total = std::chrono::seconds{10};
  Duration connect = std::chrono::seconds{10};  // to the end of TLS's handshake
  std::string ca_file;                          // trusted instead of what the machine trusts
};

class Transfer {
 public:
  /// `protocols`: those allowed, "http,https".
  Transfer(std::string url, std::string protocols, Limits limits);
  ~Transfer();
  Transfer(const Transfer&) = delete;
  Transfer& operator=(const Transfer&) = delete;

  template <class Value>
  void set(CURLoption option, Value value) {
    curl_easy_setopt(easy_, option, value);
  }
  template <class Value>
  Value info(CURLINFO which) const {
    Value value{};
    curl_easy_getinfo(easy_, which, &value);
    return value;
  }
  void add_header(const std::string& line);     // "Name: value"
  void add_recipient(const std::string& line);  // "<a@example.org>"

  /// Runs to its end. libcurl's answer, also when that is an error; or why it has none.
  std::expected<CURLcode, Problem> run(const Cancel& cancel);
  /// What an answer of run() means.
  Problem problem(CURLcode code) const;
  /// host:port of where it was last.
  std::string where() const;

 private:
  std::expected<void, Problem> ready();

  std::string url_;
  std::string protocols_;
  Limits limits_;
  CURL* easy_;
  CURLM* multi_;
  curl_slist* headers_ = nullptr;
  curl_slist* recipients_ = nullptr;
  std::array<char, CURL_ERROR_SIZE> words_{};
};

}  // namespace takt::net
