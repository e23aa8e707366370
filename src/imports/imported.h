#pragma once
// Imported: what an import gives: a valid fleet file, and what could not go into it.

#include <cstddef>
#include <string>
#include <vector>

#include "fleet/problem.h"

namespace takt::imports {

struct Imported {
  std::string toml;
  std::size_t jobs = 0;
  std::vector<fleet::Problem> warnings;  // by file and line
};

}  // namespace takt::imports
