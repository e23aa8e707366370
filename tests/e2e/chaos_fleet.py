"""The example fleet in a scratch checkout, with things going wrong as a seed says: run.sh, judge.py and takt-check as a
person calls them. Fleet time is 60 times as fast as the wall.

    with ChaosFleet(1) as fleet:
        fleet.live("3m")        # three hours
        fleet.judge()           # the object that judge.py --json prints
"""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile

from fleet import TAKT, tagged_processes

ROOT = pathlib.Path(__file__).resolve().parents[2]
BIN = pathlib.Path(TAKT).parent


class ChaosFleet:
    def __init__(self, seed):
        self.seed = seed
        self.root = pathlib.Path(tempfile.mkdtemp(prefix="takt-chaos-"))
        self.dir = self.root / "examples/social-bot"
        self.file = self.dir / "fleet.toml"
        self.process = None
        # run.sh and ./bot look for the programs in build/release of their checkout.
        (self.root / "build/release").mkdir(parents=True)
        (self.root / "build/release/bin").symlink_to(BIN)
        shutil.copytree(ROOT / "examples/social-bot", self.dir, ignore=shutil.ignore_patterns(
            "state", "*.db*", "chaos.jsonl*", "chaos.seed", "site.port", "__pycache__"))
        # HERE in the environment marks every process of this fleet for tagged_processes().
        marked = f'[defaults]\nenv = {{ HERE = "{self.dir}" }}\n'
        self.file.write_text(self.file.read_text().replace("[defaults]\n", marked))
        self.file.chmod(0o600)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            self.process.communicate(timeout=60)
        for pid in tagged_processes(self.dir):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.root, ignore_errors=True)

    def start(self, **settings):
        """run.sh with FOR, CHAOS ... in its environment."""
        own = {key: value for key, value in os.environ.items() if key not in ("FOR", "SPEED", "CHAOS")}
        self.process = subprocess.Popen([self.dir / "run.sh"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                        stderr=subprocess.STDOUT, text=True, env={**own, **settings})
        return self.process

    def live(self, wall):
        """Runs that long; the output and the exit code of run.sh."""
        output, _ = self.start(FOR=wall, CHAOS=str(self.seed)).communicate()
        return output, self.process.returncode

    def judge(self):
        done = subprocess.run([sys.executable, "-B", self.dir / "judge.py", "--json"], capture_output=True, text=True,
                              timeout=60, check=False)
        if done.returncode not in (0, 1):
            raise AssertionError(f"judge.py: exit {done.returncode}\n{done.stderr}")
        return json.loads(done.stdout)

    def check(self):
        """What takt-check says; the jobs are no witnesses, so it judges by the rows and the processes."""
        done = subprocess.run([BIN / "takt-check", "-f", self.file, "--stopped", "--json"], capture_output=True,
                              text=True, timeout=120, check=False)
        if done.returncode not in (0, 1):
            raise AssertionError(f"takt-check: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
        return json.loads(done.stdout)

    def left_behind(self):
        """Pids of jobs that outlived the fleet."""
        return tagged_processes(self.dir)
