"""P3, P17-P19: what is done to the daemon itself, short of killing it."""
import shutil
import signal
import subprocess
import sys
import time
import unittest

import fleet as e2e
from fleet import alive, tagged_processes, wait_until
from injection import FaultFleet

LONG = '[job.long]\nrun = "sleep 600"\nkill_grace = "1s"\n'

# Takes the lock ($1) as its pid's, leaves it to a child for a moment, and is gone.
HEIR = """
import fcntl, os, struct, sys, time
lock = os.open(sys.argv[1], os.O_RDWR)
fcntl.fcntl(lock, 37, struct.pack("hhqqi4x", fcntl.F_WRLCK, 0, 0, 0, 0))  # F_OFD_SETLK
os.ftruncate(lock, 0)
os.pwrite(lock, f"{os.getpid()}\\n".encode(), 0)
if os.fork() == 0:
    os.close(1)
    time.sleep(0.2)
    os._exit(0)
print("held", flush=True)
"""


class Daemon(unittest.TestCase):
    def up(self, jobs, *args):
        fleet = FaultFleet(jobs)
        self.addCleanup(fleet.__exit__)
        fleet.up(*args)
        return fleet

    def stop_for(self, fleet, seconds):
        with fleet.stopped():
            time.sleep(seconds)  # the fault itself

    def test_p3_slots_of_a_stopped_daemon_are_one_catch_up(self):
        fleet = self.up('[job.tick]\nrun = "true"\nevery = "100ms"\nkeep_runs = 10000\n')
        fleet.wait(lambda: len(fleet.ended("tick")) >= 2, "two runs")
        self.stop_for(fleet, 1.2)
        before = fleet.wait(lambda: len(fleet.ended("tick")), "the daemon to go on")
        fleet.wait(lambda: len(fleet.ended("tick")) > before, "runs to go on")
        numbers = [n for (n,) in fleet.rows("select slot_number from runs where slot_number is not null")]
        self.assertEqual(len(numbers), len(set(numbers)), "a slot ran twice")
        coalesced = sum(s.get("count", 1) for s in fleet.slots("tick") if s["disposition"] == "coalesced")
        self.assertGreaterEqual(coalesced, 5, "the slots of the stop are one run's")
        self.assertLessEqual(len({s["run"] for s in fleet.slots("tick") if s["disposition"] == "coalesced"}), 3)

    def test_p3_twenty_minutes_of_fleet_time(self):
        fleet = self.up('[job.tick]\nrun = "true"\nevery = "1m"\n', "--speed", "600")
        fleet.wait(lambda: len(fleet.ended("tick")) >= 2, "two runs")
        self.stop_for(fleet, 2.0)
        fleet.wait(lambda: [s for s in fleet.slots("tick") if s["disposition"] == "coalesced"
                            and s.get("count", 1) >= 10], "one run for what was missed")
        self.assertEqual(fleet.takt("status").returncode, 0)

    def test_p3_a_job_that_ended_meanwhile_did_not_hang(self):
        jobs = "".join(f'[job.quick{i}]\nrun = "while [ ! -e go ]; do sleep 0.02; done"\n'
                       'hung_after = "1500ms"\ntimeout = "1700ms"\nkill_grace = "1s"\n' for i in range(6))
        fleet = self.up(jobs)
        runs = [fleet.trigger(f"quick{i}") for i in range(6)]
        pids = [fleet.pid_of(f"quick{i}") for i in range(6)]
        with fleet.stopped():
            (fleet.dir / "go").touch()
            wait_until(lambda: not any(alive(pid) for pid in pids), "the jobs to end")
            time.sleep(2.0)  # beyond their limits
        self.assertEqual([fleet.wait_end(run)["outcome"] for run in runs], ["ok"] * 6)
        self.assertEqual(fleet.events("job_hung"), [])

    def test_p3_a_job_that_still_runs_is_judged_at_once(self):
        fleet = self.up('[job.hangs]\nrun = "sleep 600"\nhung_after = "1s"\nkill_grace = "1s"\n')
        run = fleet.trigger("hangs")
        fleet.pid_of("hangs")
        self.stop_for(fleet, 1.5)
        self.assertEqual(fleet.wait_end(run)["outcome"], "hung")
        self.assertEqual(len(fleet.events("job_hung")), 1)

    def test_p17_another_binary_takes_over(self):
        for stop in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(stop=stop):
                fleet = self.up(LONG + '[job.tick]\nrun = "true"\nevery = "200ms"\n')
                run = fleet.trigger("long")
                pid = fleet.pid_of("long")
                fleet.daemon.send_signal(stop)
                fleet.daemon.wait(10)
                newer = fleet.dir / "takt-newer"
                shutil.copy(e2e.TAKT, newer)
                fleet.spawn(takt=str(newer))
                wait_until(fleet.is_ready, "the other binary to be ready")
                self.assertFalse(alive(pid), "one tree of a run at a time")
                again = fleet.wait(lambda: [r for r in fleet.runs("long") if len(r["attempts"]) == 2
                                            and r["state"] == "running"], "the run to go on")[0]
                self.assertEqual((again["id"], again["attempts"][0]["outcome"]),
                                 (run, "cancelled" if stop == signal.SIGTERM else "lost"))
                self.assertEqual(len(fleet.runs("long")), 1)
                self.assertEqual(fleet.down(), 0)

    def test_p18_a_second_daemon_is_refused_within_a_second(self):
        fleet = self.up(LONG)
        run = fleet.trigger("long")
        pid = fleet.pid_of("long")
        began = time.monotonic()
        second = fleet.takt("up")
        self.assertLess(time.monotonic() - began, 1.0)
        self.assertEqual(second.returncode, 6, second.stderr)
        self.assertIn(str(fleet.daemon.pid), second.stderr, "it names the other")
        with fleet.stopped():
            self.assertEqual(fleet.takt("up").returncode, 6, "also while the first stands still")
        self.assertTrue(alive(pid), "the first one's jobs are not touched")
        self.assertEqual(fleet.job("long")["running"]["run"], run)
        self.assertEqual(len(fleet.rows("select node from nodes")), 1, "it wrote nothing")

    def test_p18_a_lock_that_a_dead_daemons_child_still_holds_is_waited_for(self):
        """As when it was killed between the birth of a job's process and its becoming a program."""
        fleet = self.up(LONG)
        self.assertEqual(fleet.down(), 0)
        heir = subprocess.Popen([sys.executable, "-c", HEIR, str(fleet.state_dir / "takt.lock")],
                                stdout=subprocess.PIPE)
        self.assertTrue(heir.stdout.readline())
        heir.wait(10)
        heir.stdout.close()
        fleet.up()
        self.assertEqual(fleet.takt("status").returncode, 0)

    def test_p19_sigterm_and_sigint_end_everything_within_the_grace(self):
        for ends in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(signal=ends):
                fleet = self.up('[job.deaf]\nrun = "trap : TERM; while :; do sleep 0.1; done"\n'
                                'kill_grace = "1s"\n')
                fleet.trigger("deaf")
                fleet.pid_of("deaf")
                fleet.daemon.send_signal(ends)
                began = time.monotonic()
                self.assertEqual(fleet.daemon.wait(10), 0)
                self.assertLess(time.monotonic() - began, 1 + 2, "L9: grace + 2 s")
                self.assertFalse(tagged_processes(fleet.dir))

    def test_p19_a_second_sigterm_does_not_wait_for_the_grace(self):
        fleet = self.up('[job.deaf]\nrun = "trap : TERM; while :; do sleep 0.1; done"\n'
                        'kill_grace = "60s"\n')
        fleet.trigger("deaf")
        fleet.pid_of("deaf")
        fleet.daemon.send_signal(signal.SIGTERM)
        wait_until(lambda: fleet.takt("trigger", "deaf").returncode in (5, 6), "it to be stopping")
        self.assertIsNone(fleet.daemon.poll())
        fleet.daemon.send_signal(signal.SIGTERM)
        self.assertEqual(fleet.daemon.wait(5), 0)
        self.assertFalse(tagged_processes(fleet.dir))

    def test_p19_sighup_ends_nothing(self):
        fleet = self.up(LONG)
        run = fleet.trigger("long")
        fleet.pid_of("long")
        for _ in range(5):
            fleet.daemon.send_signal(signal.SIGHUP)
        self.assertEqual(fleet.takt("status").returncode, 0)
        self.assertEqual(fleet.job("long")["running"]["run"], run)


if __name__ == "__main__":
    unittest.main()
