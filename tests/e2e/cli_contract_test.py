"""The JSON that others rely on: fields, exactly as documented, and exit codes."""
import json
import re
import subprocess
import unittest

from fleet import TAKT, Fleet

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

RUN = {"id", "job", "cause", "slot_at", "priority", "rank_at", "state", "disposition", "reason",
       "outcome", "queued_at", "started_at", "ended_at", "lateness_ms", "node", "triggered_by",
       "attempts"}
ATTEMPT = {"attempt", "token", "pid", "started_at", "ended_at", "outcome", "exit_code", "signal",
           "rss_max_bytes", "log_bytes"}
LS = {"name", "state", "priority", "critical", "next_at", "running", "last_outcome", "last_start_at",
      "last_success_at", "last_failure_at", "consecutive_failures", "waiting_for", "p50_ms", "p95_ms",
      "stale_margin_ms"}
GATE = {"gate", "answer", "value", "limit", "holders", "until", "text"}
STATUS = {"ok", "summary", "jobs", "on_time", "late", "running", "waiting", "paused",
          "memory_used_ratio", "store"}
EVENT = {"id", "at", "severity", "kind", "job", "run", "text", "data"}
SIMULATE = {"seed", "simulated_ms", "wall_ms", "runs", "faults", "violations", "jobs", "pools", "hash"}
SIMULATED_JOB = {"name", "slots", "ran", "skipped", "missed", "ok", "failed", "lateness_p50_ms",
                 "lateness_p99_ms", "lateness_max_ms", "recoveries", "detection_max_ms"}


class Contract(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fleet = Fleet('[job.tick]\nrun = "true"\nevery = "200ms"\nstale_after = "1h"\n'
                          '[job.hand]\nrun = "exit 4"\n')
        cls.addClassCleanup(cls.fleet.__exit__)
        cls.fleet.up()
        cls.fleet.wait(lambda: cls.fleet.ended("tick"), "a run")
        cls.failed = cls.fleet.wait_end(cls.fleet.trigger("hand"))

    def assert_fields(self, wanted, found):
        self.assertEqual(wanted - set(found), set())

    def test_runs(self):
        run = self.fleet.ended("tick")[0]
        self.assert_fields(RUN, run)
        self.assert_fields(ATTEMPT, run["attempts"][0])
        self.assertRegex(run["slot_at"], TIME)
        self.assertIsInstance(run["id"], int)
        self.assertIsInstance(run["lateness_ms"], int)
        self.assertEqual((run["state"], run["disposition"], run["outcome"]), ("ended", "ran", "ok"))
        self.assertIsNone(self.failed["slot_at"])
        ids = [r["id"] for r in self.fleet.runs()]
        self.assertEqual(ids, sorted(ids, reverse=True))
        self.assertEqual(len(self.fleet.json("runs", "--limit", "1")["runs"]), 1)
        self.assertTrue(all(r["state"] == "ended"
                            for r in self.fleet.json("runs", "--state", "ended")["runs"]))

    def test_ls(self):
        job = self.fleet.job("tick")
        self.assert_fields(LS, job)
        self.assertRegex(job["next_at"], TIME)
        self.assertIsInstance(job["stale_margin_ms"], int)
        self.assertEqual(self.fleet.job("hand")["consecutive_failures"], 1)
        self.assertIsNone(self.fleet.job("hand")["next_at"])

    def test_slots(self):
        slot = self.fleet.slots("tick")[0]
        self.assert_fields({"job", "at", "disposition", "reason", "run", "gates"}, slot)

    def test_why(self):
        why = self.fleet.json("why", "tick")
        self.assert_fields({"job", "run", "state", "gates", "expected_start", "summary"}, why)
        self.assert_fields(GATE, why["gates"][0])
        by_run = self.fleet.json("why", self.failed["id"])
        self.assertEqual(by_run["run"], self.failed["id"])

    def test_status(self):
        status = self.fleet.json("status")
        self.assert_fields(STATUS, status)
        self.assertTrue(status["ok"])
        self.assertEqual(status["jobs"], 2)
        self.assertTrue(0 < status["memory_used_ratio"] < 1)

    def test_events(self):
        event = self.fleet.events("fleet_started")[0]
        self.assert_fields(EVENT, event)
        self.assertIsInstance(event["data"], dict)

    def test_verbs_that_answer_ok(self):
        self.assertEqual(self.fleet.json("pause", "hand"), {"ok": True})
        self.assertEqual(self.fleet.json("resume", "hand"), {"ok": True})

    def test_errors(self):
        error = self.fleet.json("trigger", "nothing", code=4)
        self.assertEqual(set(error), {"error"})
        self.assert_fields({"what", "where", "hint"}, error["error"])

    def test_check(self):
        self.assertEqual(self.fleet.json("check")["ok"], True)

    def test_simulate(self):
        report = self.fleet.json("simulate", "--for", "10m", "--seed", "3")
        self.assert_fields(SIMULATE, report)
        self.assert_fields(SIMULATED_JOB, report["jobs"][0])
        self.assertEqual(report["simulated_ms"], 600000)
        self.assertEqual(report["violations"], [])
        again = self.fleet.json("simulate", "--for", "10m", "--seed", "3")
        self.assertEqual(report["hash"], again["hash"])

    def test_version_doctor_schema(self):
        self.assertIn("version", self.fleet.json("version"))
        self.assertTrue(self.fleet.json("doctor"))
        self.assertEqual(self.fleet.json("schema")["type"], "object")

    def test_usage(self):
        for args in (["trigr"], ["ls", "--bogus"], ["trigger"], ["runs", "--state", "odd"],
                     ["simulate", "--for", "x", "--seed", "1"], ["up", "--speed", "0"]):
            self.assertEqual(self.fleet.takt(*args).returncode, 2, args)
        self.assertIn("trigger", self.fleet.takt("trigr").stderr)

    def test_the_file_option_goes_before_or_after_the_verb(self):
        before = subprocess.run([TAKT, "-f", str(self.fleet.file), "status"], capture_output=True, check=False)
        self.assertEqual(before.returncode, 0)

    def test_the_default_file_is_here_then_in_the_environment(self):
        here = subprocess.run([TAKT, "check", "--json"], capture_output=True, cwd=self.fleet.dir, check=False)
        self.assertTrue(json.loads(here.stdout)["ok"])
        by_env = subprocess.run([TAKT, "check", "--json"], capture_output=True, cwd="/", check=False,
                                env={"TAKT_FLEET": str(self.fleet.file), "PATH": "/usr/bin:/bin"})
        self.assertTrue(json.loads(by_env.stdout)["ok"])

    def test_a_closed_pipe_ends_quietly(self):
        done = subprocess.run(f"{TAKT} runs --all -f {self.fleet.file} | head -1", shell=True,
                              capture_output=True, check=False)
        self.assertEqual(done.stderr, b"")


if __name__ == "__main__":
    unittest.main()
