#pragma once
// `social-bot site`: the feed site as a program.

#include <span>
#include <string>

namespace bot::site {

/// Arguments: [--port N] [--port-file FILE] [--db FILE] [--seed N]. Serves until SIGTERM or SIGINT,
/// then removes the port file. Throws Failed (also when another site serves the same database).
void run_site(std::span<const std::string> arguments);

}  // namespace bot::site
