"""Planned offsets in a running fleet: kept by up and reload, followed by the daemon, moved by --replan."""
import json
import unittest

from fleet import Fleet

HEAD = '[fleet]\nname = "e2e"\nlisten = "off"\n'
POOL = "[pool.browser]\nslots = 1\n"


def job(name, every, expect, rest=""):
    return f'[job.{name}]\nrun = "true"\nevery = "{every}"\nexpect = "{expect}"\nuses = {{ browser = 1 }}\n{rest}'


TWO = POOL + job("a", "1h", "20m") + job("b", "1h", "25m")


class Plan(unittest.TestCase):
    def start(self, text):
        fleet = Fleet("")
        self.addCleanup(fleet.__exit__)
        fleet.write(HEAD + text)
        fleet.up()
        return fleet

    def kept(self, fleet):
        return dict(fleet.sql("SELECT job, offset_ms FROM planned_offsets"))

    def followed(self, fleet):
        """The phases that the daemon's own cursors follow."""
        rows = fleet.sql("SELECT job, schedule FROM jobs WHERE schedule LIKE 'every %'")
        return {name: int(schedule.rsplit("+", 1)[1]) for name, schedule in rows}

    def apart(self, offsets):
        """Whether runs of 20 and 25 minutes in one hour leave each other alone."""
        gap = (offsets["b"] - offsets["a"]) % 3600000
        return 20 * 60000 <= gap <= 35 * 60000

    def test_up_keeps_what_it_chooses_and_a_restart_follows_it(self):
        fleet = self.start(TWO)
        kept = self.kept(fleet)
        self.assertTrue(self.apart(kept), kept)
        self.assertEqual(self.followed(fleet), kept)
        shown = {o["job"]: o["planned_ms"] for o in fleet.json("plan")["offsets"]}
        self.assertEqual(shown, kept)
        fleet.down()
        fleet.up()
        self.assertEqual(self.kept(fleet), kept)
        self.assertEqual(self.followed(fleet), kept)

    def test_a_reload_puts_a_further_job_around_the_others(self):
        fleet = self.start(TWO)
        before = self.kept(fleet)
        fleet.write(HEAD + TWO + job("c", "1h", "5m"))
        self.assertTrue(fleet.json("reload")["ok"])
        after = self.kept(fleet)
        self.assertEqual({name: after[name] for name in before}, before)
        self.assertIn("c", after)
        fleet.wait(lambda: self.followed(fleet) == after, "the new offset to be followed")
        self.assertEqual(fleet.json("plan")["pools"][0]["planned"]["over_ms"], 0)

    def test_a_replan_is_followed_after_a_reload(self):
        fleet = self.start(POOL + job("a", "1h", "20m"))
        alone = self.kept(fleet)["a"]
        fleet.write(HEAD + POOL + job("a", "1h", "20m") + job("w", "1h", "25m", f'offset = "{alone}ms"\n'))
        self.assertTrue(fleet.json("reload")["ok"])
        self.assertEqual(self.kept(fleet)["a"], alone)
        done = fleet.takt("plan", "--replan", "--json")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("takt reload", done.stderr)
        self.assertEqual(json.loads(done.stdout)["pools"][0]["planned"]["over_ms"], 0)
        self.assertNotEqual(self.kept(fleet)["a"], alone)
        self.assertTrue(fleet.json("reload")["ok"])
        fleet.wait(lambda: self.followed(fleet)["a"] == self.kept(fleet)["a"], "the moved offset to be followed")

    def test_a_plan_before_the_first_start_is_what_that_follows(self):
        fleet = Fleet("")
        self.addCleanup(fleet.__exit__)
        fleet.write(HEAD + TWO)
        shown = {o["job"]: o["planned_ms"] for o in fleet.json("plan")["offsets"]}
        fleet.up()
        self.assertEqual(self.followed(fleet), shown)


if __name__ == "__main__":
    unittest.main()
