#include "store/schema.h"

#include <array>

namespace takt::store {
namespace {

// Instants (…_at, and `at`) are INTEGER milliseconds since the unix epoch, UTC, in fleet time.
// Lengths end in _ms. Truth values are 0 and 1. `gates`, `params` and `data` are JSON.
constexpr const char* kVersion1 = R"sql(
CREATE TABLE fleet (
  name       TEXT PRIMARY KEY,
  epoch_at   INTEGER NOT NULL,           -- origin of every grid
  speed      REAL    NOT NULL,           -- fleet seconds a second
  clock_at   INTEGER NOT NULL,           -- fleet time of the last write
  last_run   INTEGER NOT NULL,           -- the last ids given out
  last_token INTEGER NOT NULL,
  last_event INTEGER NOT NULL
) STRICT;

CREATE TABLE nodes (
  node       TEXT PRIMARY KEY,
  started_at INTEGER NOT NULL,
  stopped_at INTEGER,                    -- NULL: it runs, or it was killed
  pid        INTEGER NOT NULL,
  boot_id    TEXT    NOT NULL
) STRICT;

CREATE TABLE jobs (
  job              TEXT PRIMARY KEY,
  schedule         TEXT    NOT NULL,     -- fingerprint
  first_loaded_at  INTEGER NOT NULL,
  next_number      INTEGER NOT NULL,     -- the next undecided slot
  next_at          INTEGER,
  paused           INTEGER NOT NULL,
  paused_until_at  INTEGER,
  paused_reason    TEXT    NOT NULL,
  quarantined      INTEGER NOT NULL,
  resumed_at       INTEGER,
  recoveries       INTEGER NOT NULL,
  last_recovery_at INTEGER
) STRICT;

CREATE TABLE job_heartbeats (
  job                  TEXT PRIMARY KEY,
  state                TEXT    NOT NULL,
  last_start_at        INTEGER,
  last_success_at      INTEGER,
  last_failure_at      INTEGER,
  last_skip_at         INTEGER,
  last_outcome         TEXT,
  consecutive_failures INTEGER NOT NULL,
  run                  INTEGER,          -- with attempt and pid: what is alive now
  attempt              INTEGER NOT NULL,
  pid                  INTEGER NOT NULL,
  node                 TEXT    NOT NULL
) STRICT;

CREATE TABLE runs (
  id           INTEGER PRIMARY KEY,
  job          TEXT    NOT NULL,
  cause        TEXT    NOT NULL,
  slot_number  INTEGER,                  -- NULL: no slot (manual, recovery ...)
  slot_at      INTEGER,
  priority     TEXT    NOT NULL,
  rank_at      INTEGER NOT NULL,
  state        TEXT    NOT NULL,
  disposition  TEXT,                     -- set once
  reason       TEXT,
  outcome      TEXT,
  queued_at    INTEGER NOT NULL,
  started_at   INTEGER,
  ended_at     INTEGER,
  lateness_ms  INTEGER,
  retry_at     INTEGER,
  attempts     INTEGER NOT NULL,
  failures     INTEGER NOT NULL,
  losses       INTEGER NOT NULL,
  node         TEXT    NOT NULL,
  triggered_by INTEGER,
  forced       INTEGER NOT NULL,         -- triggered with --force
  note         TEXT    NOT NULL,
  params       TEXT    NOT NULL,
  gates        TEXT    NOT NULL
) STRICT;
CREATE INDEX runs_by_job ON runs (job, id);
CREATE INDEX runs_by_queued_at ON runs (queued_at);
CREATE INDEX runs_open ON runs (id) WHERE state <> 'ended';
CREATE INDEX runs_ok ON runs (job, id) WHERE outcome = 'ok';
CREATE UNIQUE INDEX runs_one_per_slot ON runs (job, slot_number) WHERE slot_number IS NOT NULL;
CREATE INDEX runs_of_slots ON runs (slot_at DESC, job)
  WHERE slot_number IS NOT NULL AND disposition IS NOT NULL;

CREATE TABLE attempts (
  token         INTEGER PRIMARY KEY,
  run           INTEGER NOT NULL,
  job           TEXT    NOT NULL,
  attempt       INTEGER NOT NULL,
  state         TEXT    NOT NULL GENERATED ALWAYS AS (
                  CASE WHEN ended_at IS NOT NULL OR outcome IS NOT NULL THEN 'ended'
                       WHEN pid = 0 THEN 'starting' ELSE 'running' END) VIRTUAL,
  started_at    INTEGER NOT NULL,
  ended_at      INTEGER,
  outcome       TEXT,
  pid           INTEGER NOT NULL,        -- 0: not started yet, or never
  start_ticks   INTEGER NOT NULL,
  boot_id       TEXT    NOT NULL,
  cgroup        TEXT    NOT NULL,
  exit_code     INTEGER,
  signal        INTEGER,
  spawn_errno   INTEGER,
  error         TEXT    NOT NULL,
  rss_max_bytes INTEGER NOT NULL,
  log_bytes     INTEGER NOT NULL,
  leaked        INTEGER NOT NULL,
  node          TEXT    NOT NULL
) STRICT;
CREATE UNIQUE INDEX attempts_of_run ON attempts (run, attempt);

CREATE TABLE slots (                     -- ranges of slots that did not become a run
  job          TEXT    NOT NULL,
  first_number INTEGER NOT NULL,
  last_number  INTEGER NOT NULL,
  at           INTEGER NOT NULL,         -- of the first
  last_at      INTEGER NOT NULL,         -- of the last
  count        INTEGER NOT NULL GENERATED ALWAYS AS (last_number - first_number + 1) VIRTUAL,
  disposition  TEXT    NOT NULL,
  reason       TEXT,
  run          INTEGER,                  -- coalesced: into which
  decided_at   INTEGER NOT NULL,
  gates        TEXT    NOT NULL,
  PRIMARY KEY (job, first_number)
) STRICT, WITHOUT ROWID;
CREATE INDEX slots_by_last_at ON slots (last_at DESC, job);

-- Every decided slot. The casts give both halves one affinity, without which SQLite would sort the
-- whole ledger instead of merging the two indexes.
CREATE VIEW slot_ledger AS
  SELECT job, slot_number AS first_number, slot_number AS last_number, slot_at AS at,
         slot_at AS last_at, CAST(1 AS INTEGER) AS count, disposition, reason, id AS run,
         CAST(coalesce(started_at, ended_at, queued_at) AS INTEGER) AS decided_at, gates
    FROM runs WHERE slot_number IS NOT NULL AND disposition IS NOT NULL
  UNION ALL
  SELECT job, first_number, last_number, at, last_at, CAST(count AS INTEGER), disposition, reason,
         run, CAST(decided_at AS INTEGER), gates
    FROM slots;

CREATE TABLE system_events (
  id       INTEGER PRIMARY KEY,
  at       INTEGER NOT NULL,
  severity TEXT    NOT NULL,
  kind     TEXT    NOT NULL,
  job      TEXT    NOT NULL,             -- empty: none
  run      INTEGER,
  text     TEXT    NOT NULL,
  data     TEXT    NOT NULL
) STRICT;
CREATE INDEX system_events_by_at ON system_events (at);

CREATE TABLE leases (                    -- units of pools held by an attempt
  token    INTEGER NOT NULL,
  pool     TEXT    NOT NULL,
  units    INTEGER NOT NULL,
  since_at INTEGER NOT NULL,
  PRIMARY KEY (token, pool)
) STRICT, WITHOUT ROWID;

CREATE TABLE leader (                    -- one row: whose term it is
  singleton INTEGER PRIMARY KEY CHECK (singleton = 1),
  epoch     INTEGER NOT NULL,
  node      TEXT    NOT NULL,
  until_at  INTEGER NOT NULL
) STRICT;
)sql";

// What a restart had forgotten (the watchdog's clocks), beats, retention, and the journal's place.
constexpr const char* kVersion2 = R"sql(
ALTER TABLE jobs ADD COLUMN recovery_due_at INTEGER;  -- a hang's recovery run backs off until then
ALTER TABLE jobs ADD COLUMN recovery_for    INTEGER;  -- the run that hung
ALTER TABLE jobs ADD COLUMN unmet_since_at  INTEGER;  -- since when a success is owed
ALTER TABLE jobs ADD COLUMN waiting_due_at  INTEGER;  -- of the oldest slot missed since the last start
-- Version 1 kept no due time: a hang that nothing has answered since is answered at the next start.
UPDATE jobs SET recovery_due_at = (SELECT last_failure_at FROM job_heartbeats AS beat
                                    WHERE beat.job = jobs.job AND beat.last_outcome = 'hung')
 WHERE NOT quarantined AND NOT EXISTS (SELECT 1 FROM runs
                                        WHERE runs.job = jobs.job AND runs.state <> 'ended');
UPDATE jobs SET recovery_due_at = NULL WHERE resumed_at >= recovery_due_at;

CREATE TABLE retention (                 -- history of a job that was deleted
  job        TEXT PRIMARY KEY,
  runs_from  INTEGER NOT NULL,           -- of lower runs and slots some or all are gone
  slots_from INTEGER NOT NULL
) STRICT;
CREATE TABLE run_lengths (               -- of good runs that were deleted, for p50 and p95
  job       TEXT    NOT NULL,
  run       INTEGER NOT NULL,
  length_ms INTEGER NOT NULL,
  PRIMARY KEY (job, run)
) STRICT, WITHOUT ROWID;

ALTER TABLE job_heartbeats ADD COLUMN last_beat_at INTEGER;
ALTER TABLE job_heartbeats ADD COLUMN progress     INTEGER;  -- 0..100, of the newest attempt
ALTER TABLE job_heartbeats ADD COLUMN note         TEXT NOT NULL DEFAULT '';

CREATE TABLE journal (                   -- one row: which use of the file `journal` is current
  singleton  INTEGER PRIMARY KEY CHECK (singleton = 1),
  store_id   TEXT    NOT NULL,           -- random; a journal belongs to one database
  generation INTEGER NOT NULL            -- counted up by the transaction that takes a journal over
) STRICT;
INSERT INTO journal VALUES (1, lower(hex(randomblob(8))), 1);
)sql";

