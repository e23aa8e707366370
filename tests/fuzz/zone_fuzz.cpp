// Zone files: any bytes are rules or an error, never a read beyond them; rules go forward in time, and every
// instant has an offset of less than 26 hours.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "fleet/zone_file.h"

namespace {

void demand(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace std::chrono_literals;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto zone = takt::fleet::parse_zone(bytes, "Test/Zone");
  if (!zone) {
    demand(!zone.error().empty());
    return 0;
  }
  const takt::core::ZoneChange* before = nullptr;
  for (const auto& change : zone->changes()) {
    demand(before == nullptr || (before->at < change.at && before->offset != change.offset));
    demand(std::chrono::abs(change.offset) < 26h);
    demand(zone->offset_at(change.at) == change.offset);
    before = &change;
  }
  return 0;
}
