"""D1, D2, D12: no space, none for logs, no inodes. Critical jobs go on through the journal, others are held
with reason `store`, ends wait and are written; a daemon killed meanwhile loses nothing; and all is well
within seconds of there being space again, without a person."""
import os
import time
import unittest

import disks
from outage import OutageFleet


class FullStateFolder(unittest.TestCase):
    def outage(self, kill):
        with OutageFleet() as fleet, disks.tmpfs(fleet.state_dir, "size=6m,mode=0700") as disk:
            fleet.begin()
            glutton = self.enterContext(disks.Glutton(disk))
            status = fleet.await_degraded()
            self.assertFalse(status["ok"])
            self.assertGreater(status["journal_capacity_bytes"], 100_000)
            self.assertIn("full", status["store_error"])
            held = len(fleet.seen("other"))
            fleet.await_more("keep", 4)
            self.assertLessEqual(len(fleet.seen("other")), held + 1)  # one may have been on its way
            gate = fleet.store_gate("other")
            self.assertEqual(gate["answer"], "hold")
            self.assertIn("journal", gate["value"])
            self.assertEqual(fleet.store_gate("keep")["answer"], "pass")
            self.assertEqual(fleet.job("other")["state"], "waiting")
            self.assertEqual(fleet.job("other")["waiting_for"][0]["gate"], "store")
            (fleet.dir / "go").touch()
            fleet.wait(lambda: fleet.job("long")["running"] is None, "the end of long")
            self.assertGreater(fleet.status(7)["journal_used_bytes"], 0)
            if kill:
                fleet.kill()
                glutton.leave(64 << 10)  # SQLite's readers need room for their -shm
                fleet.up()
                glutton.begin()
                fleet.await_degraded()
                fleet.await_more("keep", 4)
            held = len(fleet.seen("other"))
            glutton.stop()
            began = time.monotonic()
            fleet.await_well()
            self.assertLess(time.monotonic() - began, 5 + 2)  # L7, and what asking takes
            fleet.await_more("other", 2)
            kinds = [event["kind"] for event in fleet.events()]
            for kind in ("store_failed", "store_back", "journal_replayed"):
                self.assertIn(kind, kinds)
            run = fleet.ended("long")[0]
            self.assertEqual((run["outcome"], len(run["attempts"])), ("ok", 1))
            reasons = {s["reason"] for s in fleet.slots("other")}
            self.assertIn("down" if kill else "store", reasons, "what was held is told")
            self.assertEqual(fleet.down(), 0)
            fleet.judge(self)
            self.assertGreater(len(fleet.seen("other")), held)

    def test_what_runs_goes_on_and_everything_follows(self):
        self.outage(kill=False)

    def test_a_daemon_killed_meanwhile_loses_nothing_and_starts_nothing_twice(self):
        self.outage(kill=True)

    def test_a_disk_of_one_megabyte(self):
        with OutageFleet() as fleet, disks.tmpfs(fleet.state_dir, "size=1m,mode=0700") as disk:
            fleet.begin()
            glutton = self.enterContext(disks.Glutton(disk))
            fleet.await_degraded()
            (fleet.dir / "go").touch()
            fleet.wait(lambda: fleet.seen("long", "end"), "the running job to finish")
            self.assertEqual(fleet.store_gate("other")["answer"], "hold")
            glutton.stop()
            fleet.await_well()
            fleet.wait(lambda: [r for r in fleet.ended("long") if r["outcome"] == "ok"], "its end")
            self.assertEqual(fleet.down(), 0)
            fleet.judge(self)

    def test_stopping_meanwhile_ends_with_the_journal(self):
        with OutageFleet() as fleet, disks.tmpfs(fleet.state_dir, "size=6m,mode=0700") as disk:
            fleet.begin()
            glutton = self.enterContext(disks.Glutton(disk))
            fleet.await_degraded()
            fleet.await_more("keep", 2)
            self.assertEqual(fleet.down(), 0)
            self.assertIn("in the journal", fleet.up_log())
            glutton.stop()
            fleet.up()
            self.assertIn("journal_replayed", [event["kind"] for event in fleet.events()])
            (fleet.dir / "go").touch()
            fleet.wait(lambda: fleet.ended("long"), "long to go on")
            self.assertEqual(fleet.down(), 0)
            fleet.judge(self)

    def test_requests_are_kept_in_the_journal(self):
        with OutageFleet() as fleet, disks.tmpfs(fleet.state_dir, "size=6m,mode=0700") as disk:
            fleet.begin()
            glutton = self.enterContext(disks.Glutton(disk))
            fleet.await_degraded()
            self.assertEqual(fleet.takt("pause", "other").returncode, 0)
            self.assertEqual(fleet.takt("cancel", str(fleet.seen("long")[0][0])).returncode, 0)
            fleet.kill()
            glutton.stop()
            fleet.up()
            self.assertEqual(fleet.job("other")["state"], "paused")
            run = fleet.wait(lambda: fleet.ended("long"), "long to be cancelled")[0]
            self.assertEqual(run["outcome"], "cancelled")


class FullLogFolder(unittest.TestCase):
    JOBS = """[job.loud]
run = "seq 1 40000; echo done >&2"
[job.quiet]
run = "echo quiet"
every = "200ms"
"""

    def test_jobs_go_on_and_what_is_cut_is_marked(self):
        with OutageFleet(self.JOBS) as fleet, \
                disks.tmpfs(fleet.state_dir / "logs", "size=64k,mode=0700") as disk:
            fleet.state_dir.chmod(0o700)
            fleet.up()
            run = fleet.wait_end(fleet.trigger("loud"))
            self.assertEqual(run["outcome"], "ok")
            text = fleet.takt("logs", "loud").stdout
            self.assertIn("1", text)
            self.assertRegex(fleet.takt("logs", "loud", "--json").stdout + text, "cut|not written|lost")
            disks.fill(disk)
            before = len(fleet.ended("quiet"))
            fleet.wait(lambda: len(fleet.ended("quiet")) >= before + 3, "runs without room for logs")
            self.assertEqual({r["outcome"] for r in fleet.ended("quiet")}, {"ok"})
            self.assertEqual(fleet.takt("status").returncode, 0)  # the store is well


class NoInodes(unittest.TestCase):
    def test_no_inodes_and_everything_follows(self):
        with OutageFleet() as fleet, \
                disks.tmpfs(fleet.state_dir, "size=16m,nr_inodes=60,mode=0700") as disk:
            fleet.begin()
            taken = disks.take_inodes(disk)
            fleet.await_more("keep", 4)
            (fleet.dir / "go").touch()
            fleet.wait(lambda: fleet.seen("long", "end"), "long to end")
            fleet.kill()
            fleet.up()
            fleet.await_more("keep", 2)
            for name in taken:
                os.unlink(name)
            fleet.await_well()
            fleet.await_more("other", 2)
            self.assertEqual(fleet.down(), 0)
            fleet.judge(self)


if __name__ == "__main__":
    unittest.main()