// Pools, needs, the memory gate, and offsets that were planned. Who holds what follows from the
// attempts that live: a table of its own could say something else.
constexpr const char* kVersion3 = R"sql(
ALTER TABLE job_heartbeats ADD COLUMN last_success_started_at INTEGER;
ALTER TABLE runs     ADD COLUMN lent_rank_at INTEGER;  -- a better rank, of a run that waits for it
ALTER TABLE attempts ADD COLUMN uses TEXT NOT NULL DEFAULT '{}';  -- units held, by pool
ALTER TABLE attempts ADD COLUMN memory_used_ratio REAL;  -- as read before the start

DROP TABLE leases;
CREATE VIEW leases AS
  SELECT attempts.token, taken.key AS pool, CAST(taken.value AS INTEGER) AS units,
         attempts.started_at AS since_at
    FROM attempts, json_each(attempts.uses) AS taken
   WHERE attempts.ended_at IS NULL AND attempts.outcome IS NULL;

CREATE TABLE planned_offsets (           -- of jobs with offset = "auto"
  job        TEXT PRIMARY KEY,
  schedule   TEXT    NOT NULL,           -- what it was planned for, e.g. "every 5m"
  offset_ms  INTEGER NOT NULL,
  planned_at INTEGER NOT NULL
) STRICT;
)sql";

