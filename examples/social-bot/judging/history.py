"""What the judge goes by: chaos.jsonl, content.db, takt's database and the fleet file, all only read.

Instants are milliseconds since the unix epoch, fleet time, as takt stores them.
"""
import datetime
import json
import pathlib
import re
import shutil
import sqlite3
import tempfile
import tomllib

MINUTE = 60_000
UNITS = {"ms": 1, "s": 1000, "m": MINUTE, "h": 60 * MINUTE, "d": 24 * 60 * MINUTE}


def instant(text):
    """RFC 3339 in UTC."""
    return round(datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1000)


def rfc3339(at):
    return datetime.datetime.fromtimestamp(at / 1000, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def duration(text):
    """"1h30m"; of a range, "90m..120m", the longest."""
    last = text.split("..")[-1]
    return sum(int(float(n) * UNITS[unit]) for n, unit in re.findall(r"([\d.]+)(ms|s|m|h|d)", last))


def rows_of(path, query, *values):
    """A list of dicts. The file is not written to; where SQLite would have to, to take back what a
    writer had begun that was killed, a copy is read."""
    try:
        return read(f"{pathlib.Path(path).resolve().as_uri()}?mode=ro", query, values)
    except sqlite3.OperationalError as problem:
        if not problem.sqlite_errorname.startswith("SQLITE_READONLY"):
            raise
    with tempfile.TemporaryDirectory() as scratch:
        copy = pathlib.Path(scratch) / "copy.db"
        for part in ("", "-wal", "-journal"):
            if pathlib.Path(f"{path}{part}").exists():
                shutil.copy(f"{path}{part}", f"{copy}{part}")
        return read(copy.as_uri(), query, values)


def read(uri, query, values):
    connection = sqlite3.connect(uri, uri=True)
    connection.row_factory = sqlite3.Row
    try:
        return [dict(row) for row in connection.execute(query, values)]
    finally:
        connection.close()


def content_rows(path):
    """None in a fleet that was ended before its first job made the tables."""
    has_table = path.exists() and rows_of(path, "select name from sqlite_schema where name = 'content'")
    return rows_of(path, "select * from content order by id") if has_table else []


class FleetFile:
    """The few keys that bounds follow from."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.table = tomllib.loads(self.path.read_text())
        self.name = self.table["fleet"]["name"]

    def key(self, job, key, otherwise=None):
        own = self.table["job"].get(job, {})
        return own.get(key, self.table.get("defaults", {}).get(key, otherwise))

    def interval(self, job):
        return duration(self.key(job, "every", "0s"))

    def database(self):
        state = self.table["fleet"].get("state_dir", f"state/{self.name}")
        return self.path.parent / state / "takt.db"

    def health_jobs(self):
        return [name for name, job in self.table["job"].items() if job.get("builtin") == "health"]


class Diary:
    """chaos.jsonl: when it began, and one entry a fault. A fault that lasts (it has `until`) is noted by each
    attempt that it strikes, and is one fault."""

    def __init__(self, path):
        lines = [json.loads(line) for line in pathlib.Path(path).read_text().splitlines()]
        first = lines.pop(0)
        self.seed = first["seed"]
        self.began = instant(first["at"])
        self.faults = []
        for line in lines:
            line["at"] = instant(line["at"])
            for key in ("from", "until"):
                if key in line:
                    line[key] = instant(line[key])
            if not any("until" in line and known["fault"] == line["fault"]
                       and known.get("until") == line["until"] for known in self.faults):
                self.faults.append(line)

    def outages(self):
        return [(f["at"], f["until"]) for f in self.faults if f["fault"] == "site_down"]


class History:
    """Everything, in memory: a day of the fleet is a few thousand rows."""

    def __init__(self, fleet_file, content=None, diary=None):
        self.fleet = FleetFile(fleet_file)
        folder = self.fleet.path.parent
        self.diary = Diary(diary or folder / "chaos.jsonl")
        self.content = content_rows(pathlib.Path(content or folder / "content.db"))
        database = self.fleet.database()
        facts = rows_of(database, "select speed, clock_at from fleet")[0]
        self.speed, self.ended = facts["speed"], facts["clock_at"]
        self.runs = rows_of(database, "select id, job, cause, slot_at, state, disposition, reason, outcome,"
                            " started_at, ended_at from runs order by id")
        self.attempts = {(a["run"], a["attempt"]): a for a in rows_of(
            database, "select run, job, attempt, started_at, ended_at, outcome, exit_code, signal"
            " from attempts order by token")}
        self.slots_without_run = rows_of(
            database, "select job, at, last_at, count, disposition, reason from slots order by at")
        self.events = [{**e, "data": json.loads(e["data"])} for e in rows_of(
            database, "select at, kind, job, run, data from system_events order by id")]
        self.kept_from = {r["job"]: r["runs_from"] for r in rows_of(
            database, "select job, runs_from from retention")}

    def ok_runs(self, job, after):
        """Runs of the job that started after that and ended ok, the soonest end first."""
        good = [r for r in self.runs if r["job"] == job and r["outcome"] == "ok" and r["started_at"] > after]
        return sorted(good, key=lambda r: r["ended_at"])

    def events_of(self, kinds, since, until, **where):
        return [e for e in self.events if e["kind"] in kinds and since <= e["at"] <= until
                and all(e[key] == value for key, value in where.items())]
