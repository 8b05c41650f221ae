"""The documents keep their word: their links lead somewhere, their configurations are accepted."""

import os
import pathlib
import re
import subprocess
import tempfile
import tomllib
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md",
             *sorted((ROOT / "docs").rglob("*.md"))]


def broken_links(path, text):
    """Links to files of the tree that are not there."""
    found = []
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", text):
        if not re.match(r"\w+:", target) and not (path.parent / target).exists():
            found.append(f"{path.name}: {target}")
    return found


def blocks(language):
    text = (ROOT / "README.md").read_text()
    return re.findall(rf"```{language}\n(.*?)```", text, re.DOTALL)


class Documents(unittest.TestCase):

    def test_every_link_leads_somewhere(self):
        for path in DOCUMENTS:
            self.assertEqual(broken_links(path, path.read_text()), [])

    def test_a_broken_link_would_be_seen(self):
        self.assertEqual(broken_links(ROOT / "x.md", "[a](nowhere.md) [b](https://example.com)"),
                         ["x.md: nowhere.md"])

    def test_decisions_are_numbered_without_gaps(self):
        names = sorted(path.name for path in (ROOT / "docs/decisions").glob("*.md"))
        self.assertEqual([int(name[:4]) for name in names], list(range(1, len(names) + 1)))

    def test_the_readme_configures_every_vendor(self):
        listed = re.search(r"set\(MAPPERS([^)]*)\)", (ROOT / "mappers/CMakeLists.txt").read_text())
        shown = [account["mapper"] for block in blocks("toml")
                 for account in tomllib.loads(block)["accounts"].values()]
        self.assertEqual(sorted(shown), sorted(listed.group(1).split()))


class Configurations(unittest.TestCase):
    """Each configuration of the README, with its secrets as the systemd unit hands them over."""

    def checked(self, text, prefix):
        with tempfile.TemporaryDirectory() as directory:
            for name in re.findall(r'credential = "(\w+)"', text):
                (pathlib.Path(directory) / (prefix + name)).write_text("secret\n")
            file = pathlib.Path(directory) / "cloud2mqtt.toml"
            file.write_text(text)
            return subprocess.run(
                [os.environ["CLOUD2MQTT"], "check", "--config", str(file)],
                env=dict(os.environ, CREDENTIALS_DIRECTORY=directory),
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)

    def test_is_accepted(self):
        for prefix in ("", "cloud2mqtt_"):
            for text in blocks("toml"):
                with self.subTest(prefix=prefix, text=text):
                    done = self.checked(text, prefix)
                    self.assertEqual(done.returncode, 0, done.stdout)

    def test_a_secret_that_is_missing_would_be_seen(self):
        done = self.checked(blocks("toml")[0], "another_")
        self.assertEqual(done.returncode, 78, done.stdout)


if __name__ == "__main__":
    unittest.main()
