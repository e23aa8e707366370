#include "sim/checker_pools.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace takt::sim {
namespace {

constexpr std::string_view kLaw = "S13";

}  // namespace

int PoolCheck::held(core::PoolIndex pool, std::size_t as_class, Token through) const {
  int units = 0;
  for (const auto& [token, lease] : book_.leases) {
    if (token > through) break;
    for (const core::Use& use : *lease.units) {
      const bool counts = use.pool == pool && static_cast<std::size_t>(lease.priority) >= as_class;
      units += counts ? use.weight : 0;
    }
  }
  return units;
}

void PoolCheck::turn(const core::Batch& batch, const ToldFacts& told) {
  const auto& started = book_.turn().started;
  for (const core::Row& any : batch.rows) {
    const auto* row = std::get_if<core::AttemptRow>(&any);
    if (row == nullptr || row->outcome || std::ranges::count(started, row->token) == 0) continue;
    const auto lease = book_.leases.find(row->token);
    if (lease == book_.leases.end()) continue;
    check_lease(*row, lease->second);
    check_memory(*row, lease->second, told);
  }
  check_skip(batch, told);
}

void PoolCheck::check_lease(const core::AttemptRow& row, const BookLease& lease) {
  const auto& pools = book_.pools();
  const core::Uses& uses = *context_.spec(lease.job).uses;
  if (*lease.units != uses) {
    context_.violation(kLaw, fmt::format("{}: run {} holds units of {} pools, its job uses {}",
                                         row.job, row.run.value, lease.units->size(), uses.size()));
  }
  const BookRun* run = book_.find(row.run);
  const bool is_rescue =
      run != nullptr && (run->cause == core::Cause::recovery || run->cause == core::Cause::health);
  const core::Priority own = is_rescue ? lease.priority : context_.spec(lease.job).priority;
  for (const core::Use& use : *lease.units) {
    const core::PoolSpec& pool = pools[use.pool];
    int limit = pool.slots;
    for (std::size_t as_class = 0; as_class <= static_cast<std::size_t>(own); ++as_class) {
      const int units = held(use.pool, as_class, row.token);
      if (units > std::max(limit, 0)) {
        context_.violation(
            kLaw, fmt::format("{}: with run {} classes from P{} down hold {} of pool {}, {} are "
                              "theirs",
                              row.job, row.run.value, as_class, units, pool.name, limit));
        break;
      }
      limit -= pool.reserve[as_class];
    }
  }
}

void PoolCheck::check_memory(const core::AttemptRow& row, const BookLease& lease,
                             const ToldFacts& told) {
  const core::JobSpec& spec = context_.spec(lease.job);
  const BookRun* run = book_.find(row.run);
  const bool may_start = spec.starts_without_memory() || (run != nullptr && run->forced);
  if (told.is_critical() && !may_start) {
    context_.violation(
        kLaw, fmt::format("{}: run {} starts while memory is critical", row.job, row.run.value));
  }
  if (told.reading.total_bytes <= 0) return;
  const double used = static_cast<double>(told.reading.total_bytes - told.reading.available_bytes) /
                      static_cast<double>(told.reading.total_bytes);
  if (row.memory_used_ratio && std::abs(*row.memory_used_ratio - used) < 1e-9) return;
  context_.violation(kLaw, fmt::format("{}: run {} starts without the reading told last ({:.3f})",
                                       row.job, row.run.value, used));
}

void PoolCheck::check_skip(const core::Batch& batch, const ToldFacts& told) {
  if (told.is_critical() && !told.cleaning) return;
  const auto complain = [&](const std::string& job) {
    context_.violation(kLaw,
                       fmt::format("{}: a run is skipped for memory that {}", job,
                                   told.is_critical() ? "is being cleaned up" : "is not critical"));
  };
  for (const core::Row& any : batch.rows) {
    const auto is_skip = [](const auto& row) {
      return row.disposition == core::Disposition::skipped && row.reason == core::Reason::memory;
    };
    if (const auto* run = std::get_if<core::RunRow>(&any); run && is_skip(*run)) complain(run->job);
    const auto* slots = std::get_if<core::SlotsRow>(&any);
    if (slots != nullptr && is_skip(*slots)) complain(slots->job);
  }
}

void PoolCheck::tree_started(Token started) {
  const auto own = book_.leases.find(started);
  if (own == book_.leases.end()) return;
  for (std::size_t nth = 0; nth < own->second.units->size(); ++nth) {
    const core::PoolIndex pool = (*own->second.units)[nth].pool;
    int units = 0;
    for (const auto& [token, held] : living_) {
      const auto use = std::ranges::find(*held, pool, &core::Use::pool);
      units += use != held->end() ? use->weight : 0;
    }
    units += (*own->second.units)[nth].weight;
    const int slots = std::max(own->second.slots_then[nth], book_.pools()[pool].slots);
    if (units <= slots) continue;
    context_.violation(
        kLaw, fmt::format("{}: trees that live hold {} of the {} units of pool {}",
                          context_.name(own->second.job), units, slots, book_.pools()[pool].name));
  }
  living_[started] = own->second.units;
}

}  // namespace takt::sim
