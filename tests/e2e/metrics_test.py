"""What Prometheus and probes read from the socket of a real daemon."""
import re
import subprocess
import unittest

from fleet import Fleet, wait_until

LINE = re.compile(r'^[a-z_]+(\{[a-z]+="(\\.|[^"\\])*"(,[a-z]+="(\\.|[^"\\])*")*\})? '
                  r'(\+Inf|-?[0-9.e+-]+)$')


def get(fleet, path, *options):
    return subprocess.run(["curl", "-sS", "--unix-socket", fleet.state_dir / "takt.sock", *options,
                           f"http://takt{path}"], capture_output=True, text=True, check=True,
                          timeout=20).stdout


def value(text, name):
    found = re.search(rf"^{re.escape(name)} (\S+)$", text, re.M)
    return float(found.group(1)) if found else None


class Metrics(unittest.TestCase):
    def test_every_line_is_in_the_format_and_counts_what_happened(self):
        with Fleet('[job.tick]\nrun = "true"\nevery = "300ms"\nstale_after = "1h"\n'
                   '[job.bad]\nrun = "exit 3"\n'
                   '[job.quiet]\nrun = "sleep 50 & wait"\nbeat_within = "300ms"\n'
                   'kill_grace = "100ms"\n', "max_running = 7") as fleet:
            fleet.up()
            fleet.wait_end(fleet.trigger("bad"))
            fleet.wait_end(fleet.trigger("quiet"))
            text = wait_until(lambda: (lambda t: t if (value(
                t, 'takt_runs_total{job="tick",outcome="ok"}') or 0) >= 2 else None)(
                    get(fleet, "/metrics")), "two good runs")
            for line in text.splitlines():
                if not line.startswith("# "):
                    self.assertRegex(line, LINE)
            self.assertEqual(value(text, "takt_up"), 1)
            self.assertEqual(value(text, "takt_ready"), 1)
            self.assertEqual(value(text, "takt_store_ok"), 1)
            self.assertEqual(value(text, "takt_attempts_running_max"), 7)
            self.assertEqual(value(text, 'takt_runs_total{job="bad",outcome="failed"}'), 1)
            self.assertGreaterEqual(value(text, 'takt_runs_total{job="quiet",outcome="hung"}'), 1)
            self.assertGreaterEqual(value(text, 'takt_slots_total{disposition="ran",reason=""}'), 2)
            self.assertGreaterEqual(value(text, "takt_start_lateness_seconds_count"), 2)
            self.assertGreaterEqual(
                value(text, 'takt_events_total{kind="job_hung",severity="error"}'), 1)
            hung = value(text, 'takt_detection_seconds_count{kind="job_hung"}')
            self.assertEqual(value(text, 'takt_detection_seconds_bucket{kind="job_hung",le="1"}'),
                             hung)
            self.assertGreater(value(text, "process_resident_memory_bytes"), 1 << 20)
            self.assertGreater(value(text, "process_open_fds"), 5)
            self.assertGreater(value(text, 'takt_job_last_success_seconds{job="tick"}'), 1.7e9)

    def test_health_readiness_and_headers(self):
        with Fleet('[job.a]\nrun = "true"\n') as fleet:
            fleet.up()
            self.assertEqual(get(fleet, "/healthz").strip(), '{"ok":true}')
            self.assertEqual(get(fleet, "/readyz").strip(), '{"ok":true}')
            head = get(fleet, "/metrics", "-D", "-", "-o", "/dev/null")
            self.assertIn("text/plain; version=0.0.4", head)
            self.assertIn("405", get(fleet, "/metrics", "-X", "POST", "-o", "/dev/null", "-w",
                                     "%{http_code}"))


if __name__ == "__main__":
    unittest.main()
