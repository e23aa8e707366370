#include "net/smtp.h"

#include <algorithm>
#include <cstring>
#include <string_view>

#include "net/place.h"
#include "net/transfer.h"

namespace takt::net {
namespace {

std::size_t give(char* room, std::size_t, std::size_t bytes, void* user) {
  auto& rest = *static_cast<std::string_view*>(user);
  const std::size_t count = std::min(bytes, rest.size());
  std::memcpy(room, rest.data(), count);
  rest.remove_prefix(count);
  return count;
}

void prepare(Transfer& transfer, const Mail& mail, std::string_view& rest) {
  transfer.set(CURLOPT_UPLOAD, 1L);
  transfer.set(CURLOPT_READFUNCTION, &give);
  transfer.set(CURLOPT_READDATA, static_cast<void*>(&rest));
  transfer.set(CURLOPT_INFILESIZE_LARGE, static_cast<curl_off_t>(mail.message.size()));
  transfer.set(CURLOPT_MAIL_FROM, ('<' + mail.from + '>').c_str());
  for (const std::string& to : mail.to) transfer.add_recipient('<' + to + '>');
  if (!mail.user.empty()) {
    transfer.set(CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_ALL));
    transfer.set(CURLOPT_USERNAME, mail.user.c_str());
    transfer.set(CURLOPT_PASSWORD, mail.password.c_str());
    return;
  }
  transfer.set(CURLOPT_USE_SSL, static_cast<long>(CURLUSESSL_TRY));
  if (const auto place = place_of(mail.url); place && place->scheme == "smtp") {
    transfer.set(CURLOPT_SSL_VERIFYPEER, 0L);
    transfer.set(CURLOPT_SSL_VERIFYHOST, 0L);
  }
}

}  // namespace

std::expected<void, Problem> submit(const Mail& mail, const Cancel& cancel) {
  Transfer transfer(mail.url, "smtp,smtps", {mail.timeout, mail.timeout, mail.ca_file});
  std::string_view rest = mail.message;
  prepare(transfer, mail, rest);
  const auto ended = transfer.run(cancel);
  if (!ended) return std::unexpected(ended.error());
  if (*ended == CURLE_OK) return {};
  Problem problem = transfer.problem(*ended);
  const int reply = static_cast<int>(transfer.info<long>(CURLINFO_RESPONSE_CODE));
  if (problem.kind == Problem::Kind::unreachable && reply >= 400) {
    problem = {Problem::Kind::rejected,
               transfer.where() + " answers " + std::to_string(reply) + " to the message", reply};
  }
  return std::unexpected(problem);
}

}  // namespace takt::net
