#pragma once
// Hashes that are the same on every node, in every build and on replay: offsets, drawn intervals,
// jitter. XXH3 (64 bit) is the algorithm; its values are part of the database format, since slots that
// were drawn from them are stored.

#include <cstdint>
#include <string_view>

namespace takt {

/// Hash of `text` and `number`. Equal inputs give equal values for ever.
std::uint64_t stable_hash(std::string_view text, std::int64_t number = 0);

/// `hash` reduced to 0 .. bound-1 without bias towards low values; 0 when bound is below 2.
std::int64_t hash_below(std::uint64_t hash, std::int64_t bound);

}  // namespace takt
