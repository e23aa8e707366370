"""P1, P4-P6, P8-P10: jobs whose tree does not want to end, in every lane that holds trees together.

S8 everywhere: when a run has ended, nothing of its tree lives and no child of the daemon is a zombie.
"""
import datetime
import signal
import unittest
from unittest import mock

import kill_campaign
from fleet import wait_until
from injection import FaultFleet, Ticker, running_from, zombies_of
from lanes import NONE, V2_CONTROLLERS, V2_PLAIN, LaneCase, wrap

TICK = '[job.tick]\nrun = "true"\nevery = "200ms"\n'


def seconds(attempt):
    began, ended = (datetime.datetime.fromisoformat(attempt[k].replace("Z", "+00:00"))
                    for k in ("started_at", "ended_at"))
    return (ended - began).total_seconds()


class Trees:
    def fleet(self, jobs):
        fleet = FaultFleet(jobs, wrap=wrap(self.lane), witness=True)
        self.addCleanup(fleet.__exit__)
        fleet.up()
        return fleet

    def end_of(self, fleet, job):
        run = fleet.wait_end(fleet.trigger(job))
        self.assert_in_lane(fleet)
        self.assert_nothing_left(fleet)
        self.assertEqual(fleet.down(), 0)
        judged = kill_campaign.check(fleet, "--stopped")
        self.assertEqual({name: count for name, count in judged["verdicts"].items() if count}, {}, judged)
        return run

    def assert_nothing_left(self, fleet):
        self.assertEqual(running_from(fleet.dir), [], "alive after the recorded end")
        wait_until(lambda: not zombies_of(fleet.daemon.pid), "no zombie older than 1 s", 1)

    def test_p1_kills_of_a_busy_daemon(self):
        def in_lane(jobs):
            return FaultFleet(jobs, wrap=wrap(self.lane))
        with mock.patch.object(kill_campaign, "Fleet", in_lane):
            report = kill_campaign.campaign(kills=3, seed=11)
        self.assertTrue(kill_campaign.is_clean(report), kill_campaign.table(report))

    def test_p4_a_job_that_ignores_sigterm_is_killed_at_the_grace(self):
        fleet = self.fleet('[job.deaf]\nrun = ["./witness", "--unwitnessed", "--ignore-term", "--for", "60s"]\n'
                           'timeout = "500ms"\nkill_grace = "500ms"\n')
        run = self.end_of(fleet, "deaf")
        attempt = run["attempts"][0]
        self.assertEqual((run["outcome"], attempt["signal"]), ("timeout", signal.SIGKILL))
        self.assertGreaterEqual(seconds(attempt), 1.0)
        self.assertLess(seconds(attempt), 1.0 + 1.0, "dead by timeout + grace + 1 s")

    def test_p5_p6_a_double_forked_process_in_a_session_of_its_own_is_found(self):
        fleet = self.fleet('[job.flees]\nrun = ["./witness", "--unwitnessed", "--daemonize"]\n')
        run = self.end_of(fleet, "flees")
        self.assertEqual(run["outcome"], "ok")
        leaked = fleet.wait(lambda: fleet.events("leaked_processes"), "the leak to be told")
        self.assertEqual([e["run"] for e in leaked], [run["id"]])

    def test_p5_p6_even_with_a_wiped_environment(self):
        fleet = self.fleet('[job.flees]\nrun = ["./witness", "--unwitnessed", "--daemonize-clean"]\n')
        self.assertEqual(self.end_of(fleet, "flees")["outcome"], "ok")

    def test_p8_five_thousand_orphans_are_collected(self):
        fleet = self.fleet('[job.storm]\nrun = ["./witness", "--unwitnessed", "--spawn-orphans", "5000"]\n' + TICK)
        with Ticker(lambda: fleet.takt("status")) as asked:
            run = self.end_of(fleet, "storm")
        self.assertEqual(run["outcome"], "ok")
        self.assertLess(max(asked.costs), 2.0, "the daemon answers meanwhile")
        self.assertLess(fleet.lateness_max_ms("tick"), 2000, "others start meanwhile")

    def test_p9_a_fork_bomb_under_a_limit_of_processes(self):
        fleet = self.fleet('[job.bomb]\nrun = "ulimit -u 150; exec ./witness --unwitnessed --fork-bomb 200 --for 60s"\nuser = "nobody"\n'
                           'timeout = "1s"\nkill_grace = "200ms"\n' + TICK)
        fleet.dir.chmod(0o711)
        before = len(fleet.ended("tick"))
        self.assertEqual(self.end_of(fleet, "bomb")["outcome"], "timeout")
        self.assertGreater(len(fleet.ended("tick")), before + 2, "others run meanwhile")
        self.assertEqual({r["outcome"] for r in fleet.ended("tick")}, {"ok"})

    def test_p10_a_child_that_keeps_stdout_open_does_not_keep_the_run(self):
        fleet = self.fleet('[job.holder]\nrun = "echo before; sleep 600 & echo after"\n')
        run = self.end_of(fleet, "holder")
        self.assertEqual(run["outcome"], "ok")
        self.assertLess(seconds(run["attempts"][0]), 2.0, "300 ms idle, then the pipe is closed")
        self.assertEqual(fleet.takt("logs", "holder").stdout, "before\nafter\n")
        self.assertEqual(run["attempts"][0]["log_bytes"], len("before\nafter\n"))

    def test_p10_a_child_that_goes_on_writing_is_cut_after_five_seconds(self):
        fleet = self.fleet('[job.chatter]\n'
                           'run = "while :; do echo more; sleep 0.05; done & echo mine"\n')
        run = self.end_of(fleet, "chatter")
        self.assertEqual(run["outcome"], "ok")
        self.assertTrue(4.0 < seconds(run["attempts"][0]) < 7.0, run)


class InGroupsWithControllers(Trees, LaneCase):
    lane = V2_CONTROLLERS


class InGroups(Trees, LaneCase):
    lane = V2_PLAIN


class WithoutGroups(Trees, LaneCase):
    lane = NONE


if __name__ == "__main__":
    unittest.main()
