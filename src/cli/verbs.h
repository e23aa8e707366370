#pragma once
// The table of verbs.

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "cli/verb.h"

namespace takt::cli {

/// All verbs, in the order of the help.
std::span<const Verb> verbs();

/// nullptr: no such verb. Finds also those that are not for people (their names begin with "__").
const Verb* find_verb(std::string_view name);

/// Options that every verb takes, before or after it.
std::span<const OptionSpec> common_options();

/// Verbs that are planned: they are answered with "not supported yet", not with "unknown".
std::span<const std::string_view> later_verbs();

/// Why `name` is no verb: not supported yet, or unknown with the nearest one.
Failure no_such_verb(std::string_view name);

// Each in its own file.
Verb up_verb();
Verb check_verb();
Verb next_verb();
Verb ls_verb();
Verb pools_verb();
Verb status_verb();
Verb why_verb();
Verb trigger_verb();
Verb cancel_verb();
Verb pause_verb();
Verb resume_verb();
Verb runs_verb();
Verb slots_verb();
Verb logs_verb();
Verb beat_verb();
Verb events_verb();
Verb health_verb();
Verb notify_verb();
Verb memory_verb();
Verb reload_verb();
Verb drain_verb();
Verb down_verb();
Verb doctor_verb();
Verb import_verb();
Verb tune_verb();
Verb schema_verb();
Verb completion_verb();
Verb complete_verb();
Verb man_verb();
Verb plan_verb();
Verb simulate_verb();
Verb version_verb();
Verb help_verb();

}  // namespace takt::cli
