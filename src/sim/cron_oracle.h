#pragma once
// The slots of a cron rule found the slow and obvious way: minute by minute, and second by second in those
// that have any, each instant asked by itself what the clock on the wall shows. The
// checker judges by it, and core's arithmetic is held against it (cron_oracle_test.cpp); it shares
// nothing with core but the parsed fields and the zone.

#include <optional>

#include "core/cron_slots.h"

namespace takt::sim {

/// Whether the instant is a slot of the rule.
bool is_cron_slot(const core::CronRule& rule, core::Second at);

/// The first slot after `after` and not after `until`; nullopt: there is none.
std::optional<core::Second> next_by_hand(const core::CronRule& rule, core::Second after,
                                         core::Second until);

}  // namespace takt::sim
