#!/usr/bin/env python3
"""Serves the vendors' APIs over HTTP on 127.0.0.1, with state, faults on request and a journal.

Prints one JSON line with the base URLs when it is ready; ends on SIGTERM or SIGINT. See README.md.
"""

import argparse
import asyncio
import json
import signal
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from simulators.automate_green import AutomateGreen  # noqa: E402
from simulators.control import Control, Front  # noqa: E402
from simulators.ewellcon import DEFAULT_KEY, Ewellcon  # noqa: E402
from simulators.faults import Faults  # noqa: E402
from simulators.http_server import HttpServer, Journal  # noqa: E402
from simulators.ondilo import Ondilo  # noqa: E402
from simulators.podero import Podero  # noqa: E402
from simulators.sim_clock import SimClock  # noqa: E402
from simulators.wattwatchers import Wattwatchers  # noqa: E402

SAMPLES = Path(__file__).resolve().parents[2] / "mappers" / "samples"


def samples(vendor):
    """The vendor's documented answers."""
    return json.loads((SAMPLES / f"{vendor}.json").read_text(encoding="utf-8"))


def options(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--pumps", type=int, default=1, help="eWellcon pumps (default 1)")
    parser.add_argument("--changed", type=float, default=0.1, help="fraction of the pumps that changes with each list")
    parser.add_argument("--api-key", default=DEFAULT_KEY, help=f"eWellcon's key (default {DEFAULT_KEY})")
    parser.add_argument("--controllers", type=int, default=1, help="Automate Green controllers (default 1)")
    parser.add_argument("--meters", type=int, default=1, help="Wattwatchers meters (default 1)")
    parser.add_argument("--history", type=float, default=1, help="hours of reports before the start (default 1)")
    parser.add_argument("--period", type=float, default=900, help="seconds between two reports (default 900)")
    parser.add_argument("--pools", type=int, default=1, help="Ondilo pools (default 1)")
    parser.add_argument("--ondilo-quota", type=int, default=30, help="requests an hour (default 30), five a second at most; 0: no limit")
    parser.add_argument("--heat-pumps", type=int, default=1, help="Podero heat pumps (default 1)")
    parser.add_argument("--heat-pump-refresh", type=float, default=300,
                        help="seconds until Podero knows something new (default 300)")
    parser.add_argument("--behind", type=float, default=0.0, help="how many seconds the simulated clock is behind")
    parser.add_argument("--speed", type=float, default=1.0, help="how much faster the simulated clock runs")
    parser.add_argument("--ewellcon-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--automate-green-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--ondilo-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--podero-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--wattwatchers-port", type=int, default=0, help="0: any free port")
    parser.add_argument("--control-port", type=int, default=0, help="0: any free port")
    return parser.parse_args(arguments)


class Simulation:
    """All vendors, one journal, one control port."""

    def __init__(self, chosen):
        self.clock = SimClock(chosen.speed, chosen.behind)
        self.vendors = {
            "ewellcon": Ewellcon(samples("ewellcon"), self.clock, chosen.pumps, chosen.changed, chosen.api_key),
            "automate_green": AutomateGreen(samples("automate_green"), self.clock, chosen.controllers,
                                            chosen.history * 3600, chosen.period),
            "ondilo": Ondilo(samples("ondilo"), self.clock, chosen.pools, chosen.ondilo_quota),
            "podero": Podero(samples("podero"), self.clock, chosen.heat_pumps, chosen.heat_pump_refresh),
            "wattwatchers": Wattwatchers(samples("wattwatchers"), self.clock, chosen.meters, chosen.history * 3600),
        }
        self.ports = {"ewellcon": chosen.ewellcon_port, "automate_green": chosen.automate_green_port,
                      "ondilo": chosen.ondilo_port, "podero": chosen.podero_port,
                      "wattwatchers": chosen.wattwatchers_port}
        self.control_port = chosen.control_port
        self.journal, self.faults = Journal(), Faults()
        self.control = Control(self.vendors, self.faults, self.journal, self.clock)

    async def start(self):
        """Opens the ports; the base URLs."""
        loop = self.control.loop = asyncio.get_running_loop()
        urls = {}
        for name, vendor in self.vendors.items():
            server = HttpServer(Front(vendor, self.faults, self.journal, self.clock, loop))
            port = await server.start(self.ports[name])
            self.control.servers[name] = server
            urls[name] = f"http://127.0.0.1:{port}{vendor.prefix}"
        self.control_server = HttpServer(self.control)
        urls["control"] = f"http://127.0.0.1:{await self.control_server.start(self.control_port)}"
        return urls

    def stop(self):
        for server in (*self.control.servers.values(), self.control_server):
            server.stop_listening()


async def serve(chosen):
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    simulation = Simulation(chosen)
    print(json.dumps(await simulation.start()), flush=True)
    await stopped.wait()
    simulation.stop()


if __name__ == "__main__":
    asyncio.run(serve(options(sys.argv[1:])))
