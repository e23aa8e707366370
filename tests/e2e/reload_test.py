"""Reload: by the verb, the API, SIGHUP and by changing the file; and files that it includes."""
import json
import os
import pathlib
import signal
import unittest

from fleet import Fleet, alive

HEAD = '[fleet]\nname = "e2e"\nlisten = "off"\n'
TICK = '[job.tick]\nrun = "true"\nevery = "200ms"\n'
SLOW = '[job.slow]\nrun = "sleep 600"\nkill_grace = "1s"\n'


class Reload(unittest.TestCase):
    def start(self, jobs):
        fleet = Fleet(jobs)
        self.addCleanup(fleet.__exit__)
        fleet.up()
        return fleet

    def names(self, fleet):
        return sorted(j["name"] for j in fleet.json("ls")["jobs"])

    def replace(self, fleet, text):
        """As editors and deployments do: a new file beside it, renamed over it."""
        new = fleet.dir / "fleet.toml.new"
        new.write_text(HEAD + text)
        new.chmod(0o600)
        os.rename(new, fleet.file)

    def test_the_verb_adds_changes_and_removes(self):
        fleet = self.start(TICK + SLOW)
        self.replace(fleet, TICK.replace("200ms", "300ms") + '[job.new]\nrun = "true"\n')
        done = fleet.takt("reload")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertEqual(self.names(fleet), ["new", "tick"])
        fleet.wait(lambda: fleet.events("reloaded"), "the event")

    def test_json_of_the_verb(self):
        fleet = self.start(TICK)
        fleet.write(HEAD + TICK + SLOW)
        self.assertTrue(fleet.json("reload")["ok"])
        fleet.write(HEAD + TICK + 'evry = "5m"\n')
        bad = fleet.json("reload", code=3)
        checked = fleet.json("check", code=3)
        self.assertEqual((bad["ok"], bad["problems"]), (False, checked["problems"]))
        done = fleet.takt("reload")
        self.assertEqual(done.returncode, 3)
        self.assertIn(f"{fleet.file}:7:1: error: unknown key 'evry'", done.stderr)
        self.assertIn("did you mean 'every'?", done.stderr)
        self.assertEqual(self.names(fleet), ["slow", "tick"])

    def test_sighup_reloads(self):
        fleet = self.start(TICK)
        fleet.write(HEAD + TICK + SLOW)
        fleet.daemon.send_signal(signal.SIGHUP)
        fleet.wait(lambda: self.names(fleet) == ["slow", "tick"], "the new job")

    def test_a_changed_file_is_reloaded_once(self):
        fleet = self.start(TICK)
        self.replace(fleet, TICK + SLOW)
        fleet.wait(lambda: self.names(fleet) == ["slow", "tick"], "the new job")
        fleet.wait(lambda: fleet.events("reloaded"), "the event")
        # Touched, or written again as it is: nothing new.
        before = len(fleet.events("reloaded"))
        fleet.file.touch()
        self.replace(fleet, TICK + SLOW)
        self.replace(fleet, TICK + SLOW + '# and a remark\n')
        fleet.wait(lambda: len(fleet.events("reloaded")) > before, "the remark")
        self.assertEqual(len(fleet.events("reloaded")), before + 1)
        self.assertIn("nothing has changed", fleet.events("reloaded")[0]["text"])

    def test_a_file_that_is_gone_is_told_once_and_comes_back(self):
        fleet = self.start(TICK)
        fleet.file.rename(fleet.dir / "away.toml")
        fleet.wait(lambda: "no such file" in fleet.up_log(), "the remark")
        (fleet.dir / "away.toml").rename(fleet.file)
        self.replace(fleet, TICK + SLOW)
        fleet.wait(lambda: self.names(fleet) == ["slow", "tick"], "the new job")
        gone = [e for e in fleet.events("problem") if "no such file" in e["text"]]
        self.assertEqual([e["severity"] for e in gone], ["error"])

    def test_ten_thousand_writes_are_one_reload(self):
        fleet = self.start(TICK)
        for number in range(10_000):
            with open(fleet.file, "a") as file:
                file.write(f"# {number}\n")
        with open(fleet.file, "a") as file:
            file.write(SLOW)
        fleet.wait(lambda: self.names(fleet) == ["slow", "tick"], "the new job")
        self.assertLessEqual(len(fleet.events("reloaded")), 10)

    def test_waiting_for_a_change_costs_nothing(self):
        fleet = self.start('[job.hand]\nrun = "true"\n')
        (fleet.dir / "x").write_text("x")

        def switches():
            total = 0
            for status in pathlib.Path(f"/proc/{fleet.daemon.pid}/task").glob("*/status"):
                total += sum(int(line.split()[1]) for line in status.read_text().splitlines()
                             if line.startswith("voluntary_ctxt_switches"))
            return total

        before = switches()
        for number in range(50):  # what lies beside the file is nobody's business
            with open(fleet.dir / "x", "a") as file:
                file.write(f"{number}\n")
        self.assertLessEqual(switches() - before, 5)

    def test_another_name_or_state_dir_needs_a_restart(self):
        fleet = self.start(TICK)
        fleet.write(HEAD.replace('"e2e"', '"other"') + TICK)
        fleet.daemon.send_signal(signal.SIGHUP)
        fleet.wait(lambda: "not reloaded: the fleet's name is 'other'" in fleet.up_log(), "the refusal")
        done = fleet.takt("reload")  # which looks for a daemon of that name
        self.assertEqual(done.returncode, 5)
        self.assertIn(f"one runs on {fleet.state_dir}", done.stderr)
        fleet.write(HEAD + f'state_dir = "{fleet.dir}/elsewhere"\n' + TICK)
        fleet.daemon.send_signal(signal.SIGHUP)
        fleet.wait(lambda: "not reloaded: state_dir is" in fleet.up_log(), "the refusal")
        fleet.write(HEAD + TICK)
        self.assertEqual(self.names(fleet), ["tick"])

    def test_restart_after_a_reload_changes_nothing(self):
        hourly = '[job.hourly]\nrun = "true"\nevery = "1h"\noffset = "30m"\n'
        fleet = self.start(hourly + SLOW)
        fleet.json("pause", "hourly")
        fleet.write(HEAD + '[job.late]\nrun = "true"\nevery = "2h"\noffset = "30m"\n'
                    + hourly.replace("30m", "40m"))
        fleet.json("reload")
        before = fleet.json("ls")["jobs"]
        fleet.kill()
        fleet.up()
        self.assertEqual(fleet.json("ls")["jobs"], before)

    def test_a_job_that_comes_back_goes_on_with_its_numbers(self):
        fleet = self.start(TICK)
        fleet.wait(lambda: fleet.ended("tick"), "a run")
        fleet.write(HEAD + SLOW)
        fleet.json("reload")
        last = fleet.slots("tick")[0]["at"]
        fleet.write(HEAD + TICK)
        fleet.json("reload")
        fleet.wait(lambda: fleet.slots("tick")[0]["at"] > last, "a new slot")
        numbers = [row[0] for row in fleet.database().execute(
            "SELECT slot_number FROM runs WHERE job = 'tick' AND slot_number IS NOT NULL"
            " ORDER BY id")]
        self.assertEqual(numbers, sorted(set(numbers)))

    def test_reload_without_a_daemon(self):
        fleet = Fleet(TICK)
        self.addCleanup(fleet.__exit__)
        self.assertEqual(fleet.takt("reload").returncode, 5)


