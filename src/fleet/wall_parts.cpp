#include "fleet/wall_parts.h"

#include <utility>

namespace takt::fleet {
namespace {

/// Jobs with H have a rule each: they must not fill the table.
constexpr std::size_t kRulesMax = 4096;

}  // namespace

std::shared_ptr<const core::CronRule> WallParts::share(core::CronRule rule) {
  if (rules_.size() >= kRulesMax) rules_.clear();
  auto& known = rules_[rule.zone->name() + ' ' + core::cron_rule_fingerprint(rule)];
  if (!known || known->zone != rule.zone) {
    known = std::make_shared<const core::CronRule>(std::move(rule));
  }
  return known;
}

}  // namespace takt::fleet
