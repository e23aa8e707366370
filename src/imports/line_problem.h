#pragma once
// LineProblem: what is wrong with a line, and where in it.

#include <cstddef>
#include <string>

namespace takt::imports {

struct LineProblem {
  std::size_t offset = 0;  // in the line, in bytes
  std::string message;
  std::string hint;
};

}  // namespace takt::imports
