"""A PostgreSQL cluster of a test's own, reached by a socket in a folder of its own. It refuses to run as root,
and becomes `nobody` there. Where PostgreSQL is not installed, the test is skipped."""
import glob
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile
import unittest

from fleet import wait_until

AS_NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]


class Cluster:
    def __init__(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"))
        self.initdb = found[-1] if found else shutil.which("initdb")
        if not self.initdb:
            raise unittest.SkipTest("PostgreSQL is not installed")
        self.bin = pathlib.Path(self.initdb).parent
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix="takt-pg-", dir="/tmp"))
        self.as_user = AS_NOBODY if os.geteuid() == 0 else []
        self.server = None

    def __enter__(self):
        try:
            if self.as_user:
                shutil.chown(self.dir, "nobody", "nogroup")
            self.run(self.initdb, "-D", self.dir / "data", "-A", "trust", "-U", "takt", "-E", "UTF8",
                     "--locale=C", "--no-sync", "--no-instructions")
            self.start()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_):
        self.stop()
        shutil.rmtree(self.dir, ignore_errors=True)

    def run(self, *command):
        done = subprocess.run([*self.as_user, *map(str, command)], capture_output=True, text=True,
                              cwd="/", timeout=60, stdin=subprocess.DEVNULL, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def start(self):
        """Returns once it takes connections."""
        with open(self.dir / "server.log", "ab") as log:
            self.server = subprocess.Popen(
                [*self.as_user, "setpriv", "--pdeathsig", "KILL", self.bin / "postgres", "-D",
                 self.dir / "data", "-k", self.dir, "-c", "listen_addresses=", "-c", "fsync=off"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/")
        wait_until(self.is_ready, "PostgreSQL to be ready")

    def is_ready(self):
        assert self.server.poll() is None, (self.dir / "server.log").read_text()
        return subprocess.run([self.bin / "pg_isready", "-q", "-h", self.dir], check=False,
                              timeout=10).returncode == 0

    def stop(self):
        """At once, as if its machine were gone."""
        if self.server:
            self.server.send_signal(signal.SIGQUIT)
            self.server.wait(20)
            self.server = None

    def query(self, statement):
        return self.run(self.bin / "psql", "-qAtX", "-h", self.dir, "-U", "takt", "-d", "postgres", "-c",
                        statement).strip()

    @property
    def url(self):
        return f"postgres://takt@/postgres?host={self.dir}"
