"""Who outside is told what: a webhook, a command, and the ping of a fleet that is well."""
import hashlib
import hmac
import json
import subprocess
import time
import unittest

from fleet import TAKT, Fleet, alive, wait_until
from web import Silent, Web

SECRET = "a-secret-of-nobody-else"
RE_TIME = r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"
# Fails while there is no file of its name with ".ok".
SHAKY = 'run = "[ -e $TAKT_JOB.ok ]"\n'
FAST = ("--speed", "60")  # ten seconds to gather notices are a sixth of one
SLOW = ("--speed", "4")  # and here two and a half, for a daemon to die within


def hook(web, path="/hook", more=""):
    return f'[notify.ops]\nwebhook = "{web.url(path)}"\nsecret = "{SECRET}"\n{more}'


def jobs(*names, more=""):
    return "".join(f"[job.{name}]\n{SHAKY}{more}" for name in names)


class NotifyCase(unittest.TestCase):
    def setUp(self):
        self.web = self.enterContext(Web())

    def start(self, text, up=FAST, tells='on_failure = ["ops"]\non_recovery = ["ops"]\n',
              fleet_table=""):
        fleet = Fleet(tells + text, fleet_table)
        self.addCleanup(fleet.__exit__)
        fleet.up(*up)
        return fleet

    def run_once(self, fleet, job, outcome):
        run = fleet.wait_end(fleet.trigger(job))
        self.assertEqual(run["outcome"], outcome)
        return run

    def told(self, many, path="/hook"):
        """So many notices, once they have come."""
        return wait_until(lambda: len(self.web.notices(path)) >= many and self.web.notices(path),
                          f"{many} notices")


class Webhook(NotifyCase):
    def test_the_documented_json_signed(self):
        fleet = self.start(jobs("plan") + hook(self.web))
        run = self.run_once(fleet, "plan", "failed")
        notice, = self.told(1)
        request, = self.web.asked("/hook")
        message = json.loads(request.body)
        self.assertEqual(set(message), {"fleet", "at", "contact", "message_id", "summary",
                                        "left_out", "notices"})
        self.assertEqual(set(notice), {"id", "kind", "job", "health", "probe", "run", "at", "since",
                                       "count", "again", "text"})
        self.assertEqual((message["fleet"], message["contact"], message["left_out"]),
                         ("e2e", "ops", 0))
        self.assertEqual([notice[key] for key in ("kind", "job", "health", "probe", "run", "count",
                                                  "again")],
                         ["failed", "plan", None, None, run["id"], 1, False])
        for time in (message["at"], notice["at"], notice["since"]):
            self.assertRegex(time, RE_TIME)
        self.assertRegex(message["message_id"], "^[0-9a-f]{32}$")
        self.assertIn("plan failed", message["summary"])
        self.assertIn("run 1 ended failed", notice["text"])
        self.assertEqual((request.method, request.headers["Content-Type"]),
                         ("POST", "application/json"))
        self.assertEqual(request.headers["X-Takt-Delivery"], message["message_id"])
        self.assertRegex(request.headers["User-Agent"], r"^takt/\d")
        wanted = "sha256=" + hmac.new(SECRET.encode(), request.body, hashlib.sha256).hexdigest()
        self.assertTrue(hmac.compare_digest(wanted, request.headers["X-Takt-Signature"]))

    def test_failures_that_come_together_are_one_message_and_so_is_their_recovery(self):
        names = ["a", "b", "c"]
        fleet = self.start(jobs(*names) + hook(self.web), up=("--speed", "5"))
        for name in names:
            fleet.trigger(name)
        self.assertEqual([n["job"] for n in self.told(3)], names)
        self.assertEqual(len(self.web.messages("/hook")), 1)
        self.assertIn("and 2 more", self.web.messages("/hook")[0]["summary"])
        self.run_once(fleet, "a", "failed")  # known already: told once
        for name in names:
            (fleet.dir / f"{name}.ok").touch()
        for name in names:
            fleet.trigger(name)
        notices = self.told(6)[3:]
        self.assertEqual([(n["kind"], n["job"]) for n in notices],
                         [("recovered", name) for name in names])
        self.assertEqual(len(self.web.messages("/hook")), 2)
        self.assertEqual([n["count"] for n in notices], [2, 1, 1])

    def test_after_so_many_in_a_row_and_quarantine_all_the_same(self):
        fleet = self.start(jobs("plan", more="quarantine_after = 4\n") + jobs("other")
                           + hook(self.web, more="after = 3\n"))
        for _ in range(3):
            self.run_once(fleet, "plan", "failed")
        self.run_once(fleet, "other", "failed")
        self.assertEqual([(n["kind"], n["count"]) for n in self.told(1)], [("failed", 3)])
        self.run_once(fleet, "plan", "failed")
        fleet.wait(lambda: fleet.events("quarantined"), "the quarantine")
        self.assertEqual([(n["kind"], n["job"]) for n in self.told(2)],
                         [("failed", "plan"), ("quarantined", "plan")])

    def test_told_again_while_it_is_not_over(self):
        fleet = self.start(jobs("plan") + hook(self.web, more='nag = "30s"\n'))
        self.run_once(fleet, "plan", "failed")
        notices = self.told(3)
        self.assertEqual([n["again"] for n in notices[:3]], [False, True, True])
        self.assertEqual({n["kind"] for n in notices}, {"failed"})
        self.assertIn("still", notices[1]["text"])
        (fleet.dir / "plan.ok").touch()
        self.run_once(fleet, "plan", "ok")
        wait_until(lambda: self.web.notices("/hook")[-1]["kind"] == "recovered", "the recovery")

    def test_a_probe_and_its_escalation(self):
        fleet = self.start(
            hook(self.web) + '[job.check]\nbuiltin = "health"\nhealth = "shop"\n[health.shop]\n'
            '[[health.shop.probe]]\nname = "there"\nfile = "there"\nsucceeds = true\n'
            'otherwise = { command = "false" }\n')
        for _ in range(5):
            self.assertEqual(fleet.takt("trigger", "check", "--wait").returncode, 0)
        self.told(2)
        (fleet.dir / "there").touch()
        fleet.takt("trigger", "check", "--wait")
        notices = self.told(3)
        self.assertEqual([(n["kind"], n["health"], n["probe"], n["job"]) for n in notices],
                         [(kind, "shop", "there", None) for kind in
                          ("probe", "escalated", "recovered")])
        self.assertEqual(notices[1]["count"], 3)

    def test_tried_again_when_it_is_overloaded(self):
        self.web.answers["/hook"] = [503, 200]
        fleet = self.start(jobs("plan") + hook(self.web))
        self.run_once(fleet, "plan", "failed")
        wait_until(lambda: fleet.sql("SELECT state, tries FROM notices") == [("sent", 2)],
                   "the second try")
        first, second = self.web.asked("/hook")
        self.assertEqual(first.headers["X-Takt-Delivery"], second.headers["X-Takt-Delivery"])
        self.assertEqual(first.body, second.body)
        self.assertFalse(fleet.events("notify_failed"))

    def test_what_it_refuses_is_an_event_and_no_second_try(self):
        self.web.answers["/hook"] = [410]
        fleet = self.start(jobs("plan") + hook(self.web))
        self.run_once(fleet, "plan", "failed")
        event = fleet.wait(lambda: fleet.events("notify_failed"), "the event")[0]
        self.assertEqual((event["severity"], event["data"]["contact"]), ("warning", "ops"))
        self.assertIn("410", event["text"])
        self.assertEqual(len(self.web.asked("/hook")), 1)


