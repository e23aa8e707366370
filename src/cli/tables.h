#pragma once
// Tables: the API's JSON for people. Total over any JSON: what is missing shows as "-".

#include <boost/json/object.hpp>
#include <string>

namespace takt::cli {

std::string ls_table(const boost::json::object& ls, bool color);
std::string runs_table(const boost::json::object& runs, bool color);
std::string slots_table(const boost::json::object& slots, bool color);
/// Pools with their holders, and below them who waits for what.
std::string pools_text(const boost::json::object& pools, bool color);
std::string why_text(const boost::json::object& why, bool color);
std::string simulate_text(const boost::json::object& simulate, bool color);

/// Checks, and their probes with what was found.
std::string health_text(const boost::json::object& health, bool color);

std::string memory_text(const boost::json::object& memory, bool color);

/// One event, one line, with its newline: for lists and for following alike.
std::string event_line(const boost::json::object& event, bool color);

}  // namespace takt::cli
