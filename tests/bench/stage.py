"""What a measurement stands on: broker, simulators and the bridge, and what they cost."""

import contextlib
import shutil
import tempfile
import time
from pathlib import Path

from bench.wire import Wire, publication
from system.harness import BASE, SECRETS, configuration, fleet_account, green_account
from system.processes import Bridge, Broker, Simulators

FILTERS = (f"{BASE}/fleet/#", f"{BASE}/green/#", "homeassistant/device/#", "bench/#")
STATE = b"/state"
HUB = b"/hub/"
OWN = (b"homeassistant/device/cloud2mqtt_bridge/", b"homeassistant/device/cloud2mqtt_account_")


def kind(topic):
    """What a message is: discovery (of a device), state (of a pump), hub, device (what else is said of one), other."""
    if topic.startswith(b"bench/"):
        return "floor"
    if topic.startswith(b"homeassistant/"):
        return "other" if topic.startswith(OWN) else "discovery"
    if topic.endswith(b"/outcome"):
        return "outcome"
    if HUB in topic:
        return "hub"
    if topic.endswith(STATE) and topic.startswith(b"cloud2mqtt/fleet/"):
        return "state"
    return "device" if topic.count(b"/") > 2 else "other"


def cpu(pid):
    """The CPU time that a process has used, all its threads, in seconds: its own CPU clock."""
    return time.clock_gettime((~pid << 3) | 2)


def memory(pid):
    """Resident memory now and at its peak, in MB."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    values = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith("Vm")}
    return int(values["VmRSS"]) / 1024, int(values["VmHWM"]) / 1024


class Stage(contextlib.ExitStack):
    """Everything of one measurement; leaving it ends all of it."""

    def __init__(self, program, *simulator_arguments):
        super().__init__()
        self.program = program
        self.directory = Path(tempfile.mkdtemp(prefix="cloud2mqtt-bench-"))
        self.callback(shutil.rmtree, self.directory, ignore_errors=True)
        self.bridge = None
        try:
            self.broker = Broker(self.directory / "broker", log="none").start()
            self.callback(self.broker.end)
            self.simulators = Simulators("--changed", "0", *simulator_arguments).start()
            self.callback(self.simulators.end)
            self.wire = Wire(self.broker.port, FILTERS, kind)
            self.callback(self.wire.close)
        except BaseException:
            self.close()
            raise

    def start(self, green=False, version="5"):
        """Starts the bridge with the fleet, or with the controller; it polls when told to. The time of its start."""
        urls = self.simulators.urls
        if green:
            accounts = {"green": green_account(urls["automate_green"], every={"list": "1h", "statuses": "1h"})}
        else:
            accounts = {"fleet": fleet_account(urls["ewellcon"], every={"list": "1h", "stats": "1h"})}
        state = self.directory / "state"
        shutil.rmtree(state, ignore_errors=True)
        state.mkdir(mode=0o700)
        mqtt = {"url": f"mqtt://127.0.0.1:{self.broker.port}", "version": 5 if version == "5" else version}
        text = configuration(state, mqtt, accounts)
        self.bridge = Bridge(self.program, self.directory / "bridge", text, dict(SECRETS))
        before = time.monotonic()
        self.bridge.start()
        self.callback(self.end_bridge, self.bridge)
        return before

    @staticmethod
    def end_bridge(bridge):
        if bridge.is_running():
            bridge.kill()

    @property
    def pid(self):
        return self.bridge.process.pid

    def wait(self, what, count, seconds=120):
        return self.wire.wait(what, count, seconds, self.bridge.check)

    def settle(self):
        """Waits until the bridge has nothing left to do."""
        used = cpu(self.pid)
        for _ in range(1000):
            time.sleep(0.02)
            before, used = used, cpu(self.pid)
            if used - before < 0.0002:
                return
        raise AssertionError("the bridge does not come to rest")

    def poll(self):
        self.wire.send(publication(f"{BASE}/bridge/request/poll", b"{}"))
