#pragma once
// `social-bot site`: the feed site as a program.

#include <functional>
#include <span>
#include <string>

#include "desk/fleet_time.h"

namespace bot::site {

/// Arguments: [--port N] [--port-file FILE] [--db FILE] [--seed N]. Serves until SIGTERM or SIGINT,
/// then removes the port file. Throws Failed (also when another site serves the same database).
/// `is_open` is asked before each request of a job, with the job's time; 503 when it is not.
void run_site(std::span<const std::string> arguments, const std::function<bool(Time)>& is_open);

}  // namespace bot::site
