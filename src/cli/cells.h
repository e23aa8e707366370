#pragma once
// Cells: members of the API's JSON as cells of a table. What is missing shows as "-".

#include <boost/json/object.hpp>
#include <string_view>

#include "cli/table.h"

namespace takt::cli {

Cell text_cell(const boost::json::object& row, std::string_view key);
Cell number_cell(const boost::json::object& row, std::string_view key);

}  // namespace takt::cli
