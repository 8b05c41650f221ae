"""The example flows as files."""

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[2] / "config" / "node-red"
BROKER = "mqtt-broker"


def read_flow(name):
    """The nodes of an example, "all-states"."""
    return json.loads((FOLDER / f"{name}.json").read_text())


def read_flows():
    """Every example by its name."""
    return {path.stem: read_flow(path.stem) for path in sorted(FOLDER.glob("*.json"))}


def at_broker(nodes, port):
    """The same nodes, with the broker's port replaced and nothing else."""
    return [{**each, "port": str(port)} if each["type"] == BROKER else each for each in nodes]
