#include "probe/postgres_value.h"

#include <string>

#include "probe/plain_value.h"

namespace takt::probe::postgres {
namespace {

// Of server/catalog/pg_type_d.h, which is not libpq's to give. They never change.
enum Type : unsigned {
  kBool = 16,
  kInt8 = 20,
  kInt2 = 21,
  kInt4 = 23,
  kOid = 26,
  kFloat4 = 700,
  kFloat8 = 701,
  kTimestamp = 1114,
  kTimestamptz = 1184,
  kNumeric = 1700
};

/// "2026-01-05 00:04:13.5+00" to "2026-01-05T00:04:13.5+00:00". "infinity" stays.
std::string rfc3339_of(std::string_view text) {
  std::string at(text);
  const auto gap = at.find(' ');
  if (gap == std::string::npos) return at;
  at[gap] = 'T';
  const auto sign = at.find_first_of("+-", gap);
  if (sign == std::string::npos) return at;
  const std::size_t zone = at.size() - sign;
  if (zone == 3) at += ":00";  // only hours
  return at;
}

}  // namespace

core::Measurement value_of(unsigned type, std::string_view text) {
  switch (type) {
    case kBool:
      return text == "t";
    case kInt2:
    case kInt4:
    case kInt8:
    case kOid:
    case kFloat4:
    case kFloat8:
    case kNumeric:
      if (const auto number = number_of(text)) return *number;
      return core::Unknown{std::string(text) + " is not a finite number"};
    case kTimestamp:
    case kTimestamptz:
      return rfc3339_of(text);
    default:
      return std::string(text);
  }
}

}  // namespace takt::probe::postgres
