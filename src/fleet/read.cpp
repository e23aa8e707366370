#include "fleet/read.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <limits>

#include "fleet/quote.h"
#include "fleet/suggest.h"

namespace takt::fleet {
namespace {

constexpr std::size_t kPathBytesMax = 4095;
constexpr std::string_view kBlanks = " \t\r\n";

struct SizeUnit {
  char letter;
  int shift;
};
constexpr std::array<SizeUnit, 4> kSizeUnits{{{'K', 10}, {'M', 20}, {'G', 30}, {'T', 40}}};

/// Bytes of "512M"; nullopt for anything else and for more than 2^63 - 1.
std::optional<std::int64_t> parse_size(std::string_view text) {
  std::int64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{} || count < 0 || text.data() + text.size() - end != 1)
    return std::nullopt;
  const auto* unit = std::ranges::find(kSizeUnits, *end, &SizeUnit::letter);
  if (unit == kSizeUnits.end()) return std::nullopt;
  if (count > (std::numeric_limits<std::int64_t>::max() >> unit->shift)) return std::nullopt;
  return count << unit->shift;
}

/// Any string value without NUL; complains otherwise.
std::optional<std::string> read_string(const Item& item, Complaints& complaints) {
  const auto* text = item.node->as_string();
  if (text == nullptr) {
    complain_type(item, item.shape->expected, complaints);
    return std::nullopt;
  }
  if (text->get().find('\0') != std::string::npos) {
    complaints.error(item.at, fmt::format("{} has a NUL character in it", item.label));
    return std::nullopt;
  }
  if (text->get().find_first_not_of(kBlanks) == std::string::npos) {
    complaints.error(item.at, fmt::format("{} is empty", item.label));
    return std::nullopt;
  }
  return text->get();
}

std::string limits(const Shape& shape) {
  return fmt::format("between {} and {}", shape.min, shape.max);
}

}  // namespace

Position position_of(const toml::source_position& at) {
  return {static_cast<int>(at.line), static_cast<int>(at.column)};
}

Position position_of(const toml::key& key) { return position_of(key.source().begin); }

Position position_of(const toml::node& node) { return position_of(node.source().begin); }

Position blamed_position(const toml::key& key, const toml::node& node) {
  const Position key_at = position_of(key);
  const Position node_at = position_of(node);
  if (const auto* table = node.as_table()) return table->is_inline() ? key_at : node_at;
  return std::min(key_at, node_at);
}

std::string found_in(const toml::node& node) {
  if (const auto* text = node.as_string()) {
    return fmt::format("the string {}", quote_value(text->get()));
  }
  if (const auto* integer = node.as_integer()) return fmt::format("the integer {}", integer->get());
  if (const auto* number = node.as_floating_point()) {
    return fmt::format("the number {}", number->get());
  }
  if (const auto* boolean = node.as_boolean()) return fmt::format("the boolean {}", boolean->get());
  if (node.is_array()) return "a list";
  if (node.is_table()) return "a table";
  return "a date or time";
}

void complain_type(const Item& item, std::string_view expected, Complaints& complaints) {
  complaints.error(
      item.at, fmt::format("{} must be {}, not {}", item.label, expected, found_in(*item.node)));
}

std::optional<Duration> read_duration_text(const Item& item, std::string_view text, bool positive,
                                           Complaints& complaints) {
  const auto duration = parse_duration(text);
  const bool negative = text.starts_with('-');
  if (positive && (negative || (duration && *duration < Duration{1}))) {
    complaints.error(item.at,
                     fmt::format("{} must be at least 1ms, not {}", item.label, quote_value(text)));
    return std::nullopt;
  }
  if (!duration) {
    complaints.error(item.at, fmt::format("{} {} {}", item.label, quote_value(text),
                                          escape(duration.error(), 3 * kQuotedColumns)));
    return std::nullopt;
  }
  return *duration;
}

std::optional<Duration> read_duration(const Item& item, Complaints& complaints) {
  const auto* text = item.node->as_string();
  if (text == nullptr) {
    complain_type(item, item.shape->expected, complaints);
    return std::nullopt;
  }
  return read_duration_text(item, text->get(), item.shape->min > 0, complaints);
}

