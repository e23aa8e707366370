#include "fleet/pretty_json.h"

#include <boost/json.hpp>
#include <cstddef>

namespace takt::fleet {
namespace {

namespace json = boost::json;

void write(const json::value& value, std::size_t depth, std::string& out);

void new_line(std::size_t depth, std::string& out) {
  out += '\n';
  out.append(2 * depth, ' ');
}

void write(const json::object& object, std::size_t depth, std::string& out) {
  out += '{';
  bool first = true;
  for (const auto& [key, value] : object) {
    if (!first) out += ',';
    first = false;
    new_line(depth + 1, out);
    out += json::serialize(json::value(key)) + ": ";
    write(value, depth + 1, out);
  }
  new_line(depth, out);
  out += '}';
}

void write(const json::array& array, std::size_t depth, std::string& out) {
  out += '[';
  bool first = true;
  for (const json::value& value : array) {
    if (!first) out += ',';
    first = false;
    new_line(depth + 1, out);
    write(value, depth + 1, out);
  }
  new_line(depth, out);
  out += ']';
}

void write(const json::value& value, std::size_t depth, std::string& out) {
  if (value.is_object() && !value.get_object().empty()) {
    write(value.get_object(), depth, out);
  } else if (value.is_array() && !value.get_array().empty()) {
    write(value.get_array(), depth, out);
  } else {
    out += json::serialize(value);
  }
}

}  // namespace

std::string pretty_json(const json::value& value) {
  std::string out;
  write(value, 0, out);
  return out;
}

}  // namespace takt::fleet
