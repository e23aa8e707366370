#pragma once
// The description of the fleet file: every table and key that may stand in it, once. The decoder
// looks names up here, `takt schema` and docs/guide/fleet-file.md are written from it.
//
//   tables()  fleet  defaults  job.NAME  needs  backoff  params  memory  pool.NAME  reserve
//             health.NAME  probe  http  pool_probe  otherwise  notify.NAME  email
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

struct CheckDraft;
struct ContactDraft;
struct EmailDraft;
struct HttpDraft;
struct MemoryDraft;
struct NeedDraft;
struct OtherwiseDraft;
struct ParamDraft;
struct PoolDraft;
struct PoolProbeDraft;
struct ProbeDraft;
struct ReserveDraft;

struct TableInfo {
  enum class Place {
    root,    // [name], or a plain key at the top of the file where `keys` is null
    family,  // [name.NAME], any number of them
    nested   // the value of a key of another table, or an entry of it
  };
  std::string_view name;
  Place place = Place::root;
  std::string_view meaning;
  const KeyNames* keys = nullptr;
  std::string_view title = {};  // of a nested one that is not called by its name
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
const KeyTable<CheckDraft>& check_keys();
const KeyTable<ProbeDraft>& probe_keys();
const KeyTable<HttpDraft>& http_keys();
const KeyTable<PoolProbeDraft>& pool_probe_keys();
const KeyTable<OtherwiseDraft>& otherwise_keys();
const KeyTable<ContactDraft>& contact_keys();
const KeyTable<EmailDraft>& email_keys();

// The groups that job_keys() is put together from, each in the file that decodes it.
Section work_section();
Section schedule_section();
Section policy_section();
Section retry_section();
Section watch_section();
Section resource_section();
Section process_section();
Section record_section();
Section tell_section();
Section about_section();

}  // namespace takt::fleet
