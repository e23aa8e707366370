#pragma once
// Scene: what a look is about, while nothing happens.

#include "core/leases.h"
#include "core/waiting_lines.h"

namespace takt::core {

/// Whom a look is about: while the store fails only critical runs start, and others do not stand in
/// their way.
enum class Among { all, critical };

struct Scene {
  const Leases& leases;
  const WaitingLines& lines;
  Instant now;
  Among among;

  bool counts(bool critical) const { return among == Among::all || critical; }
};

}  // namespace takt::core
