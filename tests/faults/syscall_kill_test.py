"""P2: the daemon dies at its N-th system call. Every N is tests/torture/syscall_kill.py's; here it is a few of
each kind, spread over the scenario."""
import unittest

import syscall_kill

SAMPLE = 6


def spread(calls):
    """The middle of each of SAMPLE equal parts of the first two thirds: later ones come in some runs only."""
    calls = calls[: 2 * len(calls) // 3]
    return [calls[(2 * i + 1) * len(calls) // (2 * SAMPLE)] for i in range(SAMPLE)]


class SyscallKill(unittest.TestCase):
    def assert_deaths(self, kind):
        report = syscall_kill.campaign(kind, spread)
        self.assertEqual(report["verdicts"], {}, report)
        self.assertGreaterEqual(report["deaths"], SAMPLE - 2, "they were reached")

    def test_p2_at_calls_that_change_the_disk(self):
        self.assert_deaths("disk")

    def test_p2_at_calls_of_the_loop(self):
        self.assert_deaths("loop")


if __name__ == "__main__":
    unittest.main()
