"""cmake --install puts everything where it belongs."""

import os
import pathlib
import re
import stat
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ["CLOUD2MQTT"]).parent


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def examples():
    """What is there to be pasted or imported, by its path in the tree."""
    return files("config/home-assistant", "config/node-red")


def files(*folders):
    return {str(path.relative_to(ROOT)) for folder in folders for path in (ROOT / folder).iterdir()}


def broken_links(root):
    """Links between the documents below root that lead nowhere."""
    found = []
    for path in sorted(root.rglob("*.md")):
        for target in re.findall(r"\]\(([^)#]+)[^)]*\)", path.read_text()):
            if not re.match(r"\w+:", target) and not (path.parent / target).exists():
                found.append(f"{path.relative_to(root)}: {target}")
    return found


def removed():
    """What README.md removes, as paths without the slash in front."""
    text = (ROOT / "README.md").read_text()
    return [name.lstrip("/") for line in re.findall(r"^sudo rm -rf (.*)", text, re.MULTILINE)
            for name in line.split()]


class Install(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        cls.directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(cls.directory.cleanup)
        cls.root = pathlib.Path(cls.directory.name)
        done = subprocess.run(
            ["cmake", "--install", str(BUILD), "--prefix", "/usr"],
            env=dict(os.environ, DESTDIR=cls.directory.name),
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
        assert done.returncode == 0, done.stdout

    def test_installs_exactly_these_files(self):
        installed = {str(path.relative_to(self.root)) for path in self.root.rglob("*")
                     if path.is_file()}
        self.assertEqual(installed, {
            "usr/bin/cloud2mqtt",
            "usr/lib/systemd/system/cloud2mqtt.service",
            "usr/share/man/man1/cloud2mqtt.1",
            "usr/share/doc/cloud2mqtt/README.md",
            "usr/share/doc/cloud2mqtt/CHANGELOG.md",
            "usr/share/doc/cloud2mqtt/LICENSE",
            "usr/share/doc/cloud2mqtt/cloud2mqtt.example.toml",
            "etc/cloud2mqtt/cloud2mqtt.toml.example",
            *(f"usr/share/doc/cloud2mqtt/{name}" for name in (
                "CONTRIBUTING.md", "docs/design.md", "docs/performance.md", "docs/restore.md",
                *examples(), *files("docs/vendors", "docs/screenshots", "docs/decisions"))),
        })

    def test_the_links_of_the_documents_lead_somewhere(self):
        documents = self.root / "usr/share/doc/cloud2mqtt"
        self.assertEqual(broken_links(documents), [])

    def test_a_link_to_what_is_not_installed_would_be_seen(self):
        with tempfile.TemporaryDirectory() as directory:
            (pathlib.Path(directory) / "a.md").write_text("[a](a.md) ![b](nowhere.png#c)")
            self.assertEqual(broken_links(pathlib.Path(directory)), ["a.md: nowhere.png"])

    def test_the_readme_removes_all_of_it(self):
        gone = removed()
        left = [str(path.relative_to(self.root)) for path in self.root.rglob("*") if path.is_file()
                and not any(path.is_relative_to(self.root / name) for name in gone)]
        self.assertEqual(left, [])

    def test_the_readme_removes_the_state_behind_systemd_s_link_too(self):
        unit = (ROOT / "systemd/cloud2mqtt.service").read_text()
        self.assertIn("\nDynamicUser=yes\nStateDirectory=cloud2mqtt\n", unit)
        self.assertLessEqual({"var/lib/cloud2mqtt", "var/lib/private/cloud2mqtt"}, set(removed()))

    def test_there_are_examples_of_both_kinds(self):
        self.assertLessEqual({"config/home-assistant/pool.yaml", "config/node-red/all-states.json"}, examples())

    def test_only_the_owner_may_look_at_the_secrets(self):
        self.assertEqual(mode(self.root / "etc/cloud2mqtt/credentials"), 0o700)

    def test_everybody_may_read_the_rest(self):
        for path in self.root.rglob("*"):
            if path.is_file():
                self.assertEqual(mode(path) & 0o444, 0o444, path)
        self.assertEqual(mode(self.root / "usr/bin/cloud2mqtt"), 0o755)

    def test_the_unit_is_the_one_of_the_tree(self):
        unit = self.root / "usr/lib/systemd/system/cloud2mqtt.service"
        self.assertEqual(unit.read_text(), (ROOT / "systemd/cloud2mqtt.service").read_text())

    def test_the_unit_follows_the_prefix(self):
        with tempfile.TemporaryDirectory() as directory:
            subprocess.run(
                ["cmake", "--install", str(BUILD), "--prefix", "/opt/bridge"],
                env=dict(os.environ, DESTDIR=directory), stdout=subprocess.DEVNULL, check=True)
            unit = pathlib.Path(directory) / "opt/bridge/lib/systemd/system/cloud2mqtt.service"
            text = unit.read_text()
        self.assertIn("\nExecStart=/opt/bridge/bin/cloud2mqtt run --config /etc/cloud2mqtt/", text)
        self.assertIn("file:/opt/bridge/share/doc/cloud2mqtt/README.md", text)
        self.assertNotIn("/usr/bin/cloud2mqtt", text)

    def test_the_installed_program_runs(self):
        done = subprocess.run([str(self.root / "usr/bin/cloud2mqtt"), "version"],
                              stdout=subprocess.PIPE, text=True, check=False)
        self.assertEqual(done.returncode, 0)
        self.assertIn("0.1.0", done.stdout)

    def test_the_man_page_knows_every_path_and_status(self):
        page = (self.root / "usr/share/man/man1/cloud2mqtt.1").read_text()
        for word in ("/etc/cloud2mqtt/cloud2mqtt.toml", "credentials", "\n.It 78\n", "\n.It 69\n",
                     "\n.It 64\n"):
            self.assertIn(word, page)


if __name__ == "__main__":
    unittest.main()
