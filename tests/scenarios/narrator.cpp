#include "scenarios/narrator.h"

#include <fmt/format.h>

#include <utility>

namespace takt::scenarios {
namespace {

constexpr WallTime kFirstStart{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};

std::string held_by(const core::Gates& gates) {
  std::string text;
  for (const core::Gate& gate : gates) {
    if (gate.answer == core::GateAnswer::pass) continue;
    text += fmt::format("{}{} {}", text.empty() ? " [" : ", ", word(gate.gate), word(gate.answer));
  }
  return text.empty() ? text : text + "]";
}

std::string shown(const std::vector<std::pair<std::string, std::string>>& params) {
  std::string text;
  for (const auto& [name, value] : params) text += fmt::format(" {}={}", name, value);
  return text;
}

template <class Word>
std::string because(Word what, std::optional<core::Reason> reason) {
  return reason ? fmt::format("{}({})", word(what), word(*reason)) : std::string{word(what)};
}

/// Where a run stands, in few words.
std::string standing(const core::RunRow& row) {
  if (row.state != core::RunState::ended) {
    std::string text{word(row.state)};
    if (row.retry_at) text += " until " + scenario_time(*row.retry_at);
    if (row.state == core::RunState::waiting) text += held_by(row.gates);
    if (row.lent_rank_at) text += ", lent rank " + scenario_time(*row.lent_rank_at);
    return text + (row.reason ? fmt::format(", to be cancelled({})", word(*row.reason)) : "");
  }
  if (row.disposition == core::Disposition::ran && row.outcome) {
    return "ended " + because(*row.outcome, row.reason);
  }
  if (!row.disposition) return "ended without a disposition";
  return "ended " + because(*row.disposition, row.reason) + held_by(row.gates);
}

std::string introduction(const core::RunRow& row) {
  std::string text{word(row.cause)};
  if (row.slot_at)
    text += fmt::format(" slot {}@{}", *row.slot_number, scenario_time(*row.slot_at));
  if (row.priority != core::Priority::P2) text += fmt::format(" {}", word(row.priority));
  if (row.forced) text += " forced";
  if (row.triggered_by) text += fmt::format(" triggered_by {}", row.triggered_by->value);
  text += shown(row.params);
  return text + " ";
}

}  // namespace

std::string scenario_time(WallTime at) {
  using namespace std::chrono;
  const bool before = at < kFirstStart;
  const Duration since = before ? kFirstStart - at : at - kFirstStart;
  const auto day = floor<days>(since);
  const hh_mm_ss<Duration> time{since - day};
  std::string text = before ? "-" : "";
  if (day.count() > 0) text += fmt::format("{}d", day.count());
  text += fmt::format("{:02}:{:02}:{:02}", time.hours().count(), time.minutes().count(),
                      time.seconds().count());
  if (time.subseconds().count() > 0) text += fmt::format(".{:03}", time.subseconds().count());
  return text;
}

void Narrator::forget_all_but(const RecordedRows& rows) {
  jobs_.clear();
  runs_.clear();
  attempts_.clear();
  for (const auto& [name, row] : rows.jobs()) tell_row(row);
  for (const auto& [id, row] : rows.runs()) tell_row(row);
  for (const auto& [token, row] : rows.attempts()) tell_row(row);
  lines_.clear();
}

std::vector<std::string> Narrator::tell(WallTime at, const core::Effect& effect) {
  at_ = at;
  std::visit([&](const auto& e) { tell_effect(e); }, effect);
  return std::exchange(lines_, {});
}

void Narrator::line(std::string text) { lines_.push_back(scenario_time(at_) + " " + text); }

void Narrator::tell_effect(const core::Persist& effect) {
  for (const core::Row& row : effect.batch.rows) {
    std::visit([&](const auto& r) { tell_row(r); }, row);
  }
  if (effect.batch.synced) line("the batch is synced");
}

void Narrator::tell_row(const core::JobRow& row) {
  JobFacts& known = jobs_[row.job];
  std::string pause = row.paused ? "paused" : "not paused";
  if (row.paused_until) pause += " until " + scenario_time(*row.paused_until);
  if (pause != known.pause) line(fmt::format("job {} {}", row.job, pause));
  if (row.quarantined != known.quarantined) {
    line(fmt::format("job {} {}", row.job, row.quarantined ? "quarantined" : "not quarantined"));
  }
  if (row.recoveries != known.recoveries) {
    line(fmt::format("job {} has {} verdicts since its last success", row.job, row.recoveries));
  }
  known = {pause, row.quarantined, row.recoveries};
}

void Narrator::tell_row(const core::HeartbeatRow& row) {
  if (!row.last_beat_at || beats_[row.job] == *row.last_beat_at) return;
  beats_[row.job] = *row.last_beat_at;
  const std::string progress = row.progress ? fmt::format(" {} %", *row.progress) : "";
  line(fmt::format("heartbeat {} beat at {}{}{}", row.job, scenario_time(*row.last_beat_at),
                   progress, row.note.empty() ? "" : " " + row.note));
}

void Narrator::tell_row(const core::RunRow& row) {
  std::string& known = runs_[row.run];
  const std::string now = standing(row);
  if (known == now) return;
  const std::string who = known.empty() ? introduction(row) : "";
  known = now;
  line(fmt::format("run {} {} {}{}", row.run.value, row.job, who, now));
}

void Narrator::tell_row(const core::AttemptRow& row) {
  std::string& name = attempts_[row.token];
  const bool is_new = name.empty();
  name = fmt::format("{}.{} {}", row.run.value, row.attempt, row.job);
  if (is_new) line(fmt::format("attempt {} token {} decided", name, row.token.value));
  if (!row.outcome) return;
  std::string text = fmt::format("attempt {} ended {}", name, word(*row.outcome));
  if (row.exit_code) text += fmt::format(" exit {}", *row.exit_code);
  if (row.signal) text += fmt::format(" signal {}", *row.signal);
  if (row.spawn_errno) text += fmt::format(" errno {}", *row.spawn_errno);
  if (!row.error.empty()) text += fmt::format(" ({})", row.error);
  line(std::move(text));
}

void Narrator::tell_row(const core::SlotsRow& row) {
  std::string which = fmt::format("slot {} {}@{}", row.job, row.first, scenario_time(row.at));
  if (row.last != row.first) {
    which += fmt::format(" .. {}@{}", row.last, scenario_time(row.last_at));
  }
  std::string what = because(row.disposition, row.reason);
  if (row.run) what += fmt::format(" into run {}", row.run->value);
  line(fmt::format("{} {}{}", which, what, held_by(row.gates)));
}

void Narrator::tell_row(const core::EventRow& row) {
  std::string text = fmt::format("event {} {}", word(row.severity), word(row.kind));
  if (!row.job.empty()) text += " " + row.job;
  if (row.run) text += fmt::format(" run {}", row.run->value);
  line(fmt::format("{}: {}", text, row.text));
}

void Narrator::tell_row(const core::ProbeRow& row) {
  std::string text =
      fmt::format("probe {}/{} {}: {}", row.health, row.probe, word(row.state), row.text);
  if (row.vain_remedies > 0) text += fmt::format(" [{} in vain]", row.vain_remedies);
  line(std::move(text));
}

void Narrator::tell_row(const core::NoticeRow& row) {
  const std::string what = row.job.empty() ? row.health + "/" + row.probe : row.job;
  std::string text = fmt::format("notice {} to {}: {} {}{}", row.notice.value, row.contact,
                                 word(row.kind), what, row.again ? " again" : "");
  if (row.state == core::NoticeState::pending) {
    text += fmt::format(" ({}): {}", row.count, row.text);
  } else {
    text += fmt::format(" is {}{}", word(row.state),
                        row.error.empty() ? "" : fmt::format(" ({})", row.error));
  }
  line(std::move(text));
}

void Narrator::tell_effect(const core::Mend& effect) {
  line(fmt::format("mend {} probe {} remedy {}", attempts_[effect.token], effect.probe,
                   effect.remedy));
}

void Narrator::tell_effect(const core::EndBuiltin& effect) {
  line(fmt::format("end {}", attempts_[effect.token]));
  for (const std::string& text : effect.lines) line("  log: " + text);
}

void Narrator::tell_effect(const core::SendNotices& effect) {
  std::string numbers;
  for (const core::NoticeRow& row : effect.notices) {
    numbers += fmt::format(" {}", row.notice.value);
  }
  line(fmt::format(
      "tell {}{}{}", effect.contact.name, numbers,
      effect.left_out.empty() ? "" : fmt::format(", {} left out", effect.left_out.size())));
}

void Narrator::tell_effect(const core::LaunchAttempt& effect) {
  std::string text = fmt::format("launch {} {}", attempts_[effect.token], word(effect.cause));
  if (effect.slot_at) text += " slot " + scenario_time(*effect.slot_at);
  line(text + shown(effect.params));
}

void Narrator::tell_effect(const core::KillTree& effect) {
  line(fmt::format("kill {} {} grace {}", attempts_[effect.token], word(effect.why),
                   format_duration(effect.grace)));
}

void Narrator::tell_effect(const core::KillLeftover& effect) {
  line(fmt::format("kill leftover {}", attempts_[effect.attempt.token]));
}

void Narrator::tell_effect(const core::CleanUp&) { line("clean up"); }

void Narrator::tell_effect(const core::Answer& effect) {
  if (effect.result) {
    const auto run = *effect.result;
    line(run ? fmt::format("answer ok: run {} {}", run->value, effect.state) : "answer ok");
    return;
  }
  const core::Refusal& refusal = effect.result.error();
  constexpr std::string_view kKinds[] = {"not found", "refused", "invalid", "failed"};
  line(fmt::format("answer {}: {}{}", kKinds[static_cast<int>(refusal.kind)], refusal.what,
                   held_by(refusal.gates)));
}

void Narrator::tell_effect(const core::Stopped&) { line("stopped"); }

}  // namespace takt::scenarios
