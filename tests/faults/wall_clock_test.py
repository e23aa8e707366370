"""C5 and C8-C10 for schedules that follow the wall clock, at the instants that matter (cron_clock_test steps the
clock over them). The daemon's clock alone is faked (faked_clock, preloaded). The kernel cannot tell of such a
step; a fleet with these schedules looks by itself each second."""
import datetime
import unittest

from faked_clock import LIBRARY, FakedClock
from injection import FaultFleet

EACH_SECOND = '[job.tick]\nrun = "true"\ncron = "* * * * * *"\n'


def seconds_until(text):
    """From now to a time of UTC."""
    at = datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.timezone.utc)
    return (at - datetime.datetime.now(datetime.timezone.utc)).total_seconds()


@unittest.skipUnless(LIBRARY, "sanitizers do not go with a preloaded library")
class WallClock(unittest.TestCase):
    def up(self, jobs, at=None):
        """A fleet whose clock says `at`."""
        fleet = FaultFleet(jobs)
        self.addCleanup(fleet.__exit__)
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

    def test_c10_at_is_not_forgotten_by_a_clock_that_was_never_set(self):
        fleet = self.up('[job.once]\nrun = "true"\nat = "2026-05-05T10:00:02Z"\n',
                        "1970-01-01T00:01:00")
        self.step(fleet, seconds_until("2026-05-05T10:00:00") - self.clock.off)
        run = fleet.wait(lambda: fleet.ended("once"), "its time")[0]
        self.assertEqual(run["slot_at"], "2026-05-05T10:00:02.000Z")


if __name__ == "__main__":
    unittest.main()
