"""Following: logs -F and events -F as they are used, through pipes, to the end of what they follow."""
import subprocess
import unittest

from fleet import TAKT, Fleet, wait_until


def follow(fleet, *args):
    return subprocess.Popen([TAKT, *args, "-f", str(fleet.file)], stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True, cwd=fleet.dir)


class Following(unittest.TestCase):
    def test_events_come_as_they_happen_and_end_with_their_reader(self):
        with Fleet('[job.bad]\nrun = "exit 1"\n') as fleet:
            fleet.up()
            stream = follow(fleet, "events", "-F", "--jsonl")
            self.assertIn("fleet_started", stream.stdout.readline())
            fleet.wait_end(fleet.trigger("bad"))
            self.assertIn("run_failed", stream.stdout.readline())
            stream.stdout.close()  # nothing happens any more: it must notice by itself
            self.assertEqual(stream.wait(20), 0)
            self.assertEqual(stream.stderr.read(), "")
            stream.stderr.close()

    def test_events_go_on_over_a_restart(self):
        with Fleet('[job.a]\nrun = "true"\n') as fleet:
            fleet.up()
            stream = follow(fleet, "events", "-F", "--jsonl")
            self.assertIn("fleet_started", stream.stdout.readline())
            fleet.kill()
            fleet.up()
            self.assertIn("fleet_started", stream.stdout.readline())
            fleet.down()
            self.assertIn("fleet_stopped", stream.stdout.readline())
            stream.kill()
            stream.communicate()

    def test_a_log_is_followed_over_the_attempts_of_its_run_to_its_end(self):
        with Fleet('[job.again]\nrun = "echo attempt $TAKT_ATTEMPT; sleep 0.3; '
                   'test $TAKT_ATTEMPT = 2"\nretries = 1\nbackoff = { first = "100ms" }\n') as fleet:
            fleet.up()
            run = fleet.trigger("again")
            stream = follow(fleet, "logs", str(run), "-F")
            out, err = stream.communicate(timeout=20)
            self.assertEqual((stream.returncode, out, err), (0, "attempt 1\nattempt 2\n", ""))

    def test_a_log_that_is_quiet_ends_with_its_reader(self):
        with Fleet('[job.quiet]\nrun = "echo here; sleep 50 & wait"\n') as fleet:
            fleet.up()
            run = fleet.trigger("quiet")
            stream = follow(fleet, "logs", str(run), "-F")
            self.assertEqual(stream.stdout.readline(), "here\n")
            stream.stdout.close()
            self.assertEqual(stream.wait(20), 0)
            stream.stderr.close()

    def test_a_job_without_runs_and_one_that_is_unknown_say_so(self):
        with Fleet('[job.posting]\nrun = "true"\n') as fleet:
            fleet.up()
            none = fleet.takt("logs", "posting", "-F")
            self.assertEqual(none.returncode, 4)
            self.assertIn("no run of posting has a log yet", none.stderr)
            wrong = fleet.takt("logs", "postng", "-F")
            self.assertEqual(wrong.returncode, 4)
            self.assertIn("did you mean 'posting'", wrong.stderr)

    def test_a_daemon_that_goes_away_ends_a_log(self):
        with Fleet('[job.long]\nrun = "echo here; sleep 50 & wait"\n') as fleet:
            fleet.up()
            run = fleet.trigger("long")
            stream = follow(fleet, "logs", str(run), "-F")
            self.assertEqual(stream.stdout.readline(), "here\n")
            fleet.kill()
            out, err = stream.communicate(timeout=20)
            self.assertEqual((stream.returncode, out), (0, ""))
            self.assertIn("no daemon runs", err)

    def test_a_run_that_waits_for_room_names_who_has_it(self):
        with Fleet('[job.hog]\nrun = "sleep 50 & wait"\n[job.late]\nrun = "true"\n',
                   "max_running = 1") as fleet:
            fleet.up()
            hog = fleet.trigger("hog")
            wait_until(lambda: fleet.job("hog")["running"], "the hog")
            fleet.trigger("late")
            gate = next(g for g in fleet.json("why", "late")["gates"] if g["gate"] == "node")
            self.assertEqual(gate["answer"], "hold")
            self.assertEqual(gate["holders"], [{"job": "hog", "run": hog}])
            self.assertIn("max_running", gate["text"])


if __name__ == "__main__":
    unittest.main()
