"""The three ways in which takt holds a process tree together (docs/faults.md), as lanes of tests.

    class Trees:                       # what is tested, in any lane
        def test_...(self): ...
    class InGroups(Trees, LaneCase): lane = V2_PLAIN
    class WithoutGroups(Trees, LaneCase): lane = NONE

A lane that this machine cannot have is skipped with the reason. The lane without groups is made on any
machine: the daemon lives in a mount namespace from which the cgroup2 mounts are gone.
"""
import os
import pathlib
import subprocess
import unittest

V2_CONTROLLERS = "cgroup v2 with controllers"
V2_PLAIN = "cgroup v2 without controllers"
NONE = "no cgroup"

# In a mount namespace of its own: unmounts every cgroup2, then becomes the command.
WITHOUT_CGROUP2 = ["unshare", "--mount", "sh", "-c",
                   "awk '/ - cgroup2 / { print $5 }' /proc/self/mountinfo"
                   " | sort -r | while read -r at; do umount -l \"$at\"; done; exec \"$@\"", "sh"]


def v2_folder():
    """The folder of our own cgroup v2 group, or None."""
    mounts = [line.split() for line in pathlib.Path("/proc/self/mountinfo").read_text().splitlines()
              if " - cgroup2 " in line]
    own = [line.split("::", 1)[1] for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines()
           if line.startswith("0::")]
    return pathlib.Path(mounts[0][4] + own[0]) if mounts and own else None


def why_not(lane):
    """Why the lane cannot be had here; None when it can."""
    folder = v2_folder()
    if lane == NONE:
        done = subprocess.run([*WITHOUT_CGROUP2, "true"], capture_output=True, text=True, check=False)
        return None if done.returncode == 0 else f"no mount namespace: {done.stderr.strip()}"
    if folder is None:
        return "cgroup v2 is not mounted"
    if not os.access(folder, os.W_OK):
        return f"{folder} cannot be written"
    controllers = (folder / "cgroup.controllers").read_text().split()
    has = "memory" in controllers and "pids" in controllers
    if lane == V2_CONTROLLERS and not has:
        return "the controllers are bound to cgroup v1 on this machine"
    if lane == V2_PLAIN and has:
        return "cgroup v2 has its controllers on this machine; they are not taken away for a test"
    return None


def wrap(lane):
    """What to put in front of the daemon's command line."""
    return WITHOUT_CGROUP2 if lane == NONE else []


class LaneCase(unittest.TestCase):
    lane = NONE

    def setUp(self):
        reason = why_not(self.lane)
        if reason:
            self.skipTest(f"lane '{self.lane}': {reason}")

    def assert_in_lane(self, fleet):
        """The daemon itself says how it holds its trees together: by the group of its attempts."""
        groups = [g for (g,) in fleet.database().execute("select cgroup from attempts where pid > 0")]
        self.assertTrue(groups, "an attempt that was started")
        for group in groups:
            self.assertEqual(bool(group), self.lane != NONE, group)
