#include "fleet/description.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "fleet/memory_table.h"
#include "fleet/needs.h"
#include "fleet/param_draft.h"
#include "fleet/pools.h"

namespace takt::fleet {
namespace {

constexpr bool kNotYet = false;

constexpr std::array<KeyInfo, 7> kNotify{{
    {"webhook", shape::later("URL"), "none", "where to post to", kNotYet},
    {"command", shape::later("list of strings"), "none", "what to start", kNotYet},
    {"email", shape::later("table"), "none", "server and recipient", kNotYet},
    {"secret", shape::later("string"), "none", "HMAC key of the payload", kNotYet},
    {"nag", shape::later("duration"), "6h", "how often to repeat it", kNotYet},
    {"after", shape::later("integer"), "1", "failures in a row before the first", kNotYet},
    {"payload", shape::later("word"), "none", "form of the message", kNotYet},
}};
constexpr std::array<KeyInfo, 3> kHealth{{
    {"database", shape::later("path or URL"), "none", "what the probes measure", kNotYet},
    {"probe", shape::later("list of tables"), "none", "measurements with conditions", kNotYet},
    {"cooldown", shape::later("duration"), "interval", "rest between two remedies", kNotYet},
}};

template <std::size_t N>
KeyNames names_of(const std::array<KeyInfo, N>& rows) {
  Section section{"", {}};
  for (const KeyInfo& row : rows) section.keys.push_back(&row);
  return KeyNames{{section}};
}

std::vector<TableInfo> make_tables() {
  using enum TableInfo::Place;
  static const KeyNames notify = names_of(kNotify);
  static const KeyNames health = names_of(kHealth);
  return {
      {"fleet", root, "The fleet as a whole.", &fleet_keys()},
      {"defaults", root, "Any key of a job, for all jobs that do not have it themselves.",
       &job_keys()},
      {"job", family, "A job: what to run, when, and what to do when it goes wrong.", &job_keys()},
      {"needs", nested, "One of the jobs that a job needs.", &need_keys()},
      {"backoff", nested, "Waits between the attempts of a run.", &backoff_keys()},
      {"params", nested, "One parameter of a job; a trigger may set it.", &param_keys()},
      {"include", root,
       "Further files with jobs: a list of paths and patterns in the fleet file's folder.",
       nullptr},
      {"memory", root, "When memory counts as scarce.", &memory_keys()},
      {"pool", family, "A resource with slots that jobs share.", &pool_keys()},
      {"reserve", nested, "Slots of a pool that are kept for a class and those above it.",
       &reserve_keys()},
      {"notify", family, "Who is told when a job fails.", &notify, kNotYet},
      {"health", family, "Measurements with remedies.", &health, kNotYet},
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
  static const KeyTable<JobDraft> keys{{work_section(), schedule_section(), policy_section(),
                                        retry_section(), watch_section(), resource_section(),
                                        process_section(), record_section(), about_section()}};
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
  return table.name == "params" ? "params.NAME" : std::string{table.name};
}

}  // namespace takt::fleet