std::optional<std::uint64_t> read_size(const Item& item, Complaints& complaints) {
  std::optional<std::int64_t> bytes;
  if (const auto* integer = item.node->as_integer()) bytes = integer->get();
  if (const auto* text = item.node->as_string()) bytes = parse_size(text->get());
  if (!bytes) {
    complain_type(item, item.shape->expected, complaints);
    return std::nullopt;
  }
  if (*bytes < 1) {
    complaints.error(item.at,
                     fmt::format("{} must be at least 1 byte, not {}", item.label, *bytes));
    return std::nullopt;
  }
  return static_cast<std::uint64_t>(*bytes);
}

std::optional<std::int64_t> read_integer(const Item& item, Complaints& complaints) {
  const auto* integer = item.node->as_integer();
  if (integer == nullptr) {
    complain_type(item, item.shape->expected, complaints);
    return std::nullopt;
  }
  const std::int64_t value = integer->get();
  if (value < static_cast<std::int64_t>(item.shape->min) ||
      value > static_cast<std::int64_t>(item.shape->max)) {
    complaints.error(item.at,
                     fmt::format("{} must be {}, not {}", item.label, limits(*item.shape), value));
    return std::nullopt;
  }
  return value;
}

std::optional<double> read_number(const Item& item, Complaints& complaints) {
  const auto value = item.node->is_number() ? item.node->value<double>() : std::nullopt;
  if (!value) {
    complain_type(item, item.shape->expected, complaints);
    return std::nullopt;
  }
  // Written so that nan is refused too.
  if (!(*value >= item.shape->min && *value <= item.shape->max)) {
    complaints.error(item.at,
                     fmt::format("{} must be {}, not {}", item.label, limits(*item.shape), *value));
    return std::nullopt;
  }
  return value;
}

std::optional<bool> read_boolean(const Item& item, Complaints& complaints) {
  if (const auto* boolean = item.node->as_boolean()) return boolean->get();
  complain_type(item, item.shape->expected, complaints);
  return std::nullopt;
}

std::optional<std::string> read_text(const Item& item, Complaints& complaints) {
  return read_string(item, complaints);
}

std::optional<std::string> read_path(const Item& item, Complaints& complaints) {
  auto path = read_string(item, complaints);
  if (!path) return std::nullopt;
  if (path->size() > kPathBytesMax) {
    complaints.error(item.at, fmt::format("{} is longer than {} bytes", item.label, kPathBytesMax));
    return std::nullopt;
  }
  if (path->starts_with('~')) {
    complaints.error(item.at,
                     fmt::format("{} {} begins with '~', which is not expanded here", item.label,
                                 quote_value(*path)),
                     "write the whole path");
    return std::nullopt;
  }
  return path;
}

std::optional<std::size_t> read_word(const Item& item, Complaints& complaints) {
  const std::span<const std::string_view> words = item.shape->words;
  const auto* text = item.node->as_string();
  if (text != nullptr) {
    const auto found = std::ranges::find(words, std::string_view{text->get()});
    if (found != words.end()) return static_cast<std::size_t>(found - words.begin());
  }
  complaints.error(item.at,
                   fmt::format("{} must be {}, not {}", item.label, list_words(words),
                               text ? quote_value(text->get()) : found_in(*item.node)),
                   text ? did_you_mean(text->get(), words) : std::string{});
  return std::nullopt;
}

std::string list_words(std::span<const std::string_view> words) {
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) list += i + 1 == words.size() ? " or " : ", ";
    list += fmt::format("\"{}\"", words[i]);
  }
  return list;
}

std::string did_you_mean(std::string_view word, std::span<const std::string_view> candidates) {
  const auto found = nearest(word, candidates);
  return found ? fmt::format("did you mean '{}'?", *found) : std::string{};
}

std::string absolute_path(const std::string& folder, const std::string& path) {
  std::string result = (std::filesystem::path{folder} / path).lexically_normal().string();
  while (result.size() > 1 && result.back() == '/') result.pop_back();
  return result;
}

}  // namespace takt::fleet
