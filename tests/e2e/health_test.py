"""Health checks on the real program: what is measured, what becomes of it, what mends it; and what is left
of their programs when a check or the daemon dies."""
import contextlib
import sqlite3
import time
import unittest

from fleet import Fleet, alive, wait_until
from web import Silent, Web, refused_url

CHECK = '[job.check]\nbuiltin = "health"\nhealth = "shop"\n'


def probe(name, *lines):
    return "\n".join(["[[health.shop.probe]]", f'name = "{name}"', *lines, ""])


class HealthFleet(Fleet):
    """A fleet with a check `shop` on content.db; check() measures it once, unless `check` has a schedule."""

    def __init__(self, *probes, jobs="", check=CHECK, fleet_table=""):
        self.head = f"{check}{jobs}\n"
        super().__init__(self.text(probes), fleet_table)
        with self.content() as db:
            db.executescript("create table items (id integer primary key, at, state text)")

    def text(self, probes):
        return self.head + '[health.shop]\ndatabase = "content.db"\n' + "\n".join(probes)

    @contextlib.contextmanager
    def content(self):
        connection = sqlite3.connect(self.dir / "content.db", timeout=10)
        try:
            yield connection
            connection.commit()
        finally:
            connection.close()

    def check(self, code=None):
        """Carries the check out; the probes by name."""
        done = self.takt("trigger", "check", "--wait")
        assert done.returncode == 0, done.stdout + done.stderr
        return self.probes(code)

    def probes(self, code=None):
        checks = self.json("health", code=code)["checks"]
        return {p["name"]: p for c in checks for p in c["probes"]}

    def states(self, code=None):
        return {name: p["state"] for name, p in self.probes(code).items()}

    def about(self, probe, *kinds):
        """Kinds of the probe's events, oldest first."""
        found = [e["kind"] for e in reversed(self.events()) if e["data"].get("probe") == probe]
        return [kind for kind in found if not kinds or kind in kinds]

    def leave(self, name, text=""):
        (self.dir / name).write_text(text)

    def pids(self, name):
        """Written by a program into a file, one a line; once there are as many as it says."""
        path = self.dir / name
        return [int(pid) for pid in path.read_text().split()] if path.exists() else []


class HealthCase(unittest.TestCase):
    def start(self, *probes, up=(), **more):
        fleet = HealthFleet(*probes, **more)
        self.addCleanup(fleet.__exit__)
        fleet.up(*up)
        return fleet


