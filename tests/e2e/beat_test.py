"""Beats: signs of life of real jobs, through the verb and through TAKT_FD, and what silence leads to."""
import os
import subprocess
import unittest

from fleet import TAKT, Fleet, wait_until


def script(body):
    return f"run = '''\n{body}\n'''\n"


class Beats(unittest.TestCase):
    def test_verb_and_descriptor_reach_ls_why_and_the_heartbeat(self):
        with Fleet(f"[job.verb]\n{script(f'{TAKT} beat --progress 42 --note working; sleep 50')}"
                   f"[job.line]\n{script('echo beat 7% first page >&$TAKT_FD; sleep 50')}") as fleet:
            fleet.up()
            for name, progress, note in (("verb", 42, "working"), ("line", 7, "first page")):
                fleet.takt("trigger", name)
                running = wait_until(lambda n=name: (fleet.job(n)["running"] or {}).get("progress")
                                     and fleet.job(n)["running"], f"a beat of {name}")
                self.assertEqual((running["progress"], running["note"]), (progress, note))
                self.assertRegex(running["last_beat_at"], r"^20\d\d-.*Z$")
                self.assertIn(note, fleet.json("why", name)["summary"])
                self.assertIn(f"running {progress} %", fleet.takt("ls").stdout)
                row = wait_until(lambda n=name: fleet.sql(
                    "SELECT progress, note, last_beat_at FROM job_heartbeats WHERE job = ? "
                    "AND progress IS NOT NULL", n), "the row")[0]
                self.assertEqual(row[:2], (progress, note))

    def test_silence_is_a_hang_and_is_answered_by_a_recovery_run(self):
        body = "echo beat 10 begun >&3; sleep 0.3; echo beat 20 stuck here >&3; sleep 50 & wait"
        with Fleet(f'[job.quiet]\nbeat_within = "1s"\nkill_grace = "200ms"\n{script(body)}') as fleet:
            fleet.up()
            fleet.takt("trigger", "quiet")
            first = wait_until(lambda: fleet.ended("quiet"), "the hang")[-1]
            self.assertEqual(first["outcome"], "hung")
            hung = fleet.events("job_hung")[-1]
            self.assertIn("silent for longer than 1s", hung["text"])
            self.assertEqual((hung["data"]["progress"], hung["data"]["note"]), (20, "stuck here"))
            second = wait_until(lambda: [r for r in fleet.runs("quiet") if r["cause"] == "recovery"],
                                "the recovery")[-1]
            self.assertEqual(second["triggered_by"], first["id"])

    def test_a_job_that_beats_is_left_alone(self):
        body = "for i in 1 2 3 4 5 6 7 8 9 10 11 12; do echo beat >&3; sleep 0.2; done"
        with Fleet(f'[job.busy]\nbeat_within = "1s"\n{script(body)}') as fleet:
            fleet.up()
            done = fleet.takt("trigger", "busy", "--wait")
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertFalse(fleet.events("job_hung"))

    def test_exit_codes_and_words_of_the_verb(self):
        with Fleet('[job.short]\nrun = "env > env.txt"\n') as fleet:
            fleet.up()
            fleet.takt("trigger", "short", "--wait")
            env = dict(line.split("=", 1) for line in (fleet.dir / "env.txt").read_text().splitlines()
                       if line.startswith("TAKT_"))

            def beat(*args, **changes):
                merged = {**env, **changes}
                clean = {k: v for k, v in os.environ.items() if not k.startswith("TAKT_")}
                return subprocess.run([TAKT, "beat", *args], capture_output=True, text=True,
                                      timeout=20, check=False, cwd="/",
                                      env={**clean, **{k: v for k, v in merged.items() if v}})

            for wrong in ("101", "-1", "x", "nan", "1e2"):
                self.assertEqual(beat(f"--progress={wrong}").returncode, 2, wrong)
            ended = beat("--progress", "5")
            self.assertEqual(ended.returncode, 6)
            self.assertIn("is alive", ended.stderr)
            outside = beat(TAKT_TOKEN="")
            self.assertEqual(outside.returncode, 6)
            self.assertIn("TAKT_TOKEN", outside.stderr)
            self.assertEqual(beat(TAKT_TOKEN="abc").returncode, 6)
            self.assertEqual(beat(TAKT_SOCKET="").returncode, 5)
            self.assertEqual(beat("--json", TAKT_TOKEN="999999").returncode, 6)
            self.assertIn('"error"', beat("--json", TAKT_TOKEN="999999").stdout)
            fleet.down()
            gone = beat()
            self.assertEqual(gone.returncode, 5)
            self.assertIn("gone", gone.stderr)

    def test_a_flood_of_beats_is_a_row_a_second_at_most(self):
        body = "i=0; while [ $i -lt 60000 ]; do echo beat 50 n$i >&3; i=$((i+1)); done"
        with Fleet(f"[job.flood]\n{script(body)}") as fleet:
            fleet.up()
            done = fleet.takt("trigger", "flood", "--wait", timeout=60)
            self.assertEqual(done.returncode, 0)
            self.assertLess(os.stat(fleet.state_dir / "takt.db-wal").st_size, 4 << 20)
            wait_until(lambda: fleet.sql("SELECT note FROM job_heartbeats WHERE job = 'flood' "
                                         "AND note = 'n59999'"), "the last note")

    def test_only_0_1_2_and_TAKT_FD_are_open_in_a_job(self):
        with Fleet('[job.fds]\nrun = ["/bin/ls", "/proc/self/fd"]\n') as fleet:
            fleet.up()
            self.assertEqual(fleet.takt("trigger", "fds", "--wait").returncode, 0)
            fds = fleet.takt("logs", "fds").stdout.split()
            # ls itself holds the folder open
            self.assertEqual(sorted(set(fds) & set("0123456789"))[:4], ["0", "1", "2", "3"])
            self.assertLessEqual(len([f for f in fds if f.isdigit()]), 5, fds)


if __name__ == "__main__":
    unittest.main()
