"""The live table: every device with its state, and what to type."""

import shutil
import sys
import time

from system.harness import BASE, HEAT_PUMP, LOAD, POOL, topic

SHOWN = {  # what a narrow table shows of each state, most telling first
    "fleet": ("running", "water", "pressure", "battery", "battery_voltage", "controllers", "controllers_active"),
    "green": ("load", "power", "energy", "voltage", "current", "frequency", "temperature", "next_toggle"),
    "heat": ("mode", "power", "outlet_temperature", "hot_water_temperature", "outdoor_temperature", "pause"),
    "pool": ("temperature", "ph", "orp", "salt", "tds", "battery", "recommendations", "recommendation"),
    "watt": ("frequency", "signal", "switch", "power", "voltage", "current", "imported", "exported"),
}
CLEAR_LINE, CLEAR_BELOW, HOME = "\x1b[K", "\x1b[J", "\x1b[H"
BOLD, PLAIN = "\x1b[1m", "\x1b[0m"


def devices(observer):
    """(account, device) of every device that has an availability or a state, in order."""
    found = set()
    for name in list(observer.last):
        levels = name.split("/")
        if len(levels) == 4 and levels[0] == BASE and levels[1] != "bridge" and levels[3] in ("state", "availability"):
            found.add((levels[1], levels[2]))
    return sorted(found)


def shown(value):
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value)


def row(observer, account, device):
    """Account, device, availability and the telling members of its state."""
    state = observer.json(topic(account, device, "state")) or {}
    members = [f"{key} {shown(state[key])}" for key in SHOWN.get(account, state) if key in state]
    return account, device, observer.text(topic(account, device, "availability")) or "-", "  ".join(members)


def fitted(line, columns):
    """As many whole values of a row as fit; what is left out is told by dots."""
    if len(line) <= columns:
        return line
    end = line[: columns - 3].rfind("  ")
    return line[: max(end, 0)].rstrip() + " ..."


def what_to_type(port):
    where = f"-h 127.0.0.1 -p {port}"
    return [
        ("switch a load", f"mosquitto_pub {where} -q 1 -t {topic('green', LOAD, 'load/set')} -m OFF"),
        ("pause a heat pump for three hours", f"mosquitto_pub {where} -q 1 -t {topic('heat', HEAT_PUMP, 'pause/set')} "
                                              """-m '{"value": {"state": "ON", "hours": 3}}'"""),
        ("do what a pool recommends",
         f"mosquitto_pub {where} -q 1 -t {topic('pool', POOL, 'validate_recommendation/set')} -m PRESS"),
        ("watch a device", f"mosquitto_sub {where} -v -t {topic('green', LOAD, 'state')}"),
        ("see what became of commands", f"mosquitto_sub {where} -v -t '{topic('+', '+', 'outcome')}'"),
    ]


def lines(stage, rows, outcome):
    """The whole picture, as lines."""
    bridge = stage.observer.text(f"{BASE}/bridge/availability") or "-"
    result = [f"{BOLD}cloud2mqtt{PLAIN} is {bridge}; broker on port {stage.broker.port}; Ctrl-C ends everything", ""]
    widths = [max([len(each[column]) for each in rows] + [8]) for column in range(3)]
    for cells in [("account", "device", "is", "state"), *rows]:
        line = "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths)) + "  " + cells[3]
        result.append(f"{BOLD}{line}{PLAIN}" if cells[0] == "account" else line)
    if outcome:
        result += ["", f"last outcome: {outcome.text}"]
    return result


def draw(stage, outcome):
    """One picture, as large as the terminal."""
    columns, height = shutil.get_terminal_size()
    rows = [row(stage.observer, *each) for each in devices(stage.observer)]
    picture = [line if line.startswith(BOLD) else fitted(line, columns - 1) for line in lines(stage, rows, outcome)]
    tips = [""]
    for what, command in what_to_type(stage.broker.port):
        tips += [f"To {what}, type in another terminal:", f"  {BOLD}{command}{PLAIN}"]
    tips_height = sum(1 + max(0, len(line) - 1) // columns for line in tips)
    room = max(3, height - tips_height - 1)
    if len(picture) > room:
        picture = picture[: room - 1] + [f"... and {len(picture) - room + 1} lines more"]
    sys.stdout.write(HOME + "".join(line + CLEAR_LINE + "\n" for line in picture + tips) + CLEAR_BELOW)
    sys.stdout.flush()


def say_changes(stage, said, outcomes):
    """Without a terminal: one line for each device that changed, and for each outcome."""
    for account, device in devices(stage.observer):
        cells = row(stage.observer, account, device)
        if said.get((account, device)) != cells:
            said[account, device] = cells
            print("  ".join(cells), flush=True)
    for message in outcomes:
        print(f"{message.topic} {message.text}", flush=True)


def show(stage):
    """Runs until a signal, or until the bridge ends; whether all was well."""
    terminal, said = sys.stdout.isatty(), {}
    if terminal:
        sys.stdout.write("\x1b[2J")
    else:
        for what, command in what_to_type(stage.broker.port):
            print(f"To {what}, type: {command}", flush=True)
    newest = None
    while stage.bridge.is_running():
        outcomes = [each for each in stage.observer.take() if each.topic.endswith("/outcome")]
        newest = outcomes[-1] if outcomes else newest
        if terminal:
            draw(stage, newest)
        else:
            say_changes(stage, said, outcomes)
        time.sleep(1)
    print(f"The bridge ended by itself with status {stage.bridge.process.returncode}.")
    return False
