#pragma once
// Fields: reading the members of the API's JSON without ever failing. An absent or null member, or one
// of another type, is empty: an older or newer daemon may answer.

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <optional>
#include <string_view>

#include "base/time.h"

namespace takt::cli {

/// Empty when absent.
std::string_view text_field(const boost::json::object& object, std::string_view key);
std::optional<std::int64_t> number_field(const boost::json::object& object, std::string_view key);
bool flag_field(const boost::json::object& object, std::string_view key);
std::optional<WallTime> time_field(const boost::json::object& object, std::string_view key);
std::optional<Duration> duration_field(const boost::json::object& object, std::string_view key);

/// An empty one when absent; valid as long as `object`.
const boost::json::array& array_field(const boost::json::object& object, std::string_view key);
/// nullptr when absent.
const boost::json::object* object_field(const boost::json::object& object, std::string_view key);

}  // namespace takt::cli
