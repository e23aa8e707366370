"""P13-P16, D6: how jobs are born and how they die, told truthfully."""
import errno
import os
import pathlib
import signal
import unittest

from fleet import wait_until
from injection import FaultFleet, injected

# Under ThreadSanitizer takt forks instead (src/exec/spawn.h), so there is no clone3 to fail.
BY_CLONE3 = unittest.skipIf("thread" in os.environ.get("SANITIZERS", ""), "no clone3 under TSan")
V1_MEMORY = pathlib.Path("/sys/fs/cgroup/memory")
HOG = ('import os\nopen("{group}/cgroup.procs", "w").write(str(os.getpid()))\n'
       'hoard = bytearray(256 << 20)\n')


class Spawn(unittest.TestCase):
    def up(self, jobs, **options):
        fleet = FaultFleet(jobs, **options)
        self.addCleanup(fleet.__exit__)
        return fleet

    def test_p13_a_job_inherits_four_descriptors(self):
        fleet = self.up('[job.lists]\nrun = ["./witness", "--unwitnessed", "--list-fds", "-"]\n', witness=True)
        inherited = os.open("/dev/null", os.O_RDONLY)
        self.addCleanup(os.close, inherited)
        os.set_inheritable(inherited, True)
        fleet.up()
        run = fleet.wait_end(fleet.trigger("lists"))
        self.assertEqual(fleet.takt("logs", run["id"]).stdout.split(), ["0", "1", "2", "3"])

    def test_p14_each_way_not_to_start_has_its_errno(self):
        jobs = {"enoent": ('run = ["/no/such/program"]', errno.ENOENT),
                "eacces": ('run = ["./plain"]', errno.EACCES),
                "busy": ('run = ["./busy"]', errno.ETXTBSY),
                "interpreter": ('run = ["./script"]', errno.ENOENT),
                "noexec": ('run = ["./garbage"]', errno.ENOEXEC),
                "e2big": (f'run = ["/bin/true", "{"x" * 110_000}"]\nenv = {{ MORE = "{"y" * 60_000}" }}',
                          errno.E2BIG),
                "nocwd": ('run = ["true"]\ncwd = "gone"', errno.ENOENT)}
        fleet = self.up("".join(f'[job.{name}]\n{keys}\nretries = 1\nbackoff = {{ first = "10ms" }}\n'
                                for name, (keys, _) in jobs.items()),
                        wrap=["prlimit", f"--stack={512 << 10}"])  # a quarter of it is for arguments
        (fleet.dir / "gone").mkdir()
        for name, text, mode in (("plain", "#!/bin/sh\n", 0o600), ("script", "#!/no/such/sh\n", 0o700),
                                 ("garbage", "\0\0\0\0", 0o700)):
            (fleet.dir / name).write_text(text)
            (fleet.dir / name).chmod(mode)
        busy = fleet.dir / "busy"
        busy.write_bytes(pathlib.Path("/bin/true").read_bytes())
        busy.chmod(0o700)
        writer = os.open(busy, os.O_WRONLY)
        self.addCleanup(os.close, writer)
        fleet.up()
        (fleet.dir / "gone").rmdir()
        for name, (_, expected) in jobs.items():
            with self.subTest(job=name):
                run = fleet.wait_end(fleet.trigger(name))
                self.assertEqual((run["outcome"], run["disposition"]), ("spawn_failed", "ran"))
                self.assertEqual([a["outcome"] for a in run["attempts"]], ["spawn_failed"] * 2)
                rows = fleet.rows("select spawn_errno, pid, error from attempts where run = ?", run["id"])
                self.assertEqual([row[0] for row in rows], [expected] * 2, rows)
                self.assertTrue(all(row[2] for row in rows), "it says what failed")
        self.assertEqual(fleet.takt("status").returncode, 0)

    def test_p14_a_missing_user_disables_that_job_alone(self):
        fleet = self.up('[job.nobodys]\nrun = "true"\nuser = "no-such-user"\n[job.fine]\nrun = "true"\n')
        fleet.up()
        self.assertEqual(fleet.job("nobodys")["state"], "disabled")
        self.assertIn("no-such-user", fleet.events("problem")[0]["text"])
        self.assertEqual(fleet.wait_end(fleet.trigger("fine"))["outcome"], "ok")

    @BY_CLONE3
    def test_p15_no_process_to_be_had_defers_a_start_and_loses_nothing(self):
        for error in ("EAGAIN", "ENOMEM"):
            with self.subTest(error=error):
                fleet = self.up('[job.starts]\nrun = "true"\n[job.other]\nrun = "true"\n')
                fleet.up()
                with injected(fleet.daemon.pid, f"clone3:error={error}"):
                    run = fleet.trigger("starts")
                    told = fleet.wait(lambda: [e for e in fleet.events("problem") if e["run"] == run],
                                      "the reason to be told")
                    self.assertIn("clone", told[0]["text"])
                    shown = fleet.runs("starts")[0]
                    self.assertEqual((shown["state"], shown["outcome"]), ("running", None))
                ended = fleet.wait_end(run)
                self.assertEqual([a["outcome"] for a in ended["attempts"]], ["ok"],
                                 "our fault, not one of the job's attempts")
                self.assertEqual(len(fleet.events("problem")), 1, "told once")
                self.assertEqual(fleet.wait_end(fleet.trigger("other"))["outcome"], "ok")

    @BY_CLONE3
    def test_p15_a_deferred_start_can_be_cancelled_and_is_no_hang(self):
        fleet = self.up('[job.starts]\nrun = "true"\nhung_after = "200ms"\ntimeout = "300ms"\n')
        fleet.up()
        with injected(fleet.daemon.pid, "clone3:error=EAGAIN"):
            run = fleet.trigger("starts")
            fleet.wait(lambda: fleet.events("problem"), "the reason to be told")
            self.assertEqual(fleet.takt("cancel", run).returncode, 0)
            self.assertEqual(fleet.wait_end(run)["outcome"], "cancelled")
        self.assertEqual(fleet.events("job_hung"), [])

    @BY_CLONE3
    def test_p15_a_daemon_killed_while_a_start_is_deferred(self):
        fleet = self.up('[job.starts]\nrun = "true"\nbackoff = { first = "50ms" }\n')
        fleet.up()
        with injected(fleet.daemon.pid, "clone3:error=EAGAIN"):
            run = fleet.trigger("starts")
            fleet.kill()
        fleet.up()
        self.assertEqual([a["outcome"] for a in fleet.wait_end(run)["attempts"]], ["lost", "ok"])

    def test_d6_without_descriptors_starts_wait_and_the_daemon_answers(self):
        fleet = self.up("".join(f'[job.j{i}]\nrun = "while [ ! -e go ]; do sleep 0.1; done"\n' for i in range(20)),
                        wrap=["prlimit", "--nofile=64:64"])
        fleet.up()
        runs = [fleet.trigger(f"j{i}") for i in range(20)]
        told = fleet.wait(lambda: fleet.events("problem"), "the shortage to be told")
        self.assertIn("Too many open files", told[0]["text"])
        self.assertLess(fleet.descriptors(), 64 - 8, "some are kept for the daemon itself")
        self.assertEqual(fleet.takt("status").returncode, 0)
        (fleet.dir / "go").touch()
        ends = [fleet.wait_end(run) for run in runs]
        self.assertEqual([[a["outcome"] for a in run["attempts"]] for run in ends], [["ok"]] * 20)

    def test_p16_death_by_signal_with_and_without_a_core(self):
        fleet = self.up('[job.segv]\nrun = "ulimit -c unlimited; kill -SEGV $$"\n'
                        '[job.kill]\nrun = "kill -KILL $$"\n[job.code]\nrun = "exit 137"\n'
                        '[job.child]\nrun = "sh -c \'kill -KILL $$\'; exit $?"\n')
        fleet.up()
        for job, code, by in (("segv", None, signal.SIGSEGV), ("kill", None, signal.SIGKILL),
                              ("code", 137, None), ("child", 137, None)):
            with self.subTest(job=job):
                run = fleet.wait_end(fleet.trigger(job))
                attempt = run["attempts"][0]
                self.assertEqual((run["outcome"], attempt["exit_code"], attempt["signal"]),
                                 ("failed", code, by), "137 is no proof of an empty memory")

    @unittest.skipUnless(os.access(V1_MEMORY, os.W_OK), "cgroup v1 memory is not to be had here")
    def test_p16_a_kill_by_the_kernel_that_takt_cannot_prove_is_a_signal(self):
        group = V1_MEMORY / f"takt-test-{os.getpid()}"
        group.mkdir()
        self.addCleanup(lambda: wait_until(lambda: removed(group), "the group to be empty"))
        (group / "memory.limit_in_bytes").write_text(str(32 << 20))
        fleet = self.up('[job.hog]\nrun = ["python3", "hog.py"]\n')
        (fleet.dir / "hog.py").write_text(HOG.format(group=group))
        fleet.up()
        run = fleet.wait_end(fleet.trigger("hog"))
        self.assertIn("oom_kill 1", (group / "memory.oom_control").read_text())
        self.assertEqual((run["outcome"], run["attempts"][0]["signal"]), ("failed", signal.SIGKILL))


def removed(group):
    try:
        group.rmdir()
    except OSError:
        return False
    return True


if __name__ == "__main__":
    unittest.main()
