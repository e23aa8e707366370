"""The judge over small made-up histories: what it calls ok, pending and failed, and why."""
import json
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import unittest

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
from judge import report, table  # noqa: E402
from judging.history import MINUTE, History, duration, instant, rfc3339, rows_of  # noqa: E402

BEGAN = instant("2026-12-01T09:00:00Z")
FLEET = """
[fleet]
name = "made-up"
[defaults]
hung_after = "15m"
[job.feed_site]
run = ["./bot", "site"]
[job.posting]
run = ["./bot", "posting"]
every = "5m"
[job.plan]
run = ["./bot", "plan"]
every = "90m..120m"
[job.analytics]
run = ["./bot", "analytics"]
every = "30m"
[job.id_recovery]
run = ["./bot", "id_recovery"]
every = "10m"
"""
HEALTH = """
[job.health_check]
builtin = "health"
every = "30m"
"""
TABLES = """
create table fleet (speed, clock_at);
create table runs (id integer primary key, job, cause, slot_at, state, disposition, reason, outcome, started_at,
  ended_at);
create table attempts (token integer primary key, run, job, attempt, started_at, ended_at, outcome, exit_code, signal);
create table slots (job, at, last_at, count, disposition, reason);
create table system_events (id integer primary key, at, kind, job, run, data);
create table retention (job, runs_from);
"""
CONTENT = "create table content (id integer primary key, status, scheduled_at, posted_at, created_at, updated_at)"


def minute(m):
    return BEGAN + round(m * MINUTE)


