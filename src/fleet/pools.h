#pragma once
// [pool.NAME]: resources that jobs share, with slots and what is kept for a class.

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/pool.h"
#include "fleet/drafts.h"
#include "fleet/toml.h"

namespace takt::fleet {

/// `reserve = { P0 = 1 }`, by class.
struct ReserveDraft {
  std::array<int, core::kClasses> units{};
};

struct PoolDraft {
  core::PoolSpec spec;
  bool has_slots = false;    // rightly or wrongly
  std::optional<int> slots;  // when they are right
  bool is_plain = true;      // not of another kind, nor of an unknown one
  std::optional<Position> reserve_at;
  /// Keys that only chromium pools have.
  struct Key {
    std::string name;
    Position at;
  };
  std::vector<Key> of_chromium;
};

/// All entries of the table `pool`, in the order of the file, into the spec; their names too.
void decode_pools(const toml::table& pools, FleetDraft& draft, Complaints& complaints);

}  // namespace takt::fleet
