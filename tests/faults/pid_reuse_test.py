"""P7: a pid that comes back as somebody else. In a PID namespace of the test's own, ns_last_pid says which
pid is next, so that a canary takes exactly the one that takt knew. S9: no signal reaches it."""
import pathlib
import subprocess
import sys
import unittest

import lanes
from fleet import alive, wait_until
from injection import FaultFleet

# The namespace's init: collects whatever dies.
INIT = ("import signal\nsignal.signal(signal.SIGCHLD, signal.SIG_IGN)\nprint('up', flush=True)\n"
        "while True: signal.pause()\n")
CANARY = 'echo $(($1 - 1)) > /proc/sys/kernel/ns_last_pid; sleep 600 >&2 & echo $!'


def outer_pid(inner, init):
    """The pid by which we know the process that the namespace of `init` calls `inner`."""
    space = pathlib.Path(f"/proc/{init}/ns/pid").stat().st_ino
    for entry in pathlib.Path("/proc").iterdir():
        try:
            if entry.name.isdigit() and (entry / "ns/pid").stat().st_ino == space:
                text = (entry / "status").read_text()
                if text.split("NSpid:", 1)[1].split("\n", 1)[0].split()[-1] == str(inner):
                    return int(entry.name)
        except OSError:
            continue
    return None


class PidReuse(unittest.TestCase):
    def setUp(self):
        self.space = subprocess.Popen(["unshare", "--pid", "--fork", "--mount-proc", "--kill-child",
                                       sys.executable, "-c", INIT], stdout=subprocess.PIPE,
                                      stderr=subprocess.PIPE, text=True)
        self.addCleanup(self.end_of_space)
        if self.space.stdout.readline() != "up\n":
            self.skipTest(f"no PID namespace: {self.space.stderr.read()}")
        children = pathlib.Path(f"/proc/{self.space.pid}/task/{self.space.pid}/children").read_text()
        self.init = int(children.split()[0])
        self.enter = ["nsenter", "--target", str(self.init), "--pid", "--mount"]

    def end_of_space(self):
        self.space.kill()
        self.space.communicate()

    def fleet(self, jobs):
        fleet = FaultFleet(jobs, wrap=self.enter)
        self.addCleanup(fleet.__exit__)
        fleet.up()
        return fleet

    def kill_daemon(self, fleet):
        inner = int((fleet.state_dir / "takt.lock").read_text())
        pathlib.Path(f"/proc/{outer_pid(inner, self.init)}/stat").read_text()
        subprocess.run([*self.enter, "kill", "-KILL", str(inner)], check=True)
        fleet.daemon.wait(10)

    def canary_at(self, pid):
        """Starts a process that has this pid in the namespace; its outer pid."""
        def taken():
            done = subprocess.run([*self.enter, "sh", "-c", CANARY, "sh", str(pid)], check=True, text=True,
                                  stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                                  stdin=subprocess.DEVNULL, timeout=10)
            return int(done.stdout) == pid
        wait_until(taken, f"a canary to get pid {pid}")
        return outer_pid(pid, self.init)

    def test_p7_a_leftover_of_a_killed_daemon_is_not_taken_for_its_successor(self):
        fleet = self.fleet('[job.long]\nrun = "exec sleep 600"\nbackoff = { first = "30s" }\n')
        run = fleet.trigger("long")
        pid = fleet.pid_of("long")
        self.kill_daemon(fleet)
        subprocess.run([*self.enter, "kill", "-KILL", str(pid)], check=True)
        wait_until(lambda: not outer_pid(pid, self.init), "the job to be gone")
        canary = self.canary_at(pid)
        fleet.up()
        fleet.wait(lambda: fleet.runs("long")[0]["state"] == "retrying", "the leftover to be settled")
        self.assertEqual([a["outcome"] for a in fleet.runs("long")[0]["attempts"]], ["lost"])
        self.assertEqual(fleet.runs("long")[0]["id"], run)
        self.assertTrue(alive(canary), "the canary has the pid and lives")

    def test_p7_the_end_of_the_grace_does_not_hit_who_took_the_pid(self):
        fleet = self.fleet('[job.main]\nrun = "setsid sh -c \'trap : TERM; while :; do sleep 0.1; done\' & '
                           'exec sleep 600"\nkill_grace = "2s"\n')
        run = fleet.trigger("main")
        pid = fleet.pid_of("main")
        canaries = []
        self.assertEqual(fleet.takt("cancel", run).returncode, 0)  # the main process obeys, its child does not
        wait_until(lambda: not outer_pid(pid, self.init), "the main process to be collected")
        canaries.append(self.canary_at(pid))
        self.assertEqual(fleet.wait_end(run)["outcome"], "cancelled")
        self.assertTrue(all(alive(canary) for canary in canaries), "the canary has the pid and lives")


class Signals(unittest.TestCase):
    def test_p7_no_signal_is_sent_to_a_bare_pid(self):
        """S9 as the kernel sees it: by pidfd or by cgroup, in each lane that can be had."""
        for lane in (lanes.V2_PLAIN, lanes.NONE):
            if lanes.why_not(lane):
                continue
            with self.subTest(lane=lane):
                fleet = FaultFleet('[job.slow]\nrun = "sleep 600 & sleep 600"\ntimeout = "300ms"\n'
                                   '[job.deaf]\nrun = "trap : TERM; while :; do sleep 0.1; done"\n'
                                   'timeout = "300ms"\nkill_grace = "300ms"\n')
                self.addCleanup(fleet.__exit__)
                trace = fleet.dir / "trace"
                fleet.wrap = [*lanes.wrap(lane), "strace", "-D", "-q", "-o", str(trace), "-e",
                              "trace=kill,tkill,tgkill,rt_sigqueueinfo,pidfd_send_signal"]
                fleet.up()
                for job in ("slow", "deaf"):
                    self.assertEqual(fleet.wait_end(fleet.trigger(job))["outcome"], "timeout")
                self.assertEqual(fleet.down(), 0)
                sent = wait_until(lambda trace=trace: trace.read_text() if "exited with" in trace.read_text()
                                  else None, "strace to end")
                self.assertIn("pidfd_send_signal(", sent)
                calls = {line.split("(")[0] for line in sent.splitlines() if "(" in line}
                self.assertEqual(calls, {"pidfd_send_signal"}, sent)


if __name__ == "__main__":
    unittest.main()
