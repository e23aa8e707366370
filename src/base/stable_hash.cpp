#include "base/stable_hash.h"

#include <xxhash.h>

namespace takt {

std::uint64_t stable_hash(std::string_view text, std::int64_t number) {
  return XXH3_64bits_withSeed(text.data(), text.size(), static_cast<std::uint64_t>(number));
}

std::int64_t hash_below(std::uint64_t hash, std::int64_t bound) {
  if (bound < 2) return 0;
  // The high half of the 128-bit product: an even spread, unlike the remainder.
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::int64_t>((static_cast<Wide>(hash) * static_cast<Wide>(bound)) >> 64U);
}

}  // namespace takt