class Measured(HealthCase):
    def test_seven_kinds_hold_and_do_not(self):
        web = self.enterContext(Web())
        web.bodies["/queue"] = '{"depth": {"now": 7}}'
        both = [  # measured, a condition that holds, one that does not
            ("sql", '"select count(*) from items"', "at_most = 2", "at_least = 3"),
            ("now", '"select :now - min(at) from items"', "at_most = 600", "at_most = 10"),
            ("job", '"tick"', "succeeds = true", 'equals = "failed"'),
            ("command", '"echo 41"', "at_least = 41", "equals = 42"),
            ("code", '"exit 3"', "succeeds = false", "succeeds = true"),
            ("http", f'"{web.url("/well")}"', "succeeds = true", "succeeds = false"),
            ("json", f'{{ url = "{web.url("/queue")}", json = "/depth/now" }}', "at_most = 7",
             "at_most = 6"),
            ("file", '"content.db"', 'fresh = "1h"', "at_most = 10"),
            ("pool", '{ pool = "seats", of = "free" }', "at_least = 3", "at_most = 2"),
            ("memory", "true", "at_least = 0.001", "at_most = 0.001"),
        ]
        key = {"now": "sql", "code": "command", "json": "http"}
        pool = "[pool.seats]\nslots = 3\n"
        probes = [probe(f"{name}{suffix}", f"{key.get(name, name)} = {of}", condition)
                  for name, of, well, ill in both for suffix, condition in (("", well), ("-ill", ill))]
        fleet = self.start(*probes, jobs='[job.tick]\nrun = "true"\n' + pool)
        with fleet.content() as db:
            db.executescript("insert into items (at) values (unixepoch() - 300), (unixepoch() - 20)")
        fleet.wait_end(fleet.trigger("tick"))
        wait_until(lambda: fleet.json("memory").get("used_bytes", 1), "a reading of the memory")
        found = fleet.check(code=7)
        texts = {name: p["text"] for name, p in found.items()}
        wanted = {f"{name}{suffix}": state for name, *_ in both
                  for suffix, state in (("", "ok"), ("-ill", "failing"))}
        self.assertEqual({name: p["state"] for name, p in found.items()}, wanted, texts)
        self.assertEqual((found["json"]["value"], found["command"]["value"]), ("7", "41"))
        self.assertEqual(fleet.about("sql-ill"), ["probe_failed"])
        self.assertEqual(set(found["sql-ill"]), {
            "name", "state", "since", "checked_at", "value", "limit", "text", "failing_since",
            "last_remedy_at", "remedy_run", "vain_remedies", "escalated"})
        said = fleet.takt("health")
        self.assertEqual(said.returncode, 7)
        self.assertRegex(said.stdout, r"(?m)^shop +sql-ill +. failing .* at least 3 is wanted")
        self.assertRegex(fleet.takt("logs", "check").stdout, "(?m)^sql-ill failing: 2, ")

    def test_freshness_ages_with_fleet_time_and_a_run_mends_it(self):
        plan = '[job.plan]\nrun = "sqlite3 content.db \\"insert into items (at) values (\'$TAKT_NOW\')\\""\n'
        fleet = self.start(
            probe("fresh", 'sql = "select max(at) from items"', 'fresh = "2m"', 'for = "10s"',
                  'cooldown = "10s"', 'otherwise = { run = "plan" }'),
            jobs=plan + "priority = \"P3\"\n", up=("--speed", "60"),
            check=CHECK + 'every = "20s"\n')
        fleet.wait(lambda: fleet.about("fresh", "probe_recovered"), "the first mending")
        # Told to be at two minutes of fleet time: it fails again and again, and is mended each time.
        fleet.wait(lambda: fleet.about("fresh", "probe_recovered")[1:], "the second")
        self.assertEqual(fleet.about("fresh")[:4],
                         ["probe_failed", "remedy_done", "remedy_judged", "probe_recovered"])
        run = fleet.ended("plan")[-1]
        self.assertEqual((run["cause"], run["priority"], run["outcome"]), ("health", "P0", "ok"))
        self.assertIn("shop/fresh", run["note"])
        by = next(r for r in fleet.runs("check") if r["id"] == run["triggered_by"])
        self.assertEqual(by["job"], "check")
        done = [e for e in fleet.events("remedy_done")][-1]
        self.assertEqual((done["run"], done["data"]["run"]), (run["id"], run["id"]))
        judged = fleet.events("remedy_judged")[-1]["data"]
        self.assertIn("before", judged)
        self.assertEqual(judged["helped"], "true")

    def test_what_cannot_be_measured_is_told_once_and_not_mended(self):
        silent = self.enterContext(Silent())
        mend = 'otherwise = [{ command = "touch mended" }, { event = "error" }]'
        fleet = self.start(
            probe("table", 'sql = "select count(*) from nobody"', "at_least = 1", mend),
            probe("silent", f'http = "{silent.url}"', 'equals = "x"', 'timeout = "300ms"', mend),
            probe("refused", f'http = "{refused_url()}"', 'equals = "x"', mend),
            probe("slow", 'command = "sleep 600"', "succeeds = true", 'timeout = "200ms"', mend),
            probe("number", 'command = "echo many"', "at_least = 1", mend),
            "[health.other]\ndatabase = \"gone.db\"\n",
            probe("file", 'sql = "select 1"', "equals = 1", mend).replace("shop", "other"),
            jobs='[job.second]\nbuiltin = "health"\nhealth = "other"\n')
        for _ in range(2):
            self.assertEqual(fleet.takt("trigger", "second", "--wait").returncode, 0)
            found = fleet.check(code=7)
        self.assertEqual({p["state"] for p in found.values()}, {"unknown"}, found)
        for name in found:
            self.assertEqual(fleet.about(name), ["probe_unknown"], name)
        self.assertEqual({e["severity"] for e in fleet.events("probe_unknown")}, {"warning"})
        self.assertFalse((fleet.dir / "mended").exists())
        self.assertFalse((fleet.dir / "gone.db").exists(), "made by looking at it")
        self.assertIn("no answer within 300ms", found["silent"]["text"])
        self.assertIn("shop/table", fleet.json("status", code=None)["troubled_probes"])


    def test_more_programs_than_run_at_once_are_not_mixed_up(self):
        fleet = self.start(*(probe(f"n{n}", f'command = "echo {n}"', f"equals = {n}")
                             for n in range(40)))
        found = fleet.check()
        self.assertEqual({n: p["text"] for n, p in found.items() if p["state"] != "ok"}, {})

    def test_whether_a_server_answers_at_all_can_be_asked_for(self):
        silent = self.enterContext(Silent())
        fleet = self.start(
            probe("silent", f'http = "{silent.url}"', "succeeds = true", 'timeout = "300ms"'),
            probe("refused", f'http = "{refused_url()}"', "succeeds = true"),
            probe("down", f'http = "{refused_url()}"', "succeeds = false"))
        fleet.check(code=7)
        self.assertEqual(fleet.states(code=7),
                         {"silent": "failing", "refused": "failing", "down": "ok"})


