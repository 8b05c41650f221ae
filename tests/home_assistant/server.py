"""A real Home Assistant as a process: configured, started, restarted, and what it complained about."""

import contextlib
import json
import re
import shutil
import sqlite3
from pathlib import Path

from home_assistant.client import Client
from system.processes import Child, eventually, free_port

CONFIGURATION = """
homeassistant:
  name: Test
  latitude: 52
  longitude: 13
  elevation: 0
  country: DE
  currency: EUR
  unit_system: metric
  time_zone: UTC
http:
  server_host: 127.0.0.1
  server_port: {port}
recorder:
  commit_interval: 1
config:
history:
energy:
frontend:
logger:
  default: warning
"""
# All that a person is asked at the first start but the account; the answers are in the configuration.
ASKED = {"version": 4, "minor_version": 1, "key": "onboarding",
         "data": {"done": ["core_config", "analytics", "integration"]}}
STATISTICS_PERIOD = 300  # seconds
START = 300  # seconds; on an idle machine it takes eight, the first time more
RECORD = re.compile(r"^(?:\x1b\[\d+m)?(?=\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)", re.MULTILINE)
COMPLAINT = re.compile(r"^\S+ \S+ (WARNING|ERROR|CRITICAL) ")


def address(file):
    """The address of a dashboard, which has to have a hyphen."""
    return f"{file.stem}-dashboard"


def complaints(log, about):
    """The warnings and errors in a log that the expression finds, whole with their tracebacks."""
    return [each.strip() for each in RECORD.split(log)
            if COMPLAINT.match(each) and re.search(about, each, re.IGNORECASE)]


class HomeAssistant(Child):
    """One Home Assistant with a configuration directory of its own."""

    def __init__(self, installation, directory):
        self.installation = installation
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.configuration = self.directory / "configuration"
        self.configuration.mkdir(exist_ok=True)
        port = free_port()
        (self.configuration / "configuration.yaml").write_text(CONFIGURATION.format(port=port))
        storage = self.configuration / ".storage"
        storage.mkdir(exist_ok=True)
        (storage / "onboarding").write_text(json.dumps(ASKED))
        self.client = Client(f"http://127.0.0.1:{port}")

    def add_dashboards(self, files):
        """Before its start: dashboards as a person adds them in YAML; their addresses."""
        lines = ["lovelace:", "  dashboards:"]
        for file in files:
            shutil.copy(file, self.configuration)
            lines += [f"    {address(file)}:", "      mode: yaml", f"      title: {file.stem.capitalize()}",
                      f"      filename: {file.name}"]
        with open(self.configuration / "configuration.yaml", "a", encoding="utf-8") as configuration:
            configuration.write("\n".join(lines) + "\n")

    def start(self):
        with open(self.directory / "log", "ab") as log:
            self.spawn(self.installation.hass(self.configuration), stdout=log, stderr=log,
                       env=self.installation.environment())
        eventually(self.answers, START, "Home Assistant")
        if not self.client.tokens:
            self.client.onboard()
        eventually(self.is_running_now, START, "started Home Assistant")
        self.client.keep_address()
        return self

    def answers(self):
        if not self.is_running():
            raise AssertionError("Home Assistant ended: " + self.log()[-3000:])
        return self.client.is_up()

    def is_running_now(self):
        return self.client.ask("get_config")["state"] == "RUNNING"

    def stop(self):
        """Ends it in order: it saves its registries."""
        self.client.tell("call_service", domain="homeassistant", service="stop")
        self.client.close()
        status = self.process.wait(60)
        if status:
            raise AssertionError(f"Home Assistant ended with {status}: {self.log()[-3000:]}")

    def restart(self):
        self.stop()
        self.start()

    def grow_older(self, periods):
        """While it is stopped: what it recorded becomes older by so many periods of its statistics.

        As though it had been off since then; at its start it makes up for the statistics that are missing.
        """
        seconds = periods * STATISTICS_PERIOD
        with contextlib.closing(sqlite3.connect(self.configuration / "home-assistant_v2.db")) as database, database:
            for column in ("last_changed_ts", "last_reported_ts", "last_updated_ts"):
                database.execute(f"UPDATE states SET {column} = {column} - ?", (seconds,))
            database.execute("UPDATE statistics_runs SET start = strftime('%Y-%m-%d %H:%M:%S.000000', start, ?)",
                             (f"-{seconds} seconds",))

    def kill(self):
        self.client.close()
        if self.is_running():
            self.process.kill()  # a namespace of its own ends with it
            self.process.wait()

    def log(self):
        file = self.directory / "log"
        return file.read_text(errors="replace") if file.exists() else ""

    def complaints(self, about, after=0):
        """The warnings and errors in its log that the expression finds."""
        return complaints(self.log()[after:], about)
