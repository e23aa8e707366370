"""Health checks through outages: of takt's own store (D1), and of the database that they look at."""
import datetime
import unittest

import disks
from outage import JOBS, OutageFleet
from postgres import Cluster

SPEED = 20
FAST_JOBS = JOBS.replace("250ms", "5s").replace("100ms", "2s")  # four a second, as ever
CHECK = """
[job.check]
builtin = "health"
health = "shop"
every = "5s"
critical = true
[job.slow]
builtin = "health"
health = "slow"
[health.slow]
[[health.slow.probe]]
name = "long"
command = "while [ ! -e go ]; do sleep 0.02; done"
succeeds = true
timeout = "1m"
[health.shop]
[[health.shop.probe]]
name = "there"
file = "there"
succeeds = true
otherwise = { command = "echo . >> mended; touch there" }
[[health.shop.probe]]
name = "well"
command = "true"
succeeds = true
"""


def about(fleet, probe):
    return [e["kind"] for e in reversed(fleet.events()) if e["data"].get("probe") == probe]


def probes(fleet):
    return {p["name"]: p for check in fleet.json("health", code=None)["checks"]
            for p in check["probes"]}


def instant(text):
    return datetime.datetime.fromisoformat(text)


class StoreAway(unittest.TestCase):
    def test_d1_checks_go_on_and_nothing_of_them_is_lost(self):
        with OutageFleet(FAST_JOBS + CHECK) as fleet, \
                disks.tmpfs(fleet.state_dir, "size=6m,mode=0700") as disk:
            (fleet.dir / "there").touch()
            fleet.begin("--speed", str(SPEED))
            under_way = fleet.trigger("slow")
            fleet.wait(lambda: fleet.job("slow")["running"], "the slow check to be under way")
            fleet.wait(lambda: probes(fleet)["there"]["state"] == "ok", "the first check")
            glutton = self.enterContext(disks.Glutton(disk))
            fleet.await_degraded()
            began = instant(probes(fleet)["there"]["checked_at"])
            (fleet.dir / "there").unlink()
            fleet.wait(lambda: (fleet.dir / "mended").exists(), "the remedy, without a store")
            self.assertEqual(fleet.store_gate("check")["answer"], "pass")
            minute = datetime.timedelta(minutes=1)
            fleet.wait(lambda: instant(probes(fleet)["well"]["checked_at"]) - began > minute,
                       "a minute of checks")
            self.assertEqual({p["state"] for p in probes(fleet).values() if p["name"] != "long"},
                             {"ok"})
            (fleet.dir / "go").touch()  # for the slow check, and for the job `long`
            fleet.wait(lambda: probes(fleet)["long"]["state"] == "ok", "the slow check")
            glutton.stop()
            fleet.await_well()
            fleet.await_more("other", 2)
            self.assertEqual(fleet.wait_end(under_way)["outcome"], "ok")
            self.assertEqual(len(fleet.wait_end(under_way)["attempts"]), 1)
            self.assertEqual(about(fleet, "there"), ["probe_failed", "remedy_done", "remedy_judged",
                                                     "probe_recovered"])
            self.assertEqual((fleet.dir / "mended").read_text(), ".\n", "mended once")
            self.assertEqual({r["outcome"] for r in fleet.ended("check") if r["disposition"] == "ran"},
                             {"ok"})
            self.assertEqual(fleet.down(), 0)
            fleet.judge(self)
            rows = dict(fleet.sql("SELECT probe, state FROM probes"))
            self.assertEqual(rows, {"there": "ok", "well": "ok", "long": "ok"})

    def test_d1_a_daemon_killed_meanwhile_knows_what_it_found_and_mended(self):
        with OutageFleet(FAST_JOBS + CHECK.replace("touch there", "true").replace(
                'every = "5s"\ncritical', 'critical')) as fleet, \
                disks.tmpfs(fleet.state_dir, "size=6m,mode=0700") as disk:
            fleet.begin("--speed", str(SPEED))
            glutton = self.enterContext(disks.Glutton(disk))
            fleet.await_degraded()
            for times in (1, 2):
                fleet.trigger("check")
                fleet.wait(lambda n=times: (fleet.dir / "mended").exists() and len(
                    (fleet.dir / "mended").read_text()) == 2 * n, "a remedy, without a store")
                fleet.wait(lambda: not fleet.job("check")["running"], "the check to end")
            self.assertEqual(probes(fleet)["there"]["vain_remedies"], 1)
            fleet.kill()
            glutton.leave(64 << 10)
            fleet.up("--speed", str(SPEED))
            found = probes(fleet)["there"]
            self.assertEqual((found["state"], found["vain_remedies"]), ("failing", 1))
            glutton.stop()
            fleet.await_well()
            self.assertEqual(about(fleet, "there"), ["probe_failed", "remedy_done", "remedy_judged",
                                                     "remedy_done"])
            (fleet.dir / "go").touch()
            fleet.wait(lambda: fleet.ended("long"), "long to end")
            self.assertEqual(fleet.down(), 0)
            fleet.judge(self)


