#pragma once
// What a Coordinator holds; for coordinator.cpp and views.cpp only.

#include "core/coordinator.h"
#include "core/restore.h"
#include "core/state.h"

namespace takt::core {

struct Coordinator::Impl {
  State s;
  std::vector<Row> abandoned;  // ends of runs whose jobs are gone; until open()
  Instant last_now;
};

}  // namespace takt::core
