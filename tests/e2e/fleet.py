"""A fleet in a folder of its own, driven through the real takt binary.

    with Fleet('[job.a]\nrun = "true"\nevery = "200ms"\n') as fleet:
        fleet.up()
        fleet.wait(lambda: fleet.runs("a"))

Waiting is always for a condition, with a deadline; nothing sleeps to let things happen.
"""
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import tempfile
import time

TAKT = os.environ.get("TAKT", str(pathlib.Path(__file__).parents[2] / "build/dev/bin/takt"))
DEADLINE = 20.0  # seconds that any single condition may take


def wait_until(condition, what="a condition", deadline=DEADLINE):
    """The first truthy value of condition(); fails after the deadline."""
    end = time.monotonic() + deadline
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"gave up waiting for {what} after {deadline} s")
        time.sleep(0.02)  # the pace of asking, not a wait for something to happen


def alive(pid):
    """True for a process that exists and is no zombie."""
    try:
        with open(f"/proc/{pid}/stat", encoding="utf-8", errors="replace") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return False


def tagged_processes(folder):
    """Pids of processes whose environment names a takt job of this folder's fleet."""
    needle = str(folder).encode()
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            environ = (entry / "environ").read_bytes()
        except OSError:
            continue
        if b"TAKT_TOKEN=" in environ and needle in environ and alive(int(entry.name)):
            found.append(int(entry.name))
    return found


class Fleet:
    def __init__(self, jobs, fleet_table=""):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="takt-e2e-"))
        self.file = self.dir / "fleet.toml"
        self.daemon = None
        # HERE in the environment marks every process of this fleet for tagged_processes().
        self.write(f'[fleet]\nname = "e2e"\nlisten = "off"\n{fleet_table}\n'
                   f'[defaults]\nenv = {{ HERE = "{self.dir}" }}\n{jobs}')

    def write(self, text):
        self.file.write_text(text)
        self.file.chmod(0o600)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.daemon and self.daemon.poll() is None:
            self.daemon.send_signal(signal.SIGTERM)
            try:
                self.daemon.wait(15)
            except subprocess.TimeoutExpired:
                self.daemon.kill()
                self.daemon.wait()
        for pid in tagged_processes(self.dir):
            os.kill(pid, signal.SIGKILL)
        shutil.rmtree(self.dir, ignore_errors=True)

    # --- the command line ---------------------------------------------------------------------------
    def takt(self, *args, timeout=DEADLINE, env=None):
        """Runs a verb; returns the finished process (text)."""
        return subprocess.run([TAKT, *map(str, args), "-f", str(self.file)], capture_output=True,
                              text=True, timeout=timeout, cwd=self.dir, stdin=subprocess.DEVNULL,
                              env={**os.environ, **(env or {})}, check=False)

    def json(self, *args, code=0):
        done = self.takt(*args, "--json")
        if code is not None and done.returncode != code:
            raise AssertionError(f"takt {args}: exit {done.returncode}, not {code}\n"
                                 f"{done.stdout}\n{done.stderr}")
        return json.loads(done.stdout)

    # --- the daemon ---------------------------------------------------------------------------------
    def spawn(self, *args):
        log = open(self.dir / "up.log", "ab")  # noqa: SIM115 - the daemon's for its life
        self.daemon = subprocess.Popen([TAKT, "up", "-f", str(self.file), *args], stdout=log,
                                       stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                       cwd=self.dir)
        log.close()
        return self.daemon

    def up(self, *args):
        """Starts the daemon; returns once it is ready (reconciled)."""
        self.spawn(*args)
        wait_until(self.is_ready, "the daemon to be ready")

    def is_ready(self):
        if self.daemon.poll() is not None:
            raise AssertionError(f"the daemon ended with {self.daemon.returncode}:\n{self.up_log()}")
        return self.takt("status").returncode in (0, 7)

    def up_log(self):
        return (self.dir / "up.log").read_text(errors="replace")

    def kill(self):
        self.daemon.kill()
        self.daemon.wait()

    def down(self):
        done = self.takt("down")
        assert done.returncode == 0, done.stderr
        self.daemon.wait(DEADLINE)
        return self.daemon.returncode

    # --- what happened ------------------------------------------------------------------------------
    def runs(self, *job):
        return self.json("runs", *job, "--all")["runs"]

    def ended(self, *job):
        return [r for r in self.runs(*job) if r["state"] == "ended"]

    def events(self, kind=None):
        return [e for e in self.json("events", "--all")["events"] if kind in (None, e["kind"])]

    def slots(self, *job):
        return self.json("slots", *job, "--all")["slots"]

    def job(self, name):
        return next(j for j in self.json("ls")["jobs"] if j["name"] == name)

    def wait(self, condition, what="a condition"):
        return wait_until(condition, what)

    def wait_end(self, run):
        """The run, once it has ended."""
        def found():
            return next((r for r in self.runs() if r["id"] == run and r["state"] == "ended"), None)
        return wait_until(found, f"run {run} to end")

    def trigger(self, *args):
        return self.json("trigger", *args)["run"]

    def database(self):
        return sqlite3.connect(f"file:{self.state_dir / 'takt.db'}?mode=ro", uri=True)

    def sql(self, query, *values):
        """Rows of the fleet's database."""
        connection = self.database()
        try:
            return connection.execute(query, values).fetchall()
        finally:
            connection.close()

    @property
    def state_dir(self):
        return self.dir / "state" / "e2e"
