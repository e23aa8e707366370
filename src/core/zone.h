#pragma once
// Zone: the rules of one time zone as a plain value: which offset from UTC held, holds and will hold
// when. Made outside core from the zone file (fleet/zone_file.h) and shared by all jobs of a load.
//
//   offset_before        changes[0]           changes[1]           changes[n-1]
//   ─────────────────────┤ offset             ┤ offset             ┤ offset for ever
//
// A stretch is the time between two changes: within one, wall time and UTC run alike, which is what
// all arithmetic of wall-clock schedules rests on (core/cron_slots.h).

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

namespace takt::core {

struct ZoneChange {
  std::chrono::sys_seconds at;
  std::chrono::seconds offset;  // local - UTC, from `at` on
  friend bool operator==(const ZoneChange&, const ZoneChange&) = default;
};

/// The time in which one offset holds: [begin, end), open at both ends of time.
struct ZoneStretch {
  std::chrono::sys_seconds begin;
  std::chrono::sys_seconds end;
  std::chrono::seconds offset;
};

class Zone {
 public:
  /// `changes` in order of time; those that leave the offset as it is are dropped.
  Zone(std::string name, std::chrono::seconds offset_before, std::vector<ZoneChange> changes);

  /// The zone without changes that needs no file.
  static const std::shared_ptr<const Zone>& utc();

  const std::string& name() const { return name_; }
  const std::vector<ZoneChange>& changes() const { return changes_; }

  /// Stretches are numbered from 0; there is one more than there are changes.
  std::size_t stretch_at(std::chrono::sys_seconds at) const;
  std::size_t last_stretch() const { return changes_.size(); }
  ZoneStretch stretch(std::size_t index) const;

  std::chrono::seconds offset_at(std::chrono::sys_seconds at) const {
    return stretch(stretch_at(at)).offset;
  }

  /// A hash of the rules that matter to slots: those from kFirstPlausible on. Two
  /// zones with the same one give the same slots, whatever their names and their past.
  std::uint64_t fingerprint() const { return fingerprint_; }

 private:
  std::string name_;
  std::chrono::seconds offset_before_;
  std::vector<ZoneChange> changes_;
  std::uint64_t fingerprint_ = 0;
};

/// No schedule looks beyond these: the ends of four-digit years.
inline constexpr std::chrono::sys_seconds kFirstSecond =
    std::chrono::sys_days{std::chrono::year{1} / 1 / 1};
inline constexpr std::chrono::sys_seconds kLastSecond =
    std::chrono::sys_days{std::chrono::year{9999} / 1 / 1};

/// Before this the clock has not been set: no machine that runs takt was built then, and it is where
/// clocks without a battery begin.
inline constexpr std::chrono::sys_seconds kFirstPlausible =
    std::chrono::sys_days{std::chrono::year{2020} / 1 / 1};

}  // namespace takt::core
