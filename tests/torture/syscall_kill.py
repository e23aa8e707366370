#!/usr/bin/env python3
"""P2: a daemon that dies at its N-th system call, for every N of a scripted scenario.

    syscall_kill.py [STRIDE]

The scenario is `takt up --for` over witnesses that follow each other, queue, fail and are tried again, and one
that may run only once. Two kinds of threads are counted: the loop's, whatever it calls; and all threads, at the calls
that change what is on disk. After each death the next daemon must be ready within 2 s, the fleet is ended
in order, and takt-check judges the rows by what the witnesses wrote.
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

JOBS = "".join(kill_campaign.job(name, every, ["--look-back", *options], ['kill_grace = "1s"', *keys])
               for name, every, options, keys in (
                   ("a", "100ms", ["--for", "50ms"], []),
                   ("b", "150ms", ["--for", "300ms"], ['overlap = "queue"']),
                   ("fails", "200ms", ["--exit", "3"], ["retries = 1", 'backoff = { first = "50ms" }']),
                   ("once", "250ms", ["--for", "100ms"], ['delivery = "at_most_once"'])))
# strace without -f follows the loop's thread alone; with -f the calls of jobs must not count. Its `when`
# counts each call by itself, so the N-th call of the scenario is the K-th of its name.
KINDS = {"loop": ["-e", "trace=all"],
         "disk": ["-f", "-e", "trace=pwrite64,fdatasync,fsync,ftruncate,renameat2,unlink"]}

OF_A_WITNESS = [("fdatasync", nth) for nth in range(1, 4)]  # every witness makes as many


def strace(kind, *words, output="/dev/null"):
    return ["strace", "-D", "-q", "-o", str(output), *KINDS[kind], *words]


def calls_of(kind):
    """The scenario undisturbed: its calls in order, as (name, the how-manieth of that name)."""
    with FaultFleet(JOBS) as fleet:
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
    return [call for call in dict.fromkeys(calls) if kind == "loop" or call not in OF_A_WITNESS]


def die_at(kind, name, nth):
    """One scenario; (whether the daemon died of it, verdicts)."""
    verdicts = collections.defaultdict(list)
    with FaultFleet(JOBS, wrap=strace(kind, "-e", f"inject={name}:signal=KILL:when={nth}")) as fleet:
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
        judged = kill_campaign.check(fleet, "--stopped")
        verdicts.update({name: judged["findings"] for name, count in judged["verdicts"].items() if count})
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
