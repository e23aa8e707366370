#pragma once
// Failed: the one way a job gives up. A job is a short-lived process whose exit code is its answer,
// so what cannot be carried on from anywhere (no database, no site, a malformed answer) is thrown
// to main, which prints the message and exits 1. Whatever was committed before stays and is picked
// up by the next run; nothing relies on unwinding to be correct.

#include <stdexcept>

namespace bot {

struct Failed : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace bot
