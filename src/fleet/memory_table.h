#pragma once
// [memory]: when memory counts as scarce, and where it is read.

#include <optional>

#include "core/memory.h"
#include "fleet/drafts.h"
#include "fleet/toml.h"

namespace takt::fleet {

struct MemoryDraft {
  core::MemorySpec spec;
  std::optional<Position> high_at;      // of the value, when it is there
  std::optional<Position> critical_at;  // likewise
  bool is_right = true;                 // both limits, if they are there
};
inline core::MemorySpec& part(MemoryDraft& draft, const core::MemorySpec*) { return draft.spec; }

void decode_memory(const toml::table& table, FleetDraft& draft, Complaints& complaints);

}  // namespace takt::fleet
