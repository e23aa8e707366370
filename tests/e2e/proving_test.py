"""takt-witness and takt-check as their user calls them: the fleet of docs/guide/proving.md, judged while it runs,
after a kill and when it is down; then real histories with a defect put in."""
import json
import os
import pathlib
import shutil
import sqlite3
import subprocess
import time
import unittest

from fleet import TAKT, Fleet

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(TAKT).parent
WITNESS, CHECK = str(BIN / "takt-witness"), str(BIN / "takt-check")


class Proving(unittest.TestCase):
    def fleet(self):
        fleet = Fleet("")
        self.addCleanup(fleet.__exit__)
        text = (ROOT / "examples/proving/fleet.toml").read_text()
        fleet.write(text.replace('"takt-witness"', json.dumps(WITNESS)).replace('name = "proving"', 'name = "e2e"')
                    .replace("[defaults]", f'[defaults]\nenv = {{ HERE = "{fleet.dir}" }}'))
        return fleet

    def check(self, fleet, *options, code=0):
        done = subprocess.run([CHECK, "-f", str(fleet.file), "--witness", str(fleet.dir), "--json", *options],
                              capture_output=True, text=True, timeout=60, cwd=fleet.dir, check=False)
        self.assertEqual(done.returncode, code, f"{done.stdout}\n{done.stderr}")
        return json.loads(done.stdout)

    def stopped_fleet(self):
        """A fleet that was killed once, went on, and is down."""
        fleet = self.fleet()
        fleet.up()
        fleet.wait(lambda: len(fleet.ended()) >= 8, "some runs")
        fleet.kill()
        fleet.up()
        fleet.wait(lambda: len(fleet.ended("slow")) >= 4 and len(fleet.ended("fails")) >= 3, "more runs")
        self.assertEqual(fleet.down(), 0)
        return fleet

    def test_the_guides_fleet_is_judged_running_killed_and_stopped(self):
        fleet = self.fleet()
        fleet.up()
        fleet.wait(lambda: len(fleet.ended()) >= 8, "some runs")
        report = self.check(fleet)
        self.assertTrue(report["running"])
        self.assertEqual((report["jobs"], report["witnessed_jobs"]), (3, 3))
        fleet.kill()
        self.assertFalse(self.check(fleet)["running"])
        fleet.up()
        fleet.wait(lambda: len(fleet.ended("slow")) >= 3, "more runs")
        self.check(fleet, "--running")
        self.assertEqual(fleet.down(), 0)
        report = self.check(fleet)
        self.assertTrue(report["ok"])
        self.assertEqual(set(report["verdicts"]), {"LOST", "EXTRA", "OVERLAP", "GHOST", "LIE", "ORPHAN", "FENCE",
                                                   "EARLY", "RETRY", "HEARTBEAT", "INTEGRITY"})
        self.assertGreater(report["attempts"]["ok"], 4)
        self.assertGreater(report["attempts"]["failed"], 2)
        self.assertGreaterEqual(report["lateness"]["p50_ms"], 0)

    def test_defects_in_a_real_history_are_named(self):
        fleet = self.stopped_fleet()
        self.check(fleet)
        database = fleet.state_dir / "takt.db"
        keep = fleet.dir / "keep.db"
        with sqlite3.connect(database) as connection:
            connection.execute("pragma wal_checkpoint(truncate)")
        connection.close()
        shutil.copy(database, keep)
        diary = fleet.dir / "steady.witness"
        lines = diary.read_text()
        ended = "(select id from runs where job = 'steady' and state = 'ended' limit 1)"
        for verdict, statement in {
                "LOST": "delete from slots where job = 'slow'",
                "EXTRA": f"update runs set slot_number = null, slot_at = null where id = {ended}",
                "LIE": f"update attempts set outcome = 'failed' where run = {ended}",
                "EARLY": f"update runs set slot_at = slot_at + 60000 where id = {ended}",
                "RETRY": f"update runs set attempts = 2 where id = {ended}",
                "HEARTBEAT": "update job_heartbeats set consecutive_failures = 77",
                "FENCE": "update fleet set last_token = 1",
                "INTEGRITY": f"update attempts set run = run + 100000 where run = {ended}"}.items():
            with self.subTest(verdict=verdict):
                for beside in database.parent.glob("takt.db-*"):
                    beside.unlink()
                shutil.copy(keep, database)
                with sqlite3.connect(database) as connection:
                    connection.execute(statement)
                connection.close()
                report = self.check(fleet, code=1)
                self.assertGreater(report["verdicts"][verdict], 0, report)
        shutil.copy(keep, database)
        for verdict, text in {
                "GHOST": lines + "W start 99999 1 99999 4 5 6 7\n",
                "LIE": "".join(line for line in lines.splitlines(True) if not line.startswith("W end")),
                "OVERLAP": self.stretched(lines)}.items():
            with self.subTest(verdict=verdict):
                diary.write_text(text)
                self.assertGreater(self.check(fleet, code=1)["verdicts"][verdict], 0)

    @staticmethod
    def stretched(lines):
        """The first end comes a minute later, by BOOTTIME."""
        words = next(line for line in lines.splitlines() if line.startswith("W end")).split()
        later = [*words[:8], str(int(words[8]) + 60_000_000_000)]
        return lines.replace(" ".join(words), " ".join(later), 1)

    def test_what_cannot_be_judged_has_an_exit_code_of_its_own(self):
        fleet = self.fleet()
        self.check(fleet, code=5)
        self.check(fleet, "--nonsense", code=2)
        self.check(fleet, "--until", "yesterday", code=2)
        self.check(fleet, "--witness", "missing", code=4)
        fleet.write("[job.x]\n")
        self.check(fleet, code=3)

    def test_the_witness_lives_as_it_is_told(self):
        folder = self.fleet().dir
        diary = folder / "one.witness"

        def witness(*options, code=0, **keys):
            done = subprocess.run([WITNESS, *options], capture_output=True, timeout=30, cwd=folder,
                                  env={**os.environ, **keys}, check=False)
            self.assertEqual(done.returncode, code, done.stderr)
            return done.stdout

        witness("--file", str(diary), "--exit", "3", "--for", "50ms", code=3, TAKT_RUN_ID="4", TAKT_ATTEMPT="2",
                TAKT_TOKEN="9")
        start, end = (line.split() for line in diary.read_text().splitlines())
        self.assertEqual(start[:5], ["W", "start", "4", "2", "9"])
        self.assertEqual(end[:7], ["W", "end", *start[2:7]])
        self.assertEqual(end[9:], ["exit=3"])
        self.assertGreaterEqual(int(end[8]) - int(start[8]), 50_000_000)
        self.assertLess(abs(int(start[7]) / 1e9 - time.time()), 60)
        witness("--file", str(diary), "--signal", "9", code=-9)
        self.assertIn("signal=9", diary.read_text())
        self.assertEqual(len(witness("--unwitnessed", "--output", "100K", "--binary")), 102400)
        self.assertEqual(witness("--unwitnessed", "--list-fds", "-").split(), [b"0", b"1", b"2"])
        self.assertIn(b"COLOUR=blue", witness("--unwitnessed", "--env", "-", COLOUR="blue"))
        witness(code=2)
        witness("--file", "/dev/full", code=74)
        witness("--dir", ".", TAKT_JOB="two")
        self.assertTrue((folder / "two.witness").exists())
        with open(folder / "three.witness", "w", encoding="ascii") as torn:
            torn.write("W start 1 1 1 2")
        witness("--file", "three.witness")
        self.assertEqual(len((folder / "three.witness").read_text().splitlines()), 3)
        self.assertIn(b"--fork-bomb", witness("--help"))


if __name__ == "__main__":
    unittest.main()
