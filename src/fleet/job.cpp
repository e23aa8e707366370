#include "fleet/job.h"

#include <fmt/format.h>

#include <algorithm>
#include <memory>
#include <utility>

#include "base/match.h"
#include "fleet/cron_key.h"
#include "fleet/description.h"
#include "fleet/members.h"
#include "fleet/quote.h"
#include "fleet/table_keys.h"
#include "fleet/work.h"

namespace takt::fleet {
namespace {

constexpr int kRetriesOfCritical = 3;

bool has_choice(const std::vector<Entry>& entries, Choice choice) {
  return std::ranges::any_of(entries, [&](const Entry& e) { return e.info->choice == choice; });
}

/// A schedule or a work of the job's own takes the place of the defaults' as a whole.
void make_room(const std::vector<Entry>& entries, JobDraft& draft) {
  if (has_choice(entries, Choice::schedule)) {
    draft.when.reset();
    draft.cron.text.reset();
    draft.has_schedule = true;
  }
  if (has_choice(entries, Choice::work)) {
    draft.command.argv.clear();
    draft.spec.builtin = core::Builtin::none;
    draft.has_builtin = false;
    draft.has_work = true;
  }
}

/// Puts the offset into the schedule. One from [defaults] is for those jobs that have an `every`;
/// one of the job itself without `every` is a mistake, unless the schedule is wrong anyway.
void finish_schedule(JobDraft& draft, Complaints& complaints) {
  finish_cron(draft, complaints);
  const bool is_unknown = draft.has_schedule && !draft.when;
  draft.spec.schedule = draft.when.value_or(core::Manual{});
  const bool takes_offset = std::visit(
      Match{[](const core::Manual&) { return false; }, [](const core::After&) { return false; },
            [](const core::Cron&) { return false; }, [](const core::At&) { return false; },
            [&](core::Every& every) {
              every.offset = draft.offset;
              return true;
            },
            [&](core::EveryBetween& every) {
              every.offset = draft.offset;
              return true;
            }},
      draft.spec.schedule);
  if (!takes_offset && !is_unknown && draft.offset_at) {
    complaints.error(*draft.offset_at, "offset is the phase of every, which this job does not have",
                     "add every, or leave offset out");
  }
}

void finish_retries(JobDraft& draft, Complaints& complaints) {
  core::RetryPolicy& retry = draft.spec.retry;
  retry.retries = draft.retries.value_or(draft.spec.critical ? kRetriesOfCritical : 0);
  if (draft.backoff_at && retry.first > retry.max) {
    complaints.warning(
        *draft.backoff_at,
        fmt::format("backoff.first ({}) is longer than backoff.max ({}), so every wait is {}",
                    format_duration(retry.first), format_duration(retry.max),
                    format_duration(retry.max)),
        "raise max as well");
  }
}

core::JobSpec finish(const std::vector<Entry>& entries, Position header, JobDraft&& draft,
                     Complaints& complaints) {
  finish_work(entries, header, draft, complaints);
  finish_schedule(draft, complaints);
  finish_retries(draft, complaints);
  if (draft.command.cwd.empty()) draft.command.cwd = draft.folder;
  draft.spec.tells = draft.shared->tells.share(std::move(draft.tells));
  draft.spec.command = draft.shared->commands.share(std::move(draft.command));
  return std::move(draft.spec);
}

core::JobSpec decode_job(const Member& job, const JobDraft& defaults, Positions& where,
                         Complaints& complaints) {
  JobDraft draft = defaults;
  draft.spec.name = job.key->str();
  where.add_job(job.at);
  const auto* table = table_of(job, "job", "job", complaints);
  if (table == nullptr) return std::move(draft.spec);
  const auto entries = match_keys(*table, job_keys(), header_of(job, "job"), complaints);
  make_room(entries, draft);
  decode_entries(entries, job_keys(), "", draft, complaints);
  for (const Entry& entry : entries) where.add_value(entry.index, position_of(*entry.node));
  if (draft.needs_at) where.add_needs(*draft.needs_at);
  return finish(entries, job.at, std::move(draft), complaints);
}

}  // namespace

JobDraft empty_job_draft(FleetDraft& fleet) {
  JobDraft draft;
  draft.folder = fleet.folder;
  draft.wall = fleet.wall;
  draft.pools = &fleet.pools;
  draft.checks = &fleet.checks;
  draft.contacts = &fleet.contacts;
  draft.cron.zone = fleet.zone;
  return draft;
}

void decode_defaults(const toml::table& table, JobDraft& draft, Positions& where,
                     Complaints& complaints) {
  const auto entries = match_keys(table, job_keys(), "[defaults]", complaints);
  make_room(entries, draft);
  decode_entries(entries, job_keys(), "", draft, complaints);
  check_cron_of_defaults(draft, complaints);
  for (const Entry& entry : entries) where.add_default(entry.index, position_of(*entry.node));
  if (draft.needs_at) where.add_default_needs(*std::exchange(draft.needs_at, std::nullopt));
  // Said once here, if at all; a job speaks only of its own.
  if (draft.backoff_at) {
    JobDraft alone = draft;
    finish_retries(alone, complaints);
  }
  draft.offset_at.reset();
  draft.health_at.reset();
  draft.cron.belongs_to_cron.reset();
  draft.backoff_at.reset();
}

std::vector<core::JobSpec> decode_jobs(const toml::table& jobs, const JobDraft& defaults,
                                       Positions& where, Complaints& complaints) {
  std::vector<core::JobSpec> specs;
  specs.reserve(jobs.size());
  for (const Member& job : in_file_order(jobs)) {
    specs.push_back(decode_job(job, defaults, where, complaints));
  }
  return specs;
}

}  // namespace takt::fleet
