#pragma once
// Where health checks and contacts stand in the fleet file, for what is said about them when the file
// is known to be valid. They stand in the fleet file itself, never in one that it includes.

#include <cstddef>
#include <vector>

#include "fleet/position.h"

namespace takt::fleet {

struct ProbePlaces {
  Position of;                      // the value of what is measured
  Position condition;               // the value of what it should be
  std::vector<Position> otherwise;  // the value of each remedy
  Position remedy(std::size_t which) const {
    return which < otherwise.size() ? otherwise[which] : Position{};
  }
};

struct CheckPlaces {
  Position header;
  Position database;  // the value; line 0: it has none
  std::vector<ProbePlaces> probes;
};

struct ContactPlaces {
  Position header;
  Position by;             // the value of webhook, command or email
  Position password_file;  // the value; line 0: it has none
};

}  // namespace takt::fleet
