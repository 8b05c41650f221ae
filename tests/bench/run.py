#!/usr/bin/env python3
"""Measures the bridge against a real broker and the simulators, and prints tables. See docs/performance.md."""

import argparse
import os
import platform
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench import figures  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]
SAID = {1: "all", 0.1: "10 %", 0: "none"}


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "release" / "cloud2mqtt",
                        help="the bridge (default build/release/cloud2mqtt)")
    parser.add_argument("--pumps", type=int, nargs="+", default=[50, 1000, 10000], help="the fleets")
    parser.add_argument("--cycles", type=int, default=10, help="repetitions; medians are printed (default 10)")
    parser.add_argument("--quick", action="store_true", help="every row once with little, in some seconds")
    chosen = parser.parse_args()
    if chosen.quick:
        chosen.pumps, chosen.cycles = [50], 2
    if not chosen.program.exists():
        parser.error(f"there is no {chosen.program}: cmake --preset release && cmake --build --preset release")
    return chosen


def number(value):
    """Three digits are what a measurement is good for."""
    return "–" if value is None else f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def ratio(value, floor):
    return "–" if not floor else f"{value / floor:.2f}"


def table(*heads):
    print("\n| " + " | ".join(heads) + " |")
    print("|" + " --- |" + " ---: |" * (len(heads) - 1), flush=True)


def row(*cells):
    print("| " + " | ".join(each if isinstance(each, str) else number(each) for each in cells) + " |", flush=True)


def print_cycles(program, fleets, repetitions):
    """Whether the bridge stayed silent where nothing had changed."""
    silent = True
    table("pumps", "changed", "device messages", "cycle, ms", "floor, ms", "× floor", "bridge CPU, ms",
          "resident, MB", "peak, MB")
    for pumps in fleets:
        rows, (resident, peak) = figures.cycles(program, pumps, repetitions)
        for share, messages, cycle, floor, spent in rows:
            row(f"{pumps:,}", SAID[share], str(messages), cycle, floor, ratio(cycle, floor), spent, resident, peak)
            silent = silent and (share > 0 or messages == 0)
    return silent


def print_single(program, quick):
    table("what", "bridge", "other party", "×")
    first, other = figures.start(program, 1 if quick else 10)
    row("start to the first state, ms (mosquitto_pub to its message)", first, other, ratio(first, other))
    resident, spent = figures.idle(program, 0.5 if quick else 10)
    row("idle, resident MB", resident, "–", "–")
    row("idle, CPU ms in a second", spent, "–", "–")
    calls, floor = figures.commands(program, 6 if quick else 500)
    for share, name in ((0.5, "p50"), (0.99, "p99")):
        mine, other = figures.percentile(calls, share), figures.percentile(floor, share)
        row(f"command to REST call, {name} ms (through the broker, two writes to the disk)", mine, other,
            ratio(mine, other))


def print_discovery(program, pumps, repetitions):
    table(f"discovery of {pumps} devices", "from the start, ms", "first to last, ms", "floor, ms", "× floor")
    whole = {}
    for version in ("5", "3.1.1"):
        runs = sorted(figures.discovery(program, pumps, version) for _ in range(repetitions))
        whole[version], stretch, floor = runs[len(runs) // 2]
        row(f"MQTT {version}", whole[version], stretch, floor, ratio(stretch, floor))
    row("MQTT 5 to 3.1.1", ratio(whole["5"], whole["3.1.1"]), "–", "–", "–")


def main():
    chosen = options()
    print(f"{chosen.program.name} on {os.cpu_count()} cores, {platform.platform()}, load {os.getloadavg()[0]:.1f}")
    silent = print_cycles(chosen.program, chosen.pumps, chosen.cycles)
    print_single(chosen.program, chosen.quick)
    print_discovery(chosen.program, 20 if chosen.quick else 500, 1 if chosen.quick else 5)
    if not silent:
        sys.exit("the bridge published although nothing had changed")


if __name__ == "__main__":
    main()
