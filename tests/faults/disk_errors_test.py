"""D3-D6, D9, D10: a disk that turns read-only, that fails a call, that is slow, a process without descriptors,
somebody else's lock, a limit on file sizes. Made by tampering with the system calls of the store's thread alone,
so that everything else of the machine is well."""
import contextlib
import pathlib
import sqlite3
import subprocess
import time
import unittest

import disks
from injection import injected, thread_of
from outage import OutageFleet

WRITES = ("pwrite64", "fdatasync", "ftruncate", "fsync")


class StoreThread(unittest.TestCase):
    @contextlib.contextmanager
    def fleet(self, **kwargs):
        with OutageFleet(**kwargs) as fleet:
            fleet.begin()
            yield fleet
            (fleet.dir / "go").touch()
            fleet.wait(lambda: [r for r in fleet.ended("long") if r["outcome"] == "ok"], "long")
            fleet.await_well()
            self.assertEqual(fleet.down(), 0)
            fleet.judge(self)

    def tamper(self, fleet, *injections, paths=()):
        return injected(thread_of(fleet.daemon.pid, "takt-store"), *injections, paths=paths)

    def files(self, fleet, *names):
        return [fleet.state_dir / name for name in names]


class ReadOnly(StoreThread):
    def test_the_database_only_and_back_without_a_restart(self):
        with self.fleet() as fleet:
            files = self.files(fleet, "takt.db", "takt.db-wal", "takt.db-shm")
            with self.tamper(fleet, *(f"{call}:error=EROFS" for call in WRITES), paths=files):
                fleet.await_degraded()
                fleet.await_more("keep", 3)
                self.assertEqual(fleet.store_gate("other")["answer"], "hold")
            fleet.await_well()
            fleet.await_more("other", 2)

    def test_the_journal_too_holds_everything_and_back_without_a_restart(self):
        with self.fleet() as fleet:
            with self.tamper(fleet, *(f"{call}:error=EROFS" for call in WRITES)):
                fleet.await_degraded()
                fleet.wait(lambda: fleet.store_gate("keep")["answer"] == "hold", "all to be held")
                self.assertEqual(fleet.takt("trigger", "other").returncode, 6)
                self.assertEqual(fleet.takt("pause", "other").returncode, 6)
                (fleet.dir / "go").touch()
                fleet.wait(lambda: fleet.job("long")["running"] is None, "the end of long")
            fleet.await_well()
            fleet.await_more("keep", 2)
            fleet.await_more("other", 2)
            told = [e for e in fleet.events("store_failed") if "journal" in e["text"]]
            self.assertTrue(told, "that the journal cannot be written is told")

    def test_a_real_one_ends_with_nothing_lost_after_a_restart(self):
        with OutageFleet() as fleet, disks.ext4(fleet.state_dir) as disk:
            fleet.begin()
            trigger = pathlib.Path("/sys/fs/ext4") / pathlib.Path(disks.device_of(disk)).name
            if not (trigger / "trigger_fs_error").exists():
                self.skipTest("this kernel has no trigger_fs_error")
            (trigger / "trigger_fs_error").write_text("a test of takt")
            fleet.await_degraded()
            (fleet.dir / "go").touch()
            fleet.wait(lambda: fleet.seen("long", "end"), "the running job to finish")
            self.assertIsNone(fleet.daemon.poll())
            fleet.daemon.terminate()
            self.assertEqual(fleet.daemon.wait(20), 0)
            self.assertIn("could not be written", fleet.up_log())


class Eio(StoreThread):
    def test_the_nth_call_of_each_kind(self):
        with self.fleet() as fleet:
            for call in WRITES[:3]:
                for n in (1, 2, 3, 5, 8):
                    with self.subTest(call=call, n=n), \
                            self.tamper(fleet, f"{call}:error=EIO:when={n}"):
                        fleet.await_more("keep", 2)
                        fleet.await_well()
            self.assertEqual({r["outcome"] for r in fleet.ended("keep")}, {"ok"})

    def test_every_sync_for_a_while(self):
        with self.fleet() as fleet:
            with self.tamper(fleet, "fdatasync:error=EIO", "fsync:error=EIO"):
                fleet.takt("trigger", "once")
                fleet.await_more("keep", 2)
            fleet.await_well()


class SlowSync(StoreThread):
    JOBS = """
[job.keep]
run = ["./job", "0.02"]
every = "250ms"
offset = "0s"
delivery = "at_most_once"
[job.other]
run = ["./job", "0.02"]
every = "250ms"
offset = "100ms"
[job.long]
run = ["./job", "0", "go"]
hung_after = "1h"
"""

    def test_timers_and_answers_do_not_wait_for_it(self):
        with self.fleet(jobs=self.JOBS) as fleet:
            for delay in ("100ms", "1s"):
                with self.tamper(fleet, f"fdatasync:delay_exit={delay}"):
                    for _ in range(5):
                        began = time.monotonic()
                        self.assertEqual(fleet.takt("status").returncode, 0)  # slow is not failing
                        self.assertLess(time.monotonic() - began, 1.0)
                    fleet.await_more("keep", 2)
            self.assertEqual(fleet.events("job_hung"), [])


