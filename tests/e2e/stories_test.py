"""Three bad hours of a content bot, lived at sixty times the wall's speed: the plan fails, memory gets critical, a job hangs.
Each time the fleet is well again by itself. The same stories, to the millisecond, are tests/scenarios/story-*.scenario."""
import datetime
import os
import unittest

from fleet import Fleet, alive

SPEED = ("--speed", "60")


def at(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def seconds(earlier, later):
    return (at(later) - at(earlier)).total_seconds()


class Stories(unittest.TestCase):
    def fleet(self, jobs, fleet_table=""):
        fleet = Fleet(jobs, fleet_table)
        self.addCleanup(fleet.__exit__)
        return fleet

    def test_the_plan_fails_and_comes_back(self):
        fleet = self.fleet('''
[job.plan]
run = "test ! -e broken && echo x >> queue"
every = "6h"
offset = "1m"
priority = "P0"
critical = true
expect = "10s"
late_after = "5m"
[job.health_check]
builtin = "health"
health = "content_pipeline"
every = "10m"
offset = "12m"
[[health.content_pipeline.probe]]
name = "queue_has_content"
command = "cat queue 2>/dev/null | wc -l"
at_least = 1
otherwise = { run = "plan", priority = "P0" }
''')
        (fleet.dir / "broken").write_text("")
        fleet.up(*SPEED)
        first = fleet.wait(lambda: [r for r in fleet.ended("plan") if r["cause"] == "schedule"], "the failed slot")[0]
        self.assertEqual(first["outcome"], "failed")
        gaps = [seconds(a["ended_at"], b["started_at"])
                for a, b in zip(first["attempts"], first["attempts"][1:])]
        self.assertEqual(len(gaps), 3)
        for gap, wanted in zip(gaps, (2, 4, 8)):  # a second of the wall is a minute here
            self.assertGreaterEqual(gap, wanted)
            self.assertLess(gap, wanted + 60)

        overdue = fleet.wait(lambda: fleet.events("job_overdue"), "the verdict")[-1]
        self.assertLessEqual(overdue["data"]["noticed_after_ms"], 60_000)
        late = seconds(first["slot_at"], overdue["at"])
        self.assertGreater(late, 5 * 60)
        self.assertLess(late, 7 * 60 + 60)
        recovery = fleet.wait(lambda: [r for r in fleet.ended("plan") if r["cause"] == "recovery"], "the recovery")[-1]
        self.assertEqual((recovery["outcome"], recovery["priority"]), ("failed", "P0"))

        fleet.wait(lambda: fleet.events("probe_failed"), "the second net")
        (fleet.dir / "broken").unlink()
        fleet.wait(lambda: [r for r in fleet.ended("plan") if r["outcome"] == "ok"], "a plan that works")
        fleet.wait(lambda: fleet.events("probe_recovered"), "the probe to be well")
        fleet.wait(lambda: fleet.takt("status").returncode == 0, "the fleet to be well")
        self.assertEqual(fleet.takt("health").returncode, 0)
        self.assertEqual(fleet.job("plan")["consecutive_failures"], 0)
        health = [r for r in fleet.runs("plan") if r["cause"] == "health"]
        for run in health:
            self.assertEqual(run["priority"], "P0")
            self.assertIn(run["triggered_by"], [r["id"] for r in fleet.runs("health_check")])

    def test_memory_gets_critical_and_normal_again(self):
        jobs = ('[job.scraper]\nrun = "true"\nevery = "1m"\npriority = "P3"\n'
                '[job.posting]\nrun = "true"\nevery = "1m"\ncritical = true\npriority = "P0"\n')
        plenty = '[memory]\nhigh = "99.8%"\ncritical = "99.9%"\nsource = "system"\n'
        scarce = '[memory]\nhigh = "0.05%"\ncritical = "0.1%"\nsource = "system"\n'
        fleet = self.fleet(plenty + jobs, 'cleanup = "true"')
        fleet.up(*SPEED)
        fleet.wait(lambda: fleet.ended("scraper"), "a run while there is enough")
        text = (fleet.dir / "fleet.toml").read_text()
        (fleet.dir / "fleet.toml").write_text(text.replace(plenty, scarce))
        fleet.takt("reload")
        fleet.wait(lambda: fleet.events("cleanup_done"), "the cleanup")
        skipped = fleet.wait(lambda: [s for s in fleet.slots("scraper") if s["reason"] == "memory"], "a skip")[0]
        memory = next(g for g in skipped["gates"] if g["gate"] == "memory")
        self.assertIn("%", memory["value"])
        fleet.wait(lambda: [e for e in fleet.events("memory_critical") if e["job"] == "posting"], "a start with a warning")
        (fleet.dir / "fleet.toml").write_text(text)
        fleet.takt("reload")
        normal = fleet.wait(lambda: fleet.events("memory_normal"), "the end of it")[-1]
        fleet.wait(lambda: [r for r in fleet.ended("scraper") if r["started_at"] and at(r["started_at"]) > at(normal["at"])],
                   "a run afterwards")

    def test_a_job_hangs_and_is_proven_dead_before_anything_follows(self):
        fleet = self.fleet('''
[job.scraper]
run = "if test -e hang; then rm hang; trap '' TERM; sleep 1000 & echo $! > child; wait; sleep 1000; fi"
every = "1d"
offset = "1m"
hung_after = "15m"
kill_grace = "500ms"
expect = "1m"
''')
        (fleet.dir / "hang").write_text("")
        fleet.up(*SPEED)
        fleet.wait((fleet.dir / "child").exists, "the job to hang")
        hung = fleet.wait(lambda: fleet.events("job_hung"), "the verdict")[0]
        self.assertLessEqual(hung["data"]["noticed_after_ms"], 60_000)  # a second of the wall
        run = fleet.wait(lambda: [r for r in fleet.ended("scraper") if r["outcome"] == "hung"], "its end")[0]
        self.assertFalse(alive(int((fleet.dir / "child").read_text())))
        recovery = fleet.wait(lambda: [r for r in fleet.ended("scraper") if r["cause"] == "recovery"], "the recovery")[0]
        self.assertEqual((recovery["outcome"], recovery["triggered_by"]), ("ok", run["id"]))
        self.assertGreaterEqual(at(recovery["started_at"]), at(run["ended_at"]))
        job = fleet.job("scraper")
        self.assertEqual((job["state"], job["last_outcome"], job["consecutive_failures"]), ("idle", "ok", 0))
        self.assertEqual(job["last_success_at"], recovery["ended_at"])
        self.assertEqual(job["last_failure_at"], run["ended_at"])


if __name__ == "__main__":
    os.umask(0o077)
    unittest.main()
