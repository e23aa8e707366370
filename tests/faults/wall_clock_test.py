"""C1-C3 and C5-C10 for schedules that follow the wall clock: cron and at. The daemon's clock alone is faked
(faked_clock, preloaded). The kernel cannot tell of such a step; a fleet with these schedules looks by itself
each second."""
import datetime
import os
import pathlib
import signal
import unittest

from faked_clock import DAY, HOUR, LIBRARY, YEAR, FakedClock
from injection import FaultFleet

ZONES = pathlib.Path("/usr/share/zoneinfo")
EACH_SECOND = '[job.tick]\nrun = "true"\ncron = "* * * * * *"\n'


def seconds_until(text):
    """From now to a time of UTC."""
    at = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
    return (at - datetime.datetime.now(datetime.timezone.utc)).total_seconds()


class WithFleet(unittest.TestCase):
    def fleet(self, jobs, fleet_table="", env=None):
        fleet = FaultFleet(jobs, fleet_table, env=env)
        self.addCleanup(fleet.__exit__)
        return fleet


@unittest.skipUnless(LIBRARY, "sanitizers do not go with a preloaded library")
class WallClock(WithFleet):
    def up(self, jobs, at=None):
        """A fleet whose clock says `at`."""
        fleet = self.fleet(jobs)
        self.clock = FakedClock(fleet.dir, seconds_until(at) if at else 0.0)
        fleet.env = self.clock.env()
        fleet.up()
        return fleet

    def step(self, fleet, by):
        told = len(fleet.events("clock_stepped"))
        self.clock.step(by)
        fleet.wait(lambda: len(fleet.events("clock_stepped")) > told, "the step to be told")

    def slot_times(self, fleet, job):
        """The decided slots, oldest first: ranges by their ends."""
        slots = fleet.slots(job)
        return sorted((s["at"], s.get("last_at") or s["at"]) for s in slots)

    def assert_once_and_forwards(self, fleet, job):
        times = self.slot_times(fleet, job)
        for (_, last), (first, _) in zip(times, times[1:]):
            self.assertLess(last, first, "no slot is decided twice")
        decided = sorted((n, n) for (n,) in fleet.rows(
            "select slot_number from runs where job = ? and slot_number is not null", job))
        decided += fleet.rows("select first_number, last_number from slots where job = ?", job)
        expected = 0
        for first, last in sorted(decided):
            self.assertEqual(first, expected, "each number once, in order")
            expected = last + 1

    def test_c1_hours_that_the_clock_jumps_over_are_one_run_of_cron(self):
        fleet = self.up('[job.hourly]\nrun = "true"\ncron = "0 * * * *"\n'
                        '[job.never]\nrun = "true"\ncron = "0 * * * *"\ncatchup = "none"\n',
                        "2026-05-05T10:20:00")
        self.step(fleet, 3 * HOUR)
        run = fleet.wait(lambda: fleet.ended("hourly"), "the catch-up run")
        self.assertEqual([(r["slot_at"], r["cause"]) for r in run],
                         [("2026-05-05T13:00:00.000Z", "catchup")])
        coalesced = [s for s in fleet.slots("hourly") if s["disposition"] == "coalesced"]
        self.assertEqual([(s["at"], s["last_at"], s["reason"]) for s in coalesced],
                         [("2026-05-05T11:00:00.000Z", "2026-05-05T12:00:00.000Z", "down")])
        self.assertEqual([(s["disposition"], s["reason"]) for s in fleet.slots("never")],
                         [("missed", "down")])
        self.assertEqual(fleet.job("hourly")["next_at"], "2026-05-05T14:00:00.000Z")

    def test_c1_400_days_are_no_storm(self):
        fleet = self.up('[job.minutely]\nrun = "true"\ncron = "* * * * *"\n', "2026-05-05T10:20:10")
        self.step(fleet, 400 * DAY)
        fleet.wait(lambda: fleet.ended("minutely"), "the catch-up run")
        self.assertLessEqual(len(fleet.runs("minutely")), 2, "one, and perhaps a minute that began meanwhile")
        self.assert_once_and_forwards(fleet, "minutely")

    def test_c2_decided_slots_do_not_come_again(self):
        fleet = self.up(EACH_SECOND)
        fleet.wait(lambda: len(fleet.ended("tick")) >= 2, "two ticks")
        self.step(fleet, -HOUR)
        before = len(fleet.runs("tick"))
        waits_until = fleet.job("tick")["next_at"]
        self.step(fleet, -10 * YEAR)
        self.assertEqual(fleet.job("tick")["next_at"], waits_until)
        self.assertEqual(len(fleet.runs("tick")), before)
        self.step(fleet, 10 * YEAR + HOUR)
        fleet.wait(lambda: len(fleet.ended("tick")) >= before + 2, "it to go on")
        self.assert_once_and_forwards(fleet, "tick")

    def test_c3_a_clock_that_goes_to_and_fro(self):
        fleet = self.up(EACH_SECOND)
        fleet.wait(lambda: fleet.ended("tick"), "a tick")
        for by in (30, -30) * 4:
            self.step(fleet, by)
        self.step(fleet, 31)
        before = len(fleet.runs("tick"))
        fleet.wait(lambda: len(fleet.ended("tick")) > before, "it to go on")
        self.assert_once_and_forwards(fleet, "tick")

    def test_c5_a_gap_and_a_repeated_hour_in_new_york(self):
        nightly = '[job.nightly]\nrun = "true"\ntimezone = "America/New_York"\ncron = "{} * * *"\n'
        fleet = self.up(nightly.format("30 2"), "2026-03-08T06:59:57")
        run = fleet.wait(lambda: fleet.ended("nightly"), "the run after the gap")[0]
        self.assertEqual((run["slot_at"], run["cause"]), ("2026-03-08T07:00:00.000Z", "schedule"))
        self.assertLess(run["lateness_ms"], 1000)
        self.assertEqual(fleet.job("nightly")["next_at"], "2026-03-09T06:30:00.000Z")

        fleet = self.up(nightly.format("30 1"), "2026-11-01T05:29:57")
        run = fleet.wait(lambda: fleet.ended("nightly"), "the first pass")[0]
        self.assertEqual(run["slot_at"], "2026-11-01T05:30:00.000Z")
        self.assertEqual(fleet.job("nightly")["next_at"], "2026-11-02T06:30:00.000Z")

    def test_c8_a_second_that_comes_twice(self):
        fleet = self.up(EACH_SECOND, "2026-12-31T23:59:57")
        fleet.wait(lambda: len(fleet.ended("tick")) >= 2, "two ticks")
        self.step(fleet, -1)
        before = len(fleet.runs("tick"))
        fleet.wait(lambda: len(fleet.ended("tick")) >= before + 2, "it to go on")
        self.assert_once_and_forwards(fleet, "tick")

    def test_c9_over_the_end_of_32_bits_and_beyond_2100(self):
        rare = '[job.rare]\nrun = "true"\nevery = "30d"\noffset = "0s"\n'
        fleet = self.up(EACH_SECOND + rare, "2038-01-19T03:14:05")
        fleet.wait(lambda: any(r["slot_at"] > "2038-01-19T03:14:09" for r in fleet.ended("tick")),
                   "ticks on the other side")
        self.assert_once_and_forwards(fleet, "tick")
        self.assertEqual(len(fleet.runs("rare")), 1)
        self.assertEqual(fleet.job("rare")["next_at"][:10], "2038-02-18")

        fleet = self.up(EACH_SECOND, "2100-02-28T23:59:57")
        fleet.wait(lambda: any(r["slot_at"].startswith("2100-03-01") for r in fleet.ended("tick")),
                   "the day after a February that is not leap")
        self.assert_once_and_forwards(fleet, "tick")

    def test_c10_a_clock_that_was_never_set_holds_cron_until_it_is(self):
        fleet = self.up(EACH_SECOND + '[job.grid]\nrun = "true"\nevery = "200ms"\noffset = "0s"\n',
                        "1970-01-01T00:01:00")
        fleet.wait(lambda: len(fleet.ended("grid")) >= 6, "a grid, which needs no clock")
        self.assertEqual(fleet.runs("tick"), [])
        self.assertIsNone(fleet.job("tick")["next_at"])
        self.step(fleet, seconds_until("2026-05-05T10:00:00") - self.clock.off)
        fleet.wait(lambda: len(fleet.ended("tick")) >= 2, "cron to begin")
        self.assertTrue(all(at >= "2026-05-05" for at, _ in self.slot_times(fleet, "tick")),
                        "nothing of 56 years is caught up")
        self.assert_once_and_forwards(fleet, "tick")

    def test_c10_at_is_not_forgotten_by_a_clock_that_was_never_set(self):
        fleet = self.up('[job.once]\nrun = "true"\nat = "2026-05-05T10:00:02Z"\n',
                        "1970-01-01T00:01:00")
        self.step(fleet, seconds_until("2026-05-05T10:00:00") - self.clock.off)
        run = fleet.wait(lambda: fleet.ended("once"), "its time")[0]
        self.assertEqual(run["slot_at"], "2026-05-05T10:00:02.000Z")


