#pragma once
// The description of the fleet file: every table and key that may stand in it, once. The decoder
// looks names up here, `takt schema` and docs/guide/fleet-file.md are written from it.
//
//   tables()  fleet  defaults  job.NAME  needs  backoff  params  memory  pool.NAME  reserve
//             + those that are not supported yet
//     keys    rows in fleet_keys.cpp, schedule_keys.cpp, retry_keys.cpp, ..., each beside its
//     decoder
//
// To turn a key on: give its row a decoder and take `.supported = false` away. Nothing else knows.

#include <string>
#include <string_view>
#include <vector>

#include "fleet/drafts.h"
#include "fleet/key.h"

namespace takt::fleet {

struct MemoryDraft;
struct NeedDraft;
struct ParamDraft;
struct PoolDraft;
struct ReserveDraft;

struct TableInfo {
  enum class Place {
    root,    // [name], or a plain key at the top of the file where `keys` is null
    family,  // [name.NAME], any number of them
    nested   // the value of the key `name` of a job or a pool
  };
  std::string_view name;
  Place place = Place::root;
  std::string_view meaning;
  const KeyNames* keys = nullptr;
  bool supported = true;
};

/// All tables in the order of the reference. Lives as long as the program.
const std::vector<TableInfo>& tables();

/// The table or key at the top of the file with this name; null when there is none.
const TableInfo* find_table(std::string_view name);

/// How the table is written in a file: "[fleet]", "[job.NAME]", or the bare key of a nested one.
std::string title_of(const TableInfo& table);

const KeyTable<FleetDraft>& fleet_keys();
const KeyTable<JobDraft>& job_keys();  // of [defaults] and [job.NAME]
const KeyTable<core::RetryPolicy>& backoff_keys();
const KeyTable<ParamDraft>& param_keys();
const KeyTable<NeedDraft>& need_keys();
const KeyTable<MemoryDraft>& memory_keys();
const KeyTable<PoolDraft>& pool_keys();
const KeyTable<ReserveDraft>& reserve_keys();

// The groups that job_keys() is put together from, each in the file that decodes it.
Section work_section();
Section schedule_section();
Section policy_section();
Section retry_section();
Section watch_section();
Section resource_section();
Section process_section();
Section record_section();
Section about_section();

}  // namespace takt::fleet
