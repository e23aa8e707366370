// One need after another: which job, how fresh, how long to wait, and what then.

#include <fmt/format.h>

#include <array>
#include <unordered_set>
#include <utility>

#include "fleet/description.h"
#include "fleet/needs.h"
#include "fleet/quote.h"
#include "fleet/table_keys.h"

namespace takt::fleet {
namespace {

using core::Need;

void decode_job_name(const Item& item, NeedDraft& draft, Complaints& complaints) {
  draft.has_job = true;
  const auto* name = item.node->as_string();
  if (name == nullptr) return complain_type(item, "the name of a job", complaints);
  draft.need.job = name->get();
  draft.job_at = item.at;
}

constexpr std::array<Key<NeedDraft>, 4> kNeed{{
    {{"job", shape::custom("name", "the name of a job", R"({"$ref": "#/$defs/name"})"), "required",
      "the other job; never in a circle"},
     decode_job_name},
    {{"fresh", shape::kPositiveDuration, "none",
      "its last success ended at most this long ago; without it: after the last success of this "
      "job started"},
     store_duration<&Need::fresh>},
    {{"wait", shape::kDuration, "10m", "how long a run waits for it, counted once, from queueing"},
     store_duration<&Need::wait>},
    {{"on_timeout", shape::word<core::OnTimeout>(), "skip",
      "when it is not in time, failed or cannot come: skip the slot, or run all the same"},
     store_word<&Need::on_timeout>},
}};

/// The need that an entry of the list says; nullopt when it has no job that could be named.
std::optional<NeedDraft> decode_need(const Item& entry, Complaints& complaints) {
  if (!entry.node->is_table()) {
    complain_type(entry, R"(a table like { job = "other" })", complaints);
    return std::nullopt;
  }
  NeedDraft draft;
  const auto entries = match_keys(*entry.node->as_table(), need_keys(), "needs", complaints);
  decode_entries(entries, need_keys(), "needs.", draft, complaints);
  if (!draft.has_job) {
    complaints.error(entry.at, "an entry of needs names no job", R"(add job = "NAME")");
  }
  if (!draft.job_at) return std::nullopt;
  return draft;
}

}  // namespace

void decode_needs(const Item& item, JobDraft& draft, Complaints& complaints) {
  const auto* list = item.node->as_array();
  draft.needs_at.emplace();
  draft.spec.needs = {};
  if (list == nullptr) return complain_type(item, item.shape->expected, complaints);
  core::Needs needs;
  std::unordered_set<std::string> named;
  for (const toml::node& node : *list) {
    const Item entry{"each entry of needs", item.shape, &node, item.key_at, position_of(node)};
    auto one = decode_need(entry, complaints);
    if (!one) continue;
    if (!named.insert(one->need.job).second) {
      complaints.error(*one->job_at,
                       fmt::format("needs names the job {} twice", quote_name(one->need.job)),
                       "keep one of the two");
      continue;
    }
    needs.push_back(std::move(one->need));
    draft.needs_at->push_back(*one->job_at);
  }
  draft.spec.needs = draft.shared->needs.share(std::move(needs));
}

const KeyTable<NeedDraft>& need_keys() {
  static const KeyTable<NeedDraft> keys{{section<NeedDraft>("", kNeed)}};
  return keys;
}

}  // namespace takt::fleet
