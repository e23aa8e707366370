#include "store/trimmer.h"

#include <algorithm>
#include <utility>
#include <variant>
#include <vector>

namespace takt::store {
namespace {

constexpr Duration kSweepEvery = std::chrono::hours{1};
constexpr int kEventsPerLook = 1000;  // events written before they are looked at again
constexpr int kSpareRows = 20;        // rows that stay at the old end of a job's runs, at most

/// What is looked at is the old end of a job's runs: never more than a step may delete, whatever
/// keep_runs says.
constexpr const char* kOldRuns = R"sql(
  SELECT id, slot_number FROM
    (SELECT id, slot_number, state, ended_at FROM runs WHERE job = ?1 ORDER BY id LIMIT ?2)
   WHERE state = 'ended' AND (id < ?3 OR ended_at < ?4)
     AND id <> (SELECT max(id) FROM runs WHERE job = ?1)
     AND id IS NOT (SELECT max(id) FROM runs WHERE job = ?1 AND outcome = 'ok')
     AND id IS NOT (SELECT recovery_for FROM jobs WHERE job = ?1)
   LIMIT ?5)sql";

/// The length of a good run that goes while fewer than 50 newer ones are there.
constexpr const char* kKeepLength = R"sql(
  INSERT OR REPLACE INTO run_lengths (job, run, length_ms)
  SELECT job, id, ended_at - started_at FROM runs
   WHERE id = ?1 AND outcome = 'ok' AND started_at IS NOT NULL AND ended_at IS NOT NULL
     AND (SELECT count(*) FROM (SELECT 1 FROM runs AS newer WHERE newer.job = runs.job
            AND newer.outcome = 'ok' AND newer.id > ?1 LIMIT 50)) < 50)sql";

constexpr const char* kOldSlots = R"sql(
  DELETE FROM slots WHERE job = ?1 AND first_number IN
    (SELECT first_number FROM slots WHERE job = ?1 ORDER BY first_number LIMIT ?2)
    AND (first_number <= ?3 OR last_at < ?4)
  RETURNING last_number)sql";

constexpr const char* kNote = R"sql(
  INSERT INTO retention (job, runs_from, slots_from) VALUES (?, ?, ?)
  ON CONFLICT (job) DO UPDATE SET runs_from = max(runs_from, excluded.runs_from),
                                  slots_from = max(slots_from, excluded.slots_from))sql";

struct OldRun {
  std::int64_t id = 0;
  std::optional<SlotNumber> slot;
};

/// What open runs refer to. Read once a step: there may be thousands of them.
std::set<std::int64_t> referred_runs(sql::Connection& connection) {
  sql::Statement select(
      connection, "SELECT triggered_by FROM runs WHERE state <> 'ended' AND triggered_by > 0");
  std::set<std::int64_t> runs;
  while (select.next()) {
    std::int64_t run = 0;
    select.read(run);
    runs.insert(run);
  }
  return runs;
}

}  // namespace

/// The statements of one step, and how much it may still do.
struct Trimmer::Work {
  explicit Work(sql::Connection& connection)
      : referred(referred_runs(connection)),
        over_count(connection,
                   "SELECT id FROM runs WHERE job = ? ORDER BY id DESC LIMIT 1 OFFSET ?"),
        old_runs(connection, kOldRuns),
        keep_length(connection, kKeepLength),
        drop_attempts(connection, "DELETE FROM attempts WHERE run = ?"),
        drop_run(connection, "DELETE FROM runs WHERE id = ?"),
        drop_lengths(connection,
                     "DELETE FROM run_lengths WHERE job = ?1 AND run <= (SELECT run FROM "
                     "run_lengths WHERE job = ?1 ORDER BY run DESC LIMIT 1 OFFSET 50)"),
        slots_over_count(connection,
                         "SELECT first_number FROM slots WHERE job = ? ORDER BY first_number DESC "
                         "LIMIT 1 OFFSET ?"),
        old_slots(connection, kOldSlots),
        note(connection, kNote),
        next_job(connection,
                 "SELECT min(job) FROM (SELECT min(job) AS job FROM runs WHERE job > ?1 "
                 "UNION ALL SELECT min(job) FROM slots WHERE job > ?1)") {}

  /// False: there is more of this job to delete.
  bool trim(const std::string& job, const KeepRule& rule, WallTime now);
  std::int64_t drop_old_runs(const std::string& job, const KeepRule& rule, std::int64_t before,
                             SlotNumber& last_slot);
  bool drop_old_slots(const std::string& job, const KeepRule& rule, std::int64_t before,
                      SlotNumber& last_slot);

  std::set<std::int64_t> referred;
  sql::Statement over_count;
  sql::Statement old_runs;
  sql::Statement keep_length;
  sql::Statement drop_attempts;
  sql::Statement drop_run;
  sql::Statement drop_lengths;
  sql::Statement slots_over_count;
  sql::Statement old_slots;
  sql::Statement note;
  sql::Statement next_job;
  int runs_left = kStepRuns;
  int jobs_left = kStepJobs;
  Trimmed dropped;
};

bool Trimmer::Work::trim(const std::string& job, const KeepRule& rule, WallTime now) {
  --jobs_left;
  const std::int64_t before = millis(now - rule.age);
  SlotNumber last_slot = -1;
  const int allowed = runs_left;
  const std::int64_t last_run = drop_old_runs(job, rule, before, last_slot);
  const bool all_runs = runs_left > 0 || allowed == 0;
  const bool all_slots = drop_old_slots(job, rule, before, last_slot);
  if (last_run > 0 || last_slot >= 0) note.bind(job, last_run + 1, last_slot + 1).run();
  return all_runs && all_slots;
}

