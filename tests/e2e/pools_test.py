"""Pools and needs on the real program: who gets in, who waits, what is said of it, over kills and reloads."""
import unittest

from fleet import Fleet, wait_until

POOLS = '''
[pool.browser]
slots = 2
reserve = { P0 = 1 }
[pool.db]
slots = 3
'''
HOLD = 'run = "while [ ! -e go ]; do sleep 0.05; done"\nkill_grace = "1s"\n'


def pool(fleet, name):
    return next(p for p in fleet.json("pools")["pools"] if p["name"] == name)


def held(why, answer="hold"):
    return [g["gate"] for g in why["gates"] if g["answer"] == answer]


class Pools(unittest.TestCase):
    def fleet_of(self, jobs):
        fleet = Fleet(POOLS + jobs)
        self.addCleanup(fleet.__exit__)
        fleet.up()
        return fleet

    def test_the_pool_is_shared_by_class_and_said_to_be(self):
        fleet = self.fleet_of(f'''
[job.one]
{HOLD}
uses = {{ browser = 1, db = 2 }}
[job.two]
{HOLD}
uses = {{ browser = 1 }}
[job.urgent]
{HOLD}
priority = "P0"
uses = {{ browser = 1 }}
''')
        one = fleet.trigger("one")
        two = fleet.trigger("two")  # recorded, though it has to wait
        why = fleet.json("why", "two")
        self.assertEqual(held(why), ["pools"])
        gate = next(g for g in why["gates"] if g["gate"] == "pools")
        self.assertEqual(gate["holders"], [{"job": "one", "run": one}])
        self.assertIsNotNone(why["expected_start"])
        urgent = fleet.trigger("urgent")
        browser = pool(fleet, "browser")
        self.assertEqual((browser["slots"], browser["used"], browser["reserve"]), (2, 2, {"P0": 1}))
        self.assertEqual([(h["job"], h["run"], h["weight"]) for h in browser["holders"]],
                         [("one", one, 1), ("urgent", urgent, 1)])
        self.assertEqual([(q["job"], q["run"]) for q in browser["queue"]], [("two", two)])
        self.assertIsNotNone(browser["queue"][0]["expected_at"])
        db = pool(fleet, "db")
        self.assertEqual((db["used"], db["holders"][0]["weight"], db["queue"]), (2, 2, []))
        self.assertEqual(fleet.job("two")["state"], "waiting")
        self.assertEqual([g["gate"] for g in fleet.job("two")["waiting_for"]], ["pools"])
        self.assertEqual(fleet.sql("select pool, units from leases order by token, pool"),
                         [("browser", 1), ("db", 2), ("browser", 1)])
        self.assertIn("two", fleet.takt("pools").stdout)
        (fleet.dir / "go").touch()
        for run in (one, two, urgent):
            self.assertEqual(fleet.wait_end(run)["outcome"], "ok")
        wait_until(lambda: pool(fleet, "browser")["used"] == 0, "the pool to be empty")
        stored = next(r for r in fleet.runs("two"))
        self.assertEqual(stored["disposition"], "ran")
        self.assertEqual(fleet.sql("select count(*) from leases"), [(0,)])

    def test_a_killed_daemon_leaves_no_lease_behind(self):
        fleet = self.fleet_of(f'[job.a]\n{HOLD}uses = {{ db = 3 }}\n[job.b]\n{HOLD}uses = {{ db = 3 }}\n')
        first = fleet.trigger("a")
        waiting = fleet.trigger("b")
        wait_until(lambda: fleet.runs("a")[0]["attempts"][0]["pid"], "a to be started")
        fleet.kill()
        (fleet.dir / "go").touch()
        fleet.up()
        self.assertEqual(fleet.wait_end(waiting)["outcome"], "ok")
        attempts = fleet.wait_end(first)["attempts"]
        self.assertEqual([a["outcome"] for a in attempts], ["lost", "ok"])
        self.assertEqual(pool(fleet, "db")["used"], 0)

    def test_a_reload_resizes_a_pool_under_those_who_hold_it(self):
        fleet = self.fleet_of(f'[job.a]\n{HOLD}uses = {{ db = 2 }}\n[job.b]\n{HOLD}uses = {{ db = 2 }}\n')
        first = fleet.trigger("a")
        second = fleet.trigger("b")
        self.assertEqual(pool(fleet, "db")["used"], 2)
        fleet.write(fleet.file.read_text().replace("slots = 3", "slots = 4"))
        self.assertEqual(fleet.takt("reload").returncode, 0)
        wait_until(lambda: pool(fleet, "db")["used"] == 4, "b to start in the larger pool")
        fleet.write(fleet.file.read_text().replace("slots = 4", "slots = 1"))
        self.assertEqual(fleet.takt("reload").returncode, 0)
        db = pool(fleet, "db")
        self.assertEqual((db["slots"], db["used"]), (1, 4))  # nobody is thrown out
        (fleet.dir / "go").touch()
        for run in (first, second):
            self.assertEqual(fleet.wait_end(run)["outcome"], "ok")

    def test_a_fleet_without_pools_says_so(self):
        fleet = Fleet('[job.a]\nrun = "true"\n')
        self.addCleanup(fleet.__exit__)
        fleet.up()
        self.assertEqual(fleet.json("pools"), {"pools": []})
        self.assertIn("no pools", fleet.takt("pools").stdout)