class Lock(StoreThread):
    def test_somebody_elses_lock_loses_no_decision(self):
        with self.fleet() as fleet:
            other = sqlite3.connect(fleet.state_dir / "takt.db", isolation_level=None)
            other.execute("BEGIN EXCLUSIVE")
            fleet.await_degraded()
            fleet.await_more("keep", 8)
            self.assertIn("locked", fleet.status(7)["store_error"])
            gate = fleet.store_gate("other")
            self.assertEqual(gate["answer"], "hold")
            other.execute("ROLLBACK")
            other.close()
            fleet.await_well()
            fleet.await_more("other", 2)

    def test_a_start_under_it_is_degraded_and_goes_on(self):
        with self.fleet() as fleet:
            fleet.kill()
            other = sqlite3.connect(fleet.state_dir / "takt.db", isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            fleet.up()
            fleet.await_degraded()
            fleet.await_more("keep", 2)
            other.execute("ROLLBACK")
            other.close()
            fleet.await_well()


class FileSize(StoreThread):
    def limit(self, fleet, size):
        subprocess.run(["prlimit", "--pid", str(fleet.daemon.pid), f"--fsize={size}"], check=True)

    def test_a_limit_is_a_failure_like_any_other(self):
        with self.fleet() as fleet:
            self.limit(fleet, "100000:unlimited")
            fleet.await_degraded()
            fleet.await_more("keep", 2)
            self.limit(fleet, "unlimited:unlimited")
            fleet.await_well()
            fleet.await_more("other", 2)


class Descriptors(StoreThread):
    def test_a_store_that_cannot_open_its_file_anew_is_degraded(self):
        with self.fleet() as fleet:
            calls = ("pwrite64:error=EIO:when=1", "openat:error=EMFILE", "open:error=EMFILE")
            with self.tamper(fleet, *calls):
                fleet.await_degraded()
                fleet.await_more("keep", 3)
            fleet.await_well()


class StateFolderGone(unittest.TestCase):
    def test_a_database_moved_away_holds_starts_and_back_heals(self):
        with OutageFleet() as fleet:
            fleet.begin()
            (fleet.state_dir / "takt.db").rename(fleet.state_dir / "moved.db")
            fleet.await_degraded()
            fleet.await_more("keep", 2)
            self.assertIn("moved", fleet.status(7)["store_error"])
            (fleet.state_dir / "moved.db").rename(fleet.state_dir / "takt.db")
            fleet.await_well()
            (fleet.dir / "go").touch()
            fleet.wait(lambda: fleet.ended("long"), "long")
            self.assertEqual(fleet.down(), 0)
            fleet.judge(self)

    def test_a_folder_deleted_under_the_daemon_stops_starts_not_jobs(self):
        with OutageFleet() as fleet:
            fleet.begin()
            subprocess.run(["rm", "-rf", str(fleet.state_dir)], check=True)
            fleet.wait(lambda: "store_failed" in fleet.up_log() or "cannot be written" in fleet.up_log(),
                       "the loss to be told")
            (fleet.dir / "go").touch()
            fleet.wait(lambda: fleet.seen("long", "end"), "the running job to finish")
            fleet.wait(lambda: "takes no more starts" in fleet.up_log(), "the journal's loss to be told")
            starts = len(fleet.seen("keep"))
            fleet.daemon.terminate()
            self.assertEqual(fleet.daemon.wait(30), 0)
            self.assertLessEqual(len(fleet.seen("keep")), starts + 1)
            self.assertFalse(fleet.state_dir.exists() and (fleet.state_dir / "takt.db").exists(),
                             "no empty history in its place")


class Logs(unittest.TestCase):
    JOBS = """[job.loud]
run = ["./loud"]
"""
    LOUD = """#!/bin/sh
echo first
while [ ! -e $HERE/go ]; do echo again; sleep 0.05; done
echo last
"""

    def test_logs_moved_deleted_and_replaced_by_a_link(self):
        with OutageFleet(self.JOBS) as fleet:
            (fleet.dir / "loud").write_text(self.LOUD)
            (fleet.dir / "loud").chmod(0o700)
            victim = fleet.dir / "victim"
            victim.write_text("precious")
            fleet.up()
            run = fleet.trigger("loud")
            folder = fleet.state_dir / "logs" / "loud"
            log = folder / f"{run}-1.log"
            fleet.wait(lambda: log.exists() and "again" in log.read_text(), "its output")
            log.rename(folder / "rotated")  # the writer goes on in the file that it has
            before = (folder / "rotated").stat().st_size
            fleet.wait(lambda: (folder / "rotated").stat().st_size > before, "more output")
            log.symlink_to(victim)
            (folder / "rotated").unlink()
            (folder / f"{run + 1}-1.log").symlink_to(victim)
            (fleet.dir / "go").touch()
            self.assertEqual(fleet.wait_end(run)["outcome"], "ok")
            self.assertEqual(fleet.wait_end(fleet.trigger("loud"))["outcome"], "ok")
            self.assertEqual(victim.read_text(), "precious")
            self.assertNotIn("precious", fleet.takt("logs", str(run)).stdout)
            self.assertEqual(fleet.takt("status").returncode, 0)


if __name__ == "__main__":
    unittest.main()
