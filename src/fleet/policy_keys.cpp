// How a job behaves among others, and what it is called by people: priority, overlap, delivery,
// tags.

#include <fmt/format.h>

#include <array>

#include "base/unicode.h"
#include "fleet/description.h"
#include "fleet/params.h"
#include "fleet/quote.h"

namespace takt::fleet {
namespace {

using core::JobSpec;

constexpr std::size_t kTagColumnsMax = 64;
constexpr std::size_t kDocBytesMax = 16 * 1024;

/// Offset of the first character that no terminal should see; line breaks and tabs are fine.
bool has_control_characters(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const CodePoint point = code_point_at(text, at);
    const bool is_layout = point.value == '\n' || point.value == '\t' || point.value == '\r';
    if (!point.valid || (drives_a_terminal(point.value) && !is_layout)) return true;
    at += point.bytes;
  }
  return false;
}

void decode_tags(const Item& item, JobDraft& draft, Complaints& complaints) {
  const auto* list = item.node->as_array();
  if (list == nullptr) return complain_type(item, item.shape->expected, complaints);
  draft.spec.tags.clear();
  for (const toml::node& node : *list) {
    const Item tag{"a tag", &shape::kText, &node, item.key_at, position_of(node)};
    const auto text = read_text(tag, complaints);
    if (!text) continue;
    if (count_columns(*text) > kTagColumnsMax || has_control_characters(*text) ||
        text->find_first_of("\n\r\t") != std::string::npos) {
      complaints.error(tag.at, fmt::format("the tag {} is no plain word of at most {} characters",
                                           quote_value(*text), kTagColumnsMax));
      continue;
    }
    draft.spec.tags.push_back(*text);
  }
}

void decode_doc(const Item& item, JobDraft& draft, Complaints& complaints) {
  const auto* text = item.node->as_string();
  if (text == nullptr) return complain_type(item, item.shape->expected, complaints);
  if (text->get().size() > kDocBytesMax) {
    return complaints.error(item.at, fmt::format("doc is longer than {} bytes", kDocBytesMax));
  }
  if (has_control_characters(text->get())) {
    return complaints.error(
        item.at, fmt::format("doc {} has control characters in it", quote_value(text->get())));
  }
  draft.spec.doc = text->get();
}

constexpr std::array<Key<JobDraft>, 6> kPolicy{{
    {{"priority", shape::word<core::Priority>(), "P2", "P0 is immediate, P3 background"},
     store_word<&JobSpec::priority>},
    {{"critical", shape::kBoolean, "false", "3 retries unless told otherwise"},
     store_boolean<&JobSpec::critical>},
    {{"enabled", shape::kBoolean, "true", "a disabled job keeps its history and does not run"},
     store_boolean<&JobSpec::enabled>},
    {{"overlap", shape::word<core::Overlap>(), "skip",
      "a slot that comes while a run is under way: skip it, queue one, replace the run, allow "
      "both"},
     store_word<&JobSpec::overlap>},
    {{"delivery", shape::word<core::Delivery>(), "at_least_once",
      "at_most_once: on the disk before the launch, never continued after a shutdown"},
     store_word<&JobSpec::delivery>},
    {{"quarantine_after", shape::integer(1, 1'000'000), "none",
      "consecutive failed runs after which the job is locked up until resumed"},
     store_integer<&JobSpec::quarantine_after>},
}};

constexpr std::array<Key<JobDraft>, 3> kAbout{{
    {{"params",
      shape::custom("table of tables", R"(a table like { n = { type = "int", default = 3 } })",
                    R"({"type": "object", "propertyNames": {"pattern": "^[a-z][a-z0-9_]{0,63}$"},
                        "additionalProperties": {"$ref": "#/$defs/params"}})"),
      "{}", "typed values that a trigger may set; they arrive as TAKT_PARAM_NAME"},
     decode_params},
    {{"tags",
      shape::custom("list of strings", "a list of strings",
                    R"({"type": "array", "items": {"type": "string", "minLength": 1}})"),
      "[]", "words to find the job by"},
     decode_tags},
    {{"doc", shape::custom("string", "a string", R"({"type": "string"})"), "\"\"",
      "what the job is for"},
     decode_doc},
}};

}  // namespace

Section policy_section() { return section<JobDraft>("Policy", kPolicy); }
Section about_section() { return section<JobDraft>("About", kAbout); }

}  // namespace takt::fleet