class Story:
    """A fleet's folder, written down minute by minute."""

    def __init__(self, ended, fleet=FLEET):
        self.scratch = tempfile.TemporaryDirectory()
        self.folder = pathlib.Path(self.scratch.name)
        (self.folder / "fleet.toml").write_text(fleet)
        self.lines = [{"at": rfc3339(BEGAN), "wall": "-", "chaos": "begins", "seed": 1}]
        (self.folder / "state/made-up").mkdir(parents=True)
        self.takt = sqlite3.connect(self.folder / "state/made-up/takt.db")
        self.posts = sqlite3.connect(self.folder / "content.db")
        for connection, tables in ((self.takt, TABLES), (self.posts, CONTENT)):
            connection.execute("pragma synchronous = off")
            connection.executescript(tables)
        self.add("fleet", speed=60, clock_at=minute(ended))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.takt.close()
        self.posts.close()
        self.scratch.cleanup()

    @staticmethod
    def insert(connection, name, row):
        row = {key.rstrip("_"): value for key, value in row.items()}
        connection.execute(f"insert into {name} ({', '.join(row)}) values ({', '.join('?' * len(row))})",
                           list(row.values()))
        connection.commit()

    def add(self, name, **row):
        self.insert(self.takt, name, row)

    def fault(self, at, job, run, fault, attempt=1, **more):
        more = {key: rfc3339(minute(value)) if key in ("from", "until") else value for key, value in more.items()}
        self.lines.append({"at": rfc3339(minute(at)), "wall": "-", "job": job, "run": run, "attempt": attempt,
                           "fault": fault, **more})

    def attempt(self, run, job, at, ended, outcome, attempt=1, exit_code=None, signal=None):
        self.add("attempts", run=run, job=job, attempt=attempt, started_at=minute(at), ended_at=minute(ended),
                 outcome=outcome, exit_code=exit_code, signal=signal)

    def run(self, run, job, at, ended, outcome, cause="schedule", exit_code=None, signal=None, attempt=1):
        """A run, with its last attempt."""
        self.add("runs", id=run, job=job, cause=cause, slot_at=minute(at) if cause == "schedule" else None,
                 state="ended", disposition="ran", outcome=outcome, started_at=minute(at), ended_at=minute(ended))
        self.attempt(run, job, at, ended, outcome, attempt, exit_code, signal)

    def event(self, at, kind, job="", run=None, **data):
        self.add("system_events", at=minute(at), kind=kind, job=job, run=run, data=json.dumps(data))

    def post(self, at, status="posted", created=0, updated=None, row=None):
        self.insert(self.posts, "content", {
            "id": row, "status": status, "scheduled_at": minute(at) // 1000,
            "posted_at": minute(at) // 1000 if status == "posted" else None,
            "created_at": minute(created) // 1000, "updated_at": minute(at if updated is None else updated) // 1000})

    def history(self):
        (self.folder / "chaos.jsonl").write_text("".join(json.dumps(line) + "\n" for line in self.lines))
        return History(self.folder / "fleet.toml")

    def report(self):
        return report(self.history())


class Faults(unittest.TestCase):
    def only(self, story, state):
        """The verdict about the one fault."""
        said = story.report()
        self.assertEqual([f["state"] for f in said["faults"]], [state], said["faults"])
        self.assertEqual(said["ok"], state != "failed")
        return said["faults"][0]

    def test_a_crash_is_put_right_by_a_retry(self):
        with Story(60) as story:
            story.fault(10, "analytics", 7, "crash", how="SIGSEGV")
            story.attempt(7, "analytics", 10, 10.1, "failed", signal=11)
            story.run(7, "analytics", 10, 10.5, "ok", attempt=2)
            self.assertEqual(self.only(story, "ok")["recovered"]["by"], "retry (7)")

    def test_a_crash_is_put_right_by_a_later_run(self):
        for cause, by in (("schedule", "next slot"), ("recovery", "recovery run"), ("health", "health run")):
            with Story(60) as story:
                story.fault(10, "analytics", 7, "crash", how="exit 1")
                story.run(7, "analytics", 10, 10.1, "failed", exit_code=1)
                story.event(10.1, "run_failed", "analytics", 7)
                story.run(9, "analytics", 40, 41, "ok", cause)
                said = self.only(story, "ok")
                self.assertEqual(said["detected"]["by"], "attempt failed, run_failed")
                self.assertEqual((said["recovered"]["by"], said["recovered"]["after_ms"]), (f"{by} (9)", 31 * MINUTE))

    def test_a_crash_that_nothing_put_right_fails_once_its_bound_is_over(self):
        for ended, state in ((69, "pending"), (71, "failed")):  # an interval of 30 m + SLACK
            with Story(ended) as story:
                story.fault(10, "analytics", 7, "crash", how="exit 1")
                story.run(7, "analytics", 10, 10.1, "failed", exit_code=1)
                self.assertEqual(self.only(story, state)["why"], "not put right" if state == "failed" else "")

    def test_a_crash_put_right_after_its_bound_fails(self):
        with Story(200) as story:
            story.fault(10, "analytics", 7, "crash", how="exit 1")
            story.run(7, "analytics", 10, 10.1, "failed", exit_code=1)
            story.run(9, "analytics", 100, 101, "ok")
            self.assertEqual(self.only(story, "failed")["why"], "put right too late")

    def test_a_crash_recorded_as_something_else_was_not_noticed(self):
        for outcome, code, signal in (("ok", 0, None), ("failed", 1, None), ("failed", None, 6)):
            with Story(60) as story:
                story.fault(10, "analytics", 7, "crash", how="SIGSEGV")
                story.run(7, "analytics", 10, 10.1, outcome, exit_code=code, signal=signal)
                story.run(9, "analytics", 40, 41, "ok")
                self.assertEqual(self.only(story, "failed")["why"], "nothing noticed it")

    def test_a_crash_that_took_the_daemon_s_knowledge_along_is_lost(self):
        with Story(60) as story:
            story.fault(10, "analytics", 7, "crash", how="SIGSEGV")
            story.attempt(7, "analytics", 10, 10.2, "lost")
            story.event(10.2, "attempt_lost", "analytics", 7)
            story.run(7, "analytics", 10, 10.5, "ok", attempt=2)
            self.assertEqual(self.only(story, "ok")["detected"]["by"], "attempt lost, attempt_lost")

    def test_a_fault_of_a_run_that_takt_does_not_know_fails(self):
        with Story(60) as story:
            story.fault(10, "analytics", 7, "crash", how="exit 1")
            self.assertEqual(self.only(story, "pending")["detected"], None)
        with Story(200) as story:
            story.fault(10, "analytics", 7, "crash", how="exit 1")
            self.only(story, "failed")

    def test_a_deleted_history_is_named_as_the_reason(self):
        with Story(200) as story:
            story.fault(10, "analytics", 7, "crash", how="exit 1")
            story.add("retention", job="analytics", runs_from=20)
            self.assertIn("keep_runs", self.only(story, "failed")["why"])

    def test_another_fault_of_the_job_allows_it_an_interval_more(self):
        with Story(90) as story:
            for at, run in ((10, 7), (40, 8)):
                story.fault(at, "analytics", run, "crash", how="exit 1")
                story.run(run, "analytics", at, at + 0.1, "failed", exit_code=1)
            story.run(9, "analytics", 75, 76, "ok")
            self.assertEqual([f["state"] for f in story.report()["faults"]], ["ok", "ok"])

    def test_each_further_fault_counts_from_where_the_one_before_has_moved_the_bound(self):
        with Story(190) as story:
            for at, run in ((10, 7), (65, 8), (98, 9)):  # 60 m, and 30 m more each time
                story.fault(at, "analytics", run, "crash", how="exit 1")
                story.run(run, "analytics", at, at + 0.1, "failed", exit_code=1)
            story.run(10, "analytics", 125, 126, "ok")
            first = story.report()["faults"][0]
            self.assertEqual((first["state"], first["bound_ms"]), ("ok", 120 * MINUTE))

    def test_a_hang_has_to_be_told_of(self):
        for told, state in ((True, "ok"), (False, "failed")):
            with Story(200) as story:
                story.fault(10, "analytics", 7, "hang", deaf=True)
                story.run(7, "analytics", 10, 35, "hung", signal=9)
                if told:
                    story.event(25, "job_hung", "analytics", 7)
                story.run(9, "analytics", 35, 36, "ok", "recovery")
                self.only(story, state)

    def test_a_hang_that_the_end_of_the_fleet_cut_short_is_pending(self):
        with Story(20) as story:
            story.fault(10, "analytics", 7, "hang", deaf=False)
            story.run(7, "analytics", 10, 20, "cancelled", signal=15)
            self.only(story, "pending")

    def test_a_slow_attempt_shows_in_its_length(self):
        for length, state in ((3.1, "ok"), (1, "failed")):
            with Story(60) as story:
                story.fault(10, "analytics", 7, "slow", by_wall_s=3)
                story.run(7, "analytics", 10, 10 + length, "ok")
                self.only(story, state)

    def test_a_deleted_queue_without_a_health_check_waits_for_plan(self):
        with Story(160) as story:
            story.fault(10, "analytics", 7, "delete_content", rows=13)
            story.run(7, "analytics", 10, 10.1, "failed", exit_code=1)
            story.run(8, "plan", 92, 92.5, "ok")
            story.post(92, "queued", created=92)
            said = story.report()["faults"][0]
            self.assertEqual((said["state"], said["recovered"]["by"]), ("ok", "plan, next slot (8)"))

    def test_a_deleted_queue_that_stays_empty_fails(self):
        with Story(200) as story:
            story.fault(10, "analytics", 7, "delete_content", rows=13)
            story.run(7, "analytics", 10, 10.1, "failed", exit_code=1)
            story.post(5)
            self.assertEqual(story.report()["faults"][0]["state"], "failed")

    def test_a_health_check_has_to_notice_the_deleted_queue(self):
        for noticed in (True, False):
            with Story(60, FLEET + HEALTH) as story:
                story.event(10.05, "probe_failed", "health_check", 8, health="content_pipeline", probe="stuck_posts")
                story.fault(2, "analytics", 7, "delete_content", rows=13)
                story.run(7, "analytics", 2, 2.1, "failed", exit_code=1)
                story.run(8, "health_check", 10, 10.1, "ok")
                if noticed:
                    story.event(10.05, "probe_failed", "health_check", 8, health="content_pipeline",
                                probe="queue_has_content")
                story.run(9, "plan", 11, 11.5, "ok", "health")
                story.post(11, "queued", created=11)
                said = story.report()["faults"][0]
                self.assertEqual(said["state"], "ok" if noticed else "failed")
                if noticed:
                    self.assertEqual(said["detected"]["by"], "probe_failed (queue_has_content)")
                    self.assertEqual(said["recovered"]["by"], "plan, health run (9)")

    def left_posting(self, story, status, updated):
        story.fault(10, "posting", 7, "leave_posting", row=3, sent=False)
        story.run(7, "posting", 10, 10.1, "failed", signal=6)
        story.post(12, status, row=3, updated=updated)

    def test_a_row_left_in_posting_has_to_leave_it(self):
        for status, state in (("queued", "ok"), ("posting", "failed")):
            with Story(100) as story:
                self.left_posting(story, status, 25 if status == "queued" else 10)
                story.run(8, "id_recovery", 24, 24.1, "ok")
                self.assertEqual(story.report()["faults"][0]["state"], state)

    def test_a_remedy_that_queued_the_row_again_counts(self):
        with Story(100, FLEET + HEALTH) as story:
            self.left_posting(story, "queued", 10)
            story.event(40, "remedy_done", "health_check", 9, health="content_pipeline", probe="stuck_posts",
                        action="sql")
            self.assertEqual(story.report()["faults"][0]["recovered"]["by"], "remedy_done")

    def test_a_row_that_is_gone_was_not_put_right_unless_the_queue_was_deleted(self):
        with Story(100) as story:
            story.fault(10, "posting", 7, "leave_posting", row=3, sent=False)
            story.run(7, "posting", 10, 10.1, "failed", signal=6)
            story.run(8, "id_recovery", 24, 24.1, "ok")
            self.assertEqual(story.report()["faults"][0]["state"], "failed")
            story.fault(30, "analytics", 9, "delete_content", rows=1)
            self.assertEqual(story.report()["faults"][0]["state"], "ok")

    def test_a_failing_plan_is_one_fault_and_counts_from_its_end(self):
        with Story(300) as story:
            for run, at in ((7, 92), (8, 98)):
                story.fault(at, "plan", run, "plan_fails", until=115, **{"from": 60})
                story.run(run, "plan", at, at + 0.1, "failed", "schedule" if run == 7 else "recovery", exit_code=1)
            story.event(97, "job_overdue", "plan")
            story.run(9, "plan", 128, 129, "ok", "recovery")
            said = story.report()
            self.assertEqual(said["kinds"], {"plan_fails": 1})
            fault = said["faults"][0]
            self.assertEqual(fault["recovered"]["after_ms"], 14 * MINUTE)
            self.assertEqual(fault["detected"]["by"], "attempt failed, job_overdue")

    def test_the_site_is_back_when_a_job_that_needs_it_succeeds(self):
        for job, state in (("posting", "ok"), ("analytics", "failed")):
            with Story(100) as story:
                story.fault(50, "feed_site", 1, "site_down", how="dies", until=58, **{"from": 49})
                story.run(1, "feed_site", 0, 50.1, "failed", exit_code=1)
                story.run(9, job, 60, 61, "ok")
                self.assertEqual(story.report()["faults"][0]["state"], state)

    def test_what_is_not_well_is_said_in_the_table(self):
        with Story(200) as story:
            story.fault(10, "analytics", 7, "crash", how="exit 1")
            story.run(7, "analytics", 10, 10.1, "failed", exit_code=1)
            text = table(story.report())
            self.assertIn("failed: not put right", text)
            self.assertTrue(text.endswith("NOT WELL"))


class Slots(unittest.TestCase):
    def share(self, story):
        return story.report()["slots"]

    def fill(self, story, slots, outcome="ok"):
        for at in slots:
            story.run(100 + at, "posting", at, at + 0.1, outcome)

    def test_a_post_every_twelve_minutes_serves_every_slot(self):
        with Story(60) as story:
            self.fill(story, range(0, 60, 5))
            for at in (5, 15, 30, 40, 50):
                story.post(at + 0.05)
            said = self.share(story)
            self.assertEqual((said["posted"], said["nothing_due"], said["lost"], said["share"]), (5, 7, [], 1))

    def test_a_post_of_the_same_second_is_of_the_slot(self):
        with Story(25) as story:
            for at in range(0, 25, 5):
                story.run(100 + at, "posting", at + 0.9 / 60, at + 0.1, "ok")
            story.post(5 + 0.95 / 60)  # content.db has whole seconds
            said = self.share(story)
            self.assertEqual((said["posted"], said["nothing_due"], said["lost"]), (1, 4, []))

    def test_an_empty_queue_is_an_excuse_for_a_quarter_of_an_hour_only(self):
        with Story(60) as story:
            self.fill(story, range(0, 60, 5))
            story.post(5.05)
            said = self.share(story)
            self.assertEqual([lost["at"][11:16] for lost in said["lost"]],
                             ["09:25", "09:30", "09:35", "09:40", "09:45", "09:50", "09:55"])
            self.assertFalse(story.report()["ok"])

    def test_a_failed_run_is_no_excuse(self):
        with Story(10) as story:
            self.fill(story, [0], "failed")
            self.assertEqual([lost["why"] for lost in self.share(story)["lost"]], ["failed"])

    def test_slots_with_the_site_down_do_not_count(self):
        with Story(40) as story:
            story.fault(11, "feed_site", 1, "site_down", how="dies", until=21, **{"from": 11})
            self.fill(story, [0, 5])
            self.fill(story, [10, 15, 20], "failed")
            story.post(26)
            said = self.share(story)
            self.assertEqual((said["site_down"], said["nothing_due"], said["lost"]), (3, 2, []))

    def test_a_slot_that_did_not_run_is_lost(self):
        with Story(30) as story:
            story.add("slots", job="posting", at=minute(0), last_at=minute(10), count=3, disposition="missed",
                      reason="down")
            self.assertEqual([lost["why"] for lost in self.share(story)["lost"]], ["missed(down)"] * 3)

    def test_a_slot_that_is_not_over_does_not_count(self):
        with Story(9) as story:
            self.fill(story, [0, 5])
            self.assertEqual(self.share(story)["nothing_due"], 1)

    def test_one_of_twenty_may_be_lost(self):
        for lost, ok in ((1, True), (2, False)):
            with Story(100) as story:
                slots = list(range(0, 100, 5))
                self.fill(story, slots)
                for at in slots[lost:]:
                    story.post(at + 0.05)
                story.takt.execute("update runs set outcome = 'failed' where slot_at < ?", [minute(5 * lost)])
                story.takt.commit()
                self.assertEqual(story.report()["ok"], ok)


class CommandLine(unittest.TestCase):
    def judge(self, *args):
        return subprocess.run([sys.executable, "-B", HERE.parent / "judge.py", *map(str, args)], capture_output=True,
                              text=True, timeout=30, check=False)

    def test_exit_codes_and_json(self):
        with Story(60) as story:
            story.fault(10, "analytics", 7, "crash", how="exit 1")
            story.history()
            done = self.judge("--fleet", story.folder / "fleet.toml", "--json")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(json.loads(done.stdout)["states"], {"pending": 1})
        with Story(200) as story:
            story.fault(10, "analytics", 7, "crash", how="exit 1")
            story.history()
            self.assertEqual(self.judge("--fleet", story.folder / "fleet.toml").returncode, 1)
            (story.folder / "chaos.jsonl").unlink()
            done = self.judge("--fleet", story.folder / "fleet.toml")
            self.assertEqual(done.returncode, 2)
            self.assertIn("nothing to judge by", done.stderr)

    def test_a_fleet_that_ended_before_it_had_a_content_table_is_judged(self):
        with Story(1) as story:
            story.posts.execute("drop table content")
            self.assertTrue(story.report()["ok"])
            (story.folder / "content.db").unlink()
            self.assertTrue(story.report()["ok"])

    def test_a_database_that_a_killed_writer_left_behind_is_read(self):
        with tempfile.TemporaryDirectory() as folder:
            live, left = pathlib.Path(folder) / "live.db", pathlib.Path(folder) / "left.db"
            writer = sqlite3.connect(live, isolation_level=None)
            writer.executescript("create table t (x); insert into t values (1); pragma cache_size = 1; begin")
            writer.executemany("insert into t values (?)", [["more"] for _ in range(10_000)])
            for part in ("", "-journal"):
                shutil.copy(f"{live}{part}", f"{left}{part}")
            writer.close()
            before = left.read_bytes()
            self.assertEqual(rows_of(left, "select x from t"), [{"x": 1}])
            self.assertEqual(left.read_bytes(), before)

    def test_durations(self):
        self.assertEqual(duration("90m..120m"), 120 * MINUTE)
        self.assertEqual(duration("1h30m"), 90 * MINUTE)
        self.assertEqual(duration("250ms"), 250)


if __name__ == "__main__":
    unittest.main()
