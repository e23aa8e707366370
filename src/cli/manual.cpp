#include "cli/manual.h"

#include <fmt/format.h>

#include <array>
#include <utility>

#include "cli/help.h"
#include "cli/verbs.h"
#include "fleet/roff.h"

namespace takt::cli {
namespace {

using fleet::roff_text;

constexpr std::array<std::pair<Exit, std::string_view>, 11> kExits{{
    {Exit::ok, "All went well."},
    {Exit::failed, "The thing asked for failed: a run, a disk."},
    {Exit::usage, "The command line makes no sense."},
    {Exit::bad_file, "The fleet file is invalid."},
    {Exit::not_found, "There is no such job or run."},
    {Exit::no_daemon, "No daemon runs, or it is not ready yet."},
    {Exit::refused, "Refused: paused, overlap, a gate; another daemon is there."},
    {Exit::degraded,
     "`status`: a job is stuck, overdue or quarantined, or rows cannot be written."},
    {Exit::not_permitted, "The socket or a file is somebody else's."},
    {Exit::timeout, "The time given with --timeout is over."},
    {Exit::interrupted, "Interrupted."},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 8> kEnvironment{{
    {"TAKT_FLEET", "The fleet file, where none is named and ./fleet.toml is not there."},
    {"NO_COLOR", "No colour, whatever its value."},
    {"TAKT_JOB, TAKT_RUN_ID, TAKT_ATTEMPT, TAKT_TOKEN",
     "In a job: which it is. The token only ever grows; it fences writes of attempts that are "
     "over."},
    {"TAKT_SLOT, TAKT_NOW", "In a job: the slot it stands for, and fleet time at its start."},
    {"TAKT_CAUSE", "In a job: why it runs."},
    {"TAKT_PARAM_NAME", "In a job: a parameter."},
    {"TAKT_SOCKET", "In a job: where `takt beat` finds the daemon."},
    {"TAKT_FD",
     "In a job: the descriptor that takes beats, lines like \"beat 42 half way\"; any line is a "
     "sign "
     "of life."},
}};

constexpr std::array<std::pair<std::string_view, std::string_view>, 5> kFiles{{
    {"fleet.toml", "The fleet file, see `takt-fleet`(5)."},
    {"state/NAME/takt.db", "The history, SQLite; -wal and -shm belong to it."},
    {"state/NAME/takt.sock", "The control socket, while a daemon runs."},
    {"state/NAME/takt.lock", "Held by the one daemon of the folder."},
    {"state/NAME/logs/JOB/RUN-ATTEMPT.log", "What an attempt wrote."},
}};

std::string option_entry(const OptionSpec& option) {
  std::string names(option.names);
  if (const auto comma = names.find(','); comma != std::string::npos) names.insert(comma + 1, " ");
  return fmt::format(
      ".TP\n\\fB{}\\fR{}\n{}{}\n", roff_text(names),
      option.value.empty() ? "" : fmt::format(" \\fI{}\\fR", roff_text(option.value)),
      roff_text(option.help), option.many ? " (may be repeated)" : "");
}

std::string verb_section(const Verb& verb) {
  std::string text = fleet::roff_heading(
      "SS", fmt::format("takt {}{}{}{}", verb.name, verb.argument.empty() ? "" : " ", verb.argument,
                        verb.options.empty() ? "" : " [options]"));
  text += roff_text(verb.help) + ".\n";
  if (const auto needs = needs_text(verb.needs); !needs.empty()) text += roff_text(needs) + "\n";
  for (const auto& option : verb.options) text += option_entry(option);
  return text;
}

template <class Items>
std::string entries(std::string_view title, const Items& items) {
  std::string text = fleet::roff_heading("SH", title);
  for (const auto& [name, meaning] : items) {
    text += fmt::format(".TP\n\\fB{}\\fR\n{}\n", roff_text(name), roff_text(meaning));
  }
  return text;
}

}  // namespace

std::string manual_page() {
  std::string text = fmt::format(
      ".TH TAKT 1 \"\" \"takt {0}\" \"takt\"\n"
      ".SH NAME\ntakt \\- keep a fleet of recurring jobs running on time\n"
      ".SH SYNOPSIS\n\\fBtakt\\fR [\\fB\\-f\\fR \\fIFILE\\fR] [\\fB\\-\\-json\\fR] \\fIVERB\\fR "
      "...\n"
      ".SH DESCRIPTION\n"
      "takt runs the jobs of a fleet file when they are due, one daemon a fleet, and puts right "
      "what "
      "goes wrong. \\fBtakt up\\fR is the daemon; the other verbs ask it, or work without one. "
      "Data "
      "goes to standard output, talk to standard error.\n"
      ".SH VERBS\n",
      roff_text(TAKT_VERSION));
  for (const Verb& verb : verbs()) text += verb_section(verb);
  text += fleet::roff_heading("SH", "OPTIONS OF EVERY VERB");
  for (const auto& option : common_options()) text += option_entry(option);
  text += fleet::roff_heading("SH", "EXIT STATUS");
  for (const auto& [exit, meaning] : kExits) {
    text += fmt::format(".TP\n\\fB{}\\fR\n{}\n", static_cast<int>(exit), roff_text(meaning));
  }
  text += entries("ENVIRONMENT", kEnvironment);
  text += entries("FILES", kFiles);
  text += ".SH SEE ALSO\n.BR takt\\-fleet (5)\n";
  return text;
}

}  // namespace takt::cli
