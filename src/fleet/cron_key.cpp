#include "fleet/cron_key.h"

#include <fmt/format.h>

#include <utility>

namespace takt::fleet {
namespace {

std::optional<core::CronFields> read_cron(const JobDraft& draft, Complaints& complaints) {
  const CronDraft& cron = draft.cron;
  auto fields =
      core::parse_cron(*cron.text, draft.spec.name, cron.day_mode.value_or(core::DayMode::either));
  if (fields) return *fields;
  const core::CronError& error = fields.error();
  // The text begins after its quotation mark; one that spans lines has no columns to count.
  Position at = cron.at;
  if (cron.text->find('\n') == std::string::npos) at.column += 1 + static_cast<int>(error.offset);
  complaints.error(at, fmt::format("cron {}", error.message), error.hint);
  return std::nullopt;
}

}  // namespace

void finish_cron(JobDraft& draft, Complaints& complaints) {
  CronDraft& cron = draft.cron;
  if (!cron.text) {
    const bool is_unknown = draft.has_schedule && !draft.when;
    if (!cron.belongs_to_cron || is_unknown) return;
    return complaints.error(
        cron.belongs_to_cron->at,
        fmt::format("{} is for cron, which this job does not have", cron.belongs_to_cron->name),
        fmt::format("add cron, or leave {} out", cron.belongs_to_cron->name));
  }
  const auto fields = read_cron(draft, complaints);
  if (!fields) return;
  core::CronRule rule = core::make_cron_rule(*fields, cron.zone, cron.gap, cron.overlap);
  draft.when = core::Cron{draft.wall->share(std::move(rule))};
}

void check_cron_of_defaults(JobDraft& draft, Complaints& complaints) {
  if (!draft.cron.text || read_cron(draft, complaints)) return;
  draft.cron.text.reset();  // has_schedule stays: its absence is no news
}

}  // namespace takt::fleet
