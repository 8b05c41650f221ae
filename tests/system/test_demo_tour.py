"""The tour of ./run-demo: all five vendors, commands with outcomes, a vendor and a broker that come back."""

import os
import re
import subprocess
import sys
import unittest
from pathlib import Path

DEMO = Path(__file__).resolve().parents[1] / "demo" / "demo.py"
SECONDS = 300  # a bound, far beyond what it takes


class DemoTourTest(unittest.TestCase):
    def test_everything_is_as_promised(self):
        done = subprocess.run(
            [sys.executable, "-B", DEMO, "--program", os.environ["CLOUD2MQTT"], "--seconds", str(SECONDS)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=2 * SECONDS, check=False)
        self.assertEqual(done.returncode, 0, done.stdout)
        steps = re.findall(r"^ *\d+\. .*: (\w+) \(", done.stdout, re.MULTILINE)
        self.assertEqual(set(steps), {"OK"}, done.stdout)
        self.assertIn(f"Everything was as promised: {len(steps)} steps", done.stdout)
