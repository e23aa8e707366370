#include "net/http.h"
#include "notify/attempt.h"
#include "notify/payload.h"

namespace takt::notify {
namespace {

using Result = Attempt::Result;

Attempt judged(const net::HttpAnswer& answer) {
  const int status = answer.status;
  const std::string words = "HTTP " + std::to_string(status);
  if (status >= 200 && status < 300) return {Result::delivered, "", {}};
  if (status >= 300 && status < 400) {
    return {Result::given_up, words + ": a redirect, which is not followed", {}};
  }
  const bool later = status == 408 || status == 429 || status >= 500;
  return {later ? Result::again : Result::given_up, words, answer.retry_after};
}

}  // namespace

Attempt by_webhook(const ports::Message& message, const core::Webhook& to,
                   const AttemptLimits& limits, const net::Cancel& cancel) {
  net::HttpRequest request{.url = to.url,
                           .wants = net::HttpRequest::Wants::status,
                           .post = payload(message),
                           .timeout = limits.timeout,
                           .connect_timeout = limits.timeout,
                           .ca_file = limits.ca_file};
  request.headers = {"Content-Type: application/json",
                     "Expect:", "X-Takt-Delivery: " + message_id(message)};
  if (const std::string& secret = message.contact.secret; !secret.empty()) {
    request.headers.push_back("X-Takt-Signature: " + signature(*request.post, secret));
  }
  const auto answer = net::http(request, cancel);
  return answer ? judged(*answer) : failed(answer.error());
}

Attempt failed(const net::Problem& problem) {
  using Kind = net::Problem::Kind;
  switch (problem.kind) {
    case Kind::unreachable:
    case Kind::timed_out:
      return {Result::again, problem.text, {}};
    case Kind::rejected:
      return {problem.code >= 400 && problem.code < 500 ? Result::again : Result::given_up,
              problem.text,
              {}};
    case Kind::cancelled:
    case Kind::refused:
      break;
  }
  return {Result::given_up, problem.text, {}};
}

}  // namespace takt::notify
