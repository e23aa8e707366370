"""Jobs that misbehave: each has a truthful outcome, and nothing of it is left running."""
import os
import signal
import time
import unittest

from fleet import Fleet, alive, tagged_processes, wait_until


class BadJobs(unittest.TestCase):
    def run_once(self, run, keys="", code=None):
        """Runs one manual job; returns (fleet kept open by addCleanup, run)."""
        fleet = Fleet(f"[job.bad]\nrun = {run}\n{keys}\n")
        self.addCleanup(fleet.__exit__)
        fleet.up()
        run_id = fleet.trigger("bad")
        return fleet, fleet.wait_end(run_id)

    def assert_nothing_left(self, fleet):
        wait_until(lambda: not tagged_processes(fleet.dir), "the tree to be gone", 3)

    def test_missing_program_is_spawn_failed_with_its_errno(self):
        fleet, run = self.run_once('["/no/such/program"]', "retries = 1\nbackoff = { first = '10ms' }")
        self.assertEqual(run["outcome"], "spawn_failed")
        self.assertEqual([a["outcome"] for a in run["attempts"]], ["spawn_failed"] * 2)
        self.assertEqual(run["disposition"], "ran")

    def test_bad_interpreter_and_plain_text_do_not_run(self):
        fleet = Fleet('[job.bad]\nrun = ["./script"]\n')
        self.addCleanup(fleet.__exit__)
        script = fleet.dir / "script"
        script.write_text("#!/no/such/interpreter\n")
        script.chmod(0o700)
        fleet.up()
        self.assertEqual(fleet.wait_end(fleet.trigger("bad"))["outcome"], "spawn_failed")
        script.chmod(0o600)
        self.assertEqual(fleet.wait_end(fleet.trigger("bad"))["outcome"], "spawn_failed")

    def test_a_folder_that_vanishes_is_spawn_failed(self):
        fleet = Fleet('[job.bad]\nrun = "true"\ncwd = "work"\n')
        self.addCleanup(fleet.__exit__)
        (fleet.dir / "work").mkdir()
        fleet.up()
        (fleet.dir / "work").rmdir()
        self.assertEqual(fleet.wait_end(fleet.trigger("bad"))["outcome"], "spawn_failed")

    def test_ignoring_sigterm_is_killed_at_the_grace(self):
        fleet, run = self.run_once('''"trap '' TERM; while :; do sleep 1; done"''',
                                   'timeout = "300ms"\nkill_grace = "500ms"')
        self.assertEqual(run["outcome"], "timeout")
        self.assertEqual(run["attempts"][0]["signal"], signal.SIGKILL)
        self.assert_nothing_left(fleet)

    def test_escaping_with_setsid_is_found_and_killed(self):
        fleet, run = self.run_once('''"setsid sh -c 'setsid sleep 600 & setsid sleep 600 &' & sleep 0.2"''')
        self.assertEqual(run["outcome"], "ok")
        self.assert_nothing_left(fleet)
        leaked = fleet.wait(lambda: fleet.events("leaked_processes"), "the leak to be told")
        self.assertEqual(leaked[0]["run"], run["id"])

    def test_what_is_killed_leaves_nothing_behind_for_the_next(self):
        fleet = Fleet('[job.leak]\nrun = "setsid sleep 600 & exit 0"\n[job.ok]\nrun = "true"\n')
        self.addCleanup(fleet.__exit__)
        fleet.up()
        for _ in range(3):
            self.assertEqual(fleet.wait_end(fleet.trigger("leak"))["outcome"], "ok")
            self.assertEqual(fleet.wait_end(fleet.trigger("ok"))["outcome"], "ok")

    def test_a_child_that_holds_the_pipe_pins_nothing(self):
        began = time.monotonic()
        fleet, run = self.run_once('"sleep 600 & echo started"')
        self.assertEqual(run["outcome"], "ok")
        self.assertLess(time.monotonic() - began, 8)
        self.assert_nothing_left(fleet)
        self.assertEqual(fleet.takt("logs", "bad").stdout, "started\n")

    def test_a_flood_is_cut_and_marked(self):
        fleet, run = self.run_once('"head -c 30000000 /dev/zero | tr \'\\\\0\' x | fold -w 99"',
                                   'log_max = "100K"')
        self.assertEqual(run["outcome"], "ok")
        self.assertGreaterEqual(run["attempts"][0]["log_bytes"], 30000000)
        log = next((fleet.state_dir / "logs" / "bad").glob("*.log"))
        self.assertLess(log.stat().st_size, 300 * 1024)
        self.assertIn(" cut ", log.read_text().splitlines()[-1])

    def test_a_fork_bomb_ends_with_its_run(self):
        # Bounded in number by ulimit, without end in time.
        fleet, run = self.run_once('''"ulimit -u 60000; i=0; while [ $i -lt 40 ]; do i=$((i+1)); '''
                                   '''sh -c 'while :; do sleep 0.01 & wait; done' & done; wait"''',
                                   'timeout = "1s"\nkill_grace = "200ms"')
        self.assertEqual(run["outcome"], "timeout")
        self.assert_nothing_left(fleet)

    def test_death_by_signal_and_exit_137_are_told_apart(self):
        fleet = Fleet('[job.signal]\nrun = "kill -SEGV $$"\n[job.code]\nrun = "exit 137"\n')
        self.addCleanup(fleet.__exit__)
        fleet.up()
        by_signal = fleet.wait_end(fleet.trigger("signal"))
        self.assertEqual(by_signal["outcome"], "failed")
        self.assertEqual(by_signal["attempts"][0]["signal"], signal.SIGSEGV)
        self.assertIsNone(by_signal["attempts"][0]["exit_code"])
        by_code = fleet.wait_end(fleet.trigger("code"))
        self.assertEqual((by_code["outcome"], by_code["attempts"][0]["exit_code"]), ("failed", 137))
        self.assertIsNone(by_code["attempts"][0]["signal"])

    def test_a_hang_is_noticed_proven_dead_and_answered_once(self):
        fleet = Fleet('[job.hang]\nrun = "if [ -e once ]; then exit 0; fi; touch once; sleep 600"\n'
                      'hung_after = "700ms"\nkill_grace = "1s"\nretries = 3\n')
        self.addCleanup(fleet.__exit__)
        fleet.up()
        run = fleet.wait_end(fleet.trigger("hang"))
        self.assertEqual(run["outcome"], "hung")
        self.assertEqual(len(run["attempts"]), 1)
        recovery = fleet.wait(lambda: [r for r in fleet.ended("hang") if r["cause"] == "recovery"],
                              "the recovery run")[0]
        self.assertEqual((recovery["triggered_by"], recovery["outcome"], recovery["priority"]),
                         (run["id"], "ok", "P0"))
        self.assertEqual(len(fleet.events("job_hung")), 1)

    def test_the_environment_is_what_the_file_says(self):
        fleet = Fleet('[job.show]\nrun = "env; ls /proc/self/fd"\nenv = { MINE = "1" }\n')
        self.addCleanup(fleet.__exit__)
        os.environ["LEAK_FROM_DAEMON"] = "secret"
        self.addCleanup(os.environ.pop, "LEAK_FROM_DAEMON")
        fleet.up()
        run = fleet.wait_end(fleet.trigger("show"))
        shown = fleet.takt("logs", run["id"]).stdout
        self.assertIn("MINE=1\n", shown)
        self.assertIn(f"TAKT_RUN_ID={run['id']}\n", shown)
        self.assertIn("TAKT_SLOT=\n", shown)
        self.assertNotIn("LEAK_FROM_DAEMON", shown)


if __name__ == "__main__":
    unittest.main()
