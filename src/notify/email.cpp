#include <cerrno>
#include <cstring>
#include <fstream>
#include <system_error>

#include "net/smtp.h"
#include "notify/attempt.h"
#include "notify/mail_text.h"

namespace takt::notify {
namespace {

using Result = Attempt::Result;

/// Its first line. Read at each try, so that it can be changed while the daemon runs.
std::expected<std::string, std::string> password_of(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  if (!file || (!std::getline(file, line) && !file.eof())) {
    return std::unexpected("cannot read " + path + ": " + std::generic_category().message(errno));
  }
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::expected<net::Mail, std::string> mail_of(const core::Email& to) {
  net::Mail mail{.url = to.smtp, .user = to.user};
  if (to.to.empty()) return std::unexpected("there is nobody to send it to");
  auto from = bare_address(to.from);
  if (!from) return std::unexpected(from.error());
  mail.from = std::move(*from);
  for (const std::string& each : to.to) {
    auto address = bare_address(each);
    if (!address) return std::unexpected(address.error());
    mail.to.push_back(std::move(*address));
  }
  if (to.password_file.empty()) return mail;
  auto password = password_of(to.password_file);
  if (!password) return std::unexpected(password.error());
  mail.password = std::move(*password);
  return mail;
}

}  // namespace

Attempt by_email(const ports::Message& message, const core::Email& to, const AttemptLimits& limits,
                 const net::Cancel& cancel) {
  auto mail = mail_of(to);
  if (!mail) return {Result::given_up, mail.error(), {}};
  mail->message = mail_text(message, to);
  mail->timeout = limits.timeout;
  mail->ca_file = limits.ca_file;
  const auto sent = net::submit(*mail, cancel);
  if (sent) return {Result::delivered, "", {}};
  return failed(sent.error());
}

}  // namespace takt::notify
