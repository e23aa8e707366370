"""P11, P12: output that comes too fast, a log disk that is slow or dead, readers that go away."""
import signal
import subprocess
import time
import unittest

import fleet as e2e
from fleet import wait_until
from injection import FaultFleet, Ticker, injected, stat_fields

TICK = '[job.tick]\nrun = "true"\nevery = "200ms"\n'
WRITES = "write,writev,pwrite64"


class Output(unittest.TestCase):
    def up(self, jobs):
        fleet = FaultFleet(jobs, witness=True)
        self.addCleanup(fleet.__exit__)
        fleet.up()
        return fleet

    def test_p11_a_flood_onto_a_slow_disk_is_cut_and_disturbs_nobody(self):
        fleet = self.up('[job.flood]\nrun = ["./witness", "--unwitnessed", "--output", "100000000"]\nlog_max = "1M"\n' + TICK)
        with injected(fleet.log_thread(), *(f"{call}:delay_exit=20ms" for call in WRITES.split(","))), \
                Ticker(lambda: fleet.takt("status")) as asked:
            run = fleet.wait_end(fleet.trigger("flood"))
        self.assertEqual(run["outcome"], "ok")
        self.assertEqual(run["attempts"][0]["log_bytes"], 100_000_000, "every byte is counted")
        log = next((fleet.state_dir / "logs" / "flood").glob("*.log"))
        self.assertLess(log.stat().st_size, 3 << 20)
        self.assertIn(" cut ", log.read_text().splitlines()[-1], "the cut is marked")
        self.assertLess(max(asked.costs), 2.0)
        self.assertLess(fleet.lateness_max_ms("tick"), 1000)

    def test_p11_a_dead_log_disk_holds_neither_ends_nor_the_shutdown(self):
        fleet = self.up('[job.says]\nrun = "echo something"\n' + TICK)
        fleet.wait(lambda: fleet.ended("tick"), "a tick")
        with injected(fleet.log_thread(), *(f"{call}:delay_enter=60s" for call in
                                            (*WRITES.split(","), "openat", "ftruncate"))):
            run = fleet.wait_end(fleet.trigger("says"))
            self.assertEqual(run["outcome"], "ok")
            (error,) = fleet.rows("select error from attempts where run = ?", run["id"])[0]
            self.assertIn("log", error)
            fleet.trigger("says")
            fleet.daemon.send_signal(signal.SIGTERM)
            began = time.monotonic()
            # strace keeps the thread that it delays, and so the pid; the daemon itself has ended.
            wait_until(lambda: stat_fields(fleet.daemon.pid)[0] == "Z", "the daemon to end")
            self.assertLess(time.monotonic() - began, 10 + 2, "L9")
        self.assertEqual(fleet.daemon.wait(20), 0)

    def test_p12_a_job_that_closes_its_output_runs_on(self):
        fleet = self.up('[job.mute]\nrun = "echo first; exec >&- 2>&-; sleep 0.5; exit 3"\n')
        run = fleet.wait_end(fleet.trigger("mute"))
        self.assertEqual(run["attempts"][0]["exit_code"], 3)
        self.assertEqual(fleet.takt("logs", "mute").stdout, "first\n")

    def test_p12_readers_that_vanish_cost_nothing(self):
        fleet = self.up('[job.chat]\nrun = "while [ ! -e stop ]; do echo line; sleep 0.01; done"\n' + TICK)
        fleet.trigger("chat")
        fleet.pid_of("chat")
        fleet.runs()  # from here on the daemon has its connection for history
        before = fleet.descriptors()
        for _ in range(5):
            followers = [subprocess.Popen([e2e.TAKT, verb, *args, "-F", "-f", str(fleet.file)],
                                          stdout=subprocess.PIPE, stdin=subprocess.DEVNULL)
                         for verb, args in (("events", ()), ("logs", ("chat",)))]
            for follower in followers:
                self.assertTrue(follower.stdout.readline())
                follower.kill()  # in the middle of its stream
                follower.wait()
                follower.stdout.close()
            for request in (b"GET /api/v1/runs?all=1 HTTP/1.1\r\nHost: x\r\n\r\n", b"GET /api", b""):
                fleet.ask(request).close()  # without reading the answer
        self.assertIsNone(fleet.daemon.poll(), "no SIGPIPE")
        self.assertEqual(fleet.takt("status").returncode, 0)
        wait_until(lambda: fleet.descriptors() <= before + 2, "their descriptors to be closed")
        (fleet.dir / "stop").touch()

    def test_p12_a_console_that_nobody_reads(self):
        """The daemon's own output goes into a pipe whose reader has gone."""
        fleet = FaultFleet(TICK)
        self.addCleanup(fleet.__exit__)
        fleet.daemon = subprocess.Popen([e2e.TAKT, "up", "-f", str(fleet.file)], stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=fleet.dir)
        self.assertTrue(fleet.daemon.stdout.readline())
        fleet.daemon.stdout.close()
        fleet.wait(lambda: fleet.takt("status").returncode == 0, "ready")
        before = len(fleet.ended("tick"))
        fleet.wait(lambda: len(fleet.ended("tick")) > before + 5, "it to go on")
        self.assertEqual(fleet.down(), 0)


if __name__ == "__main__":
    unittest.main()
