#!/usr/bin/env python3
"""P2: a daemon that dies at its N-th system call, for every N of a scripted scenario.

    syscall_kill.py [STRIDE]

The scenario is `takt up --for` over witnesses, a job that fails and is tried again, and one that only the
grace ends. Two kinds of threads are counted: the loop's, whatever it calls; and all threads, at the calls
that change what is on disk. After each death the next daemon must be ready within 2 s, the fleet is ended
in order, and the rows are judged against what the witnesses wrote (kill_campaign.judge).
"""
import collections
import concurrent.futures
import json
import pathlib
import re
import signal
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "e2e"))
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "faults"))
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import kill_campaign  # noqa: E402
from fleet import tagged_processes, wait_until  # noqa: E402
from injection import FaultFleet  # noqa: E402

JOBS = '''
[job.a]
run = ["./witness", "0.05"]
every = "100ms"
kill_grace = "1s"
[job.b]
run = ["./witness", "0.3"]
every = "150ms"
overlap = "queue"
kill_grace = "1s"
[job.fails]
run = ["sh", "-c", "exit 3"]
every = "200ms"
retries = 1
backoff = { first = "50ms" }
[job.once]
run = ["./witness", "0.1"]
every = "250ms"
delivery = "at_most_once"
kill_grace = "1s"
'''
# strace without -f follows the loop's thread alone; with -f the calls of jobs must not count. Its `when`
# counts each call by itself, so the N-th call of the scenario is the K-th of its name.
KINDS = {"loop": ["-e", "trace=all"],
         "disk": ["-f", "-e", "trace=pwrite64,fdatasync,fsync,ftruncate,renameat2,unlink"]}


def strace(kind, *words, output="/dev/null"):
    return ["strace", "-D", "-q", "-o", str(output), *KINDS[kind], *words]


def scenario(wrap):
    fleet = FaultFleet(JOBS, wrap=wrap)
    witness = fleet.dir / "witness"
    witness.write_text(kill_campaign.WITNESS)
    witness.chmod(0o700)
    return fleet


def calls_of(kind):
    """The scenario undisturbed: its calls in order, as (name, the how-manieth of that name)."""
    with scenario([]) as fleet:
        trace = fleet.dir / "trace"
        fleet.wrap = strace(kind, output=trace)
        fleet.spawn("--for", "700ms").wait(60)
        wait_until(lambda: trace.exists() and "exited with" in trace.read_text().splitlines()[-1],
                   "strace to end")
        counts, calls = collections.Counter(), []
        for line in trace.read_text(errors="replace").splitlines():
            found = re.match(r"(\d+ +)?(\w+)\(", line)
            if found:
                thread, name = found.groups()
                counts[thread, name] += 1
                calls.append((name, counts[thread, name]))
    return list(dict.fromkeys(calls))


def die_at(kind, name, nth):
    """One scenario; (whether the daemon died of it, verdicts)."""
    verdicts = collections.defaultdict(list)
    with scenario(strace(kind, "-e", f"inject={name}:signal=KILL:when={nth}")) as fleet:
        code = fleet.spawn("--for", "700ms").wait(60)
        if code not in (0, 1, -signal.SIGKILL):
            verdicts["EXIT"].append((code, fleet.up_log()[-1000:]))
        before = tagged_processes(fleet.dir)
        fleet.wrap = []
        began = time.monotonic()
        fleet.up()
        ready = time.monotonic() - began
        if ready > 2.0:
            verdicts["SLOW"].append(ready)
        left = set(before) & set(tagged_processes(fleet.dir))
        if left:
            verdicts["ORPHAN"].append(sorted(left))
        done = len(fleet.ended("a"))
        wait_until(lambda: len(fleet.ended("a")) > done, "runs after the restart")
        if fleet.down() != 0:
            verdicts["EXIT"].append(fleet.up_log()[-1000:])
        if tagged_processes(fleet.dir):
            verdicts["ORPHAN"].append("when all was down")
        kill_campaign.judge(fleet, verdicts)
    return code == -signal.SIGKILL, dict(verdicts)


def campaign(kind, pick, at_once=1):
    """Dies at each of the calls that `pick` chooses among those of the scenario. The last ones may not come
    when a run takes another course; then nothing dies."""
    calls = pick(calls_of(kind))
    deaths, found = 0, {}
    with concurrent.futures.ThreadPoolExecutor(at_once) as workers:
        for (name, nth), (died, verdicts) in zip(calls, workers.map(lambda c: die_at(kind, *c), calls)):
            deaths += died
            if verdicts:
                found[f"{kind}: {name} {nth}"] = verdicts
    return {"calls": len(calls), "deaths": deaths, "verdicts": found}


def main():
    stride = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    failed = False
    for kind in KINDS:
        report = campaign(kind, lambda calls: calls[::stride], at_once=2)
        print(json.dumps({kind: report}, indent=1), flush=True)
        failed |= bool(report["verdicts"]) or report["deaths"] < report["calls"] // 2
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
