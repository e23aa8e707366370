"""Memory in normal times: what the verb, status and doctor tell."""
import os
import unittest

from fleet import Fleet


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
