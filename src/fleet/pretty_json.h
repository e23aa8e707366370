#pragma once
// JSON with line breaks and two spaces of indentation, for files that people open.

#include <boost/json/fwd.hpp>
#include <string>

namespace takt::fleet {

/// No newline at the end. Keys keep their order; empty objects and arrays stay on one line.
std::string pretty_json(const boost::json::value& value);

}  // namespace takt::fleet
