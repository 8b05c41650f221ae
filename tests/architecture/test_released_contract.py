"""A line of tests/contract that was released stays, or is marked as gone: it cannot be edited away.

tests/mappers/contract_test.cpp holds the program against the files of its own commit; this holds the files against
those of the last release.
"""

import pathlib
import shutil
import subprocess
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]


def broken(released, now):
    """The released lines that are neither there any more nor marked as gone."""
    gone = {line.split(" ", 2)[2] for line in now if line.startswith("gone ")}
    kept = set(now) | gone
    return [line for line in released if not line.startswith("gone ") and line not in kept]


def git(*arguments):
    if not shutil.which("git"):
        return ""
    ran = subprocess.run(["git", "-C", str(ROOT), *arguments], capture_output=True, text=True)
    return ran.stdout if ran.returncode == 0 else ""


class ReleasedContract(unittest.TestCase):
    def test_an_edited_line_is_a_breach(self):
        released = ["pump water sensor m³ water total_increasing -", "pump online binary_sensor - - - diagnostic"]
        self.assertEqual(broken(released, released), [])
        self.assertEqual(broken(released, [released[1], "gone 1.1.0 " + released[0]]), [])
        self.assertEqual(broken(released, released[1:]), released[:1])
        self.assertEqual(broken(released, [released[0].replace("m³", "L"), released[1]]), released[:1])

    def test_what_was_released_is_kept_or_marked_as_gone(self):
        tag = git("describe", "--tags", "--abbrev=0", "--match", "v*").strip()
        if not tag:
            self.skipTest("no release is tagged in this clone")
        for path in git("ls-tree", "--name-only", tag, "tests/contract/").split():
            with self.subTest(path):
                now = (ROOT / path).read_text().splitlines() if (ROOT / path).exists() else []
                released = git("show", f"{tag}:{path}").splitlines()
                self.assertEqual(broken(released, now), [], f"released with {tag}")


if __name__ == "__main__":
    unittest.main()
