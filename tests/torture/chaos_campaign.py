#!/usr/bin/env python3
"""A day of the example fleet with things going wrong, in 24 minutes: judged by judge.py and takt-check.

    chaos_campaign.py [SEED] [FOR]

Exit 1 when a fault was not noticed or not put right, when less than 95 % of posting's slots were served, when a kind
of fault did not occur in a whole day, or when a verdict of takt-check is not 0.
"""
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "e2e"))
from chaos_fleet import ChaosFleet  # noqa: E402

KINDS = {"crash", "hang", "leak", "leave_posting", "delete_content", "plan_fails", "slow", "site_down"}
DAY_MS = 24 * 60 * 60_000


def complaints(said, checked, left_behind):
    if not said["ok"]:
        yield "the judge is not satisfied"
    missing = KINDS - set(said["kinds"])
    if missing and said["fleet_ms"] >= DAY_MS:
        yield f"these did not occur: {', '.join(sorted(missing))}"
    for verdict, count in checked["verdicts"].items():
        if count:
            yield f"takt-check: {verdict} {count}: {[f for f in checked['findings'] if f['verdict'] == verdict][:3]}"
    if left_behind:
        yield f"processes were left behind: {left_behind}"


def main():
    seed = int(sys.argv[1]) if len(sys.argv) > 1 else 1
    wall = sys.argv[2] if len(sys.argv) > 2 else "24m10s"
    with ChaosFleet(seed) as fleet:
        output, _ = fleet.live(wall)
        said, checked, left_behind = fleet.judge(), fleet.check(), fleet.left_behind()
    print(output[output.rfind("of fleet time in"):])
    print(f"takt-check: {checked['attempts']}, {checked['slots']}")
    found = list(complaints(said, checked, left_behind))
    print("\n".join(found) or "no complaints")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
