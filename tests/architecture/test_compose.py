"""The shape of docker-compose.yml and what it mounts, since no container engine runs here."""

import copy
import pathlib
import re
import select
import shutil
import socket
import subprocess
import tempfile
import time
import tomllib
import unittest

import yaml

ROOT = pathlib.Path(__file__).resolve().parents[2]


def findings(compose, root=ROOT):
    """Every way in which a compose file breaks the project's rules."""
    found = []
    volumes = set(compose.get("volumes") or {})
    for name, service in compose["services"].items():
        if "build" not in service and not re.search(r":[\w.-]+$", service.get("image", "")):
            found.append(f"{name}: the image has no tag")
        if service.get("image", "").endswith(":latest"):
            found.append(f"{name}: the image is 'latest'")
        for port in service.get("ports", []):
            if not re.fullmatch(r"127\.0\.0\.1:\d+:\d+", str(port)):
                found.append(f"{name}: port {port} is not bound to this machine")
        if service.get("network_mode") == "host" or service.get("privileged"):
            found.append(f"{name}: has the host's network or rights")
        for volume in service.get("volumes", []):
            source = volume.split(":")[0]
            if source.startswith("."):
                if not (root / source).is_file():
                    found.append(f"{name}: {source} does not exist")
                if not volume.endswith(":ro"):
                    found.append(f"{name}: {source} is writable")
            elif source not in volumes:
                found.append(f"{name}: the volume {source} is not declared")
        for needed in service.get("depends_on", []):
            if needed not in compose["services"]:
                found.append(f"{name}: depends on {needed}, which is no service")
        if "healthcheck" not in service:
            found.append(f"{name}: has no health check")
        if service.get("restart") != "unless-stopped":
            found.append(f"{name}: does not start again")
    return found


def answers_on(port, command):
    """Whether the started program accepts a connection; it is ended again."""
    program = shutil.which(command[0], path="/usr/sbin:/usr/bin:/sbin:/bin") or command[0]
    process = subprocess.Popen([program, *command[1:]], stderr=subprocess.DEVNULL)
    try:
        deadline = time.monotonic() + 30
        while process.poll() is None and time.monotonic() < deadline:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                return True
            except OSError:
                select.select([], [], [], 0.05)
        return False
    finally:
        process.terminate()
        process.wait()


class Compose(unittest.TestCase):

    def setUp(self):
        self.compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())

    def test_keeps_the_rules(self):
        self.assertEqual(findings(self.compose), [])

    def test_has_bridge_broker_home_assistant_and_node_red(self):
        self.assertEqual(set(self.compose["services"]),
                         {"bridge", "mosquitto", "home-assistant", "node-red"})

    def test_every_broken_rule_would_be_seen(self):
        breaks = {
            "no tag": ("mosquitto", "image", "eclipse-mosquitto"),
            "latest": ("node-red", "image", "nodered/node-red:latest"),
            "not bound": ("mosquitto", "ports", ["1883:1883"]),
            "host's": ("bridge", "network_mode", "host"),
            "does not exist": ("bridge", "volumes", ["./nowhere:/x:ro"]),
            "writable": ("bridge", "volumes", ["./config/mosquitto.conf:/x"]),
            "not declared": ("bridge", "volumes", ["nowhere:/x"]),
            "no service": ("bridge", "depends_on", ["nobody"]),
            "not start again": ("bridge", "restart", "no"),
        }
        for sentence, (service, key, value) in breaks.items():
            with self.subTest(sentence):
                broken = copy.deepcopy(self.compose)
                broken["services"][service][key] = value
                self.assertTrue(any(sentence in finding for finding in findings(broken)))
        del self.compose["services"]["bridge"]["healthcheck"]
        self.assertEqual(findings(self.compose), ["bridge: has no health check"])

    def test_the_bridge_is_built_from_this_tree_and_sealed(self):
        bridge = self.compose["services"]["bridge"]
        self.assertEqual(bridge["build"], ".")
        self.assertTrue(bridge["read_only"])
        self.assertEqual(bridge["cap_drop"], ["ALL"])

    def test_a_stop_has_more_time_than_the_program_takes(self):
        self.assertEqual(self.compose["services"]["bridge"]["stop_grace_period"], "15s")


class Configuration(unittest.TestCase):

    def setUp(self):
        self.text = (ROOT / "config" / "docker.toml").read_text()
        self.compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())

    def test_speaks_to_the_broker_of_the_compose_file(self):
        url = tomllib.loads(self.text)["mqtt"]["url"]
        self.assertEqual(url, "mqtt://mosquitto:1883")
        self.assertIn("mosquitto", self.compose["services"])

    def test_every_variable_it_reads_is_handed_in(self):
        read = set(re.findall(r'env = "(\w+)"', self.text))
        self.assertTrue(read)
        self.assertEqual(read, set(self.compose["services"]["bridge"]["environment"]))

    def test_no_variable_is_needed_by_who_has_no_account_for_it(self):
        for name, value in self.compose["services"]["bridge"]["environment"].items():
            self.assertEqual(value, "${" + name + ":-}")

    def test_every_account_in_it_can_be_the_only_one(self):
        for account in re.split(r"\n(?=(?:# )?\[accounts)", self.text)[1:]:
            lines = [re.sub("^# ", "", line) for line in account.split("\n\n")[0].splitlines()]
            with self.subTest(lines[0]):
                self.assertIn("mapper", *tomllib.loads("\n".join(lines))["accounts"].values())

    def test_holds_no_secret(self):
        for account in tomllib.loads(self.text)["accounts"].values():
            for key in {"api_key", "password", "token"} & set(account):
                self.assertIsInstance(account[key], dict, key)

    def test_mosquitto_starts_with_its_configuration(self):
        with socket.socket() as probe, tempfile.TemporaryDirectory() as directory:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
            probe.close()
            text = (ROOT / "config" / "mosquitto.conf").read_text()
            text = text.replace("listener 1883", f"listener {port} 127.0.0.1")
            text = text.replace("/mosquitto/data/", directory + "/")
            copied = pathlib.Path(directory) / "mosquitto.conf"
            copied.write_text(text)
            self.assertTrue(answers_on(port, ["mosquitto", "-c", str(copied)]))


class Image(unittest.TestCase):

    def setUp(self):
        self.text = (ROOT / "Dockerfile").read_text()

    def test_builds_with_the_packages_of_the_set_up(self):
        setup = (ROOT / "scripts" / "setup.sh").read_text()
        wanted = re.search(r"build_packages=\((.*?)\)", setup, re.DOTALL).group(1).split()
        wanted += re.search(r'bookworm\) echo "(.*?)"', setup).group(1).split()
        build = self.text.split("\nFROM ")[1]
        self.assertEqual([p for p in wanted if p != "ccache" and p not in build.split()], [])

    def test_runs_as_nobody_in_particular(self):
        stage = self.text.split("\nFROM ")[-1]
        self.assertIn("\nUSER cloud2mqtt\n", stage)
        self.assertNotIn("-dev ", stage)


if __name__ == "__main__":
    unittest.main()
