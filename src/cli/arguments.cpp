#include "cli/arguments.h"

#include <fmt/format.h>

#include <charconv>

#include "fleet/quote.h"

namespace takt::cli {
namespace {

Failure wrong_value(std::string_view key, std::string_view text, std::string_view why,
                    std::string_view example) {
  return usage_error(fmt::format("--{} {} {}", key, fleet::quote_name(text), why),
                     fmt::format("for example --{} {}", key, example));
}

template <class Number>
std::optional<Number> whole(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

}  // namespace

std::string_view option_key(const OptionSpec& option) {
  const auto dashes = option.names.rfind("--");
  return option.names.substr(dashes + 2);
}

void Arguments::set(std::string_view key, std::vector<std::string> values) {
  values_[std::string(key)] = std::move(values);
}

const std::string& Arguments::positional(std::size_t place) const {
  static const std::string none;
  return place < positionals_.size() ? positionals_[place] : none;
}

std::optional<std::string> Arguments::text(std::string_view key) const {
  const auto found = values_.find(std::string(key));
  if (found == values_.end() || found->second.empty()) return std::nullopt;
  return found->second.front();
}

std::vector<std::string> Arguments::texts(std::string_view key) const {
  const auto found = values_.find(std::string(key));
  return found == values_.end() ? std::vector<std::string>{} : found->second;
}

std::expected<std::optional<Duration>, Failure> Arguments::duration(std::string_view key) const {
  const auto value = text(key);
  if (!value) return std::nullopt;
  const auto parsed = parse_duration(*value);
  if (!parsed) return std::unexpected(wrong_value(key, *value, parsed.error(), "1h30m"));
  if (*parsed <= Duration::zero()) {
    return std::unexpected(wrong_value(key, *value, "is not above zero", "1h30m"));
  }
  return *parsed;
}

std::expected<std::optional<std::int64_t>, Failure> Arguments::number(std::string_view key,
                                                                      std::int64_t least,
                                                                      std::int64_t most) const {
  const auto value = text(key);
  if (!value) return std::nullopt;
  const auto parsed = whole<std::int64_t>(*value);
  if (parsed && *parsed >= least && *parsed <= most) return *parsed;
  return std::unexpected(
      wrong_value(key, *value, fmt::format("is not a whole number from {} to {}", least, most),
                  std::to_string(least)));
}

std::expected<std::optional<double>, Failure> Arguments::real(std::string_view key) const {
  const auto value = text(key);
  if (!value) return std::nullopt;
  if (const auto parsed = whole<double>(*value)) return *parsed;
  return std::unexpected(wrong_value(key, *value, "is not a number", "60"));
}

std::optional<RunId> as_run(std::string_view text) {
  const auto number = whole<std::int64_t>(text);
  if (!number || *number < 1) return std::nullopt;
  return RunId{*number};
}

std::optional<std::pair<std::string, std::string>> as_param(std::string_view text) {
  const auto equals = text.find('=');
  if (equals == std::string_view::npos || equals == 0) return std::nullopt;
  return std::pair{std::string(text.substr(0, equals)), std::string(text.substr(equals + 1))};
}

}  // namespace takt::cli