/// The newest run that went; 0: none.
std::int64_t Trimmer::Work::drop_old_runs(const std::string& job, const KeepRule& rule,
                                          std::int64_t before, SlotNumber& last_slot) {
  std::int64_t over = 0;
  over_count.bind(job, rule.runs - 1);
  if (over_count.next()) over_count.read(over);
  over_count.stop();

  std::vector<OldRun> old;
  old_runs.bind(job, runs_left + kSpareRows, over, before, runs_left);
  while (old_runs.next()) {
    OldRun run;
    old_runs.read(run.id, run.slot);
    if (!referred.contains(run.id)) old.push_back(run);
  }
  for (const OldRun& run : old) {
    keep_length.bind(run.id).run();
    drop_attempts.bind(run.id).run();
    drop_run.bind(run.id).run();
    if (run.slot) last_slot = std::max(last_slot, *run.slot);
  }
  if (old.empty()) return 0;
  drop_lengths.bind(job).run();
  runs_left -= static_cast<int>(old.size());
  dropped.runs += std::ssize(old);
  return old.back().id;
}

/// False: there is more to delete.
bool Trimmer::Work::drop_old_slots(const std::string& job, const KeepRule& rule,
                                   std::int64_t before, SlotNumber& last_slot) {
  SlotNumber over = -1;
  slots_over_count.bind(job, rule.runs);
  if (slots_over_count.next()) slots_over_count.read(over);
  slots_over_count.stop();
  int gone = 0;
  old_slots.bind(job, kStepRuns, over, before);
  while (old_slots.next()) {
    SlotNumber last = 0;
    old_slots.read(last);
    last_slot = std::max(last_slot, last);
    ++gone;
  }
  dropped.slots += gone;
  return gone < kStepRuns;
}

void Trimmer::set(KeepRules rules) {
  rules_ = std::move(rules);
  trimmed_ = {};
  swept_at_.reset();
  if (now_) sweep_ = "";
}

void Trimmer::saw(const core::Batch& batch) {
  if (rules_.empty()) return;
  now_ = batch.fleet.clock;
  if (!swept_at_ || *now_ - *swept_at_ >= kSweepEvery) {
    swept_at_ = now_;
    sweep_ = "";
  }
  for (const core::Row& row : batch.rows) {
    if (const auto* run = std::get_if<core::RunRow>(&row)) {
      if (run->state != core::RunState::ended) continue;
      if (jobs_.size() < kJobsMax) jobs_.insert(run->job);  // beyond: the sweep finds them
    } else if (std::holds_alternative<core::EventRow>(row)) {
      events_due_ |= ++events_since_ >= kEventsPerLook;
    }
  }
}

void Trimmer::step(sql::Connection& connection) {
  connection.exec("BEGIN IMMEDIATE");
  {
    Work work(connection);
    trim_jobs(work);
    if (jobs_.empty()) go_on_sweeping(work);
    behind_ = work.runs_left <= 0;
    trimmed_.runs += work.dropped.runs;
    trimmed_.slots += work.dropped.slots;
  }
  if (jobs_.empty() && !sweep_ && events_due_) trim_fleet(connection);
  if (!connection.exec("COMMIT")) sweep_ = "";  // all of it again
}

/// What belongs to no job.
void Trimmer::trim_fleet(sql::Connection& connection) {
  sql::Statement events(connection,
                        "DELETE FROM system_events WHERE id IN (SELECT id FROM system_events "
                        "ORDER BY id LIMIT ?1) AND (at < ?2 OR id <= (SELECT max(id) FROM "
                        "system_events) - ?3) RETURNING id");
  events.bind(kStepEvents, millis(*now_ - rules_.events_for()), kEventsMax);
  int dropped = 0;
  while (events.next()) ++dropped;
  events_due_ = dropped == kStepEvents;
  trimmed_.events += dropped;
  events_since_ = 0;
  sql::Statement nodes(connection,
                       "DELETE FROM nodes WHERE node IN (SELECT node FROM nodes ORDER BY "
                       "started_at DESC LIMIT 100 OFFSET ?)");
  nodes.bind(kNodesMax).run();
  sql::Statement notices(connection,
                         "DELETE FROM notices WHERE id IN (SELECT id FROM notices WHERE at < ?1 "
                         "AND state <> 'pending' AND id NOT IN (SELECT max(id) FROM notices GROUP "
                         "BY contact, job, health, probe) ORDER BY id LIMIT ?2) RETURNING id");
  notices.bind(millis(*now_ - rules_.events_for()), kStepEvents);
  while (notices.next()) ++trimmed_.notices;
}

void Trimmer::trim_jobs(Work& work) {
  while (!jobs_.empty() && work.runs_left > 0 && work.jobs_left > 0) {
    const auto rule = rules_.of(*jobs_.begin());
    if (rule && !work.trim(*jobs_.begin(), *rule, *now_)) return;
    jobs_.erase(jobs_.begin());
  }
}

void Trimmer::go_on_sweeping(Work& work) {
  while (sweep_ && work.runs_left > 0 && work.jobs_left > 0) {
    std::optional<std::string> job;
    work.next_job.bind(*sweep_);
    if (work.next_job.next()) work.next_job.read(job);
    work.next_job.stop();
    if (!job) {
      sweep_.reset();
      events_due_ = true;
      return;
    }
    const auto rule = rules_.of(*job);
    if (rule) {
      if (!work.trim(*job, *rule, *now_)) return;
    } else {
      --work.jobs_left;
    }
    sweep_ = job;
  }
}

}  // namespace takt::store