class Needs(unittest.TestCase):
    def fleet_of(self, jobs):
        fleet = Fleet(jobs)
        self.addCleanup(fleet.__exit__)
        fleet.up()
        return fleet

    def test_what_is_stale_is_triggered_and_waited_for(self):
        fleet = self.fleet_of(f'''
[job.harvest]
{HOLD}
priority = "P3"
[job.reply]
run = "true"
priority = "P0"
needs = [{{ job = "harvest", fresh = "1h", wait = "1m" }}]
''')
        reply = fleet.trigger("reply")
        why = fleet.json("why", "reply")
        self.assertEqual(held(why), ["dependencies"])
        harvest = fleet.runs("harvest")[0]
        self.assertEqual((harvest["cause"], harvest["triggered_by"]), ("dependency", reply))
        self.assertEqual(harvest["rank_at"], fleet.runs("reply")[0]["rank_at"])
        (fleet.dir / "go").touch()
        self.assertEqual(fleet.wait_end(reply)["outcome"], "ok")
        again = fleet.trigger("reply")  # still fresh: nothing else is run for it
        fleet.wait_end(again)
        self.assertEqual(len(fleet.runs("harvest")), 1)

    def test_a_failure_is_heard_at_once_and_a_pause_too(self):
        fleet = self.fleet_of('''
[job.harvest]
run = "sleep 0.2; exit 3"
[job.strict]
run = "true"
needs = [{ job = "harvest", fresh = "1h", wait = "10m" }]
[job.easy]
run = "true"
needs = [{ job = "harvest", fresh = "1h", wait = "10m", on_timeout = "run" }]
''')
        strict, easy = fleet.trigger("strict"), fleet.trigger("easy")
        ended = fleet.wait_end(strict)
        self.assertEqual((ended["disposition"], ended["reason"]), ("skipped", "dep_failed"))
        self.assertEqual([g["answer"] for g in ended["gates"] if g["gate"] == "dependencies"], ["skip"])
        self.assertEqual(fleet.wait_end(easy)["outcome"], "ok")
        self.assertEqual(len(fleet.runs("harvest")), 1)
        self.assertEqual(fleet.takt("pause", "harvest").returncode, 0)
        refused = fleet.takt("trigger", "strict")
        self.assertEqual(refused.returncode, 6)
        self.assertIn("harvest is paused", refused.stderr)
        self.assertEqual(fleet.wait_end(fleet.trigger("strict", "--force"))["outcome"], "ok")


if __name__ == "__main__":
    unittest.main()
