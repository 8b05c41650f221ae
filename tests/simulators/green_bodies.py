"""What Automate Green accepts in the bodies of commands and configurations."""

COMMANDS = {  # required and optional members, all numbers
    "on": ((), ("delay",)), "off": ((), ("delay",)), "on_for": (("time",), ("delay",)),
    "off_for": (("time",), ("delay",)), "limit_power": (("power", "time"), ()),
}
SETTINGS = {
    "ffr": {"enable": bool, "tripThreshold": float, "returnThreshold": float, "periods": float, "delay": float},
    "capacity": {"enable": bool, "maxCapacity": float, "minCapacity": float, "lossPerLiter": float,
                 "lossPerIdleMinute": float, "gainPerWattHour": float},
    "flowmeter": {"type": str, "pipeOuterDiameter": float, "pipeWallThickness": float, "pipeType": str},
}
SCHEDULE = {"on": {"name", "when"}, "off": {"name", "when"}, "limit_power": {"name", "when", "power", "time"}}
MOST_SCHEDULES = 39


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def wrong_command(body):
    """What is wrong with a command's body, or None."""
    if not isinstance(body, dict) or set(body) != {"command"} or not isinstance(body["command"], dict):
        return "a command is {command: {name, ...}}"
    members = dict(body["command"])
    name = members.pop("name", None)
    if name not in COMMANDS:
        return f"no command {name!r}"
    required, optional = COMMANDS[name]
    if name in ("on_for", "off_for") and "delay" in members:
        required = ()
        optional = ("time", "delay")
    if missing := set(required) - set(members):
        return f"{name} needs {sorted(missing)}"
    if unknown := set(members) - set(required) - set(optional):
        return f"{name} knows no {sorted(unknown)}"
    if not all(is_number(value) and value >= 0 for value in members.values()):
        return f"the members of {name} are numbers"
    return None


def wrong_settings(body):
    """What is wrong with a configuration's body, or None."""
    if isinstance(body, dict) and set(body) == {"schedule"}:
        return wrong_schedule(body["schedule"])
    if not isinstance(body, dict) or set(body) != {"info"} or not isinstance(body["info"], dict) or not body["info"]:
        return "a configuration is {info: {ffr|flowmeter|capacity: {...}, samplePeriod}} or {schedule: [...]}"
    for part, values in body["info"].items():
        if part == "samplePeriod":
            if not is_number(values) or values <= 0:
                return "samplePeriod is a number of seconds"
            continue
        known = SETTINGS.get(part)
        if known is None or not isinstance(values, dict) or not values:
            return f"no settings {part!r}"
        for name, value in values.items():
            kind = known.get(name)
            fits = is_number(value) if kind is float else isinstance(value, kind or ())
            if not fits:
                return f"{part}.{name} does not take {value!r}"
        if part == "flowmeter" and values.get("type") not in ("none", "tuf2000m", "euf4315k"):
            return "no such flowmeter"
    return None


def wrong_schedule(entries):
    """What is wrong with the schedules, which are replaced as a whole, or None."""
    if not isinstance(entries, list) or len(entries) > MOST_SCHEDULES:
        return f"schedule is a list of at most {MOST_SCHEDULES}"
    for entry in entries:
        needed = SCHEDULE.get(entry.get("name")) if isinstance(entry, dict) else None
        if needed is None:
            return "a schedule has the name on, off or limit_power"
        if set(entry) - {"repeat"} != needed:
            return f"a schedule {entry['name']} has {sorted(needed)} and perhaps repeat"
        if not all(is_number(value) and value >= 0 for name, value in entry.items() if name != "name"):
            return "the members of a schedule are numbers"
    return None
