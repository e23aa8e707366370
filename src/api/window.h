#pragma once
// Window: which part of a list a question asks for, from its query: limit, since_ms, all.

#include <expected>
#include <map>
#include <optional>
#include <string>

#include "api/exchange.h"
#include "ports/history.h"

namespace takt::api {

struct AskedWindow {
  ports::Window window;
  std::optional<std::size_t> at_most;  // limit beside since_ms or all: the newest of those
};

/// limit: 1 or more; since_ms: that far back from `now`; all: 1 or true. Errors: bad_request.
std::expected<AskedWindow, Response> parse_window(const std::map<std::string, std::string>& query,
                                                  WallTime now);

/// The value of `name` as a whole number in least..most; nullopt inside when absent.
std::expected<std::optional<std::int64_t>, Response> parse_number(
    const std::map<std::string, std::string>& query, const std::string& name, std::int64_t least,
    std::int64_t most);

}  // namespace takt::api