// Health checks, and who is told.
constexpr const char* kVersion4 = R"sql(
ALTER TABLE fleet ADD COLUMN last_notice INTEGER NOT NULL DEFAULT 0;

CREATE TABLE probes (                    -- how each probe of a health check stands
  health           TEXT    NOT NULL,     -- the check
  probe            TEXT    NOT NULL,
  state            TEXT    NOT NULL,     -- ok, pending, failing, unknown
  since_at         INTEGER NOT NULL,     -- of that state
  checked_at       INTEGER NOT NULL,
  value            TEXT    NOT NULL,     -- as found then, in words
  limit_text       TEXT    NOT NULL,     -- as wanted, in words
  text             TEXT    NOT NULL,
  unmet_since_at   INTEGER,              -- its condition does not hold since then
  failing_since_at INTEGER,              -- told as failing, and not yet as recovered
  last_remedy_at   INTEGER,
  remedy_run       INTEGER,              -- the last remedy, where it was a run
  value_before     TEXT    NOT NULL,     -- as found when it was mended last
  is_judged        INTEGER NOT NULL,     -- whether the last remedy helped has been said
  vain_remedies    INTEGER NOT NULL,     -- in a row that did not help
  escalated        INTEGER NOT NULL,     -- nobody mends it until it has recovered
  PRIMARY KEY (health, probe)
) STRICT;

CREATE TABLE notices (                   -- what contacts outside are told
  id       INTEGER PRIMARY KEY,
  contact  TEXT    NOT NULL,
  kind     TEXT    NOT NULL,
  job      TEXT    NOT NULL,             -- empty: about a probe, or a test
  health   TEXT    NOT NULL,
  probe    TEXT    NOT NULL,
  run      INTEGER,
  at       INTEGER NOT NULL,             -- decided
  since_at INTEGER NOT NULL,             -- since when it is so
  count    INTEGER NOT NULL,
  again    INTEGER NOT NULL,             -- told before
  text     TEXT    NOT NULL,
  state    TEXT    NOT NULL,             -- pending, sent, failed
  ended_at INTEGER,
  tries    INTEGER NOT NULL,
  error    TEXT    NOT NULL
) STRICT;
CREATE INDEX notices_by_subject ON notices (contact, job, health, probe, id);
CREATE INDEX notices_pending ON notices (id) WHERE state = 'pending';
)sql";

constexpr std::array kMigrations{Migration{1, kVersion1}, Migration{2, kVersion2},
                                 Migration{3, kVersion3}, Migration{4, kVersion4}};

}  // namespace

std::span<const Migration> migrations() { return kMigrations; }

std::optional<int> schema_version(sql::Connection& connection) {
  const auto tables = connection.value<int>(
      "SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'schema_version'");
  if (!tables) return std::nullopt;
  if (*tables == 0) return 0;
  return connection.value<int>("SELECT coalesce(max(version), 0) FROM schema_version");
}

bool migrate(sql::Connection& connection, std::span<const Migration> steps) {
  const auto found = schema_version(connection);
  if (!found) return false;
  if (steps.empty() || *found >= steps.back().to_version) return true;
  connection.exec("BEGIN IMMEDIATE");
  // Read again under the lock: another process may have migrated meanwhile.
  const int version = schema_version(connection).value_or(0);
  connection.exec(
      "CREATE TABLE IF NOT EXISTS schema_version ("
      "  version INTEGER PRIMARY KEY, applied_at INTEGER NOT NULL) STRICT");
  sql::Statement note(connection, "INSERT INTO schema_version VALUES (?, unixepoch() * 1000)");
  for (const Migration& step : steps) {
    if (step.to_version <= version) continue;
    connection.exec(step.sql);
    note.bind(step.to_version).run();
  }
  return connection.exec("COMMIT");
}

}  // namespace takt::store
