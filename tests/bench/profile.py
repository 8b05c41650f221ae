#!/usr/bin/env python3
"""Where the CPU time goes while every pump of a fleet changes at every poll: by thread and library. Needs perf."""

import argparse
import signal
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.figures import one_cycle  # noqa: E402
from bench.stage import Stage  # noqa: E402

ROOT = Path(__file__).resolve().parents[2]


def options():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", type=Path, default=ROOT / "build" / "release" / "cloud2mqtt")
    parser.add_argument("--pumps", type=int, default=10000)
    parser.add_argument("--cycles", type=int, default=4)
    return parser.parse_args()


def report(data, keys):
    done = subprocess.run(["perf", "report", "-i", data, "--no-children", "--percent-limit", "1", "--sort", keys],
                          stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=True)
    return [line for line in done.stdout.splitlines() if line.strip() and not line.startswith("#")]


def main():
    chosen = options()
    with Stage(chosen.program, "--pumps", str(chosen.pumps)) as stage:
        stage.start()
        stage.wait("state", chosen.pumps)
        stage.wait("discovery", chosen.pumps + 1)
        stage.simulators.change(ewellcon={"changed": 1})
        one_cycle(stage, chosen.pumps, chosen.pumps)  # to warm up
        data = str(stage.directory / "perf.data")
        with subprocess.Popen(["perf", "record", "-q", "-o", data, "-p", str(stage.pid)]) as recorder:
            for _ in range(chosen.cycles):
                one_cycle(stage, chosen.pumps, chosen.pumps)
            recorder.send_signal(signal.SIGINT)
        print("\n".join(report(data, "comm,dso")))


if __name__ == "__main__":
    main()
