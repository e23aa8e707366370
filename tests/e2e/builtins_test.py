"""The jobs that are takt's own work: watchdog and retention on a real database, journal_replay on a real disk."""
import contextlib
import pathlib
import sqlite3
import sys
import time
import unittest

from fleet import Fleet

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "faults"))
import disks  # noqa: E402
from outage import JOBS as OUTAGE_JOBS, OutageFleet  # noqa: E402

WATCHDOG = '[job.job_watchdog]\nbuiltin = "watchdog"\n'
RETENTION = '[job.cleaning]\nbuiltin = "retention"\n'


class Watchdog(unittest.TestCase):
    def start(self, jobs):
        fleet = Fleet(WATCHDOG + jobs)
        self.addCleanup(fleet.__exit__)
        fleet.up()
        return fleet

    def spoil(self, fleet, statement, *values):
        """As somebody with a SQLite shell would, under the running daemon."""
        with contextlib.closing(sqlite3.connect(fleet.state_dir / "takt.db", timeout=10)) as db:
            changed = db.execute(statement, values).rowcount
            db.commit()
        self.assertEqual(changed, 1)

    def sweep(self, fleet):
        """What it says, in its log and as events that are new."""
        before = len(fleet.events("row_mended"))
        done = fleet.takt("trigger", "job_watchdog", "--wait")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        events = fleet.events("row_mended")
        return done.stdout, [e["text"] for e in events[:len(events) - before]]

    def row(self, fleet, query, *values):
        (row,) = fleet.sql(query, *values)
        return row

    def test_nothing_differs(self):
        fleet = self.start('[job.done]\nrun = "true"\n[job.long]\nrun = "sleep 600"\n'
                           'kill_grace = "1s"\n')
        fleet.wait_end(fleet.trigger("done"))
        fleet.trigger("long")
        fleet.wait(lambda: fleet.job("long")["running"], "long to run")
        for _ in range(2):
            text, events = self.sweep(fleet)
            self.assertIn("nothing differs", text)
            self.assertEqual(events, [])

    def test_a_wrong_heartbeat_is_written_anew(self):
        fleet = self.start('[job.done]\nrun = "true"\n')
        fleet.wait_end(fleet.trigger("done"))
        query = ("SELECT state, last_success_at, last_outcome, consecutive_failures, run, pid"
                 " FROM job_heartbeats WHERE job = 'done'")
        right = fleet.wait(lambda: [r for r in fleet.sql(query) if r[2] == "ok"], "the heartbeat")[0]
        for change in ("last_success_at = 1, consecutive_failures = 9", "state = 'running', pid = 1",
                       "last_outcome = NULL"):
            self.spoil(fleet, f"UPDATE job_heartbeats SET {change} WHERE job = 'done'")
            text, events = self.sweep(fleet)
            self.assertEqual(len(events), 1, text)
            self.assertIn("heartbeat of done was wrong", events[0])
            self.assertIn("1 put right", text)
            self.assertEqual(self.row(fleet, query), right, change)
        self.spoil(fleet, "DELETE FROM job_heartbeats WHERE job = 'done'")
        self.sweep(fleet)
        self.assertEqual(self.row(fleet, query), right)

    def test_an_open_run_that_nobody_knows_of_is_ended(self):
        fleet = self.start('[job.done]\nrun = "true"\n')
        began, queued = (fleet.trigger("done") for _ in range(2) if fleet.wait(
            lambda: not fleet.job("done")["running"], "the one before"))
        fleet.wait_end(queued)
        self.spoil(fleet, "UPDATE runs SET state = 'running', outcome = NULL, ended_at = NULL"
                          " WHERE id = ?", began)
        self.spoil(fleet, "UPDATE runs SET state = 'waiting', outcome = NULL, ended_at = NULL,"
                          " started_at = NULL, disposition = NULL WHERE id = ?", queued)
        text, events = self.sweep(fleet)
        self.assertEqual(len(events), 2, text)
        query = "SELECT state, outcome, disposition FROM runs WHERE id = ?"
        self.assertEqual(self.row(fleet, query, began)[:2], ("ended", "lost"))
        self.assertEqual(self.row(fleet, query, queued), ("ended", None, "missed"))
        self.assertIn("nothing differs", self.sweep(fleet)[0])

    def test_a_living_attempt_that_nobody_knows_of_is_lost(self):
        fleet = self.start('[job.done]\nrun = "true"\n')
        run = fleet.wait_end(fleet.trigger("done"))
        token = run["attempts"][0]["token"]
        self.spoil(fleet, "UPDATE attempts SET outcome = NULL, ended_at = NULL WHERE token = ?", token)
        text, events = self.sweep(fleet)
        self.assertEqual(len(events), 1, text)
        self.assertEqual(self.row(fleet, "SELECT outcome, ended_at > 0 FROM attempts"
                                         " WHERE token = ?", token), ("lost", 1))

    def test_a_run_that_the_store_forgot_is_written_anew_and_not_disturbed(self):
        fleet = self.start('[job.long]\nrun = "while [ ! -e go ]; do sleep 0.02; done"\n')
        run = fleet.trigger("long")
        fleet.wait(lambda: fleet.job("long")["running"], "long to run")
        fleet.wait(lambda: fleet.sql("SELECT 1 FROM runs WHERE id = ? AND state = 'running'", run),
                   "its row")
        self.spoil(fleet, "DELETE FROM runs WHERE id = ?", run)
        text, events = self.sweep(fleet)
        self.assertEqual(len(events), 1, text)
        self.assertEqual(self.row(fleet, "SELECT job, state FROM runs WHERE id = ?", run),
                         ("long", "running"))
        (fleet.dir / "go").touch()
        ended = fleet.wait_end(run)
        self.assertEqual((ended["outcome"], len(ended["attempts"])), ("ok", 1))


