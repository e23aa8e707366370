"""Retention by keep_runs and keep_for: rows and logs of a real fleet, and what survives them."""
import unittest

from fleet import Fleet, wait_until


class Retention(unittest.TestCase):
    def test_the_newest_runs_stay_and_facts_survive(self):
        with Fleet('[job.tick]\nrun = "true"\nevery = "100ms"\nkeep_runs = 3\n'
                   '[job.other]\nrun = "true"\n') as fleet:
            fleet.up()
            other = fleet.trigger("other")
            wait_until(lambda: (fleet.sql("SELECT max(id) FROM runs")[0][0] or 0) > 25, "25 runs")
            fleet.takt("pause", "tick")
            wait_until(lambda: len(fleet.runs("tick")) <= 3, "the old runs to go")
            kept = fleet.runs("tick")
            self.assertEqual(len(kept), 3)
            self.assertTrue(all(run["attempts"] for run in kept if run["disposition"] == "ran"))
            self.assertEqual(fleet.sql("SELECT count(*) FROM attempts WHERE run NOT IN "
                                       "(SELECT id FROM runs)")[0][0], 0)
            self.assertEqual(fleet.wait_end(other)["outcome"], "ok")
            gone = fleet.sql("SELECT runs_from, slots_from FROM retention WHERE job = 'tick'")[0]
            self.assertLessEqual(gone[0], kept[-1]["id"])
            self.assertGreater(gone[1], 10)
            self.assertGreater(fleet.sql("SELECT count(*) FROM run_lengths")[0][0], 10)
            before = fleet.job("tick")
            fleet.down()
            fleet.up()
            after = fleet.job("tick")
            for fact in ("last_success_at", "p50_ms", "p95_ms", "consecutive_failures"):
                self.assertEqual(before[fact], after[fact], fact)
            self.assertEqual(fleet.sql("PRAGMA integrity_check")[0][0], "ok")

    def test_a_removed_job_keeps_its_history(self):
        with Fleet('[job.old]\nrun = "true"\nkeep_runs = 2\n[job.tick]\nrun = "true"\n') as fleet:
            fleet.up()
            for _ in range(2):
                fleet.wait_end(fleet.trigger("old"))
            fleet.down()
            fleet.write('[fleet]\nname = "e2e"\nlisten = "off"\n[job.tick]\nrun = "true"\n'
                        'keep_for = "1ms"\nkeep_runs = 1\n')
            fleet.up()
            for _ in range(4):
                fleet.wait_end(fleet.trigger("tick"))
            wait_until(lambda: len(fleet.runs("tick")) == 1, "the old runs to go")
            self.assertEqual(len(fleet.runs("old")), 2)


if __name__ == "__main__":
    unittest.main()
