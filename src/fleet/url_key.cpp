#include "fleet/url_key.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/ascii.h"
#include "fleet/quote.h"

namespace takt::fleet {
namespace {

constexpr std::size_t kUrlBytesMax = 2048;
constexpr std::size_t kHostBytesMax = 253;  // of a name in the DNS
constexpr std::string_view kSeparator = "://";

bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::optional<int> parse_port(std::string_view digits) {
  int port = 0;
  const char* end = digits.data() + digits.size();
  const auto [stop, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc{} || stop != end || port < 1 || port > 65535) return std::nullopt;
  return port;
}

bool is_name_or_address(std::string_view host) {
  const auto fits = [](char c) {
    return is_letter(c) || is_digit(c) || c == '.' || c == '-' || c == '_';
  };
  return std::ranges::all_of(host, fits) && host.front() != '.' && host.front() != '-';
}

bool is_bracketed_address(std::string_view host) {
  if (host.size() < 4 || host.front() != '[' || host.back() != ']') return false;
  const auto fits = [](char c) {
    return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'f') || c == ':' || c == '.';
  };
  return std::ranges::all_of(host.substr(1, host.size() - 2), fits);
}

/// Begin and length of what stands between the scheme and the path.
std::string_view authority_of(std::string_view url) {
  const std::size_t scheme = url.find(kSeparator);
  if (scheme == std::string_view::npos) return {};
  url.remove_prefix(scheme + kSeparator.size());
  return url.substr(0, url.find_first_of("/?#"));
}

/// What is wrong with it, to be put after it; empty: nothing.
std::string judge_url(std::string_view url, Authority& authority) {
  const std::string scheme = lowered(url.substr(0, url.find(kSeparator)));
  if (!has_scheme(url)) return "does not begin with http:// or https://";
  if (scheme != "http" && scheme != "https") {
    return fmt::format("is of the scheme {}; only http and https are called", quote_name(scheme));
  }
  const bool plain = std::ranges::all_of(url, [](char c) { return c > ' ' && c < 0x7F; });
  if (!plain) return "has a character in it that has to be written as %XX";
  auto parsed = parse_authority(authority_of(url));
  if (!parsed) return parsed.error();
  authority = *std::move(parsed);
  return {};
}

}  // namespace

std::expected<Authority, std::string> parse_authority(std::string_view text) {
  Authority authority;
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    authority.has_user = true;
    text.remove_prefix(at + 1);
  }
  const std::size_t bracket = text.rfind(']');
  const std::size_t from = bracket == std::string_view::npos ? 0 : bracket;
  const std::size_t colon = text.find(':', from);
  if (colon != std::string_view::npos) {
    authority.port = parse_port(text.substr(colon + 1));
    if (!authority.port) return std::unexpected("has no port between 1 and 65535 behind its ':'");
    text = text.substr(0, colon);
  }
  if (text.empty()) return std::unexpected("names no host");
  if (text.size() > kHostBytesMax || !(is_name_or_address(text) || is_bracketed_address(text))) {
    return std::unexpected("has no valid name of a host");
  }
  authority.host = text;
  return authority;
}

std::string without_password(std::string_view url) {
  const std::string_view authority = authority_of(url);
  const std::size_t at = authority.rfind('@');
  if (at == std::string_view::npos) return std::string{url};
  const auto begin = static_cast<std::size_t>(authority.data() - url.data());
  return fmt::format("{}***{}", url.substr(0, begin), url.substr(begin + at));
}

bool has_scheme(std::string_view text) {
  const std::size_t end = text.find(kSeparator);
  if (end == std::string_view::npos || end == 0 || !is_letter(text.front())) return false;
  return std::ranges::all_of(text.substr(0, end), [](char c) {
    return is_letter(c) || is_digit(c) || c == '+' || c == '.' || c == '-';
  });
}

std::optional<std::string> read_url(const Item& item, Complaints& complaints) {
  auto url = read_text(item, complaints);
  if (!url) return std::nullopt;
  if (url->size() > kUrlBytesMax) {
    complaints.error(item.at, fmt::format("{} is longer than {} bytes", item.label, kUrlBytesMax));
    return std::nullopt;
  }
  Authority authority;
  if (const std::string wrong = judge_url(*url, authority); !wrong.empty()) {
    complaints.error(
        item.at, fmt::format("{} {} {}", item.label, quote_value(without_password(*url)), wrong),
        R"(write it like "https://example.org/path")");
    return std::nullopt;
  }
  if (authority.has_user) {
    complaints.warning(item.at,
                       fmt::format("{} has a user or a password in it: whoever reads the file, or "
                                   "what takt says of it, has them too",
                                   item.label),
                       "a token that can only be called with is better");
  }
  std::transform(url->begin(), url->begin() + static_cast<std::ptrdiff_t>(url->find(':')),
                 url->begin(), lower);
  return url;
}

}  // namespace takt::fleet
