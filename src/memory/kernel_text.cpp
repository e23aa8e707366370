#include "memory/kernel_text.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

namespace takt::memory {
namespace {

std::string_view without_blanks_before(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  return text;
}

/// The number at the beginning of `text`, if what follows it is blank or nothing.
std::optional<std::int64_t> leading_number(std::string_view text) {
  std::int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  const bool ends_there = stop == end || *stop == ' ' || *stop == '\n' || *stop == '\t';
  if (error != std::errc{} || !ends_there || value < 0) return std::nullopt;
  return value;
}

/// What stands behind `name` at the beginning of a line.
std::optional<std::string_view> behind(std::string_view text, std::string_view name) {
  for (std::size_t at = text.find(name); at != std::string_view::npos;
       at = text.find(name, at + 1)) {
    const std::string_view rest = text.substr(at + name.size());
    const bool begins_line = at == 0 || text[at - 1] == '\n';
    if (begins_line && !rest.empty() && (rest.front() == ' ' || rest.front() == '\t')) {
      return without_blanks_before(rest);
    }
  }
  return std::nullopt;
}

std::optional<std::int64_t> kilobytes(std::string_view text, std::string_view name) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max() / 1024 / 4;
  const auto number = number_of(text, name);
  if (!number || *number > kMost) return std::nullopt;
  return *number * 1024;
}

}  // namespace

std::optional<std::int64_t> whole_number(std::string_view text) {
  return leading_number(without_blanks_before(text));
}

std::optional<std::int64_t> number_of(std::string_view text, std::string_view name) {
  const auto rest = behind(text, name);
  return rest ? leading_number(*rest) : std::nullopt;
}

MachineMemory parse_meminfo(std::string_view text) {
  const auto total = kilobytes(text, "MemTotal:");
  if (!total || *total == 0) return {};
  auto available = kilobytes(text, "MemAvailable:");
  if (!available) {
    const auto free = kilobytes(text, "MemFree:");
    if (!free) return {};
    available =
        *free + kilobytes(text, "Buffers:").value_or(0) + kilobytes(text, "Cached:").value_or(0);
  }
  return {.total_bytes = *total, .available_bytes = std::min(*available, *total)};
}

std::optional<double> parse_pressure(std::string_view text) {
  constexpr std::string_view kAverage = "avg10=";
  const auto some = behind(text, "some");
  if (!some || !some->starts_with(kAverage)) return std::nullopt;
  const std::string_view number = some->substr(kAverage.size());
  double percent = 0;
  const auto [stop, error] = std::from_chars(number.data(), number.data() + number.size(), percent);
  if (error != std::errc{} || !std::isfinite(percent)) return std::nullopt;
  return std::clamp(percent / 100, 0.0, 1.0);
}

}  // namespace takt::memory
