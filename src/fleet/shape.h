#pragma once
// Shape: what a value of the fleet file looks like, said once. The decoder checks values against
// it, the JSON Schema and the reference page are written from it.

#include <cstdint>
#include <span>
#include <string_view>

#include "base/time.h"
#include "base/words.h"

namespace takt::fleet {

struct Shape {
  enum class Kind { duration, size, integer, number, boolean, text, path, word, custom };
  Kind kind = Kind::custom;
  std::string_view type;      // in the reference: "duration"
  std::string_view expected;  // after "must be": "a duration like \"5m\""
  double min = 0;             // number; integer and size: whole; duration: milliseconds
  double max = 0;
  std::span<const std::string_view> words;
  std::string_view schema;  // custom only: its JSON Schema
};

namespace shape {

constexpr Shape duration(Duration min) {
  return {.kind = Shape::Kind::duration,
          .type = "duration",
          .expected = R"(a duration like "5m")",
          .min = static_cast<double>(min.count())};
}

inline constexpr Shape kPositiveDuration = duration(Duration{1});
inline constexpr Shape kDuration = duration(Duration{0});

inline constexpr Shape kSize{.kind = Shape::Kind::size,
                             .type = "size",
                             .expected = R"(a size like "10M" or a number of bytes)",
                             .min = 1};

constexpr Shape integer(std::int64_t min, std::int64_t max) {
  return {.kind = Shape::Kind::integer,
          .type = "integer",
          .expected = "a whole number",
          .min = static_cast<double>(min),
          .max = static_cast<double>(max)};
}

constexpr Shape number(double min, double max) {
  return {.kind = Shape::Kind::number,
          .type = "number",
          .expected = "a number",
          .min = min,
          .max = max};
}

inline constexpr Shape kBoolean{
    .kind = Shape::Kind::boolean, .type = "boolean", .expected = "true or false"};
inline constexpr Shape kText{.kind = Shape::Kind::text, .type = "string", .expected = "a string"};
inline constexpr Shape kPath{.kind = Shape::Kind::path, .type = "path", .expected = "a path"};

/// One of the words of the enumeration E.
template <class E>
constexpr Shape word() {
  return {.kind = Shape::Kind::word, .type = "word", .expected = "a word", .words = kWords<E>};
}

constexpr Shape custom(std::string_view type, std::string_view expected, std::string_view schema) {
  return {.kind = Shape::Kind::custom, .type = type, .expected = expected, .schema = schema};
}

/// Of a key that nothing decodes yet: only its type for the reference.
constexpr Shape later(std::string_view type) { return custom(type, type, "{}"); }

}  // namespace shape
}  // namespace takt::fleet
