"""What became of each fault: what noticed it, what put it right, and how long that may take.

A fault is
  ok       noticed, and put right within its bound
  pending  not put right yet, and the history ends before its bound is over
  failed   anything else

The bounds, in fleet time. They count from the fault; for one that lasts, from its end, since nobody can do
anything before.

  crash, leak, slow   the job's longest interval + SLACK: a retry or a recovery run is sooner, the next slot
                      is certain; SLACK is what it may have to wait for a browser
  hang                hung_after + kill_grace (which is wall time) + SLACK: the recovery run follows at once
  leave_posting       10 m, in which id_recovery believes that a job is still at it, + two of its intervals
                      (one of them may be struck itself) + SLACK
  delete_content      the interval of the health check, or without one that of plan, + SLACK
  plan_fails          the interval of plan + SLACK: recovery runs of an overdue job back off, but the next slot
                      does not
  site_down           two intervals of posting + 5 m: the next job that needs the site shows that it is there

For each other fault that strikes the same job meanwhile, or takes away the site that it needs, one more interval.
"""
import dataclasses

from .history import MINUTE, duration

SLACK = 30 * MINUTE
ABANDONED = 10 * MINUTE  # kSurelyAbandoned of jobs/id_recovery.cpp
SIGNALS = {"SIGSEGV": 11, "SIGABRT": 6}
BROKEN = ("failed", "oom", "timeout", "hung", "lost")
WITHOUT_SITE = ("plan", "learning", "reply_learning", "analytics", "vi_deep_analysis")
PROBES = {"delete_content": ("queue_has_content", "content_generated_recently"), "leave_posting": ("stuck_posts",),
          "plan_fails": ("plan_ran_recently", "content_generated_recently", "queue_has_content")}
OF_A_RUN = ("run_failed", "attempt_lost", "job_hung")
WATCHDOG = ("job_stuck", "job_overdue", "recovery_started")


@dataclasses.dataclass
class Answer:
    """What noticed a fault, or put it right."""
    by: str
    at: int


@dataclasses.dataclass
class Verdict:
    fault: dict
    since: int  # from where the bound counts
    bound: int
    detected: Answer | None
    recovered: Answer | None
    state: str
    why: str = ""


def needs_site(job):
    return job not in WITHOUT_SITE


def source_of(run, fault):
    """A run as what it is to the fault."""
    if run["id"] == fault["run"]:
        return "retry"
    return {"schedule": "next slot", "catchup": "catch-up"}.get(run["cause"], f"{run['cause']} run")


