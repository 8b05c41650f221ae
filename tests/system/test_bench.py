"""The benchmark runs and prints every row; never how fast anything is."""

import os
import subprocess
import sys
import unittest

from system.processes import TESTS

ROWS = ("| 50 | all | 50 |", "| 50 | 10 % | 5 |", "| 50 | none | 0 |", "| start to the first state,", "| idle, resident MB",
        "| idle, CPU", "| command to REST call, p50", "| command to REST call, p99", "| MQTT 5 |", "| MQTT 3.1.1 |",
        "| MQTT 5 to 3.1.1 |")


class Benchmark(unittest.TestCase):
    def test_the_quick_run_prints_every_row_and_nothing_is_published_where_nothing_changed(self):
        program = os.environ.get("CLOUD2MQTT")
        self.assertTrue(program, "the environment variable CLOUD2MQTT has to name the program to test")
        run = subprocess.run([sys.executable, "-B", TESTS / "bench" / "run.py", "--quick", "--program", program],
                             capture_output=True, text=True, timeout=300, check=False)
        self.assertEqual(run.returncode, 0, run.stdout + run.stderr)
        for row in ROWS:
            self.assertEqual(run.stdout.count(row), 1, f"{row} in:\n{run.stdout}")


if __name__ == "__main__":
    unittest.main()
