#include "probe/http_value.h"

#include "net/http.h"
#include "probe/json_value.h"
#include "probe/plain_value.h"

namespace takt::probe {
namespace {

using core::Measurement;
using core::Unknown;
using Kind = net::Problem::Kind;
using Wants = net::HttpRequest::Wants;

constexpr int kRedirectsMax = 5;

bool is_redirect(int status) { return status >= 300 && status < 400; }

bool is_wanted(const core::HttpProbe& of, int status) {
  return of.status ? status == *of.status : status >= 200 && status < 300;
}

Wants wants(const core::HttpProbe& of, bool succeeds) {
  if (of.certificate) return Wants::certificate;
  return succeeds ? Wants::status : Wants::body;
}

Measurement no_answer(const net::Problem& problem, bool succeeds, const Limits& limits) {
  switch (problem.kind) {
    case Kind::cancelled:
    case Kind::refused:
      return Unknown{problem.text};
    case Kind::timed_out:
      if (succeeds) return false;
      return Unknown{limits.words()};
    case Kind::unreachable:
    case Kind::rejected:
      break;
  }
  if (succeeds) return false;
  return Unknown{problem.text};
}

Measurement certificate_value(const net::Certificate& certificate, const HttpQuestion& question) {
  const Duration left = certificate.not_after - question.now;
  if (std::holds_alternative<core::Succeeds>(question.condition)) return left > Duration{0};
  if (std::holds_alternative<core::Fresh>(question.condition)) {
    return format_rfc3339(certificate.not_before);
  }
  return std::chrono::duration<double>(left).count();
}

}  // namespace

Measurement http_value(const core::HttpProbe& of, const HttpQuestion& question,
                       const Limits& limits) {
  const bool succeeds = std::holds_alternative<core::Succeeds>(question.condition);
  const Duration left = limits.left();
  const auto answer =
      net::http({.url = of.url,
                 .wants = wants(of, succeeds),
                 .redirects_max = of.status && is_redirect(*of.status) ? 0 : kRedirectsMax,
                 .timeout = left,
                 .connect_timeout = left,
                 .ca_file = question.ca_file},
                *limits.cancel);
  if (!answer) return no_answer(answer.error(), succeeds, limits);
  if (answer->certificate) return certificate_value(*answer->certificate, question);
  const bool wanted = is_wanted(of, answer->status);
  if (succeeds) return wanted;
  if (!wanted) return Unknown{"HTTP " + std::to_string(answer->status)};
  return of.json.empty() ? plain_value(answer->body) : json_value(answer->body, of.json);
}

}  // namespace takt::probe