class DatabaseAway(unittest.TestCase):
    def fleet_on(self, cluster, *more):
        text = "\n".join([
            '[job.check]\nbuiltin = "health"\nhealth = "shop"',
            f'[health.shop]\ndatabase = "{cluster.url}"', *more])
        fleet = OutageFleet(JOBS + text)
        self.addCleanup(fleet.__exit__)
        fleet.begin()
        return fleet

    def check(self, fleet):
        done = fleet.takt("trigger", "check", "--wait")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        return {name: p["state"] for name, p in probes(fleet).items()}

    def end(self, fleet):
        (fleet.dir / "go").touch()
        fleet.wait(lambda: fleet.ended("long"), "long to end")
        self.assertEqual({r["outcome"] for job in ("keep", "other", "long")
                          for r in fleet.ended(job)}, {"ok"})
        self.assertEqual(fleet.down(), 0)
        fleet.judge(self)

    def test_unknown_while_it_is_stopped_and_well_at_the_next_check(self):
        with Cluster() as cluster:
            cluster.query("create table items as select 1 as id")
            fleet = self.fleet_on(
                cluster, '[[health.shop.probe]]\nname = "rows"\nsql = "select count(*) from items"\n'
                'at_least = 1\notherwise = { sql = "insert into items values (2), (3)" }')
            self.assertEqual(self.check(fleet), {"rows": "ok"})
            cluster.stop()
            for _ in range(2):
                self.assertEqual(self.check(fleet), {"rows": "unknown"})
                for job in ("keep", "other"):
                    fleet.await_more(job, 2)
            self.assertEqual(about(fleet, "rows"), ["probe_unknown"])
            self.assertEqual(fleet.takt("health").returncode, 7)
            cluster.start()
            self.assertEqual(self.check(fleet), {"rows": "ok"})
            self.assertEqual(fleet.takt("health").returncode, 0)
            cluster.query("delete from items")
            self.assertEqual(self.check(fleet), {"rows": "failing"})
            self.assertEqual(cluster.query("select count(*) from items"), "2")
            self.assertEqual(self.check(fleet), {"rows": "ok"})
            self.end(fleet)

    def test_stopped_while_it_is_asked(self):
        with Cluster() as cluster:
            fleet = self.fleet_on(
                cluster, '[[health.shop.probe]]\nname = "slow"\nsql = "select 1 from pg_sleep(600)"\n'
                'equals = 1\ntimeout = "10m"\notherwise = { command = "touch mended" }')
            run = fleet.trigger("check")
            fleet.wait(lambda: cluster.query(
                "select count(*) from pg_stat_activity where query like 'select 1 from pg_sleep%'")
                == "1", "the statement")
            cluster.stop()
            self.assertEqual(fleet.wait_end(run)["outcome"], "ok")
            self.assertEqual({p["state"] for p in probes(fleet).values()}, {"unknown"})
            self.assertFalse((fleet.dir / "mended").exists())
            self.end(fleet)


if __name__ == "__main__":
    unittest.main()