class Mended(HealthCase):
    STUCK = ('sql = "select count(*) from items where state = \'stuck\'"', "at_most = 0")

    def test_a_statement_changes_the_rows(self):
        fleet = self.start(
            probe("stuck", *self.STUCK,
                  "otherwise = { sql = \"update items set state = 'new', at = :now"
                  " where state = 'stuck'\", event = \"info\" }"))
        with fleet.content() as db:
            db.executescript("insert into items (state) values ('stuck'), ('stuck'), ('done')")
        fleet.check(code=7)
        with fleet.content() as db:
            rows = db.execute("select state, at > 1e9, count(*) from items group by 1 order by 1")
            self.assertEqual(rows.fetchall(), [("done", None, 1), ("new", 1, 2)])
        done = next(e for e in fleet.events("remedy_done") if e["data"]["action"] == "sql")
        self.assertEqual((str(done["data"]["before"]), str(done["data"]["after"])), ("2", "0"))
        found = fleet.check(code=0)
        self.assertEqual(found["stuck"]["state"], "ok")
        self.assertEqual(fleet.about("stuck"), ["probe_failed", "remedy_done", "remedy_done",
                                                "remedy_judged", "probe_recovered"])
        self.assertTrue(fleet.json("health")["ok"])

    def test_a_command_mends_and_knows_for_what(self):
        fleet = self.start(
            probe("there", 'file = "there"', "succeeds = true",
                  'otherwise = { command = ["sh", "-c", "echo $TAKT_HEALTH/$TAKT_PROBE > there"] }'))
        fleet.check(code=7)
        self.assertEqual((fleet.dir / "there").read_text(), "shop/there\n")
        self.assertEqual(fleet.check(code=0)["there"]["state"], "ok")
        self.assertEqual(fleet.about("there")[-1], "probe_recovered")

    def test_three_in_vain_are_enough_until_it_is_well(self):
        fleet = self.start(
            probe("there", 'file = "there"', "succeeds = true",
                  'otherwise = { command = "echo . >> tries; exit 1" }'))
        tries = lambda: len((fleet.dir / "tries").read_text().split())
        for _ in range(6):
            found = fleet.check(code=7)
        self.assertEqual(tries(), 3)
        self.assertTrue(found["there"]["escalated"])
        self.assertEqual(found["there"]["vain_remedies"], 3)
        self.assertEqual(len(fleet.about("there", "probe_escalated")), 1)
        self.assertEqual(len(fleet.about("there", "remedy_judged")), 3)
        fleet.kill()
        fleet.up()  # which is no reason to try again
        self.assertTrue(fleet.check(code=7)["there"]["escalated"])
        self.assertEqual(tries(), 3)
        fleet.leave("there")
        self.assertEqual(fleet.check(code=0)["there"]["escalated"], False)
        (fleet.dir / "there").unlink()
        fleet.check(code=7)
        self.assertEqual(tries(), 4)

    def test_a_run_that_mends_is_waited_for_before_it_is_judged(self):
        fleet = self.start(
            probe("there", 'file = "there"', "succeeds = true", 'otherwise = { run = "make" }'),
            jobs='[job.make]\nrun = "while [ ! -e go ]; do sleep 0.02; done; touch there"\n'
                 'overlap = "allow"\n')
        for _ in range(3):
            found = fleet.check(code=7)
        run = fleet.runs("make")
        self.assertEqual(len(run), 1)
        self.assertEqual(found["there"]["remedy_run"], run[0]["id"])
        self.assertIn("is under way", found["there"]["text"])
        self.assertEqual(fleet.about("there"), ["probe_failed", "remedy_done"])
        fleet.leave("go")
        fleet.wait_end(run[0]["id"])
        fleet.check(code=0)
        self.assertEqual(fleet.about("there")[2:], ["remedy_judged", "probe_recovered"])


