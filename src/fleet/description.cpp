#include "fleet/description.h"

#include <fmt/format.h>

#include <algorithm>

#include "fleet/checks.h"
#include "fleet/contacts.h"
#include "fleet/memory_table.h"
#include "fleet/needs.h"
#include "fleet/param_draft.h"
#include "fleet/pools.h"

namespace takt::fleet {
namespace {

std::vector<TableInfo> make_tables() {
  using enum TableInfo::Place;
  return {
      {"fleet", root, "The fleet as a whole.", &fleet_keys()},
      {"defaults", root, "Any key of a job, for all jobs that do not have it themselves.",
       &job_keys()},
      {"job", family, "A job: what to run, when, and what to do when it goes wrong.", &job_keys()},
      {"needs", nested, "One of the jobs that a job needs.", &need_keys()},
      {"backoff", nested, "Waits between the attempts of a run.", &backoff_keys()},
      {"params", nested, "One parameter of a job; a trigger may set it.", &param_keys(),
       "params.NAME"},
      {"include", root,
       "Further files with jobs: a list of paths and patterns in the fleet file's folder.",
       nullptr},
      {"memory", root, "When memory counts as scarce.", &memory_keys()},
      {"pool", family, "A resource with slots that jobs share.", &pool_keys()},
      {"reserve", nested, "Slots of a pool that are kept for a class and those above it.",
       &reserve_keys()},
      {"health", family, "A health check: probes, each measured, judged and, if need be, mended.",
       &check_keys()},
      {"probe", nested, "One of the probes of a check, in their order.", &probe_keys(),
       "[[health.NAME.probe]]"},
      {"http", nested, "What a probe asks of a server.", &http_keys(), "probe.http"},
      {"pool_probe", nested, "What a probe measures of a pool.", &pool_probe_keys(), "probe.pool"},
      {"otherwise", nested,
       "What is done when a probe fails: one or more of run, sql, command and event.",
       &otherwise_keys(), "probe.otherwise"},
      {"notify", family, "A contact: who is told when jobs name it, and how.", &contact_keys()},
      {"email", nested, "A mail to a contact.", &email_keys(), "notify.NAME.email"},
  };
}

}  // namespace

const std::vector<TableInfo>& tables() {
  static const std::vector<TableInfo> all = make_tables();
  return all;
}

const TableInfo* find_table(std::string_view name) {
  const auto found = std::ranges::find_if(tables(), [&](const TableInfo& table) {
    return table.name == name && table.place != TableInfo::Place::nested;
  });
  return found == tables().end() ? nullptr : &*found;
}

const KeyTable<JobDraft>& job_keys() {
  static const KeyTable<JobDraft> keys{
      {work_section(), schedule_section(), policy_section(), retry_section(), watch_section(),
       resource_section(), process_section(), record_section(), tell_section(), about_section()}};
  return keys;
}

std::string title_of(const TableInfo& table) {
  switch (table.place) {
    case TableInfo::Place::root:
      return table.keys ? fmt::format("[{}]", table.name) : std::string{table.name};
    case TableInfo::Place::family:
      return fmt::format("[{}.NAME]", table.name);
    case TableInfo::Place::nested:
      break;
  }
  return std::string{table.title.empty() ? table.name : table.title};
}

}  // namespace takt::fleet