class Restart(NotifyCase):
    def test_decided_by_a_daemon_that_is_killed_and_sent_by_the_next(self):
        fleet = self.start(jobs("plan") + hook(self.web), up=SLOW)
        self.run_once(fleet, "plan", "failed")
        fleet.wait(lambda: fleet.sql("SELECT state FROM notices") == [("pending",)], "its row")
        fleet.kill()
        self.assertEqual(self.web.asked("/hook"), [])
        fleet.up(*SLOW)
        self.assertEqual([(n["id"], n["kind"], n["job"]) for n in self.told(1)],
                         [(1, "failed", "plan")])
        fleet.wait(lambda: fleet.sql("SELECT state FROM notices") == [("sent",)], "its row")
        self.run_once(fleet, "plan", "failed")  # an incident that the next daemon knows
        (fleet.dir / "plan.ok").touch()
        self.run_once(fleet, "plan", "ok")
        self.assertEqual([n["kind"] for n in self.told(2)], ["failed", "recovered"])

    def test_killed_while_the_receiver_is_overloaded(self):
        self.web.answers["/hook"] = [503]
        fleet = self.start(jobs("plan") + hook(self.web))
        self.run_once(fleet, "plan", "failed")
        wait_until(lambda: self.web.asked("/hook"), "the first try")
        fleet.kill()
        self.web.answers["/hook"] = [200]
        fleet.up(*FAST)
        fleet.wait(lambda: fleet.sql("SELECT state FROM notices") == [("sent",)], "the second daemon")
        self.assertEqual(len({r.headers["X-Takt-Delivery"] for r in self.web.asked("/hook")}), 1)

    def test_stopped_meanwhile_it_is_told_by_the_next_too(self):
        fleet = self.start(jobs("plan") + hook(self.web), up=SLOW)
        self.run_once(fleet, "plan", "failed")
        self.assertEqual(fleet.down(), 0)
        fleet.up(*SLOW)
        self.assertEqual(self.told(1)[0]["job"], "plan")

    def test_a_command_that_tells_is_not_left_over_and_is_done_again(self):
        fleet = self.start(
            jobs("plan") + '[notify.ops]\ncommand = "echo $$ >> pids; [ -e go ] || exec sleep 600"\n')
        self.run_once(fleet, "plan", "failed")
        pids = lambda: (fleet.dir / "pids").exists() and (fleet.dir / "pids").read_text().split()
        first = fleet.wait(pids, "the command")[0]
        fleet.kill()
        self.assertTrue(alive(first))
        (fleet.dir / "go").touch()
        fleet.up(*FAST)
        fleet.wait(lambda: fleet.sql("SELECT state FROM notices") == [("sent",)], "it to be told")
        self.assertFalse(alive(first))
        self.assertEqual(len(pids()), 2)

    def test_a_stopping_daemon_does_not_wait_for_a_receiver(self):
        self.web.answers["/hook"] = [503]
        silent = self.enterContext(Silent())
        fleet = self.start(jobs("plan") + hook(self.web)
                           + f'[notify.silent]\nwebhook = "{silent.url}"\n')
        self.run_once(fleet, "plan", "failed")
        wait_until(lambda: self.web.asked("/hook"), "the first try")
        with subprocess.Popen([TAKT, "notify", "test", "silent", "-f", str(fleet.file)],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as asking:
            fleet.wait(lambda: fleet.sql("SELECT 1 FROM notices WHERE kind = 'test'"), "the test")
            began = time.monotonic()
            self.assertEqual(fleet.down(), 0)
            self.assertLess(time.monotonic() - began, 3)
            said = asking.communicate(timeout=10)[1]
            self.assertNotEqual(asking.returncode, 0, said)
        self.assertEqual(fleet.sql("SELECT state FROM notices WHERE kind = 'failed'"), [("pending",)])
        self.web.answers["/hook"] = [200]
        fleet.up(*FAST)
        fleet.wait(lambda: fleet.sql("SELECT state FROM notices WHERE kind = 'failed'")
                   == [("sent",)], "the next daemon")

    def test_a_contact_that_changes_or_goes_while_it_is_to_be_told(self):
        fleet = self.start(jobs("a", "b") + hook(self.web), up=SLOW)
        self.run_once(fleet, "a", "failed")
        fleet.write(fleet.file.read_text().replace("/hook", "/other"))
        fleet.json("reload")
        self.assertEqual(self.told(1, "/other")[0]["job"], "a")
        self.run_once(fleet, "b", "failed")
        fleet.write(fleet.file.read_text().split("[notify")[0].replace('"ops"', ""))
        fleet.json("reload")
        fleet.wait(lambda: fleet.sql("SELECT state, error FROM notices WHERE job = 'b'")
                   == [("failed", "the contact is gone")], "b to be given up")
        self.assertEqual(len(self.web.notices("/other")), 1)


class TestVerb(NotifyCase):
    def test_says_what_became_of_it(self):
        self.web.answers["/gone"] = [404]
        fleet = self.start(
            hook(self.web) + f'[notify.gone]\nwebhook = "{self.web.url("/gone")}"\n'
            '[notify.desk]\ncommand = "exit 3"\n', tells="")
        done = fleet.takt("notify", "test", "ops")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("ops was told", done.stdout)
        notice, = self.web.notices("/hook")
        self.assertEqual((notice["kind"], notice["job"], notice["health"]), ("test", None, None))
        for contact, why in (("gone", "404"), ("desk", "exit code 3")):
            failed = fleet.takt("notify", "test", contact)
            self.assertEqual(failed.returncode, 1, failed.stdout)
            self.assertIn(why, failed.stderr)
        unknown = fleet.takt("notify", "test", "nobody")
        self.assertEqual(unknown.returncode, 4)
        self.assertIn("nobody", unknown.stderr)
        self.assertEqual(fleet.takt("notify", "tell", "ops").returncode, 2)
        self.assertEqual(fleet.takt("notify", "test", "../x").returncode, 2)
        error = fleet.json("notify", "test", "gone", code=1)["error"]
        self.assertEqual(set(error), {"what", "where", "hint"})
        fleet.down()
        self.assertEqual(fleet.takt("notify", "test", "ops").returncode, 5)


class Command(NotifyCase):
    def test_is_told_in_its_environment(self):
        fleet = self.start(
            jobs("plan") + '[notify.ops]\ncommand = "env > told.new; mv told.new told"\n')
        run = self.run_once(fleet, "plan", "failed")
        fleet.wait(lambda: (fleet.dir / "told").exists(), "the command")
        told = dict(line.split("=", 1) for line in (fleet.dir / "told").read_text().splitlines()
                    if "=" in line)
        self.assertEqual([told[f"TAKT_NOTICE_{key}"] for key in
                          ("KIND", "JOB", "HEALTH", "PROBE", "COUNT")],
                         ["failed", "plan", "", "", "1"])
        self.assertIn("run 1 ended failed", told["TAKT_NOTICE_TEXT"])
        self.assertRegex(told["TAKT_NOTICE_SINCE"], RE_TIME)
        message = json.loads(told["TAKT_NOTICE_JSON"])
        self.assertEqual((message["contact"], message["notices"][0]["run"]), ("ops", run["id"]))


class Secrets(NotifyCase):
    def test_no_secret_in_events_database_and_logs(self):
        password = "geheim-im-netz"
        self.web.answers["/hook"] = [500, 410]
        self.web.answers["/ping"] = [500]
        with_user = lambda path: self.web.url(path, f"takt:{password}@")
        fleet = self.start(
            jobs("plan") + f'[notify.ops]\nwebhook = "{with_user("/hook")}"\nsecret = "{SECRET}"\n'
            f'[notify.desk]\ncommand = "env; exit 3"\nsecret = "{SECRET}"\n'
            '[job.check]\nbuiltin = "health"\nhealth = "shop"\n[health.shop]\n'
            f'database = "postgres://takt:{password}@127.0.0.1:1/x"\n'
            f'[[health.shop.probe]]\nname = "web"\nhttp = "{with_user("/none")}"\nequals = "x"\n'
            '[[health.shop.probe]]\nname = "sql"\nsql = "select 1"\nequals = 1\n',
            tells='on_failure = ["ops", "desk"]\n',
            fleet_table=f'ping = "{with_user("/ping")}"')
        self.run_once(fleet, "plan", "failed")
        fleet.takt("trigger", "check", "--wait")
        fleet.wait(lambda: len(fleet.events("notify_failed")) >= 2, "both to fail")
        fleet.wait(lambda: fleet.events("problem"), "the ping to fail")
        said = [fleet.takt(*verb).stdout for verb in
                (("events", "--all"), ("events", "--all", "--json"), ("health",), ("status", "--json"),
                 ("notify", "test", "desk"))]
        fleet.down()
        for path in fleet.dir.rglob("*"):
            if path.is_file() and path not in (fleet.file, fleet.dir / "up.log"):
                said.append(path.read_bytes().decode(errors="replace"))
        said.append(fleet.up_log().split("fleet_started", 1)[1])  # before: what is odd in the file
        for text in said:
            for secret in (SECRET, password):
                self.assertFalse(secret in text, text[max(0, text.find(secret) - 200):][:400])


class Ping(NotifyCase):
    def start_with(self, text="", up=()):
        return self.start(text, up, "", f'ping = "{self.web.url("/ping")}"')

    def test_at_the_start_of_a_fleet_that_is_well(self):
        self.start_with()
        request = wait_until(lambda: self.web.asked("/ping"), "the call")[0]
        self.assertEqual(request.method, "GET")

    def test_not_while_something_is_wrong(self):
        # A probe that asks the same server, after the call would have been made.
        look = ('[job.check]\nbuiltin = "health"\nhealth = "web"\n[health.web]\n[[health.web.probe]]\n'
                f'name = "web"\nhttp = "{self.web.url("/look")}"\nsucceeds = true\n')
        fleet = self.start_with(jobs("plan", more="quarantine_after = 1\n") + look)
        wait_until(lambda: self.web.asked("/ping"), "the call of a fleet that is well")
        self.run_once(fleet, "plan", "failed")
        self.assertEqual(fleet.takt("status").returncode, 7)
        fleet.kill()
        fleet.up()
        self.assertEqual(fleet.takt("trigger", "check", "--wait").returncode, 0)
        self.assertEqual((len(self.web.asked("/look")), len(self.web.asked("/ping"))), (1, 1))
        (fleet.dir / "plan.ok").touch()
        self.assertEqual(fleet.takt("resume", "plan").returncode, 0)
        fleet.kill()
        fleet.up()
        wait_until(lambda: len(self.web.asked("/ping")) == 2, "the call of one that is well again")

    def test_that_nobody_answers_is_a_problem(self):
        self.web.answers["/ping"] = [500]
        fleet = self.start_with()
        event = fleet.wait(lambda: fleet.events("problem"), "the event")[0]
        self.assertEqual(event["severity"], "warning")
        self.assertIn("the ping URL does not answer", event["text"])
        self.assertEqual(fleet.takt("status").returncode, 0)


if __name__ == "__main__":
    unittest.main()
