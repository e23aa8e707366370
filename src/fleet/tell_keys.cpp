// Whom a job tells: names of [notify.NAME].

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "fleet/description.h"
#include "fleet/quote.h"

namespace takt::fleet {
namespace {

using core::Tells;

template <auto Member>
void decode_names(const Item& item, JobDraft& draft, Complaints& complaints) {
  std::vector<core::ContactIndex>& told = draft.tells.*Member;
  told.clear();
  const auto* list = item.node->as_array();
  if (list == nullptr) return complain_type(item, item.shape->expected, complaints);
  for (const toml::node& node : *list) {
    const Item one{"each entry of " + item.label, item.shape, &node, item.key_at,
                   position_of(node)};
    const auto* name = node.as_string();
    if (name == nullptr) {
      complain_type(one, "the name of a contact", complaints);
      continue;
    }
    const auto contact = draft.contacts->find(name->get());
    if (!contact) {
      complaints.error(one.at, fmt::format("there is no contact {}", quote_name(name->get())),
                       draft.contacts->hint_for(name->get()));
    } else if (std::ranges::find(told, *contact) != told.end()) {
      complaints.error(one.at,
                       fmt::format("{} names {} twice", item.label, quote_name(name->get())),
                       "keep one of the two");
    } else {
      told.push_back(*contact);
    }
  }
}

constexpr Shape kNames = shape::custom("list of names", R"(a list of names like ["me"])",
                                       R"({"type": "array", "items": {"$ref": "#/$defs/name"}})");

constexpr std::array<Key<JobDraft>, 2> kTells{{
    {{"on_failure", kNames, "[]",
      "contacts told when its runs fail, when the watchdog finds it stuck or overdue, when it is "
      "quarantined; of a health job also when a probe fails"},
     decode_names<&Tells::on_failure>},
    {{"on_recovery", kNames, "[]", "contacts told when it is well again after that"},
     decode_names<&Tells::on_recovery>},
}};

}  // namespace

Section tell_section() { return section<JobDraft>("Who is told", kTells); }

}  // namespace takt::fleet
