#include "net/http.h"

#include "net/certificate.h"
#include "net/transfer.h"

namespace takt::net {
namespace {

using Wants = HttpRequest::Wants;

/// All headers of all answers on the way; nobody needs so much.
constexpr std::size_t kHeaderBytesMax = 256 << 10;

/// What comes in, as far as there is room for it.
struct Incoming {
  std::string body;
  std::size_t body_bytes_max = 0;
  bool only_status = false;
  std::size_t header_bytes = 0;
  bool too_long = false;
  bool enough = false;
};

std::size_t take_body(char* data, std::size_t, std::size_t bytes, void* user) {
  auto& incoming = *static_cast<Incoming*>(user);
  incoming.enough = incoming.only_status;
  incoming.too_long = bytes > incoming.body_bytes_max - incoming.body.size();
  if (incoming.enough || incoming.too_long) return 0;  // ends the transfer
  incoming.body.append(data, bytes);
  return bytes;
}

std::size_t take_header(char*, std::size_t, std::size_t bytes, void* user) {
  auto& incoming = *static_cast<Incoming*>(user);
  incoming.header_bytes += bytes;
  return incoming.header_bytes <= kHeaderBytesMax ? bytes : 0;
}

void prepare(Transfer& transfer, const HttpRequest& request, Incoming& incoming) {
  transfer.set(CURLOPT_WRITEFUNCTION, &take_body);
  transfer.set(CURLOPT_WRITEDATA, static_cast<void*>(&incoming));
  transfer.set(CURLOPT_HEADERFUNCTION, &take_header);
  transfer.set(CURLOPT_HEADERDATA, static_cast<void*>(&incoming));
  transfer.set(CURLOPT_FILETIME, 1L);
  transfer.set(CURLOPT_FOLLOWLOCATION, request.redirects_max > 0 ? 1L : 0L);
  transfer.set(CURLOPT_MAXREDIRS, static_cast<long>(request.redirects_max));
  if (request.post) {
    transfer.set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request.post->size()));
    transfer.set(CURLOPT_POSTFIELDS, request.post->c_str());
  }
  for (const std::string& header : request.headers) transfer.add_header(header);
  if (request.wants == Wants::certificate) {
    transfer.set(CURLOPT_CERTINFO, 1L);
    transfer.set(CURLOPT_CONNECT_ONLY, 1L);
    // Whether it is trusted is another question, and one that has run out must tell when.
    transfer.set(CURLOPT_SSL_VERIFYPEER, 0L);
    transfer.set(CURLOPT_SSL_VERIFYHOST, 0L);
  }
}

HttpAnswer answer_of(const Transfer& transfer, Incoming incoming) {
  HttpAnswer answer;
  answer.status = static_cast<int>(transfer.info<long>(CURLINFO_RESPONSE_CODE));
  answer.body = std::move(incoming.body);
  if (const char* type = transfer.info<const char*>(CURLINFO_CONTENT_TYPE)) {
    answer.content_type = type;
  }
  if (const auto at = transfer.info<curl_off_t>(CURLINFO_FILETIME_T); at >= 0) {
    answer.last_modified = WallTime{std::chrono::seconds{at}};
  }
  if (const auto wait = transfer.info<curl_off_t>(CURLINFO_RETRY_AFTER); wait > 0) {
    answer.retry_after = std::chrono::seconds{wait};
  }
  return answer;
}

}  // namespace

std::expected<HttpAnswer, Problem> http(const HttpRequest& request, const Cancel& cancel) {
  const bool certificate = request.wants == Wants::certificate;
  Transfer transfer(request.url, certificate ? "https" : "http,https",
                    {request.timeout, request.connect_timeout, request.ca_file});
  Incoming incoming{.body_bytes_max = request.body_bytes_max,
                    .only_status = request.wants == Wants::status};
  prepare(transfer, request, incoming);
  const auto ended = transfer.run(cancel);
  if (!ended) return std::unexpected(ended.error());
  if (incoming.too_long) {
    return std::unexpected(
        Problem{Problem::Kind::unreachable,
                "the answer is longer than " + std::to_string(request.body_bytes_max) + " bytes"});
  }
  if (incoming.header_bytes > kHeaderBytesMax) {
    return std::unexpected(
        Problem{Problem::Kind::unreachable, "the answer's headers are too long"});
  }
  if (*ended != CURLE_OK && !incoming.enough) return std::unexpected(transfer.problem(*ended));
  HttpAnswer answer = answer_of(transfer, std::move(incoming));
  if (certificate) {
    answer.certificate = certificate_of(transfer);
    if (!answer.certificate) {
      return std::unexpected(
          Problem{Problem::Kind::unreachable, transfer.where() + " shows no certificate"});
    }
  }
  return answer;
}

}  // namespace takt::net
