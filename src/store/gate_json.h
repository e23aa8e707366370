#pragma once
// JSON texts inside rows: the gates of a run or slot, and the name/value pairs of params and event
// data. The gates are spelled exactly as CLI.md's `gate`, so that a row shown over the API, printed
// by `why` and read with the sqlite3 shell say the same:
//
//   [{"gate":"overlap","answer":"hold","value":"1 running","limit":"1",
//     "holders":[{"job":"post","run":7}],"until":"2026-03-08T06:30:00.000Z","text":"..."}]
//
// Any bytes survive a round trip in strings, also those that are not UTF-8. Pure; any thread.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/gate.h"

namespace takt::store {

using Pairs = std::vector<std::pair<std::string, std::string>>;

/// A JSON array, one object a gate, in order. No gates: "[]".
std::string gates_to_json(const core::Gates& gates);

/// The reverse. Gates are an explanation and never decide anything again, so reading them cannot
/// fail: what is not such a gate (unknown name, another shape, no JSON at all) is left out.
core::Gates gates_from_json(std::string_view text);

/// One JSON object, members in order. Names are unique (of two equal ones the later is read back).
std::string pairs_to_json(const Pairs& pairs);

/// The reverse; members that are not strings are left out, as is everything when it is no object.
Pairs pairs_from_json(std::string_view text);

}  // namespace takt::store