class Killed(HealthCase):
    # Says who it is: itself, a child, and one in a session of its own.
    TREE = ('["sh", "-c", "sleep 600 & a=$!; setsid sleep 600 & b=$!; echo $$ $a $b > pids.new;'
            ' mv pids.new pids; wait"]')

    def assert_dead(self, pids, why):
        self.assertEqual(len(pids), 3)
        self.assertEqual([pid for pid in pids if alive(pid)], [], why)

    def remedy(self, **more):
        return self.start(
            probe("there", 'file = "there"', "succeeds = true", 'timeout = "1m"',
                  f"otherwise = {{ command = {self.TREE} }}"), **more)

    def test_at_the_timeout_of_the_check_the_remedy_is_dead_before_the_run_ends(self):
        fleet = self.remedy(check=CHECK + 'timeout = "500ms"\n')
        run = fleet.wait_end(fleet.trigger("check"))
        self.assert_dead(fleet.pids("pids"), "the run has ended")
        self.assertEqual(run["outcome"], "timeout")

    def test_cancelled_while_it_mends(self):
        fleet = self.remedy()
        run = fleet.trigger("check")
        pids = fleet.wait(lambda: fleet.pids("pids"), "the remedy")
        self.assertEqual(fleet.takt("cancel", run).returncode, 0)
        self.assertEqual(fleet.wait_end(run)["outcome"], "cancelled")
        self.assert_dead(pids, "the run has ended")
        (fleet.dir / "pids").unlink()
        fleet.trigger("check")  # which mends anew
        fleet.wait(lambda: fleet.pids("pids"), "the remedy of the next check")

    def test_a_stopping_daemon_takes_it_along(self):
        fleet = self.remedy()
        fleet.trigger("check")
        pids = fleet.wait(lambda: fleet.pids("pids"), "the remedy")
        fleet.down()
        self.assert_dead(pids, "the daemon has ended")

    def killed_daemon(self, fleet):
        """SIGKILL while TREE runs; the next daemon leaves nothing of it."""
        run = fleet.trigger("check")
        pids = fleet.wait(lambda: fleet.pids("pids"), "the program")
        fleet.kill()
        self.assertTrue(any(alive(pid) for pid in pids))
        (fleet.dir / "pids").unlink()
        fleet.leave("second")
        fleet.up()
        fleet.wait(lambda: not any(alive(pid) for pid in pids), "what was left to be killed")
        ended = fleet.wait_end(run)
        self.assertEqual([a["outcome"] for a in ended["attempts"]], ["lost", "ok"])

    def test_a_daemon_killed_while_it_measures(self):
        fleet = self.start(probe(
            "command", 'command = ' + self.TREE.replace("sleep 600 & a", "[ -e second ] && exit 0; "
                                                        "sleep 600 & a", 1),
            "succeeds = true", 'timeout = "1m"'))
        self.killed_daemon(fleet)
        self.assertEqual(fleet.states(code=0), {"command": "ok"})
        self.assertEqual(fleet.check(code=0)["command"]["state"], "ok")

    def test_a_daemon_killed_while_it_mends(self):
        fleet = self.start(probe(
            "there", 'file = "there"', "succeeds = true", 'timeout = "1m"',
            "otherwise = { command = " + self.TREE.replace(
                "sleep 600 & a", "[ -e second ] && exec touch there; sleep 600 & a", 1) + " }"))
        self.killed_daemon(fleet)
        self.assertTrue((fleet.dir / "there").exists(), "mended anew")
        self.assertEqual(fleet.check(code=0)["there"]["state"], "ok")


    def test_what_is_left_is_killed_though_the_file_knows_no_programs_any_more(self):
        fleet = self.remedy(jobs='[job.tick]\nrun = "true"\n')
        fleet.trigger("check")
        pids = fleet.wait(lambda: fleet.pids("pids"), "the remedy")
        fleet.kill()
        fleet.write(fleet.file.read_text().split("[job.check]")[0] + '[job.tick]\nrun = "true"\n')
        fleet.up()
        fleet.wait(lambda: not any(alive(pid) for pid in pids), "what was left to be killed")

    def test_a_stopping_daemon_does_not_wait_for_what_does_not_answer(self):
        silent = self.enterContext(Silent())
        fleet = self.start(
            probe("web", f'http = "{silent.url}"', "succeeds = true", 'timeout = "1m"'),
            probe("command", f"command = {self.TREE}", "succeeds = true", 'timeout = "1m"'))
        fleet.trigger("check")
        pids = fleet.wait(lambda: fleet.pids("pids"), "the probe's program")
        began = time.monotonic()
        self.assertEqual(fleet.down(), 0)
        self.assertLess(time.monotonic() - began, 5)
        self.assert_dead(pids, "the daemon has ended")

    def test_a_statement_under_way_is_waited_for_when_the_check_is_cancelled(self):
        fleet = self.start(
            probe("there", 'file = "there"', "succeeds = true", 'timeout = "3s"',
                  "otherwise = { sql = \"insert into items (state) values ('mended')\" }"))
        with contextlib.closing(sqlite3.connect(fleet.dir / "content.db",
                                                isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            run = fleet.trigger("check")
            fleet.wait(lambda: fleet.states()["there"] == "failing", "the probe to fail")
            self.assertEqual(fleet.takt("cancel", run).returncode, 0)
            ended = fleet.wait_end(run)
            other.execute("ROLLBACK")
            self.assertEqual(ended["outcome"], "cancelled")
            self.assertEqual(other.execute("select count(*) from items").fetchone(), (0,))
        fleet.check(code=7)
        with fleet.content() as db:
            self.assertEqual(db.execute("select count(*) from items").fetchone(), (1,))

    def test_two_jobs_that_measure_one_check(self):
        fleet = self.start(
            probe("there", 'file = "there"', "succeeds = true", 'cooldown = "1h"',
                  'otherwise = { command = "echo . >> tries; sleep 0.3" }'),
            jobs=CHECK.replace("job.check", "job.twin"))
        runs = [fleet.trigger(job) for job in ("check", "twin")]
        self.assertEqual({fleet.wait_end(run)["outcome"] for run in runs}, {"ok"})
        self.assertEqual((fleet.dir / "tries").read_text(), ".\n")
        self.assertEqual(fleet.json("health", code=7)["checks"][0]["jobs"], ["check", "twin"])


class Reloaded(HealthCase):
    def test_another_limit_and_other_probes(self):
        fleet = self.start(probe("queue", 'command = "echo 7"', "at_most = 5"),
                           probe("old", 'command = "exit 1"', "succeeds = true"))
        head = fleet.file.read_text().split("[health.shop]")[0]
        self.assertEqual({p["state"] for p in fleet.check(code=7).values()}, {"failing"})
        fleet.write(head + "[health.shop]\n" + probe("queue", 'command = "echo 7"', "at_most = 8")
                    + probe("new", 'command = "true"', "succeeds = true"))
        fleet.json("reload")
        self.assertEqual(fleet.states(), {"queue": "failing", "new": None})
        found = fleet.check(code=0)
        self.assertEqual({name: p["state"] for name, p in found.items()},
                         {"queue": "ok", "new": "ok"})
        self.assertEqual(fleet.about("queue"), ["probe_failed", "probe_recovered"])
        fleet.write(head.replace(CHECK, "[job.check]\nrun = 'true'\n"))
        fleet.json("reload")
        self.assertEqual(fleet.json("health"), {"ok": True, "checks": []})
        self.assertEqual(fleet.json("status")["troubled_probes"], [])

    def test_while_a_check_is_under_way(self):
        fleet = self.start(
            probe("slow", 'command = "touch begun; while [ ! -e go ]; do sleep 0.02; done; exit 1"',
                  "succeeds = true", 'otherwise = { command = "touch mended" }'))
        run = fleet.trigger("check")
        fleet.wait(lambda: (fleet.dir / "begun").exists(), "the probe")
        fleet.write(fleet.file.read_text().split("[health.shop]")[0] + "[health.shop]\n"
                    + probe("quick", 'command = "true"', "succeeds = true"))
        fleet.json("reload")
        fleet.leave("go")
        self.assertEqual(fleet.wait_end(run)["outcome"], "ok")
        self.assertEqual(fleet.check(code=0)["quick"]["state"], "ok")


if __name__ == "__main__":
    unittest.main()
