#include "probe/plain_value.h"

#include <charconv>
#include <cmath>
#include <string>

namespace takt::probe {

std::string_view trimmed(std::string_view text) {
  constexpr std::string_view kWhite = " \t\r\n\v\f";
  const auto first = text.find_first_not_of(kWhite);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kWhite) - first + 1);
}

std::optional<double> number_of(std::string_view text) {
  if (text.starts_with('+') && !text.starts_with("+-")) text.remove_prefix(1);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) {
    return std::nullopt;
  }
  return number;
}

core::Measurement plain_value(std::string_view text) {
  const std::string_view inner = trimmed(text);
  if (const auto number = number_of(inner)) return *number;
  return std::string(inner);
}

}  // namespace takt::probe
