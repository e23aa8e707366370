#include "store/compaction.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "base/match.h"

namespace takt::store {
namespace {

/// Which row of its kind it replaces; nullopt: none (slots keep the disposition they got first).
std::optional<std::string> key_of(const core::Row& row) {
  return std::visit(
      Match{[](const core::NodeRow& r) { return std::optional{"N" + r.node.value}; },
            [](const core::JobRow& r) { return std::optional{"J" + r.job}; },
            [](const core::HeartbeatRow& r) { return std::optional{"H" + r.job}; },
            [](const core::RunRow& r) { return std::optional{"R" + std::to_string(r.run.value)}; },
            [](const core::AttemptRow& r) {
              return std::optional{"A" + std::to_string(r.token.value)};
            },
            [](const core::EventRow& r) { return std::optional{"E" + std::to_string(r.id.value)}; },
            [](const core::ProbeRow& r) { return std::optional{"P" + r.health + "/" + r.probe}; },
            [](const core::NoticeRow& r) {
              return std::optional{"C" + std::to_string(r.notice.value)};
            },
            [](const core::SlotsRow&) { return std::optional<std::string>{}; }},
      row);
}

}  // namespace

void compact(std::vector<core::Batch>& batches, std::size_t first) {
  if (batches.size() < first + 2) return;
  core::Batch whole;
  whole.seq = batches.back().seq;
  whole.fleet = batches.back().fleet;
  std::set<std::string> seen;
  while (batches.size() > first) {
    core::Batch& batch = batches.back();
    whole.synced |= batch.synced;
    for (auto row = batch.rows.rbegin(); row != batch.rows.rend(); ++row) {
      const auto key = key_of(*row);
      if (!key || seen.insert(*key).second) whole.rows.push_back(std::move(*row));
    }
    batches.pop_back();
  }
  std::ranges::reverse(whole.rows);
  batches.push_back(std::move(whole));
}

}  // namespace takt::store
