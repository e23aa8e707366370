// What a job does: run, or builtin with what it takes.
//
//   run = "echo hello"         a command, for the shell or without one
//   builtin = "health"         takt's own work; `health` names the check that it measures

#include <fmt/format.h>

#include <array>
#include <utility>

#include "fleet/command_key.h"
#include "fleet/description.h"
#include "fleet/quote.h"

namespace takt::fleet {
namespace {

using core::Builtin;

void decode_run(const Item& item, JobDraft& draft, Complaints& complaints) {
  if (auto argv = read_command(item, complaints)) draft.command.argv = *std::move(argv);
}

/// The words but "none", which a file says by having no such key.
constexpr std::span<const std::string_view> kBuiltins =
    std::span<const std::string_view>{kWords<Builtin>}.subspan(1);

void decode_builtin(const Item& item, JobDraft& draft, Complaints& complaints) {
  draft.has_builtin = true;
  const auto word = read_word(item, complaints);
  if (word) draft.spec.builtin = static_cast<Builtin>(*word + 1);
}

void decode_health(const Item& item, JobDraft& draft, Complaints& complaints) {
  draft.has_health = true;
  draft.health_at = item.key_at;
  const auto* name = item.node->as_string();
  if (name == nullptr) return complain_type(item, item.shape->expected, complaints);
  const auto check = draft.checks->find(name->get());
  if (check) {
    draft.spec.health = *check;
    return;
  }
  complaints.error(item.at, fmt::format("there is no health check {}", quote_name(name->get())),
                   draft.checks->hint_for(name->get()));
}

constexpr std::array<Key<JobDraft>, 3> kWork{{
    {{.name = "run",
      .shape = shape::kCommand,
      .fallback = "required",
      .meaning = "a string for /bin/sh -c, or program and arguments without a shell",
      .choice = Choice::work},
     decode_run},
    {{.name = "builtin",
      .shape =
          {.kind = Shape::Kind::word, .type = "word", .expected = "a word", .words = kBuiltins},
      .fallback = "none",
      .meaning =
          "instead of run, work that takt does itself: compare the stored heartbeats with what "
          "it knows, measure a health check, try again to store what the database could not "
          "take, or delete what is not to be kept any longer",
      .choice = Choice::work},
     decode_builtin},
    {{"health", shape::custom("name", "the name of a health check", R"({"$ref": "#/$defs/name"})"),
      "none", "the check, [health.NAME], that builtin = \"health\" measures; required there"},
     decode_health},
}};

}  // namespace

Section work_section() { return section<JobDraft>("What to run", kWork); }

}  // namespace takt::fleet
