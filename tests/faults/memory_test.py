"""M1: a job that takes more than its memory_max, in every lane that holds trees together."""
import signal
import unittest

from injection import FaultFleet, Ticker, running_from
from lanes import NONE, V2_CONTROLLERS, V2_PLAIN, LaneCase, wrap

MIB = 1 << 20


class OutOfMemory:
    def fleet(self, jobs):
        fleet = FaultFleet(jobs, wrap=wrap(self.lane), witness=True)
        self.addCleanup(fleet.__exit__)
        fleet.up()
        return fleet

    def test_m1_only_the_tree_that_takes_too_much_dies_and_it_is_oom(self):
        fleet = self.fleet(
            '[job.hog]\nrun = "./witness --unwitnessed --for 60s & ./witness --unwitnessed --memory 96M --for 60s"\n'
            'memory_max = "64M"\n'
            '[job.neighbour]\nrun = "exec ./witness --unwitnessed --memory 96M --for 60s"\n'
            '[job.tick]\nrun = "true"\nevery = "200ms"\n')
        neighbour = fleet.trigger("neighbour")
        with Ticker(lambda: fleet.takt("status")) as asked:
            run = fleet.wait_end(fleet.trigger("hog"))
        self.assertEqual(run["outcome"], "oom")
        attempt = run["attempts"][0]
        self.assertEqual(attempt["signal"], signal.SIGKILL)
        self.assertIn("64.0 MiB", attempt["error"])
        self.assertEqual(len(running_from(fleet.dir)), 1, "the neighbour alone lives")
        self.assertEqual(next(r["state"] for r in fleet.runs() if r["id"] == neighbour), "running")
        self.assertLess(max(asked.costs), 2.0, "the daemon answers meanwhile")
        self.assert_in_lane(fleet)

    def test_m1_what_processes_share_counts_once(self):
        fleet = self.fleet('[job.forks]\nmemory_max = "110M"\nrun = ["./witness", "--unwitnessed", "--memory", "60M", '
                           '"--fork-stay", "4", "--for", "1500ms"]\n')
        self.assertEqual(fleet.wait_end(fleet.trigger("forks"))["outcome"], "ok")

    def test_m1_other_kills_and_exit_137_are_not_oom(self):
        fleet = self.fleet('[job.exits]\nmemory_max = "64M"\nrun = "exit 137"\n'
                           '[job.dies]\nmemory_max = "64M"\nrun = "kill -KILL $$"\n')
        for job, wanted in (("exits", (137, None)), ("dies", (None, signal.SIGKILL))):
            run = fleet.wait_end(fleet.trigger(job))
            attempt = run["attempts"][0]
            self.assertEqual((run["outcome"], attempt["exit_code"], attempt["signal"]), ("failed", *wanted))


class InGroupsWithControllers(OutOfMemory, LaneCase):
    lane = V2_CONTROLLERS


class InGroups(OutOfMemory, LaneCase):
    lane = V2_PLAIN


class WithoutGroups(OutOfMemory, LaneCase):
    lane = NONE


if __name__ == "__main__":
    unittest.main()
