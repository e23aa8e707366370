"""Memory that is critical now, because the fleet's limits say so: who is skipped, who starts, what is freed."""
import os
import unittest

from fleet import Fleet, alive, tagged_processes, wait_until

LIMITS = '[memory]\nhigh = "0.05%"\ncritical = "0.1%"\nsource = "system"\n'
JOBS = LIMITS + ('[job.first]\nrun = "true"\nevery = "1h"\noffset = "0s"\n'  # due in the very first turn
                 '[job.poster]\nrun = "true"\nevery = "500ms"\n'
                 '[job.vital]\nrun = "true"\nevery = "500ms"\ncritical = true\n')


def gate(gates, name):
    return next(g for g in gates if g["gate"] == name)


class Critical(unittest.TestCase):
    def fleet(self, jobs, fleet_table=""):
        fleet = Fleet(jobs, fleet_table)
        self.addCleanup(fleet.__exit__)
        fleet.up()
        return fleet

    def test_slots_are_skipped_with_the_reading_and_critical_jobs_start_with_a_warning(self):
        fleet = self.fleet(JOBS, 'cleanup = "echo freeing >&2"')
        told = fleet.wait(lambda: [e for e in fleet.events("memory_critical") if not e["job"]], "the event")[0]
        self.assertIn("% of", told["text"])
        done = fleet.wait(lambda: fleet.events("cleanup_done"), "the cleanup")[-1]
        self.assertEqual(done["data"]["action"], "cleanup command")
        self.assertIsInstance(done["data"]["freed_bytes"], int)
        self.assertIn("exit code 0", done["text"])
        logs = list((fleet.state_dir / "logs" / "_cleanup").glob("*-1.log"))
        self.assertIn("freeing", logs[0].read_text())

        skipped = fleet.wait(lambda: [s for s in fleet.slots("poster") if s["reason"] == "memory"], "a skip")[0]
        self.assertEqual(skipped["disposition"], "skipped")
        memory = gate(skipped["gates"], "memory")
        self.assertEqual(memory["answer"], "skip")
        self.assertIn("%", memory["value"])
        self.assertEqual({s["disposition"] for s in fleet.slots("poster")}, {"skipped"})
        self.assertEqual([s["reason"] for s in fleet.slots("first")], ["memory"])

        run = fleet.wait(lambda: fleet.ended("vital"), "a run of the critical job")[0]
        self.assertEqual(run["outcome"], "ok")
        warnings = [e for e in fleet.events("memory_critical") if e["job"] == "vital"]
        self.assertTrue(warnings)
        self.assertEqual(warnings[0]["severity"], "warning")

    def test_the_verb_and_why_tell_the_reading(self):
        fleet = self.fleet(JOBS)
        fleet.wait(lambda: [s for s in fleet.slots("poster") if s["reason"] == "memory"], "a skip")
        memory = fleet.json("memory")
        self.assertEqual((memory["level"], memory["source"]), ("critical", "system"))
        self.assertEqual((memory["high"], memory["critical"]), ("0.05%", "0.1%"))
        self.assertEqual(memory["total_bytes"] - memory["used_bytes"], memory["available_bytes"])
        self.assertGreater(memory["used_bytes"], memory["critical_used_bytes"])
        self.assertGreaterEqual(memory["skipped"], 1)
        self.assertAlmostEqual(memory["used_ratio"], fleet.json("status")["memory_used_ratio"], delta=0.2)
        self.assertIn("critical", fleet.takt("memory").stdout)
        self.assertEqual(gate(fleet.json("why", "poster")["gates"], "memory")["answer"], "skip")
        none = fleet.wait(lambda: fleet.events("cleanup_done"), "the cleanup that there is not")[0]
        self.assertEqual(none["data"]["action"], "none")

    def test_a_daemon_that_stops_kills_the_cleanup_command(self):
        fleet = self.fleet(JOBS, 'cleanup = "sleep 55 & exec sleep 55"')
        pids = wait_until(lambda: len(tagged_processes(fleet.dir)) >= 2 and tagged_processes(fleet.dir), "it to run")
        self.assertEqual(fleet.down(), 0)
        self.assertEqual([pid for pid in pids if alive(pid)], [])
        self.assertEqual(tagged_processes(fleet.dir), [])

    def test_what_a_killed_daemon_left_of_it_is_ended_by_the_next(self):
        fleet = self.fleet(JOBS, 'cleanup = "echo $$ > pid; exec sleep 55"')
        file = fleet.dir / "pid"
        wait_until(lambda: file.exists() and file.read_text().strip(), "the cleanup to run")
        pid = int(file.read_text())
        fleet.kill()
        self.assertTrue(alive(pid), "nobody is left to end it")
        file.unlink()
        fleet.up()
        wait_until(lambda: not alive(pid), "the old one to be gone")
        wait_until(lambda: file.exists() and file.read_text().strip(), "a new one, once that is proven")
        self.assertNotEqual(int(file.read_text()), pid)

    def test_what_was_skipped_runs_once_a_reload_raises_the_limits(self):
        fleet = self.fleet(JOBS)
        fleet.wait(lambda: [s for s in fleet.slots("poster") if s["reason"] == "memory"], "a skip")
        fleet.write(fleet.file.read_text().replace("0.05%", "99.8%").replace("0.1%", "99.9%"))
        self.assertEqual(fleet.takt("reload").returncode, 0)
        fleet.wait(lambda: fleet.ended("poster"), "a run under the new limits")
        self.assertTrue(fleet.events("memory_normal"))
        self.assertEqual(fleet.json("memory")["level"], "normal")


class Normal(unittest.TestCase):
    def test_nothing_is_told_and_the_verb_shows_who_has_a_limit(self):
        with Fleet('[job.modest]\nrun = "exec sleep 55"\nmemory_max = "256M"\n') as fleet:
            fleet.up()
            fleet.trigger("modest")
            memory = fleet.wait(lambda: (m := fleet.json("memory"))["jobs"] and m["jobs"][0]["used_bytes"] and m,
                                "the job's memory")
            self.assertEqual(memory["level"], "normal")
            self.assertEqual((memory["jobs"][0]["job"], memory["jobs"][0]["memory_max_bytes"]), ("modest", 256 << 20))
            self.assertLess(memory["jobs"][0]["used_bytes"], 64 << 20)
            self.assertEqual(fleet.events("memory_critical") + fleet.events("memory_high"), [])
            self.assertIn("modest", fleet.takt("memory").stdout)
            facts = {f["name"]: f for f in fleet.json("doctor")["facts"]}
            self.assertTrue(facts["memory"]["ok"])


if __name__ == "__main__":
    os.umask(0o077)
    unittest.main()
