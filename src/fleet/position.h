#pragma once
// Position: a place in a fleet file. Lines and columns count from 1; a column is one code point, a
// tab is one column, and a byte order mark is none. Line 0: the file as a whole. Files are numbered in
// the order they are read: 0 is the fleet file itself, then those that it includes.

#include <compare>

namespace takt::fleet {

struct Position {
  int line = 0;
  int column = 0;
  int file = 0;
  friend auto operator<=>(const Position&, const Position&) = default;
};

}  // namespace takt::fleet
