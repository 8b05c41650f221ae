"""What the system tests share: a real broker, the simulators and the bridge, all ended afterwards.

A test that fails prints the end of the bridge's log. Nothing sleeps: tests wait for conditions, for a
bounded time.
"""

import json
import os
import shutil
import sys
import tempfile
import unittest
from functools import partial
from pathlib import Path

from system.mqtt import Observer, retained
from system.processes import Bridge, Broker, Simulators, eventually, sign_in

BASE = "cloud2mqtt"
LOAD = "6ItNKFLm_mS"  # the documented controller
PUMP = "pump-001"  # the documented pump
HEAT_PUMP = "3c90c3cc-0d44-4b50-8888-8dd25736052a"  # the documented heat pump
METER = "D123456789012"  # the documented meter
POOL = "234"  # the documented pool
SECRETS = {"TEST_EWELLCON_KEY": "pcv_demo", "TEST_GREEN_PASSWORD": "mypassword", "TEST_MQTT_PASSWORD": "broker-secret",
           "TEST_PODERO_SECRET": "demo-client-secret", "TEST_WATT_KEY": "key_demo"}
EMAIL = "user@example.com"
LOG_TAIL = 6000

__all__ = ["BASE", "EMAIL", "HEAT_PUMP", "LOAD", "METER", "POOL", "PUMP", "SECRETS", "Observer", "SystemTest",
           "configuration", "eventually", "toml", "topic"]


def topic(account, device, last):
    """A topic of a device, "fleet", "pump-001", "state"."""
    return f"{BASE}/{account}/{device}/{last}"


