// What a probe's measurement should be, and whether that can be said of it at all.

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/match.h"
#include "fleet/checks.h"
#include "fleet/quote.h"

namespace takt::fleet {
namespace {

using core::Condition;

void note_place(const Item& item, ProbeDraft& draft) {
  ++draft.conditions;
  draft.places.condition = item.at;
}

void want(Condition condition, ProbeDraft& draft) {
  draft.spec.condition = std::move(condition);
  draft.is_judgeable = true;
}

std::optional<double> finite_number(const toml::node& node) {
  const auto value = node.is_number() ? node.value<double>() : std::nullopt;
  return value && std::isfinite(*value) ? value : std::nullopt;
}

/// A number, or the seconds of a duration.
std::optional<double> read_limit(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  if (const auto* text = item.node->as_string()) {
    draft.limit_is_time = true;
    const auto duration = read_duration_text(item, text->get(), false, complaints);
    if (!duration) return std::nullopt;
    return std::chrono::duration<double>(*duration).count();
  }
  const auto number = finite_number(*item.node);
  if (!number) complain_type(item, item.shape->expected, complaints);
  return number;
}

std::string outcome_words() { return list_words(kWords<core::Outcome>); }

// --- sense ---------------------------------------------------------------------------------------

bool is_limit(const Condition& condition) {
  return std::holds_alternative<core::AtLeast>(condition) ||
         std::holds_alternative<core::AtMost>(condition);
}

bool equals_a_number(const Condition& condition) {
  const auto* equals = std::get_if<core::Equals>(&condition);
  return equals != nullptr && std::holds_alternative<double>(equals->value);
}

std::string_view name_of(const Condition& condition) {
  constexpr std::array<std::string_view, 5> kNames{"fresh", "at_least", "at_most", "equals",
                                                   "succeeds"};
  return kNames[condition.index()];
}

/// Of what is a number and nothing else.
std::string judge_number(const ProbeDraft& draft, std::string_view what) {
  const Condition& condition = draft.spec.condition;
  const bool fits = (is_limit(condition) && !draft.limit_is_time) || equals_a_number(condition);
  if (fits) return {};
  return fmt::format("{}, so it is held against a number: at_least, at_most or equals", what);
}

std::string judge_job(const ProbeDraft& draft) {
  const Condition& condition = draft.spec.condition;
  if (is_limit(condition) && draft.limit_is_time) {
    return fmt::format(
        "{} of a job counts its failures in a row: it takes a number, not a "
        "duration",
        name_of(condition));
  }
  const auto* equals = std::get_if<core::Equals>(&condition);
  if (equals == nullptr) return {};
  const auto* word = std::get_if<std::string>(&equals->value);
  if (word != nullptr && from_word<core::Outcome>(*word)) return {};
  return fmt::format("equals of a job is about its last outcome: {}", outcome_words());
}

std::string judge_http(const core::HttpProbe& probe, const Condition& condition) {
  if (probe.certificate && std::holds_alternative<core::Equals>(condition)) {
    return "equals does not go with a certificate, which has times: fresh, at_least, at_most or "
           "succeeds";
  }
  if (!probe.json.empty() && std::holds_alternative<core::Succeeds>(condition)) {
    return "succeeds is about the status alone, and json points to a value: hold it against fresh, "
           "at_least, at_most or equals";
  }
  return {};
}

std::string judge_file(const ProbeDraft& draft) {
  const Condition& condition = draft.spec.condition;
  if (std::holds_alternative<core::Fresh>(condition) ||
      std::holds_alternative<core::Succeeds>(condition)) {
    return {};
  }
  return judge_number(draft,
                      fmt::format("{} of a file is about its size in bytes", name_of(condition)));
}

std::string judge_memory(const ProbeDraft& draft) {
  if (std::string wrong = judge_number(draft, "memory is measured in percent"); !wrong.empty()) {
    return wrong;
  }
  const double percent = std::visit(
      Match{[](const core::AtLeast& c) { return c.limit; },
            [](const core::AtMost& c) { return c.limit; },
            [](const core::Equals& c) { return std::get<double>(c.value); },
            [](const core::Fresh&) { return 0.0; }, [](const core::Succeeds&) { return 0.0; }},
      draft.spec.condition);
  if (percent >= 0 && percent <= 100) return {};
  return fmt::format("memory is measured in percent: {:.10g} is not between 0 and 100", percent);
}

}  // namespace

void decode_fresh(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  note_place(item, draft);
  if (const auto age = read_duration(item, complaints)) want(core::Fresh{*age}, draft);
}

void decode_at_least(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  note_place(item, draft);
  if (const auto limit = read_limit(item, draft, complaints)) want(core::AtLeast{*limit}, draft);
}

void decode_at_most(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  note_place(item, draft);
  if (const auto limit = read_limit(item, draft, complaints)) want(core::AtMost{*limit}, draft);
}

void decode_equals(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  note_place(item, draft);
  const toml::node& node = *item.node;
  if (const auto* yes = node.as_boolean()) return want(core::Equals{yes->get()}, draft);
  if (const auto number = finite_number(node)) return want(core::Equals{*number}, draft);
  const auto* text = node.as_string();
  if (text == nullptr) return complain_type(item, item.shape->expected, complaints);
  if (text->get().find('\0') != std::string::npos) {
    return complaints.error(item.at, fmt::format("{} has a NUL character in it", item.label));
  }
  want(core::Equals{text->get()}, draft);
}

void decode_succeeds(const Item& item, ProbeDraft& draft, Complaints& complaints) {
  note_place(item, draft);
  if (const auto wanted = read_boolean(item, complaints)) want(core::Succeeds{*wanted}, draft);
}

std::string judge_sense(const ProbeDraft& draft) {
  return std::visit(
      Match{[](const core::SqlProbe&) { return std::string{}; },
            [&](const core::JobProbe&) { return judge_job(draft); },
            [](const core::CommandProbe&) { return std::string{}; },
            [&](const core::HttpProbe& http) { return judge_http(http, draft.spec.condition); },
            [&](const core::FileProbe&) { return judge_file(draft); },
            [&](const core::PoolProbe&) {
              return judge_number(draft, "of a pool, slots are counted");
            },
            [&](const core::MemoryProbe&) { return judge_memory(draft); }},
      draft.spec.of);
}

}  // namespace takt::fleet
