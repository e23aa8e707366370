// The rows and lines of the healthy fleet, out of its plans.

#include <algorithm>

#include "audit/healthy_fleet_for_test.h"

namespace takt::audit {
namespace {

using core::Cause;
using core::Disposition;
using core::Outcome;
using core::Reason;

const std::string kBoot = "boot-of-the-test";

core::SlotsRow range(const std::string& job, SlotNumber first, SlotNumber last, Duration at,
                     Disposition disposition, Reason reason, Duration decided) {
  core::SlotsRow row;
  row.job = job;
  row.first = first;
  row.last = last;
  row.at = kEpoch + at;
  row.last_at = row.at + (last - first) * seconds{10};
  row.disposition = disposition;
  row.reason = reason;
  row.decided_at = kEpoch + decided;
  return row;
}

core::EventRow event(std::int64_t id, Duration at, core::EventKind kind,
                     const std::string& job = "") {
  core::EventRow row;
  row.id = EventId{id};
  row.at = kEpoch + at;
  row.kind = kind;
  row.job = job;
  return row;
}

witness::Line line(const core::AttemptRow& row, witness::Mark mark, WallTime at) {
  witness::Line made;
  made.mark = mark;
  made.speaker = {.run = row.run,
                  .attempt = row.attempt,
                  .token = row.token,
                  .pid = row.process.pid,
                  .start_ticks = row.process.start_ticks};
  made.realtime = at.time_since_epoch();
  made.boottime = at - kEpoch + seconds{1000};
  return made;
}

core::AttemptRow attempt_row(const RunPlan& plan, const AttemptPlan& part, int number,
                             std::int64_t token) {
  core::AttemptRow row;
  row.token = Token{token};
  row.run = plan.id;
  row.job = plan.job;
  row.attempt = number;
  row.started_at = kEpoch + part.start;
  row.ended_at = kEpoch + part.end;
  row.outcome = part.outcome;
  row.process = {.pid = static_cast<int>(1'000'000 + token),
                 .start_ticks = static_cast<std::uint64_t>(100'000 + token),
                 .boot_id = kBoot,
                 .cgroup = {}};
  if (part.outcome == Outcome::ok || part.outcome == Outcome::failed) {
    row.exit_code = part.exit_code;
  }
  return row;
}

core::RunRow run_row(const RunPlan& plan) {
  core::RunRow row;
  row.run = plan.id;
  row.job = plan.job;
  row.cause = plan.cause;
  if (plan.slot) {
    row.slot_number = plan.slot;
    row.slot_at = kEpoch + plan.due;
  }
  row.rank_at = row.queued_at = kEpoch + plan.queued;
  row.state = core::RunState::ended;
  row.disposition = Disposition::ran;
  row.started_at = kEpoch + plan.attempts.front().start;
  row.ended_at = kEpoch + plan.attempts.back().end;
  row.outcome = plan.attempts.back().outcome;
  row.lateness = *row.started_at - row.slot_at.value_or(row.queued_at);
  row.attempts = static_cast<int>(plan.attempts.size());
  for (const auto& part : plan.attempts) {
    row.failures += part.outcome == Outcome::failed ? 1 : 0;
    row.losses += part.outcome == Outcome::lost ? 1 : 0;
  }
  return row;
}

void beat(core::HeartbeatRow& row, const core::RunRow& run) {
  const auto later = [](std::optional<WallTime>& at, std::optional<WallTime> than) {
    if (than && (!at || *than > *at)) at = than;
  };
  if (!row.last_outcome || run.ended_at >= std::max(row.last_success_at, row.last_failure_at)) {
    row.last_outcome = run.outcome;
  }
  later(row.last_start_at, run.started_at);
  if (run.outcome == Outcome::ok) later(row.last_success_at, run.ended_at);
  if (run.outcome == Outcome::failed) later(row.last_failure_at, run.ended_at);
}

WallTime wall(Instant at) { return WallTime{at.time_since_epoch()}; }

class RowBuilder {
 public:
  RowBuilder(const core::FleetSpec& spec, std::vector<RunPlan>& plans)
      : spec_(spec), plans_(plans) {}

  Rows build() {
    add_runs();
    add_attempts();
    add_ranges();
    add_drawn_ranges();
    add_events_and_nodes();
    for (const core::JobSpec& job : spec_.jobs) add_job(job);
    rows_.fleet.name = "judged";
    rows_.fleet.epoch = kEpoch;
    rows_.fleet.clock = kEpoch + kStopped;
    rows_.fleet.last_run = rows_.runs.back().run;
    rows_.fleet.last_token = rows_.attempts.back().token;
    rows_.fleet.last_event = rows_.events.back().id;
    return std::move(rows_);
  }

 private:
  void add_runs() {
    std::ranges::stable_sort(plans_, {}, &RunPlan::queued);
    std::int64_t last = 0;
    for (RunPlan& plan : plans_) {
      plan.id = RunId{++last};
      rows_.runs.push_back(run_row(plan));
    }
  }

  /// Tokens in the order of the starts.
  void add_attempts() {
    struct Part {
      const RunPlan* plan;
      const AttemptPlan* what;
      int number;
    };
    std::vector<Part> parts;
    for (const RunPlan& plan : plans_) {
      int number = 0;
      for (const AttemptPlan& what : plan.attempts) parts.push_back({&plan, &what, ++number});
    }
    std::ranges::stable_sort(parts, {}, [](const Part& part) { return part.what->start; });
    std::int64_t token = 0;
    for (const Part& part : parts) {
      const auto row = attempt_row(*part.plan, *part.what, part.number, ++token);
      auto& lines = rows_.lines[row.job];
      lines.push_back(line(row, witness::Mark::start, row.started_at + milliseconds{2}));
      if (row.exit_code) {
        lines.push_back(line(row, witness::Mark::end, *row.ended_at - milliseconds{2}));
        if (*row.exit_code != 0) lines.back().exit_code = row.exit_code;
      }
      rows_.attempts.push_back(row);
    }
  }

  core::SlotsRow& add(core::SlotsRow row) { return rows_.slots.emplace_back(std::move(row)); }

  void add_ranges() {
    add(range("tick", 5, 5, seconds{50}, Disposition::skipped, Reason::overlap,
              milliseconds{50'001}));
    add(range("tick", 7, 7, seconds{70}, Disposition::coalesced, Reason::overlap, kBack)).run =
        rows_.run_of("tick", 6).run;
    add(range("queue", 6, 6, seconds{62}, Disposition::coalesced, Reason::down, kBack)).run =
        rows_.run_of("queue", 7).run;
    add(range("many", 6, 6, seconds{63}, Disposition::coalesced, Reason::down, kBack)).run =
        rows_.run_of("many", 7).run;
    add(range("lazy", 6, 7, seconds{64}, Disposition::missed, Reason::down, kBack));
    add(range("calm", 2, 4, seconds{25}, Disposition::skipped, Reason::paused, seconds{45}));
    // That of 75 s is due at the start of the second daemon, and stands for it.
    add(range("calm", 6, 6, seconds{65}, Disposition::coalesced, Reason::down, kBack)).run =
        rows_.run_of("calm", 7).run;
  }

  void add_drawn_ranges() {
    for (const core::Slot& slot : drawn_slots(spec_)) {
      const auto is_it = [&](const core::RunRow& row) {
        return row.job == "drawn" && row.slot_number == slot.number;
      };
      if (std::ranges::any_of(rows_.runs, is_it)) continue;
      const auto into = std::ranges::find_if(rows_.runs, [](const core::RunRow& row) {
        return row.job == "drawn" && row.cause == Cause::catchup;
      });
      add(range("drawn", slot.number, slot.number, wall(slot.due) - kEpoch, Disposition::coalesced,
                Reason::down, kBack))
          .run = into->run;
    }
  }

  void add_events_and_nodes() {
    rows_.events = {event(1, seconds{0}, core::EventKind::fleet_started),
                    event(2, seconds{23}, core::EventKind::paused, "calm"),
                    event(3, seconds{47}, core::EventKind::resumed, "calm"),
                    event(4, kBack, core::EventKind::fleet_started),
                    event(5, kStopped, core::EventKind::fleet_stopped)};
    core::NodeRow killed;
    killed.node = NodeId{"first"};
    killed.started_at = kEpoch;
    killed.boot_id = kBoot;
    core::NodeRow stopped = killed;
    stopped.node = NodeId{"second"};
    stopped.started_at = kEpoch + kBack;
    stopped.stopped_at = kEpoch + kStopped;
    rows_.nodes = {killed, stopped};
  }

  void add_job(const core::JobSpec& spec) {
    core::JobRow job;
    job.job = spec.name;
    job.schedule = core::schedule_fingerprint(spec);
    job.first_loaded_at = kEpoch;
    core::HeartbeatRow heart;
    heart.job = spec.name;
    std::optional<WallTime> last_end;
    for (const auto& row : rows_.runs) {
      if (row.job != spec.name) continue;
      beat(heart, row);
      if (!row.slot_number || *row.slot_number < job.next_number) continue;
      job.next_number = *row.slot_number + 1;
      job.next_at = row.slot_at;
      last_end = row.ended_at;
    }
    if (const auto* every = std::get_if<core::Every>(&spec.schedule); every && job.next_at) {
      *job.next_at += every->interval;
    }
    if (spec.name == "clock") *job.next_at += seconds{10};
    if (spec.name == "rest") job.next_at = *last_end + seconds{5};
    if (spec.name == "drawn") {
      const Instant epoch{kEpoch.time_since_epoch()};
      job.next_at = wall(core::next_slot(spec, epoch, drawn_slots(spec_).back())->due);
    }
    rows_.jobs[spec.name] = job;
    rows_.heartbeats[spec.name] = heart;
  }

  const core::FleetSpec& spec_;
  std::vector<RunPlan>& plans_;
  Rows rows_;
};

}  // namespace

std::vector<core::Slot> drawn_slots(const core::FleetSpec& spec) {
  const auto& drawn = *std::ranges::find(spec.jobs, std::string("drawn"), &core::JobSpec::name);
  const Instant epoch{kEpoch.time_since_epoch()};
  std::vector<core::Slot> slots;
  for (auto slot = core::first_slot(drawn, epoch, epoch, 0); slot && slot->due - epoch < kStopped;
       slot = core::next_slot(drawn, epoch, *slot)) {
    slots.push_back(*slot);
  }
  return slots;
}

Rows rows_of(const core::FleetSpec& spec, std::vector<RunPlan>& plans) {
  return RowBuilder(spec, plans).build();
}

core::RunRow& Rows::run_of(const std::string& job, SlotNumber slot) {
  return *std::ranges::find_if(
      runs, [&](const core::RunRow& row) { return row.job == job && row.slot_number == slot; });
}

core::AttemptRow& Rows::attempt_of(const std::string& job, SlotNumber slot, int attempt) {
  const RunId run = run_of(job, slot).run;
  return *std::ranges::find_if(attempts, [&](const core::AttemptRow& row) {
    return row.run == run && row.attempt == attempt;
  });
}

witness::Line& Rows::line_of(const core::AttemptRow& attempt, witness::Mark mark) {
  return *std::ranges::find_if(lines[attempt.job], [&](const witness::Line& each) {
    return each.speaker.token == attempt.token && each.mark == mark;
  });
}

core::SlotsRow& Rows::range_of(const std::string& job, SlotNumber first) {
  return *std::ranges::find_if(
      slots, [&](const core::SlotsRow& row) { return row.job == job && row.first == first; });
}

}  // namespace takt::audit
