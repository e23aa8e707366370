"""C1-C4, C10: the wall clock steps, goes to and fro, and was never set. The daemon's clock alone is faked
(faked_clock, preloaded); elapsed time is the machine's. The kernel cannot tell the daemon of such a step, so
it is noticed at the daemon's next wake: here that of a job every 200 ms."""
import datetime
import time
import unittest

from faked_clock import DAY, HOUR, KEPT, LIBRARY, YEAR, FakedClock
from injection import FaultFleet

TICK = '[job.tick]\nrun = "true"\nevery = "200ms"\noffset = "0s"\n' + KEPT


@unittest.skipUnless(LIBRARY, "sanitizers do not go with a preloaded library")
class Clock(unittest.TestCase):
    def up(self, jobs, off=0.0):
        fleet = FaultFleet(jobs)
        self.addCleanup(fleet.__exit__)
        self.clock = FakedClock(fleet.dir, off)
        fleet.env = self.clock.env()
        fleet.up()
        return fleet

    def go_on(self, fleet, job="tick", runs=5):
        before = len(fleet.ended(job))
        fleet.wait(lambda: len(fleet.ended(job)) >= before + runs, f"{job} to go on")

    def step(self, fleet, by):
        told = {e["id"] for e in fleet.events("clock_stepped")}
        self.clock.step(by)
        fleet.wait(lambda: {e["id"] for e in fleet.events("clock_stepped")} - told, "the step to be told")
        step = fleet.events("clock_stepped")[0]["data"]["by_ms"]
        self.assertAlmostEqual(step / 1000, by, delta=1.0)

    def assert_unmoved(self, fleet):
        """S5 and S2 for `tick`: every slot decided once, none twice, none left out, no storm."""
        decided = sorted((n, n) for (n,) in fleet.rows(
            "select slot_number from runs where job = 'tick' and slot_number is not null"))
        decided += fleet.rows("select first_number, last_number from slots where job = 'tick'")
        expected = 0
        for first, last in sorted(decided):
            self.assertEqual(first, expected, "each number once, in order")
            expected = last + 1
        self.assertEqual({r["cause"] for r in fleet.runs("tick")}, {"schedule"}, "nothing to catch up")
        self.assertFalse([s for s in fleet.slots("tick") if s["reason"] == "down"])

    def test_c1_an_hour_and_400_days_forward_move_no_interval(self):
        fleet = self.up(TICK)
        self.go_on(fleet)
        for by in (HOUR, 400 * DAY):
            self.step(fleet, by)
            self.go_on(fleet)
        self.assert_unmoved(fleet)
        shown = datetime.datetime.fromisoformat(fleet.job("tick")["next_at"].replace("Z", "+00:00"))
        ahead = shown - datetime.datetime.now(datetime.timezone.utc)
        self.assertAlmostEqual(ahead.total_seconds(), 400 * DAY + HOUR, delta=60)

    def test_c1_a_restart_after_a_step_catches_nothing_up(self):
        fleet = self.up(TICK)
        self.go_on(fleet)
        self.step(fleet, HOUR)
        self.go_on(fleet)
        fleet.kill()
        fleet.up()
        self.go_on(fleet)
        missed = [s for s in fleet.slots("tick") if s.get("count", 1) > 100]
        self.assertEqual(missed, [], "the hour of the step is no downtime")

    def test_c2_an_hour_and_ten_years_back_move_no_interval(self):
        fleet = self.up(TICK)
        self.go_on(fleet)
        for by in (-HOUR, -10 * YEAR):
            self.step(fleet, by)
            self.go_on(fleet)
        self.assert_unmoved(fleet)

    def test_c3_a_clock_that_goes_to_and_fro(self):
        fleet = self.up(TICK)
        self.go_on(fleet, runs=2)
        for by in (30, -30) * 5:
            self.clock.step(by)
            self.go_on(fleet, runs=1)
        self.assert_unmoved(fleet)
        self.assertEqual(fleet.takt("status").returncode, 0)

    def test_c4_nine_hours_asleep_are_caught_up_once_within_a_second(self):
        fleet = self.up(TICK + '[job.daily]\nrun = "true"\nevery = "4h"\noffset = "2h"\n'
                        '[job.long]\nrun = "sleep 600"\n')
        self.go_on(fleet)
        long = fleet.trigger("long")
        fleet.pid_of("long")
        self.clock.suspend(9 * HOUR)
        woke = time.monotonic()
        run = fleet.wait(lambda: fleet.ended("daily"), "the work of the night")
        self.assertLess(time.monotonic() - woke, 2.0, "within 1 s of the resume (L8), and one to ask")
        self.go_on(fleet)
        self.assertEqual([r["outcome"] for r in run], ["ok"])
        self.assertEqual(len(fleet.runs("daily")), 1, "two slots, one run")
        self.assertEqual(fleet.job("long")["running"]["run"], long, "what slept runs on")
        night = [s for s in fleet.slots("tick") if s.get("count", 1) > 100]
        self.assertEqual([s["disposition"] for s in night], ["coalesced"], "one range, one run for it")
        self.assertEqual(fleet.events("clock_stepped"), [], "asleep is no step")

    def test_c10_a_clock_that_was_never_set(self):
        since_1970 = datetime.datetime.now(datetime.timezone.utc).timestamp()
        fleet = self.up(TICK, off=-since_1970 + 60)
        self.go_on(fleet)
        self.step(fleet, since_1970 - 60)
        self.go_on(fleet)
        self.assert_unmoved(fleet)

    def test_c10_a_machine_that_forgot_the_time_while_it_was_off(self):
        since_1970 = datetime.datetime.now(datetime.timezone.utc).timestamp()
        fleet = self.up(TICK)
        self.go_on(fleet)
        fleet.kill()
        self.clock.step(60 - since_1970)
        fleet.up()
        self.go_on(fleet)
        self.clock.step(since_1970 - 60)
        self.go_on(fleet)
        steps = [e["data"]["by_ms"] for e in fleet.events("clock_stepped")]
        self.assertLess(abs(sum(steps)), 60_000, "there and back")
        decided = sum(s.get("count", 1) for s in fleet.slots("tick"))
        self.assertLess(decided, 1000, "no 56 years of slots")
        self.assertEqual(fleet.takt("status").returncode, 0)


if __name__ == "__main__":
    unittest.main()