class Judge:
    def __init__(self, history):
        self.history = history
        self.fleet = history.fleet

    def verdicts(self):
        return [self.verdict(fault) for fault in self.history.diary.faults]

    def verdict(self, fault):
        since = fault.get("until", fault["at"])
        bound = self.bound(fault, since)
        recovered = self.recovery(fault)
        detected = self.detection(fault, recovered)
        is_due = since + bound <= self.history.ended
        if recovered and detected and recovered.at <= since + bound:
            return Verdict(fault, since, bound, detected, recovered, "ok")
        if not recovered and not is_due:
            return Verdict(fault, since, bound, detected, recovered, "pending")
        return Verdict(fault, since, bound, detected, recovered, "failed", self.complaint(fault, detected, recovered))

    def complaint(self, fault, detected, recovered):
        if fault["run"] < self.history.kept_from.get(fault["job"], 0):
            return "its history is deleted: keep_runs is too small"
        if not detected:
            return "nothing noticed it"
        return "put right too late" if recovered else "not put right"

    # --- bounds -------------------------------------------------------------------------------------
    def bound(self, fault, since):
        job, kind, interval = fault["job"], fault["fault"], self.fleet.interval
        if kind == "site_down":
            return 2 * interval("posting") + 5 * MINUTE
        if kind == "hang":
            grace = duration(self.fleet.key(job, "kill_grace", "10s")) * self.history.speed
            bound = duration(self.fleet.key(job, "hung_after", "0s")) + round(grace) + SLACK
        elif kind == "leave_posting":
            job = "id_recovery"
            bound = ABANDONED + 2 * interval(job) + SLACK
        elif kind == "delete_content":
            job = next(iter(self.fleet.health_jobs()), "plan")
            bound = interval(job) + SLACK
        else:
            bound = interval(job) + SLACK
        for obstacle in self.obstacles(fault, job, since):
            if obstacle["at"] <= since + bound:
                bound += interval(job)
        return bound

    def obstacles(self, fault, job, since):
        """Other faults that may keep the job from putting it right, in the order in which they came."""
        return sorted((other for other in self.history.diary.faults
                       if other is not fault and other.get("until", other["at"]) >= since
                       and (other["job"] == job or (other["fault"] == "site_down" and needs_site(job)))),
                      key=lambda other: other["at"])

    # --- what noticed it ----------------------------------------------------------------------------
    def attempt(self, fault):
        return self.history.attempts.get((fault["run"], fault["attempt"]))

    def detection(self, fault, recovered):
        special = getattr(self, f"detection_of_{fault['fault']}", None)
        return special(fault, recovered) if special else self.broken_attempt(fault, recovered)

    def broken_attempt(self, fault, recovered):
        """The attempt is recorded as what it was; and what takt said about it."""
        attempt = self.attempt(fault)
        if not attempt or attempt["outcome"] not in BROKEN or not self.is_as_told(fault, attempt):
            return None
        until = recovered.at if recovered else self.history.ended
        events = self.history.events_of(OF_A_RUN, fault["at"], until, run=fault["run"])
        events += self.history.events_of(WATCHDOG, fault["at"], until, job=fault["job"])
        events += self.probes(fault, "probe_failed", until)
        words = [f"attempt {attempt['outcome']}", *dict.fromkeys(e["kind"] for e in events)]
        return Answer(", ".join(words), attempt["ended_at"])

    def probes(self, fault, kind, until):
        """Events about the probes of a health check that look at what the fault breaks."""
        return [e for e in self.history.events_of((kind,), fault["at"], until)
                if e["data"].get("probe") in PROBES.get(fault["fault"], ())]

    @staticmethod
    def is_as_told(fault, attempt):
        """A crash left this exit code or signal. A daemon that was killed meanwhile cannot know."""
        how = fault.get("how")
        if fault["fault"] != "crash" or attempt["outcome"] == "lost":
            return True
        return attempt["signal"] == SIGNALS[how] if how in SIGNALS else attempt["exit_code"] == 1

    def detection_of_hang(self, fault, recovered):
        attempt = self.attempt(fault)
        told = self.history.events_of(("job_hung",), fault["at"], self.history.ended, run=fault["run"])
        if attempt and attempt["outcome"] in ("hung", "timeout") and told:
            return Answer("job_hung", told[0]["at"])
        return self.broken_attempt(fault, recovered) if attempt and attempt["outcome"] == "lost" else None

    def detection_of_slow(self, fault, recovered):
        """Nobody has to notice a job that takes longer and is not hung; its length is on record."""
        attempt = self.attempt(fault)
        if attempt and attempt["outcome"] == "ok":
            longer = attempt["ended_at"] - attempt["started_at"]
            is_on_record = longer >= fault["by_wall_s"] * 1000 * self.history.speed
            return Answer("its length", attempt["ended_at"]) if is_on_record else None
        return self.broken_attempt(fault, recovered)

    def detection_of_delete_content(self, fault, recovered):
        """The queue is what a health check looks at. In a fleet without one, the failed attempt has to do."""
        broken = self.broken_attempt(fault, recovered)
        if not self.fleet.health_jobs():
            return broken
        until = recovered.at if recovered else self.history.ended
        failed = self.probes(fault, "probe_failed", until)
        if failed:
            return Answer(f"probe_failed ({failed[0]['data']['probe']})", failed[0]["at"])
        looked = [r for job in self.fleet.health_jobs() for r in self.history.ok_runs(job, fault["at"])
                  if r["ended_at"] <= until]
        return Answer(broken.by + ", before a health check was due", broken.at) if broken and not looked else None

    def detection_of_site_down(self, fault, recovered):
        if fault["how"] == "dies":
            return self.broken_attempt(fault, recovered)
        turned_away = [a for a in self.history.attempts.values() if a["outcome"] == "failed"
                       and fault["at"] <= a["started_at"] + 1000 and a["started_at"] <= fault["until"]]
        return Answer(f"{turned_away[0]['job']} failed", turned_away[0]["ended_at"]) if turned_away else None

    # --- what put it right --------------------------------------------------------------------------
    def recovery(self, fault):
        return getattr(self, f"recovery_of_{fault['fault']}", self.later_success)(fault)

    def later_success(self, fault):
        """The run itself, by a later attempt, or a later run of the job."""
        attempt = self.attempt(fault)
        if not attempt:
            return None
        own = [r for r in self.history.runs if r["id"] == fault["run"] and r["outcome"] == "ok"
               and self.is_ok_later(fault, r)]
        later = own or self.history.ok_runs(fault["job"], attempt["started_at"])
        return Answer(f"{source_of(later[0], fault)} ({later[0]['id']})", later[0]["ended_at"]) if later else None

    def is_ok_later(self, fault, run):
        """A slow attempt may end well by itself."""
        own = [n for (r, n), a in self.history.attempts.items() if r == run["id"] and a["outcome"] == "ok"]
        return any(n > fault["attempt"] or (n == fault["attempt"] and fault["fault"] == "slow") for n in own)

    def recovery_of_slow(self, fault):
        attempt = self.attempt(fault)
        if attempt and attempt["outcome"] == "ok":
            return Answer(f"ended ok ({fault['run']})", attempt["ended_at"])
        return self.later_success(fault)

    def recovery_of_delete_content(self, fault):
        made = [row["created_at"] * 1000 for row in self.history.content if row["created_at"] * 1000 > fault["at"]]
        if not made:
            return None
        at = min(made)  # created_at is what takt told the plan that wrote it, just before it was started
        run = next((r for r in self.history.runs if r["job"] == "plan" and r["ended_at"] and r["started_at"]
                    and r["started_at"] <= at + MINUTE // 2 and at <= r["ended_at"]), None)
        return Answer(f"plan, {source_of(run, fault)} ({run['id']})" if run else "plan", run["ended_at"] if run else at)

    def recovery_of_leave_posting(self, fault):
        """The row is not in `posting` any more. When that happened: at the latest when the first id_recovery
        that may touch it was done, when a remedy of the health check was, or when the row was written last."""
        row = next((r for r in self.history.content if r["id"] == fault["row"]), None)
        if row and row["status"] == "posting":
            return None
        if not row and not any(f["fault"] == "delete_content" and f["at"] > fault["at"]
                               for f in self.history.diary.faults):
            return None  # it is gone, and nobody deleted it
        patience = 0 if fault["sent"] else ABANDONED
        answers = [Answer(f"id_recovery ({r['id']})", r["ended_at"])
                   for r in self.history.ok_runs("id_recovery", fault["at"] + patience)[:1]]
        answers += [Answer("remedy_done", e["at"]) for e in self.probes(fault, "remedy_done", self.history.ended)[:1]]
        if row and row["updated_at"] * 1000 > fault["at"]:
            answers.append(Answer(f"row is {row['status']}", row["updated_at"] * 1000))
        return min(answers, key=lambda a: a.at, default=None)

    def recovery_of_plan_fails(self, fault):
        later = self.history.ok_runs("plan", fault["at"])
        return Answer(f"{source_of(later[0], fault)} ({later[0]['id']})", later[0]["ended_at"]) if later else None

    def recovery_of_site_down(self, fault):
        """A job that needs the site, started after the outage, is done."""
        served = [r for r in self.history.runs if r["outcome"] == "ok" and needs_site(r["job"])
                  and r["job"] in self.fleet.table["job"] and "run" in self.fleet.table["job"][r["job"]]
                  and r["job"] != "feed_site" and r["started_at"] >= fault["until"]]
        first = min(served, key=lambda r: r["ended_at"], default=None)
        return Answer(f"{first['job']} ({first['id']})", first["ended_at"]) if first else None
