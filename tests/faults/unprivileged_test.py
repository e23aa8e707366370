"""P6, P15: the daemon of a user without privileges: no cgroup that it may write, and a limit of processes."""
import os
import pwd
import unittest

from fleet import wait_until
from injection import FaultFleet, running_from, zombies_of

USER = "games"  # in every Debian; nobody else runs anything as it
PROCESSES = 12


@unittest.skipUnless(os.geteuid() == 0, "becoming somebody else needs root")
class Unprivileged(unittest.TestCase):
    def up(self, jobs, *limits):
        fleet = FaultFleet(jobs, witness=True)
        self.addCleanup(fleet.__exit__)
        user = pwd.getpwnam(USER)
        fleet.dir.chmod(0o755)
        for path in (fleet.dir, fleet.file):
            os.chown(path, user.pw_uid, user.pw_gid)
        fleet.wrap = ["setpriv", f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups", *limits]
        fleet.up()
        return fleet

    def test_p6_without_a_cgroup_a_daemonised_process_is_found(self):
        fleet = self.up('[job.flees]\nrun = ["./witness", "--unwitnessed", "--daemonize"]\n'
                        '[job.clean]\nrun = ["./witness", "--unwitnessed", "--daemonize-clean"]\n')
        for job in ("flees", "clean"):
            self.assertEqual(fleet.wait_end(fleet.trigger(job))["outcome"], "ok")
            self.assertEqual(running_from(fleet.dir), [])
        self.assertEqual(len(fleet.events("leaked_processes")), 2)
        self.assertEqual(fleet.rows("select distinct cgroup from attempts"), [("",)])
        wait_until(lambda: not zombies_of(fleet.daemon.pid), "no zombie older than 1 s", 1)

    def test_p15_more_starts_than_the_user_may_have_processes(self):
        jobs = "".join(f'[job.j{i}]\nrun = ["sleep", "1"]\n' for i in range(PROCESSES))
        fleet = self.up(jobs, "prlimit", f"--nproc={PROCESSES}:{PROCESSES}")
        runs = [fleet.trigger(f"j{i}") for i in range(PROCESSES)]
        told = fleet.wait(lambda: fleet.events("problem"), "the shortage to be told")
        self.assertIn("clone", told[0]["text"])
        ends = [fleet.wait_end(run) for run in runs]
        self.assertEqual([[a["outcome"] for a in run["attempts"]] for run in ends], [["ok"]] * PROCESSES)


if __name__ == "__main__":
    unittest.main()
