"""The unit file: systemd accepts it, and it is sealed as tightly as a cloud bridge can be."""

import pathlib
import re
import subprocess
import tempfile
import unittest

UNIT = pathlib.Path(__file__).resolve().parents[2] / "systemd" / "cloud2mqtt.service"


def analyze(text, *arguments):
    """systemd-analyze over a unit, with a program that exists on every machine."""
    with tempfile.TemporaryDirectory() as directory:
        copy = pathlib.Path(directory) / UNIT.name
        copy.write_text(text.replace("/usr/bin/cloud2mqtt", "/bin/true"))
        return subprocess.run(
            ["systemd-analyze", *arguments, str(copy)],
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)


def verify(text):
    return analyze(text, "verify", "--man=no")


def security(text):
    return analyze(text, "security", "--offline=true", "--threshold=15")


def complaints(done):
    """What systemd-analyze says about our unit; it reads the machine's other units too."""
    return [line for line in done.stdout.splitlines() if UNIT.name in line]


class Unit(unittest.TestCase):

    def setUp(self):
        self.text = UNIT.read_text()

    def test_is_accepted_by_systemd(self):
        done = verify(self.text)
        self.assertEqual(complaints(done), [])
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_a_misspelt_setting_would_be_seen(self):
        self.assertNotEqual(complaints(verify(self.text.replace("WatchdogSec", "WatchDogSec"))), [])

    def test_is_exposed_at_one_and_a_half_or_less(self):
        done = security(self.text)
        self.assertEqual(done.returncode, 0, done.stdout)

    def test_one_seal_broken_would_be_seen(self):
        done = security(self.text.replace("CapabilityBoundingSet=\n", ""))
        self.assertNotEqual(done.returncode, 0, done.stdout)

    def values(self, key):
        return re.findall(rf"^{key}=(.*)$", self.text, re.MULTILINE)

    def test_tells_systemd_when_it_is_ready_and_alive(self):
        self.assertEqual(self.values("Type"), ["notify"])
        self.assertEqual(self.values("WatchdogSec"), ["60"])

    def test_wrong_configuration_is_not_tried_again(self):
        self.assertEqual(self.values("RestartPreventExitStatus"), ["64 69 78"])

    def test_never_requires_the_broker(self):
        self.assertIn("mosquitto.service", self.values("After")[0])
        for key in ("Requires", "BindsTo", "Requisite", "PartOf"):
            self.assertEqual(self.values(key), [])

    def test_reloads_by_a_signal_only_if_the_program_knows_it(self):
        sources = (UNIT.parents[1] / "bridge" / "cli").glob("*.cpp")
        known = any("SIGHUP" in path.read_text() for path in sources)
        self.assertEqual(any("HUP" in value for value in self.values("ExecReload")), known)

    def test_a_stop_has_more_time_than_the_program_takes(self):
        self.assertEqual(self.values("TimeoutStopSec"), ["15"])
        self.assertEqual(self.values("KillMode"), ["mixed"], "first the program alone, then what is left")

    def test_starts_without_the_directory_of_secrets(self):
        loaded = [value.split(":")[0] for value in self.values("LoadCredential")]
        fallbacks = [value.split(":")[0] for value in self.values("SetCredential")]
        self.assertEqual(loaded, fallbacks)


if __name__ == "__main__":
    unittest.main()
