"""The share of posting's slots in which content was posted, among those in which the site was up.

A slot lasts until the next. It is
  site down     an outage that chaos.jsonl tells of lies in it or reaches into it; it does not count
  posted        content.db holds a post that was published in it
  nothing due   its own run ended ok without one, and the newest post was at most 15 minutes old when the
                slot began: plan puts posts 12 minutes apart, and the next slot is up to 3 minutes later. An
                empty queue therefore is no excuse for long
  lost          anything else
"""
import dataclasses

from .history import MINUTE

FRESH = 15 * MINUTE
WANTED = 0.95


@dataclasses.dataclass
class Share:
    posted: int = 0
    nothing_due: int = 0
    site_down: int = 0
    lost: list = dataclasses.field(default_factory=list)  # (at, why)

    @property
    def counted(self):
        return self.posted + self.nothing_due + len(self.lost)

    @property
    def share(self):
        return (self.posted + self.nothing_due) / self.counted if self.counted else None

    @property
    def is_enough(self):
        return self.share is None or self.share >= WANTED


def slots_of(history, job, interval):
    """(instant, its run or None, words for what became of it), of those that are over. In whole seconds, as content.db
    has its times: a post never is older than the slot that it was made in."""
    slots = [(r["slot_at"] // 1000 * 1000, r, r["reason"] or r["outcome"] or r["state"])
             for r in history.runs if r["job"] == job and r["slot_at"] is not None]
    for span in (s for s in history.slots_without_run if s["job"] == job):
        slots += [(span["at"] // 1000 * 1000 + i * interval, None, f"{span['disposition']}({span['reason']})")
                  for i in range(span["count"])]
    first = history.diary.began - MINUTE  # the first start took a moment
    return sorted((s for s in slots if first <= s[0] and s[0] + interval <= history.ended), key=lambda s: s[0])


def posting_share(history):
    interval = history.fleet.interval("posting")
    posts = sorted(row["posted_at"] * 1000 for row in history.content if row["posted_at"] is not None)
    outages = history.diary.outages()
    result = Share()
    for at, run, word in slots_of(history, "posting", interval):
        newest = max([history.diary.began] + [p for p in posts if p < at])
        if any(begin < at + interval and at < end for begin, end in outages):
            result.site_down += 1
        elif any(at <= p < at + interval for p in posts):
            result.posted += 1
        elif run and run["outcome"] == "ok" and at - newest <= FRESH:
            result.nothing_due += 1
        else:
            age = f"the last post is {(at - newest) // MINUTE} minutes old"
            result.lost.append((at, age if word == "ok" else word))
    return result
