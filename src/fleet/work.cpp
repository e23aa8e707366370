#include "fleet/work.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

#include "fleet/quote.h"

namespace takt::fleet {
namespace {

using core::Builtin;

constexpr std::array<std::string_view, 9> kOfCommands{
    "nice", "user", "cwd", "umask", "env", "env_file", "memory_max", "params", "beat_within"};

void warn_of_command_keys(const std::vector<Entry>& entries, Complaints& complaints) {
  for (const Entry& entry : entries) {
    if (std::ranges::find(kOfCommands, entry.info->name) == kOfCommands.end()) continue;
    complaints.warning(blamed_position(*entry.key, *entry.node),
                       fmt::format("{} changes nothing: it is for commands, and takt does the work "
                                   "of this job itself",
                                   entry.info->name),
                       "leave it out");
  }
}

void check_health(Position header, const JobDraft& draft, Complaints& complaints) {
  if (draft.spec.builtin == Builtin::health) {
    if (draft.has_health) return;
    return complaints.error(header,
                            fmt::format("job {} has no health", quote_name(draft.spec.name)),
                            R"(add health = "NAME", the check that it measures: [health.NAME])");
  }
  const bool is_unknown = draft.has_builtin && draft.spec.builtin == Builtin::none;
  if (draft.health_at && !is_unknown) {
    complaints.error(*draft.health_at,
                     R"(health is what builtin = "health" measures, which this job is not)",
                     "leave it out");
  }
}

/// What records say of a job holds for takt's own work too; all the rest is about a process.
core::Command records_of(core::Command&& command) {
  core::Command records;
  records.log_max_bytes = command.log_max_bytes;
  records.keep_runs = command.keep_runs;
  records.keep_for = command.keep_for;
  return records;
}

}  // namespace

void finish_work(const std::vector<Entry>& entries, Position header, JobDraft& draft,
                 Complaints& complaints) {
  if (!draft.has_work) {
    complaints.error(header, fmt::format("job {} has no run", quote_name(draft.spec.name)),
                     R"(add run = "command" or run = ["program", "argument"])");
  }
  check_health(header, draft, complaints);
  if (draft.spec.builtin != Builtin::health) draft.spec.health = 0;
  if (draft.spec.builtin == Builtin::none) return;
  warn_of_command_keys(entries, complaints);
  draft.command = records_of(std::move(draft.command));
  draft.spec.params.clear();
  draft.spec.beat_within.reset();
}

}  // namespace takt::fleet
