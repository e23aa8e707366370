#!/usr/bin/env python3
"""Says for every fault that was injected (chaos.jsonl) what noticed it, what put it right and when, and in which share
of its slots the fleet posted.

    judge.py [--fleet fleet.toml] [--content content.db] [--diary chaos.jsonl] [--json]

Exit 0: every fault was noticed and put right, or is not due yet, and content was posted in 95 % of the slots in
which the site was up. 1: not so. 2: there is nothing to judge by.
judging/faults.py tells what counts for a fault and its bounds, judging/slots.py what counts for a slot.
"""
import argparse
import collections
import json
import pathlib
import sqlite3
import sys

from judging.faults import Judge
from judging.history import History, rfc3339
from judging.slots import posting_share


def length(ms):
    """"12m05s" """
    minutes, seconds = divmod(round(ms / 1000), 60)
    hours, minutes = divmod(minutes, 60)
    return (f"{hours}h{minutes:02}m" if hours else f"{minutes}m{seconds:02}s" if minutes else f"{seconds}s")


def answer_json(answer, since):
    return answer and {"by": answer.by, "at": rfc3339(answer.at), "after_ms": answer.at - since}


def verdict_json(verdict):
    fault = dict(verdict.fault, at=rfc3339(verdict.fault["at"]))
    for key in ("from", "until"):
        if key in fault:
            fault[key] = rfc3339(fault[key])
    return {**fault, "state": verdict.state, "why": verdict.why, "bound_ms": verdict.bound,
            "detected": answer_json(verdict.detected, verdict.fault["at"]),
            "recovered": answer_json(verdict.recovered, verdict.since)}


def report(history):
    verdicts = Judge(history).verdicts()
    share = posting_share(history)
    is_ok = share.is_enough and all(v.state != "failed" for v in verdicts)
    return {"ok": is_ok, "seed": history.diary.seed, "began": rfc3339(history.diary.began),
            "ended": rfc3339(history.ended), "fleet_ms": history.ended - history.diary.began,
            "kinds": dict(sorted(collections.Counter(v.fault["fault"] for v in verdicts).items())),
            "states": dict(sorted(collections.Counter(v.state for v in verdicts).items())),
            "faults": [verdict_json(v) for v in verdicts],
            "slots": {"posted": share.posted, "nothing_due": share.nothing_due, "site_down": share.site_down,
                      "lost": [{"at": rfc3339(at), "why": why} for at, why in share.lost], "share": share.share}}


def told(answer):
    return (answer["by"], length(answer["after_ms"])) if answer else ("-", "-")


def table(said):
    rows = [("AT", "FAULT", "JOB", "RUN", "NOTICED BY", "AFTER", "PUT RIGHT BY", "AFTER", "STATE")]
    for fault in said["faults"]:
        until = f" until {fault['until'][11:16]}" if "until" in fault else ""
        why = f": {fault['why']}" if fault["why"] else ""
        rows.append((fault["at"][11:19], fault["fault"] + until, fault["job"], str(fault["run"]),
                     *told(fault["detected"]), *told(fault["recovered"]), fault["state"] + why))
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  ".join(f"{cell:<{width}}" for cell, width in zip(row, widths)).rstrip() for row in rows]
    slots = said["slots"]
    counted = slots["posted"] + slots["nothing_due"] + len(slots["lost"])
    share = "-" if slots["share"] is None else f"{100 * slots['share']:.1f} %"
    states = ", ".join(f"{n} {state}" for state, n in said["states"].items()) or "none"
    lines += ["", f"chaos of seed {said['seed']}, {length(said['fleet_ms'])} of fleet time: "
              f"{len(said['faults'])} faults: {states}",
              f"posting: {counted} slots with the site up, {slots['posted']} posted, {slots['nothing_due']} with "
              f"nothing due, {len(slots['lost'])} lost: {share}; {slots['site_down']} with the site down"]
    lines += [f"  lost {lost['at']}: {lost['why']}" for lost in slots["lost"]]
    return "\n".join([*lines, "all is well" if said["ok"] else "NOT WELL"])


def main():
    beside = pathlib.Path(__file__).resolve().parent
    parser = argparse.ArgumentParser(description="What came of the faults that were injected.")
    parser.add_argument("--fleet", default=beside / "fleet.toml", help="the fleet file")
    parser.add_argument("--content", help="content.db (beside the fleet file)")
    parser.add_argument("--diary", help="chaos.jsonl (beside the fleet file)")
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    options = parser.parse_args()
    try:
        said = report(History(options.fleet, options.content, options.diary))
    except (OSError, sqlite3.Error, ValueError, LookupError) as problem:
        print(f"judge: nothing to judge by: {problem}", file=sys.stderr)
        return 2
    print(json.dumps(said) if options.json else table(said))
    return 0 if said["ok"] else 1


if __name__ == "__main__":
    sys.exit(main())
