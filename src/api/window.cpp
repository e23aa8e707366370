#include "api/window.h"

#include <fmt/format.h>

#include <charconv>

namespace takt::api {
namespace {

constexpr std::int64_t kLimitMax = 1'000'000;

}  // namespace

std::expected<std::optional<std::int64_t>, Response> parse_number(
    const std::map<std::string, std::string>& query, const std::string& name, std::int64_t least,
    std::int64_t most) {
  const auto found = query.find(name);
  if (found == query.end()) return std::nullopt;
  const auto& text = found->second;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < least || number > most) {
    return std::unexpected(bad(
        Status::bad_request, fmt::format("{} must be a whole number, {} to {}", name, least, most),
        "query", "for example " + name + "=50"));
  }
  return number;
}

std::expected<AskedWindow, Response> parse_window(const std::map<std::string, std::string>& query,
                                                  WallTime now) {
  AskedWindow asked;
  const auto limit = parse_number(query, "limit", 1, kLimitMax);
  if (!limit) return std::unexpected(limit.error());
  const auto since = parse_number(query, "since_ms", 0, kDurationMax.count());
  if (!since) return std::unexpected(since.error());

  const auto all = query.find("all");
  asked.window.all = all != query.end() && (all->second == "1" || all->second == "true");
  if (*since) asked.window.since = now - Duration{**since};
  if (*limit) {
    asked.window.limit = static_cast<int>(**limit);
    if (asked.window.all || *since) asked.at_most = static_cast<std::size_t>(**limit);
  }
  return asked;
}

}  // namespace takt::api
