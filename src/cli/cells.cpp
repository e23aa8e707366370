#include "cli/cells.h"

#include "cli/fields.h"

namespace takt::cli {

namespace json = boost::json;

Cell text_cell(const json::object& row, std::string_view key) {
  const auto text = text_field(row, key);
  return {text.empty() ? "-" : std::string(text)};
}

Cell number_cell(const json::object& row, std::string_view key) {
  const auto number = number_field(row, key);
  return {number ? std::to_string(*number) : "-"};
}

}  // namespace takt::cli
