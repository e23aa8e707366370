#pragma once
// Memory gate: what a reading means for the fleet. The levels are in core/memory.h; here is what
// follows when they change.
//
//   becomes critical   event, CleanUp. Until that is over jobs that are not critical are held, then
//                      skipped with the reading; critical ones start, with a warning
//   becomes high       event
//   becomes normal     event; whoever was held for memory is asked again
//
// An attempt keeps the reading it was started under.

#include "core/turn.h"

namespace takt::core {

void on_memory_read(Turn& turn, const MemoryRead& event);
void on_cleaned_up(Turn& turn, const CleanedUp& event);

/// A critical run starts although memory is critical: says so.
void warn_of_memory(Turn& turn, const Run& run);

/// "91.2 % of 3.9 GiB used", with the second opinion where it speaks.
std::string memory_words(const MemoryReading& reading);
/// "90 %" or "512 MiB left".
std::string limit_words(const MemoryLimit& limit);

}  // namespace takt::core
