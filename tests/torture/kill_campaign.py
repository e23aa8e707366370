#!/usr/bin/env python3
"""Kills a busy daemon with SIGKILL again and again, and lets takt-check judge what it left behind.

    kill_campaign.py [KILLS] [SEED]

The fleet has every overlap with every catch-up and delivery, and jobs that fail, hang, ignore SIGTERM and leave
processes behind; all are takt-witness. Some daemons are killed before they are ready, some are stopped
(SIGSTOP) and continued first. takt-check judges beside the daemon now and then, and at the end, when it is down.
Exit 1 when any verdict is not 0 or a restart took longer than 2 s.
"""
import itertools
import json
import os
import pathlib
import random
import signal
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "e2e"))
from fleet import TAKT, Fleet, wait_until  # noqa: E402

BIN = pathlib.Path(TAKT).parent
WITNESS = os.environ.get("WITNESS", str(BIN / "takt-witness"))
CHECK = os.environ.get("TAKT_CHECK", str(BIN / "takt-check"))
RESTART_MAX = 2.0  # seconds until ready
JUDGED_EVERY = 20  # kills, beside the living daemon


def job(name, every, options, keys):
    run = [WITNESS, "--dir", ".", *options]
    lines = [f"[job.{name}]", f"run = {json.dumps(run)}", f'every = "{every}"', *keys]
    return "\n".join(lines) + "\n"


def fleet_text():
    every = itertools.cycle(["700ms", "900ms", "1100ms", "1300ms", "1700ms"])
    length = itertools.cycle(["20ms", "150ms", "400ms", "1500ms"])
    jobs = []
    for overlap, catchup, delivery in itertools.product(
            ("skip", "queue", "replace", "allow"), ("latest", "all", "none"), ("at_least_once", "at_most_once")):
        options = ["--for", next(length)] + ([] if overlap == "allow" else ["--look-back"])
        jobs.append(job(f"{overlap}-{catchup}-{delivery.split('_')[1]}", next(every), options,
                        [f'overlap = "{overlap}"', f'catchup = "{catchup}"', "catchup_max = 3",
                         f'delivery = "{delivery}"', "retries = 1"]))
    odd = {"fails": ["--exit", "3", "--for", "50ms"], "dies": ["--signal", "11"],
           "daemonizes": ["--daemonize", "--for", "30ms"], "stays": ["--fork-stay", "2", "--for", "30ms"],
           "deaf": ["--ignore-term", "--for", "5s"], "holds": ["--hold-stdout", "5s"],
           "talks": ["--output", "200K", "--for", "100ms"], "marks": ["--for", "1s", "--mark-every", "100ms"]}
    for name, options in odd.items():
        jobs.append(job(name, "2s", [*options, "--look-back"], ["retries = 1"]
                        + (['timeout = "700ms"'] if name == "deaf" else [])
                        + (["keep_runs = 20"] if name == "talks" else [])))
    return "".join(jobs)


DEFAULTS = 'kill_grace = "1s"\nbackoff = { first = "50ms" }\nkeep_runs = 1000000\nlog_max = "64K"\n'


def check(fleet, *options):
    """What takt-check says: its JSON."""
    done = subprocess.run([CHECK, "-f", str(fleet.file), "--witness", str(fleet.dir), "--json", *options],
                          capture_output=True, text=True, timeout=300, check=False)
    if done.returncode not in (0, 1):
        raise AssertionError(f"takt-check: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return json.loads(done.stdout)


def restart(fleet, chance, counts):
    """A daemon that is ready, after some that were not to live so long; how long the last one took."""
    while chance.random() < 0.2:
        fleet.spawn()
        time.sleep(chance.uniform(0.0, 0.15))  # the moment of the kill is what varies
        fleet.kill()
        counts["before ready"] += 1
    began = time.monotonic()
    fleet.up()
    return time.monotonic() - began


def pause(fleet, chance, counts):
    """SIGSTOP for a while."""
    fleet.daemon.send_signal(signal.SIGSTOP)
    time.sleep(chance.uniform(0.1, 1.5))
    if chance.random() < 0.5:
        fleet.daemon.send_signal(signal.SIGCONT)
        time.sleep(chance.uniform(0.0, 0.3))
    counts["stopped first"] += 1


def add(total, report):
    """Keeps the worst count of each verdict, and the first findings."""
    for verdict, count in report["verdicts"].items():
        total["verdicts"][verdict] = max(total["verdicts"].get(verdict, 0), count)
    total["findings"] += [f for f in report["findings"] if f not in total["findings"]][:20]
    total["judgements"] += 1


def campaign(kills, seed):
    """Runs it; the last judgement with the worst counts of all, and what was done."""
    chance = random.Random(seed)
    counts = {"running": 0, "before ready": 0, "stopped first": 0}
    total = {"verdicts": {}, "findings": [], "judgements": 0}
    restarts, judged = [], 0
    with Fleet(fleet_text()) as fleet:
        fleet.write(fleet.file.read_text().replace("[defaults]\n", "[defaults]\n" + DEFAULTS))
        fleet.up()
        while counts["running"] + counts["before ready"] < kills:
            time.sleep(chance.uniform(0.0, 1.2))
            if chance.random() < 0.15:
                pause(fleet, chance, counts)
            fleet.kill()
            counts["running"] += 1
            restarts.append(restart(fleet, chance, counts))
            if sum(counts.values()) // JUDGED_EVERY > judged:
                judged += 1
                add(total, check(fleet, "--running"))
        wait_until(lambda: fleet.ended("fails"), "runs after the last restart")
        code = fleet.down()
        last = check(fleet, "--stopped")
    add(total, last)
    if code != 0:
        total["verdicts"]["EXIT"] = code
    return {**last, **total, "kills": counts, "slowest_restart_s": round(max(restarts), 3)}


def table(report):
    kills = report["kills"]
    lines = [f"{'VERDICT':<10} COUNT"]
    lines += [f"{name:<10} {count:>5}" for name, count in report["verdicts"].items()]
    lines += ["", f"kills      {kills['running'] + kills['before ready']}, {kills['before ready']} of them before it was "
              f"ready, {kills['stopped first']} after a SIGSTOP",
              f"restarts   the slowest was ready after {report['slowest_restart_s']} s",
              f"attempts   {report['attempts']}", f"slots      {report['slots']}",
              f"lateness   {report['lateness']}", f"witness    {report['witness']}",
              f"judged     {report['judgements']} times, {report['witnessed_jobs']} of {report['jobs']} jobs witnessed"]
    lines += [f"note       {note}" for note in report["notes"]]
    lines += [f"{f['verdict']:<10} {f['text']} {' '.join(f['where'])}" for f in report["findings"]]
    return "\n".join(lines)


def is_clean(report):
    return not any(report["verdicts"].values()) and report["slowest_restart_s"] <= RESTART_MAX


def main():
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    report = campaign(kills, seed)
    print(table(report))
    return 0 if is_clean(report) else 1


if __name__ == "__main__":
    sys.exit(main())
