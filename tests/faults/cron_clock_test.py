"""C1-C3, C6, C7, C10 for wall-clock schedules: what cron makes of a clock that steps, was never set, or of
zone rules that change, are broken, or are not there."""
import datetime
import pathlib
import shutil
import signal
import subprocess
import unittest

from faked_clock import DAY, HOUR, KEPT, LIBRARY, YEAR, FakedClock
from fleet import wait_until
from injection import FaultFleet

TICK = '[job.tick]\nrun = "true"\nevery = "200ms"\noffset = "0s"\n' + KEPT  # its wakes see the step
SECONDS = '[job.cron]\nrun = "true"\ncron = "* * * * * *"\n' + KEPT
HOURLY = '[job.cron]\nrun = "true"\ncron = "17 * * * *"\n' + KEPT
ZONES = pathlib.Path("/usr/share/zoneinfo")
# Zone files of the test's own, in a mount namespace of the daemon's.
OWN_ZONES = ["unshare", "--mount", "sh", "-c",
             f'mount --bind "$0" {ZONES} && exec "$@"']


def slot_times(fleet):
    """Every decided slot of `cron`, as unix seconds, ranges with their count: [(first, count)]."""
    slots = [(s["at"], s.get("count", 1)) for s in fleet.slots("cron")]
    slots += [(r["slot_at"], 1) for r in fleet.runs("cron") if r["slot_at"]
              and r["slot_at"] not in {at for at, _ in slots}]
    return [(datetime.datetime.fromisoformat(at.replace("Z", "+00:00")).timestamp(), count)
            for at, count in slots]


@unittest.skipUnless(LIBRARY, "sanitizers do not go with a preloaded library")
class CronClock(unittest.TestCase):
    def up(self, jobs, off=0.0):
        fleet = FaultFleet(TICK + jobs)
        self.addCleanup(fleet.__exit__)
        self.clock = FakedClock(fleet.dir, off)
        fleet.env = self.clock.env()
        fleet.up()
        return fleet

    def go_on(self, fleet, job="cron", runs=2):
        before = len(fleet.ended(job))
        fleet.wait(lambda: len(fleet.ended(job)) >= before + runs, f"{job} to go on")

    def step(self, fleet, by):
        told = {e["id"] for e in fleet.events("clock_stepped")}
        self.clock.step(by)
        fleet.wait(lambda: {e["id"] for e in fleet.events("clock_stepped")} - told, "the step to be told")

    def assert_each_slot_once(self, fleet):
        runs = [r["slot_at"] for r in fleet.runs("cron") if r["slot_at"]]
        self.assertEqual(len(runs), len(set(runs)), "a slot ran twice")

    def test_c1_a_jump_forward_is_one_catch_up_and_no_storm(self):
        fleet = self.up(HOURLY)
        self.go_on(fleet, "tick")
        for by, most in ((HOUR, 1), (400 * DAY, 2)):
            self.step(fleet, by)
            caught = fleet.wait(lambda most=most: [r for r in fleet.ended("cron")][:most]
                                if len(fleet.ended("cron")) >= most else None, "the catch-up")
            self.assertEqual(caught[0]["cause"], "catchup")
            self.go_on(fleet, "tick")
        self.assertEqual(len(fleet.runs("cron")), 2, "one run a jump, whatever it jumped over")
        self.assert_each_slot_once(fleet)

    def test_c2_a_jump_back_fires_nothing_again(self):
        for by in (-HOUR, -10 * YEAR + 60):
            with self.subTest(by=by):
                fleet = self.up(SECONDS)
                self.go_on(fleet)
                self.step(fleet, by)
                known = len(fleet.runs("cron"))
                self.go_on(fleet, "tick", 10)  # 2 s in which a clock of seconds would fire
                self.assertLessEqual(len(fleet.runs("cron")), known + 1, "decided instants stay decided")
                self.assert_each_slot_once(fleet)

    def test_c3_a_clock_that_goes_to_and_fro(self):
        fleet = self.up(SECONDS)
        self.go_on(fleet)
        for by in (30, -30) * 4:
            self.step(fleet, by)
            self.go_on(fleet, "tick", 2)
        self.assert_each_slot_once(fleet)
        causes = [r["cause"] for r in fleet.runs("cron")]
        self.assertLessEqual(causes.count("catchup"), 4, "one a jump forward, for what it jumped over")

    def test_c10_a_clock_that_was_never_set_holds_cron(self):
        since_1970 = datetime.datetime.now(datetime.timezone.utc).timestamp()
        fleet = self.up(SECONDS, off=-since_1970 + 60)
        self.go_on(fleet, "tick", 10)
        self.assertEqual(fleet.runs("cron"), [], "nobody knows what time it is")
        self.step(fleet, since_1970 - 60)
        self.go_on(fleet)
        self.assertLessEqual(sum(count for _, count in slot_times(fleet)), 100, "not 56 years of catching up")
        self.assert_each_slot_once(fleet)


class Zones(unittest.TestCase):
    def fleet(self, zone, rules):
        fleet = FaultFleet(f'[job.cron]\nrun = "true"\ncron = "30 4 * * *"\ntimezone = "{zone}"\n')
        self.addCleanup(fleet.__exit__)
        self.zones = fleet.dir / "zones"
        self.zones.mkdir()
        for name in ("UTC", "Etc/UTC", "tzdata.zi", "leapseconds"):
            if (ZONES / name).exists():
                (self.zones / name).parent.mkdir(exist_ok=True)
                shutil.copy(ZONES / name, self.zones / name)
        (self.zones / "Test").mkdir()
        self.put(rules)
        fleet.wrap = [*OWN_ZONES, str(self.zones)]
        return fleet

    def put(self, rules):
        """The rules of a real zone become those of Test/Zone, in one rename."""
        fresh = self.zones / "Test/fresh"
        fresh.write_bytes((ZONES / rules).read_bytes() if rules else b"TZif2 but no more")
        fresh.rename(self.zones / "Test/Zone")

    def test_c6_rules_that_change_are_taken_at_a_reload(self):
        fleet = self.fleet("Test/Zone", "Etc/GMT-2")
        fleet.up()
        self.assertIn("T02:30:00", fleet.job("cron")["next_at"])
        self.put("Etc/GMT-3")
        fleet.daemon.send_signal(signal.SIGHUP)
        fleet.wait(lambda: "T01:30:00" in fleet.job("cron")["next_at"], "the new rules")

    def test_c7_a_zone_that_is_not_there_or_broken_is_an_error(self):
        for zone, rules in (("Test/None", "Etc/GMT-2"), ("Test/Zone", None)):
            with self.subTest(zone=zone, rules=rules):
                fleet = self.fleet(zone, rules)
                done = subprocess.run([*fleet.wrap, "true"], check=False)
                self.assertEqual(done.returncode, 0)
                self.assertEqual(fleet.spawn().wait(20), 3)
                self.assertIn(zone, fleet.up_log(), "never silently UTC")

    def test_c7_a_zone_that_breaks_under_a_daemon_leaves_the_old_schedule(self):
        fleet = self.fleet("Test/Zone", "Etc/GMT-2")
        fleet.up()
        before = fleet.job("cron")["next_at"]
        self.put(None)
        fleet.daemon.send_signal(signal.SIGHUP)
        wait_until(lambda: "Test/Zone" in fleet.up_log(), "the refusal to be told")
        self.assertEqual(fleet.job("cron")["next_at"], before)
        self.assertEqual(fleet.takt("status").returncode, 0)


if __name__ == "__main__":
    unittest.main()
