#pragma once
// Deeds: how a fault acts on an attempt. The calendar decides, this breaks things; each notes itself
// in the diary first.

#include <functional>

#include "chaos/calendar.h"
#include "chaos/diary.h"
#include "desk/desk.h"

namespace bot::chaos {

struct Scene {
  const Diary& diary;
  const Told& who;
  Desk& desk;
  std::function<void()> work;  // the job itself
};

/// Does the job with this fault. Does not return from most of them (the process ends, or hangs);
/// throws Failed for those that fail in order. A fault that finds nothing to break (no row is
/// queued) leaves the job as it is, and is not noted.
void suffer(const Entry& entry, const Scene& scene);

/// Ends the process, like that. No core is dumped.
[[noreturn]] void die(Crash::How how);

}  // namespace bot::chaos
