#!/usr/bin/env python3
"""Kills a busy daemon with SIGKILL again and again, then judges its rows against what the jobs wrote.

    kill_campaign.py [ROUNDS] [SEED]

Jobs are witnesses: each appends `W start|end run attempt token pid starttime boottime` to a file of its own,
outside takt's state, and looks whether the process of the attempt before it is still alive.

Verdicts, all of which must be absent:
    LOST     a slot number without a disposition        EXTRA   an attempt that started twice
    OVERLAP  two attempts of one job alive at once      GHOST   a start without its row
    LIE      ok without the job's own end               ORPHAN  a process left when all is down
    OPEN     an attempt of an earlier daemon still open after the restart was ready
"""
import collections
import json
import pathlib
import random
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "e2e"))
from fleet import Fleet, tagged_processes, wait_until  # noqa: E402

# Written to the fleet's folder; $1 is the time to work.
WITNESS = r"""#!/bin/sh
me=$$
start=$(cut -d' ' -f22 /proc/$me/stat)
line="$TAKT_RUN_ID $TAKT_ATTEMPT $TAKT_TOKEN $me $start"
read old oldstart 2>/dev/null < $TAKT_JOB.pid
if [ -n "$old" ] && [ -r /proc/$old/stat ]; then
  read a b state d e f g h i j k l m n o p q r s t u now rest < /proc/$old/stat
  if [ "$now" = "$oldstart" ] && [ "$state" != Z ] && [ "$state" != X ]; then
    echo "W overlap $line with $old" >> $TAKT_JOB.witness
  fi
fi
echo "$me $start" > $TAKT_JOB.pid
echo "W start $line $(cut -d' ' -f1 /proc/uptime)" >> $TAKT_JOB.witness
sleep $1
echo "W end $line $(cut -d' ' -f1 /proc/uptime)" >> $TAKT_JOB.witness
"""


def fleet_text():
    jobs = []
    for i in range(12):
        every = [150, 200, 300, 500][i % 4]
        work = [0.02, 0.1, 0.4, 1.5][(i // 4) % 4] if i % 5 else 0.05
        overlap = ["skip", "queue", "skip", "replace"][i % 4]
        catchup = ["latest", "all", "none"][i % 3]
        jobs.append(f'[job.j{i}]\nrun = ["./witness", "{work}"]\nevery = "{every}ms"\n'
                    f'overlap = "{overlap}"\ncatchup = "{catchup}"\ncatchup_max = 3\n'
                    f'kill_grace = "1s"\nretries = 1\nbackoff = {{ first = "50ms" }}\n'
                    'keep_runs = 1000000\n')  # all of it is judged
    return "\n".join(jobs)


def judge(fleet, verdicts):
    rows = {}
    db = fleet.database()
    for job, run, attempt, token, outcome in db.execute(
            "select job, run, attempt, token, outcome from attempts"):
        rows[(job, run, attempt, token)] = outcome
    starts, ends = collections.Counter(), set()
    for path in fleet.dir.glob("*.witness"):
        job = path.stem
        for line in path.read_text().splitlines():
            fields = line.split()
            if len(fields) < 7 or fields[0] != "W":
                continue  # the process died while it wrote
            key = (job, int(fields[2]), int(fields[3]), int(fields[4]))
            if fields[1] == "overlap":
                verdicts["OVERLAP"].append(line)
            elif fields[1] == "start":
                starts[key] += 1
            else:
                ends.add(key)
    for key, count in starts.items():
        if count > 1:
            verdicts["EXTRA"].append(key)
        if key not in rows:
            verdicts["GHOST"].append(key)
    for key, outcome in rows.items():
        if outcome == "ok" and key not in ends:
            verdicts["LIE"].append(key)
        if outcome is None:
            verdicts["OPEN"].append(key)
    judge_slots(db, verdicts)
    (check,) = db.execute("pragma integrity_check").fetchone()
    if check != "ok":
        verdicts["CORRUPT"].append(check)
    return rows


def judge_slots(db, verdicts):
    """Numbers of decided and waiting slots: every one from 0 on, none twice."""
    decided = collections.defaultdict(list)
    for job, first, last in db.execute("select job, first_number, last_number from slots"):
        decided[job].append((first, last))
    for job, number in db.execute("select job, slot_number from runs where slot_number is not null"):
        decided[job].append((number, number))
    for job, ranges in decided.items():
        ranges.sort()
        expected = 0
        for first, last in ranges:
            if first != expected:
                verdicts["LOST" if first > expected else "EXTRA"].append((job, expected, first))
            expected = last + 1


def campaign(rounds, seed):
    """Runs it; returns counts and verdicts (empty: all is well)."""
    chance = random.Random(seed)
    verdicts = collections.defaultdict(list)
    restarts = []
    with Fleet(fleet_text()) as fleet:
        witness = fleet.dir / "witness"
        witness.write_text(WITNESS)
        witness.chmod(0o700)
        fleet.up()
        for _ in range(rounds):
            time.sleep(chance.uniform(0.0, 1.2))  # the moment of the kill is what varies
            before = set(tagged_processes(fleet.dir))
            fleet.kill()
            began = time.monotonic()
            fleet.up()
            restarts.append(time.monotonic() - began)
            left = before & set(tagged_processes(fleet.dir))
            if left:
                verdicts["ORPHAN"].append(sorted(left))
        wait_until(lambda: fleet.ended(), "runs after the last restart")
        if fleet.down() != 0:
            verdicts["EXIT"].append(fleet.up_log()[-2000:])
        left = tagged_processes(fleet.dir)
        if left:
            verdicts["ORPHAN"].append(left)
        rows = judge(fleet, verdicts)
        outcomes = collections.Counter(rows.values())
        slots = {key: value for key, value in fleet.database().execute(
            "select disposition || coalesce('(' || reason || ')', ''), sum(last_number - first_number + 1)"
            " from slots group by 1").fetchall()}
    return {"kills": rounds, "attempts": len(rows), "outcomes": dict(outcomes), "slots_without_run": slots,
            "slowest_restart_s": round(max(restarts), 3),
            "verdicts": {kind: found[:5] for kind, found in verdicts.items()}}


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 50
    seed = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    report = campaign(rounds, seed)
    print(json.dumps(report, indent=2))
    return 1 if report["verdicts"] else 0


if __name__ == "__main__":
    sys.exit(main())