class Include(unittest.TestCase):
    def setUp(self):
        self.fleet = Fleet("")
        self.addCleanup(self.fleet.__exit__)
        (self.fleet.dir / "jobs").mkdir(mode=0o700)

    def put(self, name, text):
        path = self.fleet.dir / name
        path.write_text(text)
        path.chmod(0o600)
        return path

    def main(self, include, rest=""):
        self.fleet.write(f"include = {json.dumps(include)}\n{HEAD}{rest}")

    def problems(self, code=3):
        return [(p["severity"], p["file"], p["line"], p["message"])
                for p in self.fleet.json("check", code=code)["problems"]]

    def test_jobs_of_all_files_with_the_defaults_of_the_main_one(self):
        self.put("jobs/b.toml", '[job.b]\nrun = "echo $WHO; pwd"\n')
        self.put("jobs/a.toml", '[job.a]\nrun = "echo $WHO"\n')
        self.put("jobs/.hidden.toml", "broken")
        self.put("jobs/a.toml~", "broken")
        self.main(["jobs/*.toml"], '[defaults]\nenv = { WHO = "me" }\n' + TICK)
        self.fleet.up()
        self.assertEqual([j["name"] for j in self.fleet.json("ls")["jobs"]], ["tick", "a", "b"])
        done = self.fleet.takt("trigger", "b", "--wait")
        self.assertEqual(done.stdout.split(), ["me", str(self.fleet.dir)])

    def test_complaints_have_the_place_in_the_included_file(self):
        b = self.put("jobs/b.toml", '\n[job.b]\nrun = "true"\nevry = "5m"\n')
        self.main(["jobs/*.toml"], TICK)
        self.assertEqual(self.problems(),
                         [("error", str(b), 4, "unknown key 'evry' in [job.b]")])

    def test_twins_are_told_with_both_places(self):
        a = self.put("jobs/a.toml", '[job.tick]\nrun = "true"\n')
        self.main(["jobs/*.toml"], TICK)
        (_, file, line, message), = self.problems()
        self.assertEqual((file, line), (str(a), 1))
        self.assertIn(f"{self.fleet.file}:5:1", message)

    def test_nothing_but_jobs_and_no_nesting(self):
        self.put("jobs/a.toml", 'include = ["x.toml"]\n[fleet]\nname = "x"\n[defaults]\nretries = 1\n'
                                '[nonsense]\n')
        self.main(["jobs/a.toml"], TICK)
        found = self.problems()
        self.assertEqual([line for _, _, line, _ in found], [1, 2, 4, 6])

    def test_it_never_leaves_the_folder(self):
        outside = self.fleet.dir.parent / f"{self.fleet.dir.name}-outside.toml"
        outside.write_text('[job.evil]\nrun = "true"\n')
        outside.chmod(0o600)
        self.addCleanup(outside.unlink)
        (self.fleet.dir / "jobs" / "link.toml").symlink_to(outside)
        (self.fleet.dir / "up").symlink_to(self.fleet.dir.parent)
        for pattern in ("../x.toml", "jobs/../../x.toml", str(outside), "~/x.toml", "jobs/link.toml",
                        "jobs/*.toml", f"up/{outside.name}", f"up/*-outside.toml", "/etc/passwd", "",
                        "jobs/", "**/x.toml", "jobs\0x"):
            with self.subTest(pattern):
                self.main([pattern], TICK)
                found = self.problems()
                self.assertEqual({s for s, *_ in found}, {"error"})
                self.assertFalse([m for *_, m in found if "evil" in m])

    def test_wrong_shapes(self):
        for include in ('"jobs/*.toml"', "[1]", "{}", "true"):
            self.fleet.write(f"include = {include}\n{HEAD}{TICK}")
            self.assertEqual([line for _, _, line, _ in self.problems()], [1], include)

    def test_a_literal_that_is_missing_is_an_error_and_no_match_a_warning(self):
        self.main(["night.toml"], TICK)
        self.assertIn("no such file", self.problems()[0][3])
        self.main(["jobs/*.toml"], TICK)
        self.assertEqual([s for s, *_ in self.problems(code=0)], ["warning"])

    def test_an_included_file_that_others_can_write_is_refused(self):
        self.put("jobs/a.toml", '[job.a]\nrun = "true"\n').chmod(0o666)
        self.main(["jobs/*.toml"], TICK)
        self.assertIn("can be written by others", self.problems()[0][3])
        self.assertEqual(self.fleet.takt("check", "--trust-file").returncode, 0)
        (self.fleet.dir / "jobs" / "a.toml").chmod(0o600)
        (self.fleet.dir / "jobs").chmod(0o777)
        self.assertIn("can be written by others", self.problems()[0][3])

    def test_pipes_and_folders_are_not_read(self):
        os.mkfifo(self.fleet.dir / "jobs" / "pipe.toml")
        (self.fleet.dir / "jobs" / "folder.toml").mkdir()
        self.main(["jobs/*.toml"], TICK)
        found = self.problems()
        self.assertEqual([(s, "pipe" in m) for s, _, _, m in found],
                         [("warning", False), ("error", True)])

    def test_included_files_come_change_and_go(self):
        self.main(["jobs/*.toml"], TICK)
        self.fleet.up()
        names = lambda: [j["name"] for j in self.fleet.json("ls")["jobs"]]
        self.put("jobs/a.toml", '[job.a]\nrun = "sleep 600"\n')
        self.fleet.wait(lambda: names() == ["tick", "a"], "the new file")
        self.put("jobs/a.toml", '[job.b]\nrun = "sleep 600"\n')
        self.fleet.wait(lambda: names() == ["tick", "b"], "the changed file")
        self.fleet.trigger("b")
        pid = self.fleet.wait(lambda: (self.fleet.job("b")["running"] or {}).get("pid"), "b to run")
        (self.fleet.dir / "jobs" / "a.toml").unlink()
        self.fleet.wait(lambda: names() == ["tick"], "the removed file")
        self.assertTrue(alive(pid))
        os.kill(pid, signal.SIGTERM)
        self.fleet.wait(lambda: self.fleet.ended("b"), "the end of the removed job's run")


if __name__ == "__main__":
    unittest.main()
