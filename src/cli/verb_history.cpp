// takt runs, takt slots: the history, newest first.

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "cli/fields.h"
#include "cli/past.h"
#include "cli/tables.h"
#include "cli/verbs.h"
#include "fleet/names.h"
#include "fleet/quote.h"
#include "fleet/suggest.h"

namespace takt::cli {
namespace {

namespace json = boost::json;

constexpr std::array kRunsOptions{
    kSinceOption, kLimitOption, kAllOption,
    OptionSpec{"--state", "S", "waiting, running, retrying or ended"}};
constexpr std::array kSlotsOptions{kSinceOption, kLimitOption, kAllOption};

/// Checks that `job` is one: of the fleet, or of its past. A removed job keeps its history.
std::optional<Failure> check_job(Context& context, Past& past, const std::string& job) {
  const auto spec = context.spec();
  if (!spec) return spec.error();
  if (std::ranges::find((*spec)->jobs, job, &core::JobSpec::name) != (*spec)->jobs.end()) {
    return std::nullopt;
  }
  PastQuery any;
  any.job = job;
  any.limit = 1;
  const auto runs = past.runs(any);
  if (!runs) return runs.error();
  if (!array_field(*runs, "runs").empty()) return std::nullopt;
  const auto slots = past.slots(any);
  if (!slots) return slots.error();
  if (!array_field(*slots, "slots").empty()) return std::nullopt;
  return no_such_job(context, job);
}

std::expected<std::string, Failure> state_of(const Arguments& arguments) {
  const auto state = arguments.text("state");
  if (!state) return std::string();
  if (from_word<core::RunState>(*state)) return *state;
  const auto& words = kWords<core::RunState>;
  const auto near = fleet::nearest(*state, words);
  return std::unexpected(usage_error("no run state " + fleet::quote_name(*state),
                                     (near ? "did you mean '" + *near + "'? " : std::string()) +
                                         fmt::format("one of {}", fmt::join(words, ", "))));
}

/// Opens the past and has the question answered; `key` is the list's name in the answer.
std::expected<json::object, Failure> ask(Context& context, const PastQuery& query,
                                         Past::Answer (Past::*list)(const PastQuery&),
                                         std::string_view key) {
  if (!query.job.empty() && !fleet::valid_name(query.job)) {
    return std::unexpected(no_such_job(context, query.job));
  }
  auto past = Past::open(context);
  if (!past) return std::unexpected(past.error());
  auto answer = ((*past).*list)(query);
  if (answer && !query.job.empty() && array_field(*answer, key).empty()) {
    if (auto failure = check_job(context, *past, query.job)) return std::unexpected(*failure);
  }
  return answer;
}

Result show(Console& console, const json::object& answer,
            std::string (*table)(const json::object&, bool)) {
  if (console.json) {
    console.print_json(answer);
  } else {
    console.out << table(answer, console.color);
  }
  return Exit::ok;
}

Result runs(Context& context, const Arguments& arguments) {
  auto query = past_query(arguments);
  if (!query) return std::unexpected(query.error());
  auto state = state_of(arguments);
  if (!state) return std::unexpected(state.error());
  query->state = std::move(*state);
  query->job = arguments.positional();
  const auto answer = ask(context, *query, &Past::runs, "runs");
  if (!answer) return std::unexpected(answer.error());
  return show(context.console(), *answer, runs_table);
}

Result slots(Context& context, const Arguments& arguments) {
  auto query = past_query(arguments);
  if (!query) return std::unexpected(query.error());
  query->job = arguments.positional();
  const auto answer = ask(context, *query, &Past::slots, "slots");
  if (!answer) return std::unexpected(answer.error());
  return show(context.console(), *answer, slots_table);
}

}  // namespace

Verb runs_verb() {
  return {"runs", Needs::history, "[JOB]", "runs and how they ended, newest first", kRunsOptions,
          runs};
}

Verb slots_verb() {
  return {"slots",       Needs::history, "[JOB]", "what became of every slot, newest first",
          kSlotsOptions, slots};
}

}  // namespace takt::cli
