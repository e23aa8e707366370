#pragma once
// The journal, as the core sees it: a file of fixed size in which a store that cannot write its
// database keeps batches until it can. What is in it survives a crash and a power cut, so an end or
// a start in it is as good as recorded.
//
//   |<---------------- starts, slots and requests ---------------->|<- ends of what runs ->|
//   0                                                           3/4 of it             capacity

#include <cstdint>

namespace takt::core {

/// Capacity 0: there is no journal.
struct JournalUse {
  std::int64_t used_bytes = 0;
  std::int64_t capacity_bytes = 0;
  friend bool operator==(const JournalUse&, const JournalUse&) = default;
};

/// True while something may begin that will need room for its end as well: the last quarter is
/// kept for the ends of what runs by then.
constexpr bool has_room_for_starts(const JournalUse& use) {
  return use.used_bytes < use.capacity_bytes - use.capacity_bytes / 4;
}

}  // namespace takt::core
