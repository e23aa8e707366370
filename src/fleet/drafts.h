#pragma once
// Drafts: what a table has said so far, while its keys are still being decoded in any order. A
// job's draft begins as a copy of the draft of [defaults], so that a job's own key wins. Readers
// store into drafts; job.cpp makes a finished JobSpec of one.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "core/spec.h"
#include "fleet/complaints.h"
#include "fleet/family_names.h"
#include "fleet/job_mentions.h"
#include "fleet/key.h"
#include "fleet/outside_places.h"
#include "fleet/position.h"
#include "fleet/read.h"
#include "fleet/recent_values.h"
#include "fleet/wall_parts.h"

namespace takt::fleet {

inline constexpr std::string_view kNoPools = "add a table like [pool.NAME] with its slots";
inline constexpr std::string_view kNoChecks = "add a table like [health.NAME] with its probes";
inline constexpr std::string_view kNoContacts = "add a table like [notify.NAME] with its webhook";

struct FleetDraft {
  core::FleetSpec spec;
  std::string folder;         // of the fleet file, absolute
  WallParts* wall = nullptr;  // of this load; never null while decoding
  std::shared_ptr<const core::Zone> zone = core::Zone::utc();
  Position cleanup_at;  // of the value; line 0: the fleet has none
  // Names in this file, also of tables with mistakes.
  FamilyNames pools{{}, kNoPools};
  FamilyNames checks{{}, kNoChecks};
  FamilyNames contacts{{}, kNoContacts};
  std::vector<JobMention> mentions;  // by checks
  std::vector<CheckPlaces> check_places;
  std::vector<ContactPlaces> contact_places;
};

/// What a job says about cron, put together when all keys are known: H needs the name, the zone may
/// be the fleet's.
struct CronDraft {
  std::optional<std::string> text;
  Position at;  // of the text's value
  std::shared_ptr<const core::Zone> zone;
  std::optional<core::DstGap> gap;
  std::optional<core::DstOverlap> overlap;
  std::optional<core::DayMode> day_mode;
  /// The first of the job's own keys that only cron reads.
  struct Key {
    std::string name;
    Position at;
  };
  std::optional<Key> belongs_to_cron;
};

/// What equal jobs of a fleet have in common; one for all of them.
struct SharedParts {
  RecentValues<std::shared_ptr<const core::Command>> commands;
  RecentValues<core::SharedValue<core::Needs>> needs;
  RecentValues<core::SharedValue<core::Uses>> uses;
  RecentValues<core::SharedValue<core::Tells>> tells;
};

struct JobDraft {
  core::JobSpec spec;
  core::Command command;
  std::shared_ptr<SharedParts> shared = std::make_shared<SharedParts>();
  std::string folder;

  WallParts* wall = nullptr;  // as in FleetDraft
  FamilyNames* pools = nullptr;
  FamilyNames* checks = nullptr;
  FamilyNames* contacts = nullptr;

  std::optional<core::Schedule> when;  // from every, after or at, without its offset
  CronDraft cron;
  std::optional<Duration> offset;     // none: "auto"
  std::optional<Position> offset_at;  // of the job's own offset, not that of [defaults]
  core::Tells tells;
  std::optional<Position> health_at;  // of the job's own health, not that of [defaults]
  std::optional<int> retries;         // none: 3 for critical jobs, else 0
  std::optional<Position> backoff_at;
  /// Of each need, in order; none: the job itself has no key of this name.
  std::optional<std::vector<Position>> needs_at;

  // True when the table has the key, rightly or wrongly: nothing more is said about its absence.
  bool has_schedule = false;
  bool has_work = false;
  bool has_builtin = false;
  bool has_health = false;
};

/// The part of a draft that a member pointer belongs to.
inline core::FleetSpec& part(FleetDraft& draft, const core::FleetSpec*) { return draft.spec; }
inline core::JobSpec& part(JobDraft& draft, const core::JobSpec*) { return draft.spec; }
inline core::Command& part(JobDraft& draft, const core::Command*) { return draft.command; }
inline core::RetryPolicy& part(core::RetryPolicy& draft, const core::RetryPolicy*) { return draft; }

/// The field `Member` of a draft.
template <class Draft, class Owner, class Field>
Field& field(Draft& draft, Field Owner::* member) {
  return part(draft, static_cast<const Owner*>(nullptr)).*member;
}

// Decoders of plain fields, for the rows of the description.

template <auto Member, class Draft>
void store_duration(const Item& item, Draft& draft, Complaints& complaints) {
  if (const auto value = read_duration(item, complaints)) field(draft, Member) = *value;
}

template <auto Member, class Draft>
void store_size(const Item& item, Draft& draft, Complaints& complaints) {
  if (const auto value = read_size(item, complaints)) {
    auto& target = field(draft, Member);
    target = static_cast<std::remove_reference_t<decltype(target)>>(*value);
  }
}

template <auto Member, class Draft>
void store_integer(const Item& item, Draft& draft, Complaints& complaints) {
  if (const auto value = read_integer(item, complaints)) {
    field(draft, Member) = static_cast<int>(*value);
  }
}

template <auto Member, class Draft>
void store_number(const Item& item, Draft& draft, Complaints& complaints) {
  if (const auto value = read_number(item, complaints)) field(draft, Member) = *value;
}

template <auto Member, class Draft>
void store_boolean(const Item& item, Draft& draft, Complaints& complaints) {
  if (const auto value = read_boolean(item, complaints)) field(draft, Member) = *value;
}

template <auto Member, class Draft>
void store_path(const Item& item, Draft& draft, Complaints& complaints) {
  if (const auto value = read_path(item, complaints)) {
    field(draft, Member) = absolute_path(draft.folder, *value);
  }
}

template <auto Member, class Draft>
void store_word(const Item& item, Draft& draft, Complaints& complaints) {
  if (const auto index = read_word(item, complaints)) {
    auto& target = field(draft, Member);
    target = static_cast<std::remove_reference_t<decltype(target)>>(*index);
  }
}

}  // namespace takt::fleet