class ZoneFiles(WithFleet):
    def zones(self, **files):
        """A folder of zone files of our own, as the environment of the daemon and of verbs."""
        self.folder = pathlib.Path(self.enterContext(self.temporary()))
        (self.folder / "Test").mkdir()
        for name, content in files.items():
            self.put(name, content)
        return {"TZDIR": str(self.folder)}

    def temporary(self):
        import tempfile
        return tempfile.TemporaryDirectory(prefix="takt-zones-")

    def put(self, name, content):
        new = self.folder / "new"
        new.write_bytes((ZONES / content).read_bytes() if isinstance(content, str) else content)
        os.rename(new, self.folder / "Test" / name)

    NOON = '[job.noon]\nrun = "true"\ntimezone = "Test/Zone"\ncron = "0 12 * * *"\n'

    def test_c6_new_rules_of_a_zone_move_the_next_slots(self):
        fleet = self.fleet(self.NOON, env=self.zones(Zone="Asia/Tokyo"))
        fleet.up()
        self.assertEqual(fleet.job("noon")["next_at"][11:], "03:00:00.000Z")
        self.put("Zone", "Asia/Dubai")
        fleet.daemon.send_signal(signal.SIGHUP)
        fleet.wait(lambda: fleet.events("reloaded"), "the reload")
        self.assertEqual(fleet.job("noon")["next_at"][11:], "08:00:00.000Z")

    def test_c7_an_unknown_and_a_broken_zone_are_errors_of_the_file(self):
        env = self.zones(Zone="Asia/Tokyo", Broken=b"TZif2, and then nothing")
        for zone, words in (("Test/Zune", "there is no time zone \"Test/Zune\""),
                            ("Test/Broken", "the zone file of \"Test/Broken\" is not a zone file")):
            fleet = self.fleet(self.NOON.replace("Test/Zone", zone))
            done = fleet.takt("up", env=env)
            self.assertEqual(done.returncode, 3)
            self.assertIn(words, done.stderr)
            line = fleet.file.read_text().splitlines().index(f'timezone = "{zone}"') + 1
            self.assertIn(f":{line}:12: error", done.stderr)

    def test_c7_a_zone_file_that_vanishes_changes_nothing_for_who_runs(self):
        env = self.zones(Zone="Asia/Tokyo")
        fleet = self.fleet(self.NOON, env=env)
        fleet.up()
        before = fleet.job("noon")["next_at"]
        (self.folder / "Test/Zone").unlink()
        done = fleet.takt("reload")
        self.assertEqual(done.returncode, 3, done.stderr)
        self.assertEqual(fleet.job("noon")["next_at"], before)
        self.assertEqual(fleet.takt("status").returncode, 0)


if __name__ == "__main__":
    unittest.main()
