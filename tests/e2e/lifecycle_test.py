"""From up to down: signals, second daemons, refused databases, --for, --speed, two speeds."""
import os
import signal
import sqlite3
import stat
import time
import unittest

from fleet import Fleet, alive, tagged_processes, wait_until

LONG = '[job.long]\nrun = "sleep 600"\nkill_grace = "2s"\n'


class Lifecycle(unittest.TestCase):
    def test_the_state_folder_and_socket_are_private(self):
        with Fleet(LONG) as fleet:
            fleet.up()
            self.assertEqual(stat.S_IMODE(fleet.state_dir.stat().st_mode), 0o700)
            self.assertEqual(stat.S_IMODE((fleet.state_dir / "takt.sock").stat().st_mode), 0o600)
            self.assertEqual(stat.S_IMODE((fleet.state_dir / "takt.db").stat().st_mode), 0o600)

    def test_sigterm_cancels_and_the_run_goes_on_at_the_next_start(self):
        with Fleet(LONG) as fleet:
            fleet.up()
            run = fleet.trigger("long")
            pid = fleet.wait(lambda: (fleet.job("long")["running"] or {}).get("pid"), "a pid")
            fleet.daemon.send_signal(signal.SIGTERM)
            began = time.monotonic()
            self.assertEqual(fleet.daemon.wait(10), 0)
            self.assertLess(time.monotonic() - began, 4)
            self.assertFalse(alive(pid))
            fleet.up()
            again = fleet.wait(lambda: [r for r in fleet.runs("long") if len(r["attempts"]) == 2
                                        and r["state"] == "running"], "the run to go on")[0]
            self.assertEqual(again["id"], run)
            self.assertEqual(again["attempts"][0]["outcome"], "cancelled")

    def test_sigint_twice_kills_what_ignores_sigterm(self):
        with Fleet('[job.deaf]\nrun = "trap : TERM; while :; do sleep 0.1; done"\n'
                   'kill_grace = "60s"\n') as fleet:
            fleet.up()
            fleet.trigger("deaf")
            fleet.wait(lambda: (fleet.job("deaf")["running"] or {}).get("pid"), "a pid")
            fleet.daemon.send_signal(signal.SIGINT)
            wait_until(lambda: fleet.takt("trigger", "deaf").returncode in (5, 6), "stopping")
            fleet.daemon.send_signal(signal.SIGINT)
            self.assertEqual(fleet.daemon.wait(10), 0)
            self.assertFalse(tagged_processes(fleet.dir))

    def test_sighup_does_not_end_it(self):
        with Fleet(LONG) as fleet:
            fleet.up()
            fleet.daemon.send_signal(signal.SIGHUP)
            self.assertEqual(fleet.takt("status").returncode, 0)

    def test_a_bad_edit_of_the_file_locks_nobody_out(self):
        for edit in ("garbage", '[job.more]\nevry = "5m"\n'):
            with Fleet(LONG) as fleet:
                fleet.up()
                fleet.file.write_text(fleet.file.read_text() + edit)
                self.assertEqual(fleet.takt("status").returncode, 0)
                self.assertEqual(fleet.down(), 0)
                self.assertEqual(fleet.takt("status").returncode, 3)

    def test_down_waits_for_the_end(self):
        with Fleet(LONG) as fleet:
            fleet.up()
            fleet.trigger("long")
            self.assertEqual(fleet.down(), 0)
            self.assertFalse((fleet.state_dir / "takt.sock").exists())
            self.assertEqual(fleet.takt("down").returncode, 5)

    def test_drain_starts_nothing_and_lets_runs_end(self):
        with Fleet('[job.work]\nrun = "while [ ! -e go ]; do sleep 0.05; done"\n'
                   '[job.tick]\nrun = "true"\nevery = "100ms"\n') as fleet:
            fleet.up()
            run = fleet.trigger("work")
            fleet.wait(lambda: fleet.ended("tick"), "a tick")
            self.assertEqual(fleet.takt("drain").returncode, 0)
            (fleet.dir / "go").touch()
            self.assertEqual(fleet.wait_end(run)["outcome"], "ok")
            waiting = fleet.wait(lambda: [r for r in fleet.runs("tick") if r["state"] == "waiting"],
                                 "a slot that waits")[0]
            self.assertIn("draining", [g["value"] for g in waiting["gates"]])

    def test_up_for_ends_by_itself_with_a_summary(self):
        with Fleet('[job.tick]\nrun = "true"\nevery = "100ms"\n') as fleet:
            done = fleet.takt("up", "--for", "1s")
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
            self.assertIn("tick", done.stdout.splitlines()[-2])
            self.assertTrue(fleet.ended("tick"))

    def test_up_for_tells_of_a_failure_by_its_exit_code(self):
        with Fleet('[job.bad]\nrun = "exit 1"\nevery = "100ms"\n') as fleet:
            self.assertEqual(fleet.takt("up", "--for", "500ms").returncode, 1)

    def test_another_speed_is_refused_and_the_same_goes_on(self):
        with Fleet('[job.tick]\nrun = "true"\nevery = "10s"\noffset = "0s"\n') as fleet:
            self.assertEqual(fleet.takt("up", "--speed", "60", "--for", "700ms").returncode, 0)
            first = fleet.runs("tick")
            refused = fleet.takt("up", "--for", "100ms")
            self.assertEqual(refused.returncode, 6, refused.stderr)
            self.assertIn("speed", refused.stderr)
            self.assertEqual(fleet.takt("up", "--speed", "60", "--for", "700ms").returncode, 0)
            runs = fleet.runs("tick")
            self.assertGreater(len(runs), len(first))
            self.assertEqual([r["cause"] for r in runs], ["schedule"] * len(runs),
                             "at a speed other than 1 downtime does not count")

    def test_a_corrupt_database_is_refused_and_kept(self):
        with Fleet(LONG) as fleet:
            self.assertEqual(fleet.takt("up", "--for", "200ms").returncode, 0)
            db = fleet.state_dir / "takt.db"
            for side in ("-wal", "-shm"):
                (fleet.state_dir / f"takt.db{side}").unlink(missing_ok=True)
            db.write_bytes(b"not a database at all" * 500)
            before = db.read_bytes()
            refused = fleet.takt("up", "--for", "200ms")
            self.assertEqual(refused.returncode, 6)
            self.assertIn(str(db), refused.stderr)
            self.assertEqual(db.read_bytes(), before)

    def test_a_newer_database_is_refused_and_kept(self):
        with Fleet(LONG) as fleet:
            self.assertEqual(fleet.takt("up", "--for", "200ms").returncode, 0)
            with sqlite3.connect(fleet.state_dir / "takt.db") as db:
                db.execute("update schema_version set version = 99 where version = (select max(version) from schema_version)")
            db.close()
            refused = fleet.takt("up", "--for", "200ms")
            self.assertEqual(refused.returncode, 6)
            self.assertIn("newer", refused.stderr)

    def test_a_state_folder_of_somebody_else_is_refused(self):
        if os.geteuid() != 0:
            self.skipTest("needs root to give a folder away")
        with Fleet(LONG) as fleet:
            fleet.state_dir.mkdir(parents=True)
            os.chown(fleet.state_dir, 65534, 65534)
            refused = fleet.takt("up", "--for", "200ms")
            self.assertEqual(refused.returncode, 1)
            self.assertIn("another user", refused.stderr)

    def test_a_wall_clock_behind_the_record_is_a_step_and_nothing_waits_for_it(self):
        with Fleet('[job.tick]\nrun = "true"\nevery = "200ms"\n') as fleet:
            fleet.up()
            fleet.wait(lambda: fleet.ended("tick"), "a run")
            self.assertEqual(fleet.down(), 0)
            with sqlite3.connect(fleet.state_dir / "takt.db") as db:  # as if recorded an hour ahead
                db.execute("update fleet set clock_at = clock_at + 3600000, epoch_at = epoch_at + 3600000")
                db.execute("update jobs set next_at = next_at + 3600000")
            db.close()
            before = len(fleet.ended("tick"))
            fleet.up()
            fleet.wait(lambda: len(fleet.ended("tick")) >= before + 3, "runs to go on")
            step = fleet.events("clock_stepped")[0]["data"]["by_ms"]
            self.assertTrue(-3600000 <= step < -3590000, step)

    def test_history_is_readable_without_a_daemon(self):
        with Fleet('[job.tick]\nrun = "echo hello"\nevery = "100ms"\n') as fleet:
            self.assertEqual(fleet.takt("up", "--for", "600ms").returncode, 0)
            self.assertEqual(fleet.takt("ls").returncode, 5)
            self.assertTrue(fleet.runs("tick"))
            self.assertTrue(fleet.slots("tick"))
            self.assertTrue(fleet.events("fleet_stopped"))
            self.assertEqual(fleet.takt("logs", "tick").stdout, "hello\n")


if __name__ == "__main__":
    unittest.main()
