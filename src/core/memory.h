#pragma once
// Memory: what was read of the machine, and when it is too much. Two limits with a gap between them,
// so that a reading that trembles around one of them does not let jobs start and skip by turns.
//
//            used >= high            used >= critical, or stalled
//   normal ─────────────▶ high ───────────────────────▶ critical
//      ▲                   │ ▲                              │
//      └── used < high ────┘ └── (never: from critical straight to normal, once used < high)
//
// "Stalled" is the second opinion of PSI: the share of the last ten seconds in which some task waited
// for memory. A limit is a share of what there is, or a size that has to be left.

#include <cstdint>
#include <variant>

#include "base/words.h"

namespace takt::core {

/// Where a reading comes from.
enum class MemorySource { system, cgroup_v1, cgroup_v2 };

/// `source` of the fleet file. automatic: the cgroup's limit where there is one, else the system.
enum class MemorySourceWanted { automatic, cgroup, system };

enum class MemoryLevel { normal, high, critical };

struct UsedRatio {
  double at_least = 0;  // 0..1
  friend bool operator==(const UsedRatio&, const UsedRatio&) = default;
};
struct BytesLeft {
  std::int64_t at_most = 0;
  friend bool operator==(const BytesLeft&, const BytesLeft&) = default;
};
using MemoryLimit = std::variant<UsedRatio, BytesLeft>;

struct MemorySpec {
  MemoryLimit high = UsedRatio{0.80};
  MemoryLimit critical = UsedRatio{0.90};
  MemorySourceWanted source = MemorySourceWanted::automatic;
  friend bool operator==(const MemorySpec&, const MemorySpec&) = default;
};

/// One look at the memory. total_bytes 0: nothing could be read, and nothing is held for it.
struct MemoryReading {
  std::int64_t total_bytes = 0;      // the machine's, or the group's limit
  std::int64_t available_bytes = 0;  // without what the kernel gives back when asked
  double stalled = 0;                // PSI, some, avg10: 0..1; 0 where there is none
  MemorySource source = MemorySource::system;

  std::int64_t used_bytes() const { return total_bytes - available_bytes; }
  /// 0..1; 0 when nothing could be read.
  double used_ratio() const {
    return total_bytes <= 0 ? 0
                            : static_cast<double>(used_bytes()) / static_cast<double>(total_bytes);
  }
  friend bool operator==(const MemoryReading&, const MemoryReading&) = default;
};

/// Stalled for this share of the last ten seconds: critical, however much is free; below half of it
/// the second opinion is silent again.
inline constexpr double kStalledCritical = 0.40;

bool is_reached(const MemoryLimit& limit, const MemoryReading& reading);

/// The level after `reading`, coming from `before` (drawn above).
MemoryLevel next_level(const MemorySpec& spec, MemoryLevel before, const MemoryReading& reading);

}  // namespace takt::core

namespace takt {

template <>
inline constexpr std::array<std::string_view, 3> kWords<core::MemorySource>{"system", "cgroup v1",
                                                                            "cgroup v2"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<core::MemorySourceWanted>{"auto", "cgroup",
                                                                                  "system"};
template <>
inline constexpr std::array<std::string_view, 3> kWords<core::MemoryLevel>{"normal", "high",
                                                                           "critical"};

}  // namespace takt