def toml(value):
    """A value as TOML writes it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {toml(each)}" for key, each in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(toml(each) for each in value) + "]"
    return json.dumps(value)


def table(name, values):
    lines = [f"[{name}]"] + [f"{key} = {toml(each)}" for key, each in values.items() if each is not None]
    return "\n".join(lines) + "\n\n"


def fleet_account(url, **more):
    """The eWellcon account; a keyword replaces a setting, None leaves it out."""
    return {"mapper": "ewellcon", "base_url": url, "api_key": {"env": "TEST_EWELLCON_KEY"},
            "every": {"list": "1s", "stats": "1s"}, **more}


def green_account(url, **more):
    """The Automate Green account; a keyword replaces a setting, None leaves it out."""
    return {"mapper": "automate_green", "base_url": url, "email": EMAIL, "password": {"env": "TEST_GREEN_PASSWORD"},
            "every": {"list": "1s", "statuses": "1s"}, **more}


def heat_account(url, **more):
    """The Podero account; a keyword replaces a setting, None leaves it out."""
    return {"mapper": "podero", "base_url": url, "client_id": "demo-client",
            "client_secret": {"env": "TEST_PODERO_SECRET"}, "org_id": "3c90c3cc-0d44-4b50-8888-8dd257360520",
            "all_users": True, "every": {"list": "1s"}, **more}


def pool_account(url, **more):
    """The Ondilo account, without quotas of our own; a keyword replaces a setting, None leaves it out."""
    every = dict.fromkeys(("list", "probe", "configuration", "measures", "recommendations", "history"), "1s")
    return {"mapper": "ondilo", "base_url": url, "every": every, "quotas": [], **more}


def watt_account(url, **more):
    """The Wattwatchers account; a keyword replaces a setting, None leaves it out."""
    return {"mapper": "wattwatchers", "base_url": url, "api_key": {"env": "TEST_WATT_KEY"},
            "quotas": [{"requests": 50, "per": "1s"}],
            "every": {"list": "1s", "energy": "1s", "total": "1s", "modbus": "1s"}, **more}


ACCOUNTS = {  # its settings, its simulator, and the device that it has without a person's sign-in
    "fleet": (fleet_account, "ewellcon", PUMP),
    "green": (green_account, "automate_green", LOAD),
    "heat": (heat_account, "podero", HEAT_PUMP),
    "watt": (watt_account, "wattwatchers", METER),
    "pool": (pool_account, "ondilo", None),
}
USUAL = ("fleet", "green")


def chosen(accounts):
    """The accounts of a test by name: a dictionary replaces settings, False leaves an account out."""
    wishes = {**dict.fromkeys(USUAL), **accounts}
    return {name: wishes[name] or {} for name in ACCOUNTS if wishes.get(name, False) is not False}


def configuration(directory, mqtt, accounts, homeassistant=None):
    """The text of a configuration file."""
    text = f"state_directory = {toml(str(directory))}\n\n" + table("mqtt", mqtt)
    if homeassistant:
        text += table("homeassistant", homeassistant)
    return text + "".join(table(f"accounts.{name}", values) for name, values in accounts.items())


class SystemTest(unittest.TestCase):
    """Starts what a test asks for and ends it in the opposite order."""

    def setUp(self):
        program = os.environ.get("CLOUD2MQTT")
        self.assertTrue(program, "the environment variable CLOUD2MQTT has to name the program to test")
        self.program = Path(program)
        self.assertTrue(self.program.exists(), f"there is no {program}")
        self.directory = Path(tempfile.mkdtemp(prefix="cloud2mqtt-test-"))
        self.addCleanup(shutil.rmtree, self.directory, ignore_errors=True)
        self.broker = self.simulators = self.bridge = self.observer = None
        self.told = ""

    def run(self, result=None):
        result = result if result is not None else self.defaultTestResult()
        before = len(result.failures) + len(result.errors)
        super().run(result)
        if len(result.failures) + len(result.errors) > before and getattr(self, "told", ""):
            sys.stderr.write(f"\n--- the bridge's log, {self.id()}:\n{self.told[-LOG_TAIL:]}\n---\n")
        return result

    # ---- the parts ---------------------------------------------------------------------------

    def start_broker(self, persistence=False, users=None, access=""):
        self.broker = Broker(self.directory / "broker", persistence, users, access=access).start()
        self.addCleanup(self.broker.kill)
        return self.broker

    def start_simulators(self, *arguments):
        """The simulators; pumps change only when a test says so."""
        self.simulators = Simulators("--changed", "0", *arguments).start()
        self.addCleanup(self.simulators.end)
        return self.simulators

    def start_observer(self, username=None, password=None):
        self.observer = Observer(self.broker.port, username, password)
        if self.bridge:
            self.observer.guard = self.bridge.check
        self.addCleanup(self.observer.close)
        return self.observer

    def accounts(self, **accounts):
        """The settings of the accounts of this test."""
        return {name: ACCOUNTS[name][0](self.simulators.urls[ACCOUNTS[name][1]], **settings)
                for name, settings in chosen(accounts).items()}

    def configuration(self, mqtt=None, homeassistant=None, **accounts):
        settings = {"url": f"mqtt://127.0.0.1:{self.broker.port}", **(mqtt or {})}
        return configuration(self.directory / "state", settings, self.accounts(**accounts), homeassistant)

    def start_bridge(self, **options):
        """Configures and starts the bridge; options as for configuration()."""
        (self.directory / "state").mkdir(mode=0o700, exist_ok=True)
        self.bridge = Bridge(self.program, self.directory / "bridge", self.configuration(**options), dict(SECRETS))
        self.addCleanup(self.end_bridge, self.bridge)
        if self.observer:
            self.observer.guard = self.bridge.check
        return self.bridge.start()

    def end_bridge(self, bridge):
        self.told += bridge.log()
        if bridge.is_running():
            bridge.kill()
        bridge.check()

    def start_all(self, *simulator_arguments, **options):
        """Broker, simulators, observer, bridge; returns when every device is online."""
        self.start_broker()
        self.start_simulators(*simulator_arguments)
        self.start_observer()
        self.start_bridge(**options)
        self.wait_online(**options)

    def sign_in(self, account):
        """Logs an account in, as a person with a browser would."""
        self.told += sign_in(self.program, self.bridge.file, account, {**os.environ, **SECRETS})

    # ---- what they do ------------------------------------------------------------------------

    def wait_online(self, seconds=20, mqtt=None, homeassistant=None, **accounts):
        """Waits until the bridge and the first device of each account are online and have a state."""
        self.observer.wait_text(f"{BASE}/bridge/availability", "online", seconds)
        for account in chosen(accounts):
            device = ACCOUNTS[account][2]
            if device is None:
                continue
            self.observer.wait_text(f"{BASE}/{account}/availability", "online", seconds)
            self.observer.wait_text(topic(account, device, "availability"), "online", seconds)
            self.observer.wait_for(partial(self.state, account, device), seconds, f"state of {device}")

    def state(self, account, device):
        """The newest state document of a device."""
        return self.observer.json(topic(account, device, "state"))

    def retained(self, username=None, password=None):
        """What the broker keeps of the bridge's: topic -> message."""
        kept = retained(self.broker.port, username, password)
        return {name: each for name, each in kept.items() if name.startswith((BASE + "/", "homeassistant/device/"))}

    def send(self, key, payload, account="green", device=LOAD, **more):
        """Publishes a command; the mark from which its outcome is to be looked for."""
        mark = self.observer.mark()
        self.observer.publish(topic(account, device, f"{key}/set"), payload, **more)
        return mark

    def command(self, key, payload, account="green", device=LOAD, seconds=20, **more):
        """Publishes a command and waits for its outcome document."""
        mark = self.send(key, payload, account, device, **more)
        return self.observer.wait_next(topic(account, device, "outcome"), mark, seconds).json

    def poll_now(self):
        """Asks the bridge to read everything now, whatever it waits for."""
        mark = self.observer.mark()
        self.observer.publish(f"{BASE}/bridge/request/poll", "{}")
        self.observer.wait_next(f"{BASE}/bridge/response/poll", mark)

    def wait_reason(self, account, *reasons, seconds=20):
        """Waits until an account's status has one of these reasons; the status."""
        def given():
            status = self.observer.json(f"{BASE}/{account}/status")
            return status if status and status["reason"] in reasons else None

        return self.observer.wait_for(given, seconds, f"reason {reasons} of {account}")

    def device_messages(self, mark):
        """What was published about devices after a mark: states, availability, events, discovery."""
        own = (f"{BASE}/bridge/", *(f"{BASE}/{account}/status" for account in ACCOUNTS))
        return [each for each in self.observer.since(mark) if not each.topic.startswith(own)]

    def discovery(self, mapper, device):
        """The newest discovery document of a device."""
        return self.observer.json(f"homeassistant/device/{BASE}_{mapper}_{device}/config")

    def requests(self, match, after=0):
        """The requests the simulators saw."""
        return self.simulators.asked(match, after=after)

    def wait_requests(self, match, count=1, after=0, seconds=20):
        """Waits until that many such requests were made; the requests."""
        def enough():
            found = self.requests(match, after)
            return found if len(found) >= count else None

        return eventually(enough, seconds, f"{count} requests {match}")

    def a_few_lists(self, count=3, seconds=30):
        """Waits until each account listed its devices `count` more times: time has passed, measured in polls."""
        after = self.simulators.count()
        self.wait_requests("GET /v1/pumps.page=1&", count, after, seconds)
        self.wait_requests("GET /v1/devices$", count, after, seconds)
