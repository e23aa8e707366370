// Further attempts of a run: how many, after what waits, after which ends.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "fleet/description.h"
#include "fleet/quote.h"
#include "fleet/table_keys.h"

namespace takt::fleet {
namespace {

using core::Outcome;
using core::RetryPolicy;

constexpr std::array<std::string_view, 4> kRetried{"failed", "timeout", "oom", "spawn_failed"};

/// Why an outcome is never retried on; empty for words that are no outcome at all.
std::string_view why_not(std::string_view outcome) {
  if (outcome == "ok") return "it is no failure";
  if (outcome == "hung") return "a hang is answered by a recovery run";
  if (outcome == "lost" || outcome == "browser_lost") return "it has a budget of its own";
  if (outcome == "cancelled") return "somebody wanted it to end";
  return "";
}

void decode_retries(const Item& item, JobDraft& draft, Complaints& complaints) {
  if (const auto count = read_integer(item, complaints)) draft.retries = static_cast<int>(*count);
}

void decode_backoff(const Item& item, JobDraft& draft, Complaints& complaints) {
  RetryPolicy waits;
  decode_nested(item, backoff_keys(), waits, complaints);
  draft.backoff_at = item.key_at;
  draft.spec.retry.first = waits.first;
  draft.spec.retry.factor = waits.factor;
  draft.spec.retry.max = waits.max;
  draft.spec.retry.jitter = waits.jitter;
}

void retry_on_code(const Item& item, std::int64_t code, RetryPolicy& retry,
                   Complaints& complaints) {
  if (code < 1 || code > 255) {
    return complaints.error(
        item.at, fmt::format("an exit code in retry_on must be between 1 and 255, not {}", code));
  }
  retry.on_exit_codes.push_back(static_cast<int>(code));
}

void retry_on_outcome(const Item& item, const std::string& text, RetryPolicy& retry,
                      Complaints& complaints) {
  if (std::ranges::find(kRetried, text) != kRetried.end()) {
    return retry.on.push_back(*from_word<Outcome>(text));
  }
  if (const auto reason = why_not(text); !reason.empty()) {
    return complaints.error(item.at, fmt::format("{} cannot be retried on: {}", text, reason));
  }
  complaints.error(item.at,
                   fmt::format("retry_on takes {} and exit codes, not {}", list_words(kRetried),
                               quote_value(text)),
                   did_you_mean(text, kRetried));
}

void decode_retry_on(const Item& item, JobDraft& draft, Complaints& complaints) {
  const auto* list = item.node->as_array();
  if (list == nullptr) return complain_type(item, item.shape->expected, complaints);
  draft.spec.retry.on.clear();
  draft.spec.retry.on_exit_codes.clear();
  for (const toml::node& node : *list) {
    const Item one{"an entry of retry_on", item.shape, &node, item.key_at, position_of(node)};
    if (const auto* code = node.as_integer()) {
      retry_on_code(one, code->get(), draft.spec.retry, complaints);
    } else if (const auto* text = node.as_string()) {
      retry_on_outcome(one, text->get(), draft.spec.retry, complaints);
    } else {
      complain_type(one, "an outcome or an exit code", complaints);
    }
  }
}

constexpr auto kRetryOnSchema =
    R"({"type": "array", "items": {"anyOf": [{"enum": ["failed", "timeout", "oom", "spawn_failed"]},
        {"type": "integer", "minimum": 1, "maximum": 255}]}})";

constexpr std::array<Key<JobDraft>, 3> kRetry{{
    {{"retries", shape::integer(0, 1000), "0",
      "further attempts after a failed one; 3 if critical"},
     decode_retries},
    {{"backoff",
      shape::custom("table", R"(a table like { first = "2s", max = "30s" })",
                    R"({"$ref": "#/$defs/backoff"})"),
      "{}", "waits between the attempts"},
     decode_backoff},
    {{"retry_on",
      shape::custom("list of outcomes and exit codes", R"(a list like ["failed", 75])",
                    kRetryOnSchema),
      R"(["failed", "timeout", "oom", "spawn_failed"])", "ends that are followed by a retry"},
     decode_retry_on},
}};

constexpr std::array<Key<RetryPolicy>, 4> kBackoff{{
    {{"first", shape::kDuration, "2s", "wait before the second attempt"},
     store_duration<&RetryPolicy::first>},
    {{"factor", shape::number(1, 1000), "2", "each wait is this many times the one before"},
     store_number<&RetryPolicy::factor>},
    {{"max", shape::kDuration, "30s", "no wait is longer"}, store_duration<&RetryPolicy::max>},
    {{"jitter", shape::number(0, 1), "0", "spread of the waits, as a part of them"},
     store_number<&RetryPolicy::jitter>},
}};

}  // namespace

Section retry_section() { return section<JobDraft>("Retries", kRetry); }

const KeyTable<RetryPolicy>& backoff_keys() {
  static const KeyTable<RetryPolicy> keys{{section<RetryPolicy>("", kBackoff)}};
  return keys;
}

}  // namespace takt::fleet
