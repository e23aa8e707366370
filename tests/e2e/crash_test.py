"""SIGKILL of the daemon, at bad moments: what was recorded holds, what is left is killed, and the rest
goes on. The long campaign is tests/torture/kill_campaign.py; a few rounds of it run here."""
import pathlib
import sys
import time
import unittest

from fleet import Fleet, alive, tagged_processes, wait_until

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "torture"))
import kill_campaign  # noqa: E402


class Crash(unittest.TestCase):
    def test_a_running_attempt_is_killed_settled_as_lost_and_tried_again(self):
        with Fleet('[job.long]\nrun = "echo $$; sleep 600"\nbackoff = { first = "100ms" }\n') as fleet:
            fleet.up()
            run = fleet.trigger("long")
            pid = fleet.wait(lambda: fleet.job("long")["running"]
                             and fleet.job("long")["running"]["pid"], "the attempt to run")
            fleet.kill()
            self.assertTrue(alive(pid))
            began = time.monotonic()
            fleet.up()
            self.assertLess(time.monotonic() - began, 2.0)
            self.assertFalse(alive(pid), "what an earlier daemon left must be dead when it is ready")
            again = fleet.wait(lambda: [r for r in fleet.runs("long") if len(r["attempts"]) == 2],
                               "the second attempt")[0]
            self.assertEqual(again["id"], run)
            self.assertEqual(again["attempts"][0]["outcome"], "lost")
            self.assertEqual(again["attempts"][1]["attempt"], 2)

    def test_a_retry_timer_survives(self):
        with Fleet('[job.fails]\nrun = "exit 3"\nretries = 1\nbackoff = { first = "2s" }\n') as fleet:
            fleet.up()
            fleet.trigger("fails")
            fleet.wait(lambda: fleet.runs("fails")[0]["state"] == "retrying", "the retry wait")
            fleet.kill()
            fleet.up()
            run = fleet.wait(lambda: fleet.ended("fails"), "the run to settle")[0]
            self.assertEqual([a["exit_code"] for a in run["attempts"]], [3, 3])

    def test_slots_of_the_downtime_are_one_catch_up_run(self):
        with Fleet('[job.tick]\nrun = "true"\nevery = "200ms"\noffset = "0s"\n') as fleet:
            fleet.up()
            fleet.wait(lambda: len(fleet.ended("tick")) >= 2, "two runs")
            fleet.kill()
            time.sleep(1.5)  # the downtime itself is what is tested
            fleet.up()
            caught = fleet.wait(lambda: [r for r in fleet.ended("tick") if r["cause"] == "catchup"],
                                "the catch-up run")
            self.assertEqual(len(caught), 1)
            coalesced = [s for s in fleet.slots("tick") if s["run"] == caught[0]["id"]
                         and s["disposition"] == "coalesced"]
            self.assertEqual(len(coalesced), 1)
            self.assertGreaterEqual(coalesced[0].get("count", 1), 4)

    def test_a_killed_daemon_is_replaced_and_a_living_one_is_not(self):
        with Fleet('[job.a]\nrun = "true"\n') as fleet:
            fleet.up()
            second = fleet.takt("up")
            self.assertEqual(second.returncode, 6, second.stderr)
            self.assertIn("another daemon", second.stderr)
            fleet.kill()
            self.assertEqual(fleet.takt("status").returncode, 5)
            fleet.up()

    def test_few_kills_of_a_busy_daemon_leave_rows_that_agree_with_the_witnesses(self):
        report = kill_campaign.campaign(kills=10, seed=7)
        self.assertTrue(kill_campaign.is_clean(report), kill_campaign.table(report))
        self.assertEqual(report["witnessed_jobs"], report["jobs"])
        self.assertGreater(report["attempts"]["ok"], 50)


if __name__ == "__main__":
    unittest.main()
