"""Manual pages and completion, as man, groff and bash understand them."""
import re
import shutil
import subprocess
import unittest

from fleet import TAKT, Fleet


def takt(*args):
    return subprocess.run([TAKT, *args], capture_output=True, text=True, check=False, cwd="/",
                          timeout=20)


def complete(fleet, *words):
    """What bash offers for the last of `words`."""
    line = " ".join(f"'{w}'" for w in ("takt", *words))
    script = f"""
        source <('{TAKT}' completion bash)
        takt() {{ '{TAKT}' "$@"; }}
        COMP_WORDS=({line}); COMP_CWORD={len(words)}
        _takt
        printf '%s\\n' "${{COMPREPLY[@]}}"
    """
    done = subprocess.run(["bash", "--norc", "-c", script], capture_output=True, text=True,
                          check=True, cwd=fleet.dir if fleet else "/", timeout=20)
    assert not done.stderr, done.stderr
    return done.stdout.split()


class Manual(unittest.TestCase):
    def test_pages_are_clean_for_groff(self):
        self.assertTrue(shutil.which("groff"), "scripts/bootstrap installs groff-base")
        for page in ("takt", "takt-fleet"):
            text = takt("__man", page).stdout
            done = subprocess.run(["groff", "-man", "-ww", "-Tutf8", "-z"], input=text, text=True,
                                  capture_output=True, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, ""), page)

    def test_pages_name_every_verb_option_and_key(self):
        def plain(page):
            text = takt("__man", page).stdout
            shown = subprocess.run(["groff", "-man", "-Tascii", "-P-c", "-rLL=200n"], input=text,
                                   text=True, capture_output=True, check=True).stdout
            return re.sub(r".\x08", "", shown)
        page = plain("takt")
        for verb in __import__("json").loads(takt("help", "--json").stdout)["verbs"]:
            self.assertIn(f"takt {verb['verb']}", page)
            self.assertIn(verb["help"].split(",")[0][:30], page)
        for word in ("--progress", "--param", "EXIT STATUS", "124", "TAKT_FD", "takt-fleet(5)"):
            self.assertIn(word, page)
        keys = plain("takt-fleet")
        for word in ("[job.NAME]", "beat_within", "keep_runs", "dst_gap", "max_running", "takt(1)"):
            self.assertIn(word, keys)

    def test_no_such_page(self):
        self.assertEqual(takt("__man", "nothing").returncode, 2)


class Completion(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.fleet = Fleet('[job.posting]\nrun = "true"\n[job.polling]\nrun = "true"\n'
                          '[job.backup]\nrun = "true"\n')
        cls.addClassCleanup(cls.fleet.__exit__)

    def test_verbs(self):
        self.assertIn("trigger", complete(self.fleet, ""))
        self.assertEqual(complete(self.fleet, "tri"), ["trigger"])
        self.assertEqual(complete(self.fleet, "--json", "tri"), ["trigger"])
        self.assertNotIn("__man", complete(self.fleet, "_"))

    def test_options_of_a_verb_and_of_every_verb(self):
        self.assertEqual(complete(self.fleet, "beat", "--p"), ["--progress"])
        self.assertIn("--color", complete(self.fleet, "ls", "--"))
        self.assertNotIn("--progress", complete(self.fleet, "ls", "--"))

    def test_jobs_of_the_fleet_file(self):
        self.assertEqual(complete(self.fleet, "why", "po"), ["posting", "polling"])
        self.assertEqual(complete(self.fleet, "trigger", "--force", "b"), ["backup"])
        self.assertEqual(complete(self.fleet, "why", "posting", ""), [])
        self.assertEqual(complete(None, "-f", str(self.fleet.file), "pause", "b"), ["backup"])

    def test_nothing_where_there_is_no_fleet_file(self):
        self.assertEqual(complete(None, "why", "po"), [])

    def test_values(self):
        self.assertEqual(complete(self.fleet, "ls", "--color", "a"), ["auto", "always"])
        self.assertEqual(complete(self.fleet, "simulate", "--faults", "n"), ["none"])
        self.assertEqual(complete(self.fleet, "completion", "z"), ["zsh"])
        self.assertEqual(complete(self.fleet, "runs", "--since", ""), [])
        self.assertEqual(complete(self.fleet, "-f", "fleet.t"), ["fleet.toml"])
        self.assertIn("up", complete(self.fleet, "help", ""))

    def test_other_shells(self):
        for shell, word in (("zsh", "#compdef takt"), ("fish", "complete -c takt")):
            self.assertIn(word, takt("completion", shell).stdout)
            if shutil.which(shell):
                done = subprocess.run([shell, "-n", "/dev/stdin"], text=True, capture_output=True,
                                      input=takt("completion", shell).stdout, check=False)
                self.assertEqual((done.returncode, done.stderr), (0, ""), shell)
        wrong = takt("completion", "bsh")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn("bash", wrong.stderr)


if __name__ == "__main__":
    unittest.main()
