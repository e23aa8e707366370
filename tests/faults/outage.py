"""A fleet to watch through an outage of its store: jobs that write outside of takt's state when they start
and end, and the judgement of its rows against that."""
import collections

import fleet as e2e
from fleet import wait_until

# $1: how long it works; $2: a file that it waits for instead. Two short lines, appended whole.
SCRIPT = """#!/bin/sh
line="$TAKT_RUN_ID $TAKT_ATTEMPT $TAKT_TOKEN"
echo "start $line" >> $HERE/$TAKT_JOB.seen
if [ -n "$2" ]; then while [ ! -e $HERE/$2 ]; do sleep 0.05; done; else sleep $1; fi
echo "end $line" >> $HERE/$TAKT_JOB.seen
"""

JOBS = """
[job.keep]
run = ["./job", "0.02"]
every = "250ms"
offset = "0s"
critical = true
retries = 0
[job.other]
run = ["./job", "0.02"]
every = "250ms"
offset = "100ms"
[job.long]
run = ["./job", "0", "go"]
"""


class OutageFleet(e2e.Fleet):
    def __init__(self, jobs=JOBS, fleet_table="", wrap=()):
        super().__init__(jobs, fleet_table)
        self.wrap = list(wrap)
        script = self.dir / "job"
        script.write_text(SCRIPT)
        script.chmod(0o700)

    def seen(self, job, what="start"):
        """(run, attempt, token) of what the job itself wrote."""
        path = self.dir / f"{job}.seen"
        lines = [line.split() for line in path.read_text().splitlines()] if path.exists() else []
        return [tuple(map(int, line[1:])) for line in lines if line[0] == what and len(line) == 4]

    def begin(self, *args):
        """Up, all jobs have run, and `long` runs."""
        self.up(*args)
        self.trigger("long")
        for job in ("keep", "other", "long"):
            self.wait(lambda job=job: self.seen(job), f"{job} to start")

    def status(self, code):
        return self.json("status", code=code)

    def await_degraded(self):
        self.wait(lambda: self.takt("status").returncode == 7, "the store to be told as degraded")
        status = self.status(7)
        assert status["store"] == "degraded", status
        return status

    def await_well(self):
        self.wait(lambda: self.takt("status").returncode == 0, "the store to be well again")

    def await_more(self, job, many=3):
        before = len(self.seen(job, "end"))
        self.wait(lambda: len(self.seen(job, "end")) >= before + many, f"{many} more ends of {job}")

    def store_gate(self, job):
        return next(g for g in self.json("why", job)["gates"] if g["gate"] == "store")

    def judge(self, test):
        """After the fleet is down: every start and end that the jobs saw has its row, and only one."""
        with self.database() as db:
            test.assertEqual(db.execute("pragma integrity_check").fetchone(), ("ok",))
            rows = {(run, attempt, token): (job, outcome) for job, run, attempt, token, outcome in
                    db.execute("select job, run, attempt, token, outcome from attempts")}
            slots = collections.Counter(
                (job, number) for job, first, last in
                db.execute("select job, first_number, last_number from slots")
                for number in range(first, last + 1))
            slots.update(db.execute("select job, slot_number from runs where slot_number is not null"))
            cursors = dict(db.execute("select job, next_number from jobs"))
        for job in ("keep", "other", "long"):
            starts = collections.Counter(self.seen(job))
            test.assertEqual([s for s, n in starts.items() if n > 1], [], "started twice")
            test.assertEqual([s for s in starts if s not in rows], [], "started without a row")
            ends = set(self.seen(job, "end"))
            test.assertEqual([key for key, (name, outcome) in rows.items()
                              if name == job and outcome == "ok" and key not in ends], [], "a lie")
        test.assertEqual([slot for slot, n in slots.items() if n != 1], [], "decided twice")
        for job, cursor in cursors.items():
            decided = sorted(number for name, number in slots if name == job)
            test.assertEqual(decided, list(range(cursor)), f"every slot of {job} is accounted for")

    def spawn(self, *args):
        import subprocess
        with open(self.dir / "up.log", "ab") as log:
            self.daemon = subprocess.Popen([*self.wrap, e2e.TAKT, "up", "-f", str(self.file), *args],
                                           stdout=log, stderr=subprocess.STDOUT,
                                           stdin=subprocess.DEVNULL, cwd=self.dir)
        return self.daemon


__all__ = ["OutageFleet", "wait_until"]
