#include "scenarios/health_steps.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "scenarios/health_words.h"

namespace takt::scenarios {

void HealthSteps::note_message(const core::Effect& effect) {
  const auto* message = std::get_if<core::SendNotices>(&effect);
  if (message == nullptr) return;
  for (const core::NoticeRow& row : message->notices) {
    messages_[message->contact.name].push_back(row.notice);
  }
  for (const NoticeId id : message->left_out) messages_[message->contact.name].push_back(id);
}

void HealthSteps::measure(const Words& words) {
  const Token token = living_of_(words);
  const core::HealthSpec& check = *shell_of_().living().at(token).launch.check;
  shell_of_().tell(core::HealthMeasured{
      token, measurements_of(check, {words.begin() + 1, words.end()}, shell_of_().wall())});
}

void HealthSteps::mended(const Words& words) {
  core::Mended event{living_of_(words), 0, 0, !has(words, "fails"), "done", core::Unknown{}};
  if (!event.ok) event.text = "database is locked";
  if (const auto after = value_of(words, "after")) {
    event.after = measurement_of(*after, shell_of_().wall());
  }
  shell_of_().tell(event);
}

/// What is recorded, but for what the words make of it.
void HealthSteps::sweep(const Words& words) {
  const core::Stored stored = shell_of_().rows().stored();
  core::RowsSwept event{living_of_(words), shell_of_().recorded(), stored.heartbeats,
                        stored.open_runs, stored.open_attempts};
  std::erase_if(event.open_attempts, [](const auto& row) { return row.outcome.has_value(); });
  if (const auto job = value_of(words, "wrong_heartbeat")) {
    std::ranges::find(event.heartbeats, *job, &core::HeartbeatRow::job)->consecutive_failures += 7;
  }
  if (const auto run = value_of(words, "lost_run")) {
    std::erase_if(event.open_runs,
                  [&](const core::RunRow& row) { return row.run.value == std::stoll(*run); });
  }
  if (const auto run = value_of(words, "stray_run")) {
    core::RunRow row = shell_of_().rows().runs().at(RunId{std::stoll(*run)});
    row.state = core::RunState::running;
    row.ended_at.reset();
    row.outcome.reset();
    event.open_runs.push_back(std::move(row));
  }
  if (const auto token = value_of(words, "stray_attempt")) {
    core::AttemptRow row = shell_of_().rows().attempts().at(Token{std::stoll(*token)});
    row.outcome.reset();
    row.ended_at.reset();
    event.open_attempts.push_back(std::move(row));
  }
  shell_of_().tell(event);
}

void HealthSteps::told(const Words& words) {
  core::NoticesEnded event{std::exchange(messages_[words.at(0)], {}), !has(words, "fails"), 1, {}};
  if (!event.ok) {
    event.tries = 5;
    event.error = "connection refused";
  }
  shell_of_().tell(event);
}

void HealthSteps::put_contact(const Words& words) {
  core::ContactSpec contact = contact_of(words);
  auto& contacts = fleet_of_().contacts;
  const auto old = std::ranges::find(contacts, contact.name, &core::ContactSpec::name);
  if (old == contacts.end()) {
    contacts.push_back(std::move(contact));
  } else {
    *old = std::move(contact);
  }
}

void HealthSteps::show_health() {
  for (const core::HealthView& check : shell_of_().daemon().health_views()) {
    for (const core::ProbeView& probe : check.probes) {
      say_(fmt::format("{}/{} {}: {}", check.name, probe.name,
                       probe.state ? word(*probe.state) : "never judged", probe.text));
    }
  }
}

void HealthSteps::add_to(std::map<std::string, Step>& steps) {
  steps["check"] = [this](const Words& w) { fleet_of_().health.push_back({w.at(0), {}, {}}); };
  steps["probe"] = [this](const Words& w) { add_probe(fleet_of_(), w); };
  steps["contact"] = [this](const Words& w) { put_contact(w); };
  steps["remove contact"] = [this](const Words& w) {
    std::erase_if(fleet_of_().contacts, [&](const auto& one) { return one.name == w.at(0); });
  };
  steps["remove check"] = [this](const Words& w) {
    std::erase_if(fleet_of_().health, [&](const auto& one) { return one.name == w.at(0); });
  };
  steps["measured"] = [this](const Words& w) { measure(w); };
  steps["mended"] = [this](const Words& w) { mended(w); };
  steps["swept"] = [this](const Words& w) { sweep(w); };
  steps["told"] = [this](const Words& w) { told(w); };
  steps["notify test"] = [this](const Words& w) {
    shell_of_().tell(core::NotifyTest{next_request_(), w.at(0)});
  };
  steps["surroundings"] = [this](const Words& w) {
    shell_of_().tell(core::SurroundingsChanged{w.at(0), has(w, "ok"), w.at(0) + " " + w.at(1)});
  };
  steps["show health"] = [this](const Words&) { show_health(); };
}

}  // namespace takt::scenarios
