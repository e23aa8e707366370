"""Fleet files that cannot be: refused with exit 3, every problem at its line, and nothing is started."""
import os
import unittest

from fleet import Fleet

OK = '[job.a]\nrun = "true"\n'


class BadInput(unittest.TestCase):
    def problems(self, jobs):
        """The error problems that check reports; also asserts that `up` refuses the same."""
        with Fleet("") as fleet:
            fleet.write(jobs)
            checked = fleet.json("check", code=3)
            self.assertFalse(checked["ok"])
            self.assertEqual(fleet.takt("up", "--for", "100ms").returncode, 3)
            self.assertFalse((fleet.dir / "state").exists(), "nothing may be made for a bad file")
            return [p for p in checked["problems"] if p["severity"] == "error"]

    def test_all_problems_at_once_with_their_places(self):
        found = self.problems('[job.a]\nrun = "true"\nevery = "0s"\n\n[job.b]\nrun = "true"\n'
                              'every = "-5m"\nretrys = 3\n[job.c]\nevery = "1m"\n')
        self.assertEqual([p["line"] for p in found], [3, 7, 8, 9])
        self.assertEqual(found[2]["column"], 1)
        self.assertIn("retries", found[2]["message"] + found[2].get("hint", ""))

    def test_names(self):
        for name in ('"../x"', '"a/b"', '"A"', '"1"', '"a\\u0001"', '"' + "a" * 65 + '"', '""'):
            self.assertTrue(self.problems(f'[job.{name}]\nrun = "true"\n'), name)

    def test_duplicates_and_syntax(self):
        self.assertEqual(len(self.problems(OK + OK)), 1)
        self.assertEqual(self.problems('[job.a\nrun = "true"\n')[0]["line"], 1)

    def test_two_schedules_blame_the_later(self):
        found = self.problems('[job.a]\nrun = "true"\nafter = "5m"\nevery = "5m"\n')
        self.assertEqual([p["line"] for p in found], [4])

    def test_what_is_not_there_yet_is_said(self):
        found = self.problems('[pool.browser]\nslots = 3\nkind = "chromium"\n[job.far]\nrun = "true"\nnode = "there"\n' + OK)
        self.assertEqual([p["line"] for p in found], [3, 6])
        for problem in found:
            self.assertIn("not supported yet", problem["message"])

    def test_huge_strings_are_refused_without_a_flood(self):
        with Fleet("") as fleet:
            fleet.write(f'[job.a]\nrun = "true"\nevery = "{"9" * 1_000_000}"\n')
            done = fleet.takt("check")
            self.assertEqual(done.returncode, 3)
            self.assertLess(len(done.stdout + done.stderr), 4000)

    def test_a_file_that_others_can_write_is_refused_unless_trusted(self):
        with Fleet(OK) as fleet:
            fleet.file.chmod(0o666)
            self.assertEqual(fleet.takt("check").returncode, 3)
            self.assertEqual(fleet.takt("up", "--for", "100ms").returncode, 3)
            self.assertEqual(fleet.takt("up", "--for", "100ms", "--trust-file").returncode, 0)

    def test_a_missing_user_folder_or_env_file_disables_that_job_only(self):
        with Fleet('[job.u]\nrun = "true"\nuser = "nobody-at-all"\n[job.c]\nrun = "true"\n'
                   'cwd = "nowhere"\n[job.e]\nrun = "true"\nenv_file = "none.env"\n' + OK) as fleet:
            checked = fleet.json("check")
            self.assertEqual(len([p for p in checked["problems"] if p["severity"] == "warning"]), 3)
            fleet.up()
            states = {j["name"]: j["state"] for j in fleet.json("ls")["jobs"]}
            self.assertEqual(states, {"u": "disabled", "c": "disabled", "e": "disabled", "a": "idle"})
            self.assertEqual(fleet.takt("trigger", "u").returncode, 6)
            self.assertEqual(fleet.takt("trigger", "a", "--wait").returncode, 0)

    def test_a_missing_program_is_a_warning(self):
        with Fleet('[job.a]\nrun = ["no-such-program"]\n') as fleet:
            checked = fleet.json("check")
            self.assertEqual([p["severity"] for p in checked["problems"]], ["warning"])

    def test_no_file_a_folder_and_a_pipe(self):
        with Fleet(OK) as fleet:
            fleet.file.unlink()
            self.assertEqual(fleet.takt("check").returncode, 3)
            fleet.file.mkdir()
            self.assertEqual(fleet.takt("check").returncode, 3)
            fleet.file.rmdir()
            os.mkfifo(fleet.file)
            self.assertEqual(fleet.takt("check").returncode, 3)


if __name__ == "__main__":
    unittest.main()
