"""K: faults of the configuration, against a running daemon where that is where they hurt."""
import json
import os
import signal
import sqlite3
import time
import unittest

from fleet import Fleet, alive, wait_until

HEAD = '[fleet]\nname = "e2e"\nlisten = "off"\n'
TICK = '[job.tick]\nrun = "true"\nevery = "200ms"\n'


class Config(unittest.TestCase):
    def start(self, jobs, *args):
        fleet = Fleet(jobs)
        self.addCleanup(fleet.__exit__)
        fleet.up(*args)
        return fleet

    def names(self, fleet):
        return sorted(j["name"] for j in fleet.json("ls")["jobs"])

    def errors(self, fleet):
        return [e for e in fleet.events() if e["severity"] == "error"]

    def still_ticks(self, fleet):
        before = fleet.slots("tick")[0]["at"]
        fleet.wait(lambda: fleet.slots("tick")[0]["at"] > before, "the old definition to go on")

    def test_k1_syntax_error_keeps_the_old_definition_and_says_where(self):
        fleet = self.start(TICK)
        fleet.wait(lambda: fleet.slots("tick"), "a slot")
        fleet.write(HEAD + TICK + "[job.broken\n")
        fleet.daemon.send_signal(signal.SIGHUP)
        fleet.wait(lambda: self.errors(fleet), "the event")
        event = self.errors(fleet)[0]
        self.assertEqual((event["data"]["line"], event["data"]["file"]), (7, str(fleet.file)))
        self.assertIn("not reloaded", fleet.up_log())
        self.assertEqual(fleet.takt("check").returncode, 3)
        self.assertEqual(fleet.takt("reload").returncode, 3)
        self.still_ticks(fleet)
        fleet.write(HEAD + TICK)
        self.assertEqual(fleet.takt("reload").returncode, 0)

    def test_k2_half_written_file_is_never_applied(self):
        fleet = self.start(TICK + '[job.other]\nrun = "true"\n')
        text = (HEAD + TICK + '[job.other]\nrun = "true"\nretries = 2\n').encode()
        half = text.index(b"[job.other]")  # is a valid fleet with one job less

        def both_for(seconds):
            until = time.monotonic() + seconds
            while time.monotonic() < until:
                self.assertEqual(self.names(fleet), ["other", "tick"])

        # The other half comes much later than any quiet time, while the file is still open.
        with open(fleet.file, "wb", buffering=0) as file:
            file.write(text[:half])
            both_for(3)
            file.write(text[half:])
        fleet.wait(lambda: fleet.events("reloaded"), "the whole file")
        # Closed in between: half a file that takes jobs away is looked at twice.
        fleet.file.write_bytes(text[:half])
        both_for(1)
        with open(fleet.file, "ab") as file:
            file.write(text[half:] + b"# done\n")
        fleet.wait(lambda: len(fleet.events("reloaded")) == 2, "the whole file")
        self.assertEqual([e["data"].get("removed") for e in fleet.events("reloaded")], [None] * 2)
        # Emptied first and filled by somebody else: an empty file is not taken for a fleet.
        fleet.file.write_text("")
        fleet.wait(lambda: "it has no jobs any more" in fleet.up_log(), "the remark")
        self.assertEqual(len(fleet.up_log().split("is reloaded: ")), 3)
        fleet.write(HEAD + TICK)
        fleet.wait(lambda: self.names(fleet) == ["tick"], "the new file")

    def test_k3_removed_and_renamed_while_running(self):
        fleet = self.start('[job.a]\nrun = "trap \'exit 3\' TERM; sleep 600 & wait"\nretries = 5\n'
                           '[job.b]\nrun = "sleep 600"\n' + TICK)
        first = fleet.trigger("a")
        second = fleet.trigger("b")
        pid = fleet.wait(lambda: (fleet.job("a")["running"] or {}).get("pid"), "a to run")
        fleet.write(HEAD + '[job.renamed]\nrun = "sleep 600"\n' + TICK)
        fleet.json("reload")
        self.assertEqual(self.names(fleet), ["renamed", "tick"])
        self.assertTrue(alive(pid))
        self.assertEqual(fleet.takt("trigger", "a").returncode, 4)
        self.assertEqual(fleet.takt("why", first).returncode, 0)
        os.kill(pid, signal.SIGTERM)
        run = fleet.wait_end(first)
        self.assertEqual((run["outcome"], len(run["attempts"]), run["attempts"][0]["exit_code"]),
                         ("failed", 1, 3))
        self.assertEqual(fleet.takt("cancel", second).returncode, 0)
        self.assertEqual(fleet.wait_end(second)["outcome"], "cancelled")

    def checked(self, fleet, jobs):
        """Exit code of `takt check`, and its errors as (line, column, message)."""
        fleet.write(HEAD + jobs)
        done = fleet.takt("check", "--json", timeout=30)
        found = json.loads(done.stdout)["problems"]
        return done.returncode, [(p["line"], p["column"], p["message"]) for p in found
                                 if p["severity"] == "error"]

    def test_k4_cycles_and_unknown_jobs_are_refused_with_their_places(self):
        fleet = Fleet(TICK)
        self.addCleanup(fleet.__exit__)

        def job(name, *needs):
            listed = ", ".join(f'{{ job = "{n}" }}' for n in needs)
            return f'[job.{name}]\nrun = "true"\nneeds = [{listed}]\n'

        self.assertEqual(
            self.checked(fleet, job("a", "b") + job("b", "c") + job("c", "a") + job("d", "d", "a")
                         + job("e", "nobody", "f", "f") + job("f", "e")),
            (3, [(12, 18, "needs go in a circle: a -> b -> c -> a"),
                 (15, 18, "the job 'd' needs itself"),
                 (18, 18, "there is no job 'nobody'"),
                 (18, 53, "needs names the job 'f' twice"),
                 (21, 18, "needs go in a circle: e -> f -> e")]))
        self.assertEqual(self.checked(fleet, job("a", "b") + job("b")), (0, []))

    def test_k4_a_chain_of_two_thousand(self):
        def chain(last):
            return "".join(f'[job.j{n}]\nrun = "true"\nneeds = [{{ job = "j{n + 1}" }}]\n'
                           for n in range(1999)) + f'[job.j1999]\nrun = "true"\n{last}'

        fleet = Fleet(TICK)
        self.addCleanup(fleet.__exit__)
        self.assertEqual(self.checked(fleet, chain("")), (0, []))
        code, errors = self.checked(fleet, chain('needs = [{ job = "j0" }]\n'))
        self.assertEqual((code, len(errors), errors[0][:2]), (3, 1, (3 + 2000 * 3, 18)))
        self.assertLess(len(errors[0][2]), 400)

    def test_k4_a_reload_with_a_cycle_changes_nothing(self):
        fleet = self.start(TICK)
        fleet.wait(lambda: fleet.slots("tick"), "a slot")
        circle = ('[job.a]\nrun = "true"\nneeds = [{ job = "b" }]\n'
                  '[job.b]\nrun = "true"\nneeds = [{ job = "a" }]\n')
        fleet.write(HEAD + TICK + circle)
        self.assertEqual(fleet.takt("reload").returncode, 3)
        self.assertEqual(self.names(fleet), ["tick"])
        self.still_ticks(fleet)

    def test_k5_impossible_intervals_are_refused_at_once(self):
        fleet = Fleet(TICK)
        self.addCleanup(fleet.__exit__)
        for every in ("0s", "-5m", "1ns", "0.5ms", f"{10**18}s", "5m..1m", "", "999999999999d"):
            with self.subTest(every):
                fleet.write(f'{HEAD}[job.a]\nrun = "true"\nevery = "{every}"\n')
                self.assertEqual(fleet.takt("check", timeout=10).returncode, 3)

    def test_k6_hostile_names(self):
        fleet = Fleet(TICK)
        self.addCleanup(fleet.__exit__)
        for name in ("a" * 65, "x" * (1 << 20), "../up", "a/b", "ünï", "a\u202eb", "", "."):
            with self.subTest(name[:20]):
                fleet.write(f'{HEAD}[job."{name}"]\nrun = "true"\n')
                done = fleet.takt("check", timeout=10)
                self.assertEqual(done.returncode, 3)
                self.assertLess(len(done.stdout), 10_000)
                self.assertNotIn("\u202e", done.stdout)
        fleet.write(f'{HEAD}[job."a\\u0000b"]\nrun = "true"\n')
        self.assertEqual(fleet.takt("check").returncode, 3)

    def test_k6_a_hundred_thousand_jobs_are_reloaded_beside_the_loop(self):
        fleet = self.start(TICK)
        many = "".join(f'[job.j{n}]\nrun = "true"\nevery = "30d"\noffset = "29d"\n'
                       for n in range(100_000))
        fleet.write(HEAD + TICK + many)
        self.assertEqual(fleet.takt("reload", timeout=60).returncode, 0)
        self.assertEqual(fleet.json("status", code=None)["jobs"], 100_001)
        fleet.write(HEAD + TICK)
        self.assertEqual(fleet.takt("reload", timeout=60).returncode, 0)
        self.assertEqual(fleet.json("status", code=None)["jobs"], 1)
        # The loop never stood still for long: no slot of the job beside it was lost.
        missed = [s for s in fleet.slots("tick") if s["disposition"] == "missed"]
        self.assertEqual(missed, [])

    def test_k7_a_file_that_others_can_write_is_refused_at_reload_too(self):
        fleet = self.start(TICK)
        fleet.write(HEAD + TICK + '[job.evil]\nrun = "true"\n')
        fleet.file.chmod(0o666)
        self.assertEqual(fleet.takt("reload").returncode, 3)
        self.assertEqual(self.names(fleet), ["tick"])
        fleet.file.chmod(0o600)
        self.assertEqual(fleet.takt("reload").returncode, 0)
        self.assertEqual(self.names(fleet), ["evil", "tick"])

    def test_k7_unless_it_is_trusted(self):
        fleet = Fleet(TICK)
        self.addCleanup(fleet.__exit__)
        fleet.file.chmod(0o666)
        fleet.spawn("--trust-file")
        wait_until(lambda: fleet.takt("status", "--trust-file").returncode in (0, 7), "the daemon")
        fleet.write(HEAD + TICK + '[job.more]\nrun = "true"\n')
        fleet.file.chmod(0o666)
        self.assertEqual(fleet.takt("reload", "--trust-file").returncode, 0)
        fleet.file.chmod(0o600)

    def test_k8_a_missing_env_file_disables_one_job_until_it_is_mended(self):
        fleet = self.start(TICK + '[job.secretive]\nrun = "echo $WORD"\nenv_file = "secret.env"\n')
        job = fleet.job("secretive")
        self.assertEqual(job["state"], "disabled")
        self.assertEqual(fleet.takt("trigger", "secretive").returncode, 6)
        fleet.wait(lambda: fleet.ended("tick"), "the other one to run")
        secret = fleet.dir / "secret.env"
        secret.write_text("WORD=open\n")
        secret.chmod(0o600)
        self.assertEqual(fleet.takt("reload").returncode, 0)
        self.assertEqual(fleet.job("secretive")["state"], "idle")
        self.assertIn("open", fleet.takt("trigger", "secretive", "--wait").stdout)
        secret.unlink()
        self.assertEqual(fleet.takt("reload").returncode, 0)
        self.assertEqual(fleet.job("secretive")["state"], "disabled")

    def test_k9_thirty_days_off_are_one_run(self):
        fleet = self.start('[job.minute]\nrun = "true"\nevery = "1m"\noffset = "0s"\n')
        fleet.wait(lambda: fleet.ended("minute"), "the first run")
        fleet.down()
        self.move_back(fleet.state_dir / "takt.db", 30 * 24 * 3600 * 1000)
        began = time.monotonic()
        fleet.up()
        self.assertLess(time.monotonic() - began, 10)
        fleet.wait(lambda: len(fleet.ended("minute")) >= 2, "the catch-up run")
        caught_up = [r for r in fleet.runs("minute") if r["cause"] == "catchup"]
        self.assertEqual(len(caught_up), 1)
        coalesced = [s for s in fleet.slots("minute") if s["disposition"] == "coalesced"]
        self.assertEqual(len(coalesced), 1)
        self.assertGreater(coalesced[0]["count"], 43_000)

    def move_back(self, database, by_ms):
        """The whole record as if the machine had been off for that long since."""
        with sqlite3.connect(database) as db:
            for (table,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall():
                for column in db.execute(f"PRAGMA table_info({table})").fetchall():
                    if column[1].endswith("_at") or column[1] == "at":
                        db.execute(f"UPDATE {table} SET {column[1]} = {column[1]} - {by_ms}"
                                   f" WHERE {column[1]} IS NOT NULL")


if __name__ == "__main__":
    unittest.main()
