"""The watchdog and the deliveries on the real program: overdue, quarantine, at_most_once, lost attempts,
and that a kill in between changes none of it."""
import unittest

from fleet import Fleet, wait_until


class Watch(unittest.TestCase):
    def test_a_slot_without_success_is_overdue_and_a_restart_remembers_it(self):
        with Fleet('[job.late]\nrun = "exit 1"\nevery = "1h"\noffset = "0s"\nexpect = "1s"\n'
                   'late_after = "2s"\n') as fleet:
            fleet.up()
            wait_until(lambda: fleet.ended("late"), "the slot to fail")
            owed = fleet.sql("SELECT unmet_since_at FROM jobs WHERE job = 'late'")[0][0]
            self.assertIsNotNone(owed)
            fleet.kill()
            fleet.up()
            overdue = wait_until(lambda: fleet.events("job_overdue"), "the verdict")[0]
            self.assertIn("a success is owed since", overdue["text"])
            self.assertLess(overdue["data"]["noticed_after_ms"], 1000)
            recovery = wait_until(lambda: [r for r in fleet.runs("late")
                                           if r["cause"] == "recovery"], "the recovery run")[-1]
            self.assertEqual(recovery["priority"], "P0")
            self.assertEqual(fleet.takt("status").returncode, 7)

    def test_quarantine_ends_a_crash_loop_and_survives_a_kill(self):
        with Fleet('[job.loop]\nrun = "exit 1"\nevery = "200ms"\nquarantine_after = 3\n') as fleet:
            fleet.up()
            wait_until(lambda: fleet.job("loop")["state"] == "quarantined", "the quarantine")
            self.assertEqual(len(fleet.events("quarantined")), 1)
            self.assertEqual(fleet.job("loop")["consecutive_failures"], 3)
            fleet.kill()
            fleet.up()
            self.assertEqual(fleet.job("loop")["state"], "quarantined")
            self.assertEqual(fleet.takt("trigger", "loop").returncode, 6)
            self.assertEqual(fleet.takt("resume", "loop").returncode, 0)
            wait_until(lambda: fleet.job("loop")["state"] == "quarantined"
                       and len(fleet.events("quarantined")) == 2, "the next quarantine")

    def test_a_forced_run_that_succeeds_ends_a_quarantine(self):
        with Fleet('[job.loop]\nrun = "test -e mended"\nquarantine_after = 1\n') as fleet:
            fleet.up()
            fleet.wait_end(fleet.trigger("loop"))
            self.assertEqual(fleet.job("loop")["state"], "quarantined")
            (fleet.dir / "mended").touch()
            fleet.wait_end(fleet.trigger("loop", "--force"))
            self.assertEqual(fleet.job("loop")["state"], "idle")

    def test_at_most_once_is_never_repeated(self):
        with Fleet('[job.pay]\nrun = "echo $TAKT_ATTEMPT >> paid; sleep 50 & wait"\n'
                   'delivery = "at_most_once"\nretries = 3\nkill_grace = "200ms"\n'
                   'hung_after = "1500ms"\n') as fleet:
            fleet.up()
            lost = fleet.trigger("pay")
            wait_until((fleet.dir / "paid").exists, "the first payment")
            fleet.kill()
            fleet.up()
            self.assertEqual(fleet.wait_end(lost)["outcome"], "lost")
            shut = fleet.trigger("pay")
            wait_until(lambda: len((fleet.dir / "paid").read_text().split()) == 2, "the second")
            fleet.down()
            fleet.up()
            run = fleet.wait_end(shut)
            self.assertEqual((run["outcome"], run["reason"]), ("cancelled", "shutdown"))
            hung = fleet.wait_end(fleet.trigger("pay"))
            self.assertEqual(hung["outcome"], "hung")
            self.assertEqual([r for r in fleet.runs("pay") if r["cause"] == "recovery"], [])
            self.assertEqual((fleet.dir / "paid").read_text().split(), ["1", "1", "1"])

    def test_lost_attempts_do_not_use_up_retries_and_count_no_failure(self):
        with Fleet('[job.work]\nrun = "test $TAKT_ATTEMPT = 3 || sleep 50 & wait $!"\n'
                   'retries = 0\nbackoff = { first = "50ms" }\n') as fleet:
            fleet.up()
            run = fleet.trigger("work")
            for attempt in (1, 2):
                wait_until(lambda n=attempt: (fleet.job("work")["running"] or {}).get("pid")
                           and fleet.job("work")["running"]["attempt"] == n, f"attempt {attempt}")
                fleet.kill()
                fleet.up()
            ended = fleet.wait_end(run)
            self.assertEqual([a["outcome"] for a in ended["attempts"]], ["lost", "lost", "ok"])
            self.assertEqual(ended["outcome"], "ok")
            self.assertEqual(fleet.job("work")["consecutive_failures"], 0)


if __name__ == "__main__":
    unittest.main()