class Retention(unittest.TestCase):
    def test_old_runs_and_their_logs_go_and_the_log_tells_how_many(self):
        with Fleet(RETENTION + '[job.old]\nrun = "echo $TAKT_RUN_ID"\n') as fleet:
            fleet.up()
            runs = []
            for _ in range(6):
                runs.append(fleet.trigger("old"))
                fleet.wait_end(runs[-1])
            logs = lambda: sorted(int(path.name.split("-")[0]) for path in
                                  (fleet.state_dir / "logs" / "old").glob("*.log"))
            self.assertEqual(logs(), runs)
            fleet.write(fleet.file.read_text() + "keep_runs = 2\n")
            fleet.json("reload")
            done = fleet.takt("trigger", "cleaning", "--wait")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual([r["id"] for r in fleet.runs("old")], runs[:3:-1])
            self.assertEqual(logs(), runs[4:])
            self.assertRegex(done.stdout, r"deleted 4 runs.*\n.*deleted 4 log files")
            again = fleet.takt("trigger", "cleaning", "--wait").stdout
            self.assertRegex(again, r"deleted 0 runs.*\n.*deleted 0 log files")
            self.assertIn("log files", fleet.takt("logs", "cleaning").stdout)


class JournalReplay(unittest.TestCase):
    JOBS = OUTAGE_JOBS + '[job.replay]\nbuiltin = "journal_replay"\n'

    def end(self, fleet):
        """Nothing was lost on the way."""
        (fleet.dir / "go").touch()
        fleet.wait_end(fleet.runs("long")[0]["id"])
        self.assertEqual(fleet.down(), 0)
        fleet.judge(self)

    def await_well_soon(self, fleet):
        began = time.monotonic()
        fleet.await_well()
        self.assertLess(time.monotonic() - began, 5 + 2)  # and what asking takes

    def test_it_starts_while_the_database_is_locked_and_tells_what_it_could(self):
        with OutageFleet(self.JOBS) as fleet:
            fleet.begin()
            well = fleet.takt("trigger", "replay", "--wait")
            self.assertEqual(well.returncode, 0, well.stderr)
            self.assertIn("its journal is empty", well.stdout)
            with contextlib.closing(sqlite3.connect(fleet.state_dir / "takt.db",
                                                    isolation_level=None)) as other:
                other.execute("BEGIN EXCLUSIVE")
                fleet.await_degraded()
                in_vain = fleet.trigger("replay")  # through the journal
                self.assertEqual(fleet.store_gate("replay")["answer"], "pass")
                self.assertEqual(fleet.store_gate("other")["answer"], "hold")
                fleet.wait(lambda: fleet.job("replay")["running"], "it to run without a store")
                fleet.wait(lambda: not fleet.job("replay")["running"], "it to give up")
                self.assertEqual(fleet.takt("status").returncode, 7)
                fleet.await_more("keep", 2)
                again = fleet.trigger("replay")
                fleet.wait(lambda: fleet.job("replay")["running"], "the next one")
                other.execute("ROLLBACK")
            self.await_well_soon(fleet)
            self.assertEqual(fleet.wait_end(in_vain)["outcome"], "failed")
            self.assertEqual(fleet.wait_end(again)["outcome"], "ok")
            self.assertIn("what lay in its journal is replayed", fleet.takt("logs", again).stdout)
            self.assertTrue(fleet.events("journal_replayed"))
            self.end(fleet)

    def test_on_a_full_disk_that_has_room_again(self):
        with OutageFleet(self.JOBS) as fleet, \
                disks.tmpfs(fleet.state_dir, "size=6m,mode=0700") as disk:
            fleet.begin()
            glutton = self.enterContext(disks.Glutton(disk))
            fleet.await_degraded()
            run = fleet.trigger("replay")
            fleet.await_more("keep", 2)
            glutton.stop()
            self.await_well_soon(fleet)
            self.assertEqual(fleet.wait_end(run)["outcome"], "ok")
            self.assertTrue(fleet.events("journal_replayed"))
            self.end(fleet)


if __name__ == "__main__":
    unittest.main()
