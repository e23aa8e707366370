// What libcurl's errors are called.

#include <cstring>
#include <string_view>

#include "net/transfer.h"

namespace takt::net {
namespace {

/// libcurl's own sentence without what every one of its kind begins with.
std::string without(std::string text, std::string_view beginning) {
  if (text.starts_with(beginning)) text.erase(0, beginning.size());
  return text;
}

std::string error_text(long number) {
  std::array<char, 128> buffer{};
  return strerror_r(static_cast<int>(number), buffer.data(), buffer.size());  // GNU's
}

}  // namespace

Problem Transfer::problem(CURLcode code) const {
  using Kind = Problem::Kind;
  const std::string words = *words_.data() != '\0' ? words_.data() : curl_easy_strerror(code);
  const std::string there = where();
  const int reply = static_cast<int>(info<long>(CURLINFO_RESPONSE_CODE));
  switch (code) {
    case CURLE_COULDNT_RESOLVE_HOST:
      return {Kind::unreachable, "cannot find the address of " + there};
    case CURLE_COULDNT_CONNECT: {
      const long number = info<long>(CURLINFO_OS_ERRNO);
      return {Kind::unreachable,
              "cannot connect to " + there + ": " + (number != 0 ? error_text(number) : words)};
    }
    case CURLE_OPERATION_TIMEDOUT:
      if (info<curl_off_t>(CURLINFO_CONNECT_TIME_T) == 0 && limits_.connect < limits_.total) {
        return {Kind::timed_out,
                "cannot connect to " + there + " within " + format_duration(limits_.connect)};
      }
      return {Kind::timed_out, "no answer within " + format_duration(limits_.total)};
    case CURLE_PEER_FAILED_VERIFICATION:
      return {Kind::unreachable, "certificate is not trusted: " +
                                     without(without(words, "SSL certificate problem: "), "SSL: ")};
    case CURLE_SSL_CONNECT_ERROR:
      return {Kind::unreachable, "no TLS with " + there + ": " + words};
    case CURLE_SSL_CACERT_BADFILE:
      return {Kind::refused, "the trusted certificates cannot be read"};
    case CURLE_USE_SSL_FAILED:
      return {Kind::rejected, there + " offers no STARTTLS, without which no password is sent",
              500};
    case CURLE_LOGIN_DENIED:
      return {Kind::rejected, there + " refuses the user or the password", reply};
    case CURLE_TOO_MANY_REDIRECTS:
      return {Kind::unreachable, "redirects lead on and on"};
    case CURLE_UNSUPPORTED_PROTOCOL:
      return {Kind::unreachable, "a redirect leads away from " + protocols_};
    case CURLE_URL_MALFORMAT:
      return {Kind::refused, "the URL cannot be read"};
    case CURLE_GOT_NOTHING:
      return {Kind::unreachable, there + " closed the connection without an answer"};
    case CURLE_OUT_OF_MEMORY:
      return {Kind::refused, "out of memory"};
    default:
      return {Kind::unreachable, there + ": " + words};
  }
}

}  // namespace takt::net
