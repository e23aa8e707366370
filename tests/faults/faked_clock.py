"""A clock that is wrong for one daemon: preload/faked_clock.cpp with a file that says how wrong."""
import os
import struct

LIBRARY = os.environ.get("FAKED_CLOCK_LIBRARY", "")
HOUR = 3600
DAY = 24 * HOUR
YEAR = 365 * DAY
# Keys of a job whose rows are looked at after its clock has jumped: what is old by the clock would go.
KEPT = 'keep_runs = 1000000\nkeep_for = "40000d"\n'


class FakedClock:
    """The clocks of one daemon: how far the wall clock is off, and how long the
    machine was suspended, in seconds."""

    def __init__(self, folder, off=0.0):
        self.file = folder / "clock"
        self.off, self.suspended = off, 0.0
        self.file.write_bytes(bytes(16))
        self.write()

    def write(self):
        with open(self.file, "r+b", buffering=0) as file:
            file.write(struct.pack("=qq", *(int(s * 1e9) for s in (self.off, self.suspended))))

    def step(self, by):
        self.off += by
        self.write()

    def suspend(self, lasting):
        self.off += lasting
        self.suspended += lasting
        self.write()

    def env(self):
        return {"LD_PRELOAD": LIBRARY, "FAKED_CLOCK": str(self.file)}
