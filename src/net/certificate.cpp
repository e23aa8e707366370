#include "net/certificate.h"

#include <string_view>

namespace takt::net {
namespace {

/// "Start date:Nov 26 05:11:29 2026 GMT", when the line is `name`'s.
std::optional<WallTime> date_of(std::string_view line, std::string_view name) {
  if (!line.starts_with(name)) return std::nullopt;
  const std::string text(line.substr(name.size()));
  const time_t at = curl_getdate(text.c_str(), nullptr);
  if (at == -1) return std::nullopt;
  return WallTime{std::chrono::seconds{at}};
}

}  // namespace

std::optional<Certificate> certificate_of(const Transfer& transfer) {
  const auto* chain = transfer.info<curl_certinfo*>(CURLINFO_CERTINFO);
  if (chain == nullptr || chain->num_of_certs < 1) return std::nullopt;
  std::optional<WallTime> from;
  std::optional<WallTime> until;
  for (const curl_slist* at = chain->certinfo[0]; at != nullptr; at = at->next) {
    if (const auto date = date_of(at->data, "Start date:")) from = date;
    if (const auto date = date_of(at->data, "Expire date:")) until = date;
  }
  if (!from || !until) return std::nullopt;
  return Certificate{*from, *until};
}

}  // namespace takt::net
