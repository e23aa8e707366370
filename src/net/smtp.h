#pragma once
// SMTP: hands one message to a mail server.
//
//   smtp:// without a user   STARTTLS where it is offered, and then with any certificate: whoever could
//                            forge one could as well leave the offer out
//   smtp:// with a user      STARTTLS with a trusted certificate, or the password is not sent
//   smtps://                 TLS from the first byte, with a trusted certificate
//
// A message is handed over for all its recipients or for none. Blocks within its limits: for worker
// threads, any of them.

#include <expected>
#include <string>
#include <vector>

#include "base/time.h"
#include "net/cancel.h"
#include "net/problem.h"

namespace takt::net {

struct Mail {
  std::string url;   // smtp:// or smtps://
  std::string from;  // a bare address: no name, no brackets
  std::vector<std::string> to;
  std::string user;  // empty: none
  std::string password;
  std::string message;  // RFC 5322, lines end in CR LF
  Duration timeout = std::chrono::seconds{10};
  std::string ca_file;  // trusted instead of what the machine trusts
};

/// An error with a `code` of 400 to 499 is the server's wish to be asked again later.
std::expected<void, Problem> submit(const Mail& mail, const Cancel& cancel);

}  // namespace takt::net
