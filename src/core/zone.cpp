#include "core/zone.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/stable_hash.h"

namespace takt::core {
namespace {

using std::chrono::seconds;

std::vector<ZoneChange> without_idle_changes(seconds before, std::vector<ZoneChange> changes) {
  std::erase_if(changes, [&](const ZoneChange& change) {
    return std::exchange(before, change.offset) == change.offset;
  });
  changes.shrink_to_fit();
  return changes;
}

}  // namespace

Zone::Zone(std::string name, seconds offset_before, std::vector<ZoneChange> changes)
    : name_(std::move(name)),
      offset_before_(offset_before),
      changes_(without_idle_changes(offset_before, std::move(changes))) {
  std::string rules = fmt::format("{}", offset_at(kFirstPlausible).count());
  for (const ZoneChange& change : changes_) {
    if (change.at <= kFirstPlausible) continue;
    rules += fmt::format(" {}:{}", change.at.time_since_epoch().count(), change.offset.count());
  }
  fingerprint_ = stable_hash(rules);
}

const std::shared_ptr<const Zone>& Zone::utc() {
  static const auto utc =
      std::make_shared<const Zone>("UTC", seconds{0}, std::vector<ZoneChange>{});
  return utc;
}

std::size_t Zone::stretch_at(std::chrono::sys_seconds at) const {
  const auto after = std::ranges::upper_bound(changes_, at, {}, &ZoneChange::at);
  return static_cast<std::size_t>(after - changes_.begin());
}

ZoneStretch Zone::stretch(std::size_t index) const {
  return {index == 0 ? kFirstSecond : changes_[index - 1].at,
          index == changes_.size() ? kLastSecond : changes_[index].at,
          index == 0 ? offset_before_ : changes_[index - 1].offset};
}

}  // namespace takt::core
