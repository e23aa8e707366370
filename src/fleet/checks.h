#pragma once
// [health.NAME]: checks, each a list of probes with what mends them. One draft a table:
//
//   CheckDraft        [health.NAME]                       check_keys.cpp
//   ProbeDraft        [[health.NAME.probe]]               probe_keys.cpp, condition_keys.cpp
//   HttpDraft         http = { url, status, ... }         measured_keys.cpp
//   PoolProbeDraft    pool = { pool, of }                 measured_keys.cpp
//   OtherwiseDraft    otherwise = { run, sql, ... }       otherwise_keys.cpp

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "core/health.h"
#include "fleet/drafts.h"
#include "fleet/toml.h"

namespace takt::fleet {

struct CheckDraft {
  core::HealthSpec spec;
  CheckPlaces places;
  FleetDraft* fleet = nullptr;   // never null while decoding
  bool has_database = false;     // rightly or wrongly
  bool has_probe = false;        // likewise
  std::vector<Position> sql_at;  // each sql of probes and remedies
};

struct ProbeDraft {
  core::ProbeSpec spec;
  ProbePlaces places;
  CheckDraft* check = nullptr;  // never null while decoding
  std::optional<Position> name_at;
  int measures = 0;    // keys that say what is measured, rightly or wrongly
  int conditions = 0;  // likewise for what it should be
  bool has_name = false;
  bool is_measurable = false;  // spec.of is what the file says
  bool is_judgeable = false;   // spec.condition likewise
  bool limit_is_time = false;  // at_least or at_most is written as a duration
  std::optional<Position> timeout_at;
  std::optional<Position> cooldown_at;
};
inline core::ProbeSpec& part(ProbeDraft& draft, const core::ProbeSpec*) { return draft.spec; }

struct HttpDraft {
  core::HttpProbe probe;
  bool has_url = false;  // rightly or wrongly
  std::optional<Position> json_at;
  std::optional<Position> certificate_at;
};
inline core::HttpProbe& part(HttpDraft& draft, const core::HttpProbe*) { return draft.probe; }

struct PoolProbeDraft {
  core::PoolProbe probe;
  FamilyNames* pools = nullptr;
  bool has_pool = false;  // rightly or wrongly
  bool is_right = true;
};

/// One table of remedies, in the order in which its keys stand in the file.
struct OtherwiseDraft {
  ProbeDraft* probe = nullptr;  // never null while decoding
  std::optional<core::Priority> priority;
  std::vector<JobMention::Param> params;
  std::optional<std::size_t> run;          // place in the probe's remedies
  std::optional<std::size_t> mention;      // place in the fleet's mentions, of run
  int actions = 0;                         // keys that do something, rightly or wrongly
  bool has_run = false;                    // likewise
  std::optional<Position> belongs_to_run;  // the first of priority and params
  std::string first_of_run;                // its name
};

/// All entries of the table `health`, in the order of the file, into the spec; their names too.
void decode_checks(const toml::table& checks, FleetDraft& draft, Complaints& complaints);

/// The list of probes of a check.
void decode_probes(const Item& item, CheckDraft& check, Complaints& complaints);

// What is measured; each notes its place.
void decode_sql(const Item& item, ProbeDraft& draft, Complaints& complaints);
void decode_job(const Item& item, ProbeDraft& draft, Complaints& complaints);
void decode_command(const Item& item, ProbeDraft& draft, Complaints& complaints);
void decode_http(const Item& item, ProbeDraft& draft, Complaints& complaints);
void decode_file(const Item& item, ProbeDraft& draft, Complaints& complaints);
void decode_pool(const Item& item, ProbeDraft& draft, Complaints& complaints);
void decode_memory(const Item& item, ProbeDraft& draft, Complaints& complaints);

// What it should be; each notes its place.
void decode_fresh(const Item& item, ProbeDraft& draft, Complaints& complaints);
void decode_at_least(const Item& item, ProbeDraft& draft, Complaints& complaints);
void decode_at_most(const Item& item, ProbeDraft& draft, Complaints& complaints);
void decode_equals(const Item& item, ProbeDraft& draft, Complaints& complaints);
void decode_succeeds(const Item& item, ProbeDraft& draft, Complaints& complaints);

/// What is wrong with this condition for what is measured, with the reason; empty: nothing.
std::string judge_sense(const ProbeDraft& draft);

/// A table of remedies, or a list of them.
void decode_otherwise(const Item& item, ProbeDraft& draft, Complaints& complaints);

}  // namespace takt::fleet
