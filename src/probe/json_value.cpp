#include "probe/json_value.h"

#include <boost/json.hpp>
#include <string>

namespace takt::probe {
namespace {

namespace json = boost::json;
using core::Measurement;
using core::Unknown;

Measurement value_of(const json::value& found, std::string_view pointer) {
  switch (found.kind()) {
    case json::kind::null:
      return core::Absent{};
    case json::kind::bool_:
      return found.get_bool();
    case json::kind::int64:
    case json::kind::uint64:
    case json::kind::double_:
      return found.to_number<double>();
    case json::kind::string:
      return std::string(found.get_string());
    case json::kind::array:
      return Unknown{std::string(pointer) + " is an array"};
    case json::kind::object:
      return Unknown{std::string(pointer) + " is an object"};
  }
  return Unknown{"no JSON"};
}

}  // namespace

Measurement json_value(std::string_view body, std::string_view pointer) {
  json::parse_options options;
  options.max_depth = 64;
  json::error_code error;
  const json::value parsed = json::parse(body, error, {}, options);
  if (error) return Unknown{"the answer is not JSON: " + error.message()};
  const json::value* found = parsed.find_pointer(pointer, error);
  if (found == nullptr) return Unknown{"there is no " + std::string(pointer) + " in the answer"};
  return value_of(*found, pointer);
}

}  // namespace takt::probe
