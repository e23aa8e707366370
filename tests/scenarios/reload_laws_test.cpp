// Laws of reload: the same file is no change, and a reload comes to what a restart with the new file
// comes to.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "scenarios/narrator.h"
#include "scenarios/random_world.h"

namespace takt::scenarios {
namespace {

using namespace std::chrono_literals;

/// What happened, without the reloads' own words. Each line begins with its time; what became of several
/// jobs in one turn may stand in any order, and so may the numbers that their runs got.
std::multiset<std::string> told_without_reloads(const std::string& text) {
  static const std::regex numbers{"(run|token|attempt|launch|kill) [0-9.]+"};
  std::multiset<std::string> kept;
  std::istringstream stream{text};
  for (std::string line; std::getline(stream, line);) {
    const bool of_reload = line.find(" reloaded: ") != std::string::npos ||
                           line.find("not reloaded: ") != std::string::npos ||
                           line.find(" answer ") != std::string::npos;
    if (!of_reload) kept.insert(std::regex_replace(line, numbers, "$1"));
  }
  return kept;
}

/// Steps from here on kill the daemon.
constexpr int kKills = 95;

/// Plays the steps, all in the life of one daemon; in between, where `reloads` says so, the same file is reloaded.
std::multiset<std::string> played(const core::FleetSpec& fleet, const std::vector<Step>& steps,
                                  bool reloads) {
  std::string text;
  Narrator narrator;
  World world{fleet, [&](WallTime at, const core::Effect& effect) {
                for (const std::string& line : narrator.tell(at, effect)) text += line + "\n";
              }};
  world.shell().start(0s);
  for (const Step& step : steps) {
    if (step.what >= kKills) continue;  // a row more, and the daemon was seen alive for longer
    world.play(step);
    HandShell& shell = world.shell();
    if (!reloads || step.which % 3 != 0 || !shell.up() || shell.holding()) continue;
    // Its event is a batch of its own: one more for the steps that record some, and room taken in the
    // journal of a store that fails. All else is nothing.
    if (shell.daemon().fleet_view(shell.now()).store_ok) world.reload(fleet);
  }
  return told_without_reloads(text);
}

RC_GTEST_PROP(ReloadLaws, TheSameFileChangesNothing, ()) {
  const core::FleetSpec fleet = any_fleet();
  std::vector<Step> steps = any_steps();
  for (Step& step : steps) {
    // Stores fail without a journal: the event of a reload takes room in one, and so changes what fits.
    if (step.what >= 84 && step.what < 95 && step.what % 5 == 2) step.amount = 0;
  }
  RC_ASSERT(played(fleet, steps, true) == played(fleet, steps, false));
}

/// What is decided, or about to be, of a fleet at rest.
struct Decided {
  std::map<std::string, std::string> cursors;
  std::map<RunId, std::string> waiting;
};

Decided decided_in(const RecordedRows& rows, RunId last) {
  Decided decided;
  for (const auto& [name, row] : rows.jobs()) {
    // Its next slot follows from an end, and a restart ends what a reload lets run.
    const bool is_after = row.schedule.starts_with("after ");
    const std::string next = row.next_at && !is_after ? scenario_time(*row.next_at) : "none";
    decided.cursors[name] = row.schedule + " " + std::to_string(row.next_number) + " " + next +
                            (row.paused ? " paused" : "") + (row.quarantined ? " quarantined" : "");
  }
  for (const auto& [id, row] : rows.runs()) {
    const bool waits =
        row.state == core::RunState::waiting || row.state == core::RunState::retrying;
    const bool let_go = row.reason == core::Reason::reload && !row.started_at;
    if (id > last || (!waits && !let_go)) continue;
    decided.waiting[id] = std::string{word(row.state)} + " " + std::string{word(row.priority)} +
                          " " + scenario_time(row.rank_at);
  }
  return decided;
}

RC_GTEST_PROP(ReloadLaws, ComesToWhatARestartWithTheNewFileComesTo, ()) {
  const core::FleetSpec fleet = any_fleet();
  core::FleetSpec edited = any_edit_of(fleet);
  // A shorter one may be over by now: missed at once by a reload, counted anew by a start.
  for (core::JobSpec& job : edited.jobs) {
    for (const core::JobSpec& before : fleet.jobs) {
      if (before.name == job.name) job.start_within = before.start_within;
    }
  }
  const std::vector<Step> steps = any_steps();
  const auto after = [&](bool by_restart) {
    bool stopping = false;  // such a daemon refuses, and its next start does what it is asked
    World world{fleet, [&](WallTime, const core::Effect& effect) {
                  stopping |= std::holds_alternative<core::Stopped>(effect);
                  const auto* answer = std::get_if<core::Answer>(&effect);
                  stopping |= answer != nullptr && !answer->result &&
                              answer->result.error().what == "the daemon is stopping";
                }};
    world.shell().start(0s);
    for (const Step& step : steps) world.play(step);
    if (!world.shell().up()) world.shell().start(0s);
    world.shell().bring_store_back();
    const RunId last = world.shell().rows().fleet()->last_run;
    if (by_restart) {
      world.shell().kill();
      world.shell().spec() = edited;
      world.shell().start(0s);
    } else {
      world.reload(edited);
    }
    return stopping ? Decided{} : decided_in(world.shell().rows(), last);
  };
  const Decided reloaded = after(false);
  const Decided restarted = after(true);
  RC_PRE(!reloaded.cursors.empty() && !restarted.cursors.empty());
  RC_ASSERT(reloaded.cursors == restarted.cursors);
  for (const auto& [id, run] : reloaded.waiting) {
    const auto same = restarted.waiting.find(id);
    if (same != restarted.waiting.end()) RC_ASSERT(run == same->second);
  }
}

}  // namespace
}  // namespace takt::scenarios
