"""A vendor added from CONTRIBUTING.md's page alone: its three files and one word make it a vendor like the others.

The tree is not touched: an overlay in a mount namespace of its own shows the build a tree that has
the vendor, at the same place, so that only what the vendor changes is compiled.
"""

import os
import pathlib
import re
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["CLOUD2MQTT"]).resolve().parent
SKIPPED = 77  # ctest says "Skipped"

STEPS = r"""
set -e
mount -t overlay overlay -o "lowerdir=$ROOT,upperdir=$SCRATCH/upper,workdir=$SCRATCH/work" "$ROOT"
cd "$ROOT"
cp -r "$SCRATCH/vendor/." .
sed -i 's/^set(MAPPERS \(.*\))$/set(MAPPERS \1 acme)/' mappers/CMakeLists.txt
cmake --build "$BUILD" --target mappers_tests cloud2mqtt
UPDATE_GOLDEN=1 UPDATE_CONTRACT=1 "$BUILD/tests/mappers_tests" --gtest_filter='*acme*' >/dev/null
"$BUILD/tests/mappers_tests" --gtest_filter='*acme*:Acme*'
"$BUILD/cloud2mqtt" topics --config "$SCRATCH/acme.toml"
"$BUILD/cloud2mqtt" docs acme >docs/vendors/acme.md
"$BUILD/cloud2mqtt" example >config/cloud2mqtt.example.toml
"""

WRITTEN = ["mappers/acme.cpp", "mappers/samples/acme.json", "tests/mappers/acme_test.cpp",
           "mappers/CMakeLists.txt"]  # the last by one word
GENERATED = ["tests/golden/acme.json", "tests/contract/acme.txt", "docs/vendors/acme.md",
             "config/cloud2mqtt.example.toml"]

CONFIGURATION = """
state_directory = "{scratch}"
[accounts.cellar]
mapper = "acme"
api_key = "any"
"""


def may_mount():
    probe = subprocess.run(["unshare", *namespace(), "true"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                           check=False)
    return probe.returncode == 0


def namespace():
    return ["--mount"] if os.geteuid() == 0 else ["--mount", "--map-root-user"]


def touched(upper):
    """What an overlay's upper directory changes of the tree, without what is built."""
    found = []
    for path in upper.rglob("*"):
        name = path.relative_to(upper)
        if path.is_dir() or BUILD in (ROOT / name).parents:
            continue
        same = path.is_file() and (ROOT / name).is_file() and path.read_bytes() == (ROOT / name).read_bytes()
        found += [] if same else [str(name)]
    return sorted(found)


def setUpModule():
    if not may_mount():
        print("Not run: this user may not make a mount namespace.", file=sys.stderr, flush=True)
        os._exit(SKIPPED)


class SixthVendor(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory(prefix="cloud2mqtt-sixth-")
        self.addCleanup(scratch.cleanup)
        self.scratch = pathlib.Path(scratch.name)
        for name in ("upper", "work", "vendor/mappers/samples", "vendor/tests/mappers"):
            (self.scratch / name).mkdir(parents=True)
        page = (ROOT / "CONTRIBUTING.md").read_text()
        mapper, test = re.findall(r"```cpp\n(.*?)```", page, re.DOTALL)
        sample = re.search(r"```json\n(.*?)```", page, re.DOTALL).group(1)
        vendor = self.scratch / "vendor"
        (vendor / "mappers/acme.cpp").write_text(mapper)
        (vendor / "mappers/samples/acme.json").write_text(sample)
        (vendor / "tests/mappers/acme_test.cpp").write_text(test)
        (self.scratch / "acme.toml").write_text(CONFIGURATION.format(scratch=self.scratch))

    def test_becomes_a_vendor_by_three_files_and_one_word(self):
        done = subprocess.run(
            ["unshare", *namespace(), "sh", "-c", STEPS], text=True, check=False, timeout=500,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            env={**os.environ, "ROOT": str(ROOT), "BUILD": str(BUILD), "SCRATCH": str(self.scratch)})
        self.assertEqual(done.returncode, 0, done.stdout[-6000:])
        self.assertIn("[       OK ] Acme.SetsTheTargetOfOnePump", done.stdout)
        self.assertIn("SaysWhatItAlwaysSaid/acme", done.stdout)
        self.assertIn("retained cloud2mqtt/cellar/p1/state", done.stdout)
        self.assertIn("homeassistant/device/cloud2mqtt_acme_p1/config", done.stdout)
        self.assertIn("command  cloud2mqtt/cellar/p1/target/set", done.stdout)
        self.assertFalse((ROOT / "mappers/acme.cpp").exists(), "the overlay leaked into the tree")
        self.assertEqual(touched(self.scratch / "upper"), sorted(WRITTEN + GENERATED),
                         "a vendor is three files, one word and what is generated: if it takes more, a vendor has "
                         "become a special case somewhere; if that is meant, CONTRIBUTING.md has to say so")


if __name__ == "__main__":
    unittest.main()
