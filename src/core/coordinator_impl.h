#pragma once
// What a Coordinator holds; for coordinator.cpp, forecast.cpp and the views only.

#include "core/coordinator.h"
#include "core/restore.h"
#include "core/state.h"

namespace takt::core {

struct Coordinator::Impl {
  State s;
  Instant last_now;
};

}  // namespace takt::core
