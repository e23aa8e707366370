"""What faults are made with. A FaultFleet is a Fleet (tests/e2e/fleet.py) whose daemon can be wrapped (a
lane, a namespace, a faked clock, a limit) and attacked while it runs: its threads' system calls fail, are
slow or kill it (strace), it is stopped and continued.
"""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import threading

import fleet as e2e
from fleet import alive, wait_until

WITNESS = os.environ.get("WITNESS", str(pathlib.Path(e2e.TAKT).parent / "takt-witness"))


def stat_fields(pid):
    """Fields of /proc/PID/stat from the state on; None when it is gone."""
    try:
        text = pathlib.Path(f"/proc/{pid}/stat").read_text(errors="replace")
    except (FileNotFoundError, ProcessLookupError):
        return None
    return text.rsplit(")", 1)[1].split()


def every_pid():
    return [int(entry) for entry in os.listdir("/proc") if entry.isdigit()]


def zombies_of(parent):
    """Children of `parent` that have ended and are not collected."""
    return [pid for pid in every_pid()
            if (fields := stat_fields(pid)) and fields[0] == "Z" and int(fields[1]) == parent]


def running_from(folder):
    """Living processes whose program lies beneath `folder`: found whatever they did to their session,
    environment or parent."""
    found = []
    for pid in every_pid():
        with contextlib.suppress(OSError):
            if os.readlink(f"/proc/{pid}/exe").startswith(f"{folder}/") and alive(pid):
                found.append(pid)
    return found


def thread_of(pid, name):
    """The thread of `pid` with this name."""
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        if (task / "comm").read_text().strip() == name:
            return int(task.name)
    raise AssertionError(f"{pid} has no thread {name}")


@contextlib.contextmanager
def injected(tid, *injections, paths=()):
    """While it lasts, system calls of the thread `tid` are tampered with, e.g.
    "clone3:error=EAGAIN:when=1..8" or "write:delay_enter=20ms". Yields a path to strace's own log."""
    log = pathlib.Path(os.environ.get("TMPDIR", "/tmp")) / f"takt-strace-{os.getpid()}-{tid}"
    command = ["strace", "-q", "-o", str(log), "-p", str(tid)]
    for injection in injections:
        command += ["-e", f"inject={injection}"]
    for path in paths:
        command += ["-P", str(path)]
    names = ",".join(sorted({i.split(":", 1)[0] for i in injections}))
    command += ["-e", f"trace={names}"]
    tracer = subprocess.Popen(command, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, text=True)
    try:
        wait_until(lambda: is_traced(tid, tracer), f"strace to attach to {tid}")
        yield log
    finally:
        tracer.terminate()
        try:
            tracer.wait(5)
        except subprocess.TimeoutExpired:
            tracer.kill()
            tracer.wait()
        tracer.stderr.close()
        log.unlink(missing_ok=True)


def is_traced(tid, tracer):
    if tracer.poll() is not None:
        raise AssertionError(f"strace ended: {tracer.stderr.read()}")
    status = pathlib.Path(f"/proc/{tid}/status").read_text()
    return f"TracerPid:\t{tracer.pid}\n" in status


class FaultFleet(e2e.Fleet):
    """wrap: what stands before `takt up` on its command line, ending in an exec. witness: puts the program
    of badly behaved jobs into the fleet's folder as ./witness."""

    def __init__(self, jobs, fleet_table="", wrap=(), env=None, witness=False):
        super().__init__(jobs, fleet_table)
        self.wrap = list(wrap)
        self.env = env or {}
        if witness:
            shutil.copy(WITNESS, self.dir / "witness")

    def spawn(self, *args, takt=None):
        with open(self.dir / "up.log", "ab") as log:
            self.daemon = subprocess.Popen(
                [*self.wrap, takt or e2e.TAKT, "up", "-f", str(self.file), *args], stdout=log,
                stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd=self.dir,
                env={**os.environ, **self.env})
        return self.daemon

    def __exit__(self, *unused):
        if self.daemon and self.daemon.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                self.daemon.send_signal(signal.SIGCONT)
        super().__exit__(*unused)
        for pid in running_from(self.dir):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    # --- the daemon as the machine sees it --------------------------------------------------------------
    @contextlib.contextmanager
    def stopped(self):
        """SIGSTOP for as long as it lasts; entered once every thread stands still."""
        self.daemon.send_signal(signal.SIGSTOP)
        wait_until(lambda: stat_fields(self.daemon.pid)[0] == "T", "the daemon to stand still")
        try:
            yield
        finally:
            self.daemon.send_signal(signal.SIGCONT)

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.daemon.pid}/fd"))

    def log_thread(self):
        return thread_of(self.daemon.pid, "takt-logs")

    # --- what it says -----------------------------------------------------------------------------------
    def pid_of(self, job):
        """The main process of the job's attempt, once there is one."""
        return self.wait(lambda: (self.job(job)["running"] or {}).get("pid"), f"{job} to run")

    def ask(self, request):
        """Bytes to the socket as they are; the open socket."""
        peer = socket.socket(socket.AF_UNIX)
        peer.settimeout(e2e.DEADLINE)
        peer.connect(str(self.state_dir / "takt.sock"))
        peer.sendall(request)
        return peer

    def rows(self, query, *values):
        return self.database().execute(query, values).fetchall()

    def lateness_max_ms(self, job):
        return max(r["lateness_ms"] for r in self.runs(job) if r["lateness_ms"] is not None)


class Ticker:
    """Asks `question` again and again from a thread of its own while it lasts; what it costs is kept."""

    def __init__(self, question):
        self.question, self.costs, self.over = question, [], threading.Event()
        self.thread = threading.Thread(target=self.run)

    def run(self):
        import time
        while not self.over.is_set():
            began = time.monotonic()
            self.question()
            self.costs.append(time.monotonic() - began)
            self.over.wait(0.05)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.over.set()
        self.thread.join()


def pretty(value):
    return json.dumps(value, indent=1)
