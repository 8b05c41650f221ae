#!/usr/bin/env python3
"""Shows the bridge at work: simulated vendors, a real broker, the bridge between them.

Without --seconds it runs until Ctrl-C with a live table; with it, it makes the tour by itself in at most
that time and exits 0 only if everything was as promised.
"""

import argparse
import contextlib
import os
import shutil
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from demo import live, tour  # noqa: E402
from system.harness import (  # noqa: E402
    SECRETS, configuration, fleet_account, green_account, heat_account, pool_account, watt_account)
from system.mqtt import Observer  # noqa: E402
from system.processes import Bridge, Broker, Simulators, sign_in  # noqa: E402

PUMPS, CONTROLLERS, HEAT_PUMPS, METERS, POOLS = 3, 2, 2, 2, 2
TOUR_ARGUMENTS = ("--changed", "0.5")  # reports come when the tour moves the clock
LIVE_ARGUMENTS = ("--changed", "0.5", "--period", "5", "--history", "0.01", "--heat-pump-refresh", "5")
LOG_TAIL = 4000


def options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--program", required=True, help="the bridge, such as build/release/cloud2mqtt")
    parser.add_argument("--seconds", type=int, help="make the tour by itself, in at most so many seconds")
    return parser.parse_args()


class Stage:
    """Broker, simulators, observer and bridge, on free ports, in a directory that goes afterwards."""

    def __init__(self, program, simulator_arguments, resources):
        self.directory = Path(tempfile.mkdtemp(prefix="cloud2mqtt-demo-"))
        resources.callback(shutil.rmtree, self.directory, ignore_errors=True)
        (self.directory / "state").mkdir(mode=0o700)
        self.broker = Broker(self.directory / "broker")
        resources.callback(self.broker.kill)
        self.broker.start()
        self.simulators = Simulators("--pumps", str(PUMPS), "--controllers", str(CONTROLLERS),
                                     "--heat-pumps", str(HEAT_PUMPS), "--meters", str(METERS),
                                     "--pools", str(POOLS), "--ondilo-quota", "0", *simulator_arguments)
        resources.callback(self.simulators.end)
        self.simulators.start()
        self.observer = Observer(self.broker.port)
        resources.callback(self.observer.close)
        self.begun = self.simulators.state()["now"]  # statuses after this moment are the bridge's to count
        self.bridge = Bridge(program, self.directory / "bridge", self.configuration(), dict(SECRETS))
        resources.callback(self.end_bridge)
        self.bridge.start()
        self.observer.guard = self.bridge.check
        sign_in(program, self.bridge.file, "pool", {**os.environ, **SECRETS})
        self.simulators.change(ondilo={"set": {"234": {"recommend": 2}}})

    def configuration(self):
        every = {"list": "1s"}
        accounts = {
            "fleet": fleet_account(self.simulators.urls["ewellcon"], water_unit="m³", pressure_unit="bar",
                                   every={**every, "stats": "2s"}),
            "green": green_account(self.simulators.urls["automate_green"], every={**every, "statuses": "1s"}),
            "heat": heat_account(self.simulators.urls["podero"], controls=["pause"], every=every),
            "pool": pool_account(self.simulators.urls["ondilo"]),
            "watt": watt_account(self.simulators.urls["wattwatchers"]),
        }
        return configuration(self.directory / "state", {"url": f"mqtt://127.0.0.1:{self.broker.port}"}, accounts)

    def end_bridge(self):
        if self.bridge.is_running():
            self.bridge.stop()


class Interrupted(BaseException):
    """A signal asks for the end."""

    def __init__(self, number):
        super().__init__(number)
        self.number = number


def interrupt(number, _frame):
    for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)  # once is enough: what follows is the clearing up
    raise Interrupted(number)


def show(chosen):
    """The whole demo; the exit status."""
    log = ""
    try:
        with contextlib.ExitStack() as resources:
            stage = None
            try:
                arguments = TOUR_ARGUMENTS if chosen.seconds else LIVE_ARGUMENTS
                stage = Stage(chosen.program, arguments, resources)
                good = tour.make(stage, chosen.seconds) if chosen.seconds else live.show(stage)
            finally:
                log = stage.bridge.log() if stage else ""
    except Interrupted as signal_received:
        if signal_received.number == signal.SIGINT and not chosen.seconds:
            print("\nEverything that was started has ended.")
            return 0
        print(f"\nEnded by signal {signal_received.number}; everything that was started has ended, too.")
        return 128 + signal_received.number
    except (AssertionError, OSError) as error:
        print(f"The demo could not be shown: {error}")
        good = False
    if not good:
        print(f"\nThe end of the bridge's log:\n{log[-LOG_TAIL:]}")
    return 0 if good else 1


def main():
    chosen = options()
    if not os.access(chosen.program, os.X_OK):
        print(f"There is no program {chosen.program}; ./run-demo builds it.")
        return 1
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    return show(chosen)


if __name__ == "__main__":
    sys.exit(main())
