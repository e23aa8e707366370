"""What an operator does to a running fleet: trigger, pause, cancel, and asking why."""
import unittest

from fleet import Fleet, wait_until

JOBS = '''
[job.quick]
run = "echo out; echo err >&2; exit ${TAKT_PARAM_CODE}"
params = { code = { type = "int", default = 0, min = 0, max = 9 } }
[job.slow]
run = "sleep 600"
kill_grace = "1s"
[job.queued]
run = "sleep 600"
overlap = "queue"
kill_grace = "1s"
[job.tick]
run = "true"
every = "200ms"
[job.off]
run = "true"
every = "200ms"
enabled = false
[job.breaks]
run = "[ -e fixed ]"
quarantine_after = 2
'''


class Operator(unittest.TestCase):
    def setUp(self):
        self.fleet = Fleet(JOBS)
        self.addCleanup(self.fleet.__exit__)
        self.fleet.up()

    def test_trigger_wait_streams_the_log_and_takes_the_exit_code(self):
        ok = self.fleet.takt("trigger", "quick", "--wait")
        self.assertEqual(ok.returncode, 0, ok.stderr)
        self.assertIn("out\n", ok.stdout)
        bad = self.fleet.takt("trigger", "quick", "--wait", "--param", "code=7")
        self.assertEqual(bad.returncode, 1)
        run = self.fleet.runs("quick")[0]
        self.assertEqual(run["attempts"][0]["exit_code"], 7)
        self.assertEqual(run["cause"], "manual")

    def test_trigger_timeout_leaves_the_run_alone(self):
        done = self.fleet.takt("trigger", "slow", "--wait", "--timeout", "300ms")
        self.assertEqual(done.returncode, 124)
        self.assertEqual(self.fleet.runs("slow")[0]["state"], "running")

    def test_bad_parameters_are_refused_literally(self):
        for bad in ("code=x; touch /tmp/pwn", "code=99", "other=1", "code"):
            self.assertIn(self.fleet.takt("trigger", "quick", "--param", bad).returncode, (2, 6), bad)
        self.assertFalse(self.fleet.runs("quick"))

    def test_a_second_trigger_is_refused_with_the_holder_and_no_run_is_made(self):
        run = self.fleet.trigger("slow")
        refused = self.fleet.takt("trigger", "slow")
        self.assertEqual(refused.returncode, 6)
        self.assertIn(str(run), refused.stderr)
        self.assertEqual(self.fleet.takt("trigger", "slow", "--force").returncode, 6)
        self.assertEqual(len(self.fleet.runs("slow")), 1)

    def test_queue_holds_one_and_refuses_a_third(self):
        first = self.fleet.trigger("queued")
        second = self.fleet.trigger("queued")
        self.assertEqual(self.fleet.takt("trigger", "queued").returncode, 6)
        why = self.fleet.json("why", second)
        held = [g for g in why["gates"] if g["answer"] == "hold"]
        self.assertEqual([g["gate"] for g in held], ["overlap"])
        self.assertEqual(held[0]["holders"], [{"job": "queued", "run": first}])
        self.assertEqual(self.fleet.takt("cancel", first).returncode, 0)
        self.assertEqual(self.fleet.wait_end(first)["outcome"], "cancelled")
        self.fleet.wait(lambda: self.fleet.runs("queued")[0]["state"] == "running", "the second")

    def test_cancel_of_a_waiting_run_and_of_one_that_has_ended(self):
        self.fleet.trigger("queued")
        second = self.fleet.trigger("queued")
        self.assertEqual(self.fleet.takt("cancel", second).returncode, 0)
        run = self.fleet.wait_end(second)
        self.assertEqual((run["disposition"], run["attempts"]), ("cancelled", []))
        self.assertEqual(self.fleet.takt("cancel", second).returncode, 6)
        self.assertEqual(self.fleet.takt("cancel", 999999).returncode, 4)

    def test_pause_skips_slots_and_ends_by_itself(self):
        self.assertEqual(self.fleet.takt("pause", "tick", "--for", "1s", "--reason", "rest").returncode, 0)
        self.assertEqual(self.fleet.job("tick")["state"], "paused")
        self.assertEqual(self.fleet.takt("trigger", "tick").returncode, 6)
        self.assertEqual(self.fleet.takt("trigger", "tick", "--force", "--wait").returncode, 0)
        wait_until(lambda: self.fleet.job("tick")["state"] != "paused", "the end of the pause")
        skipped = [s for s in self.fleet.slots("tick") if s["reason"] == "paused"]
        self.assertTrue(skipped)
        self.fleet.wait(lambda: self.fleet.slots("tick")[0]["disposition"] == "ran", "a run after it")

    def test_pause_all_and_resume_all(self):
        self.assertEqual(self.fleet.takt("pause", "--all").returncode, 0)
        self.assertEqual(self.fleet.json("status", code=None)["paused"], 6)
        self.assertEqual(self.fleet.takt("resume", "--all").returncode, 0)
        self.assertEqual(self.fleet.json("status")["paused"], 0)

    def test_a_disabled_job_accounts_for_its_slots(self):
        self.fleet.wait(lambda: self.fleet.slots("off"), "a skipped slot")
        self.assertEqual({(s["disposition"], s["reason"]) for s in self.fleet.slots("off")},
                         {("skipped", "disabled")})

    def test_quarantine_stops_a_crash_loop_and_a_forced_success_ends_it(self):
        for _ in range(2):
            self.fleet.wait_end(self.fleet.trigger("breaks"))
        self.assertEqual(self.fleet.job("breaks")["state"], "quarantined")
        self.assertEqual(self.fleet.takt("status").returncode, 7)
        self.assertEqual(self.fleet.takt("trigger", "breaks").returncode, 6)
        (self.fleet.dir / "fixed").touch()
        self.assertEqual(self.fleet.takt("trigger", "breaks", "--force", "--wait").returncode, 0)
        self.assertEqual(self.fleet.job("breaks")["state"], "idle")
        self.assertEqual(self.fleet.takt("status").returncode, 0)

    def test_unknown_names_get_a_suggestion(self):
        for verb in ("trigger", "why", "pause", "resume", "runs", "slots", "logs"):
            done = self.fleet.takt(verb, "quik")
            self.assertEqual(done.returncode, 4, (verb, done.stderr))
            self.assertIn("quick", done.stderr, verb)

    def test_why_of_an_idle_job_names_its_next_slot(self):
        why = self.fleet.json("why", "tick")
        self.assertEqual(why["job"], "tick")
        self.assertEqual([g["gate"] for g in why["gates"]],
                         ["enabled", "paused", "quarantined", "overlap", "dependencies", "memory", "pools", "turn",
                          "node", "store"])


if __name__ == "__main__":
    unittest.main()
