"""One simulated power controller: a relay, a load behind it, and the statuses it reports."""

import copy
import math

from simulators.sim_clock import iso

PERIOD = 900  # seconds between two automatic reports, as delivered
STATUS_LIMIT = 20000  # statuses kept for each controller
READ_NAMES = {"enable": "enabled", "delay": "maxBackOff"}
FACTORY_SETTINGS = {
    "ffr": {"enabled": False, "tripThreshold": 59.7, "returnThreshold": 59.8, "periods": 10, "maxBackOff": 10},
    "capacity": {"enabled": False, "lossPerLiter": 5.5, "lossPerIdleMinute": 1.3, "gainPerWattHour": 2.7,
                 "maxCapacity": 100, "minCapacity": 50},
    "flowmeter": {"type": "none"},
}


class PowerController:
    """Time is simulated seconds; `catch_up` brings everything to the present."""

    def __init__(self, number, device, reading, now, period=PERIOD):
        self.device = copy.deepcopy(device)
        self.number = number
        self.period = period
        self.reading = {**reading}
        self.reading_step = 0
        if number > 1:
            self.device.update(id=f"controller-{number:03d}", sn=f"PC-ZXCVBNMASDF-{number:03d}",
                               address=f"1234567890qwertyuiop{number:04d}")
        self.watts = round(2362.36 / number, 2)
        self.on = bool(reading["on"])
        self.silent = False  # 503 to every command
        self.unavailable = False
        self.settings = copy.deepcopy(FACTORY_SETTINGS)
        self.schedule = []
        self.hides_schedule = False  # where it is read is not documented
        self.power_limit = None  # {"endsAt", "power", "used"}
        self.toggle_at = None
        self.statuses = []  # all, sorted by date
        self.held = []  # not visible yet
        self.made = 0
        self.pending_wh = 0.0
        self.last_report = now
        self.next_report = now + period
        self.present = now
        self.last_date = now

    # ---- time --------------------------------------------------------------------------------

    def catch_up(self, now):
        """Lets everything happen that is due until `now`, in order."""
        while True:
            moment = min([each for each in (self.toggle_at, self.next_report, self.limit_moment()) if each] + [now])
            self.pass_time(moment)
            if moment == now and not self.is_due(now):
                return
            self.do_due(moment)

    def is_due(self, now):
        return any(each is not None and each <= now for each in (self.toggle_at, self.next_report, self.limit_moment()))

    def do_due(self, moment):
        limit = self.power_limit
        if self.toggle_at is not None and self.toggle_at <= moment:
            self.toggle_at = None
            self.switch(not self.on, moment, "timer")
        elif limit and limit["endsAt"] <= moment:
            self.power_limit = None
            self.switch(True, moment, "power_limit")
        elif limit and self.on and limit["used"] + 1e-4 >= limit["power"]:
            self.switch(False, moment, "power_limit")
        elif self.next_report <= moment:
            self.report(moment, "auto")

    def limit_moment(self):
        """When the power limit acts next."""
        limit = self.power_limit
        if not limit:
            return None
        if not self.on:
            return limit["endsAt"]
        left = max(0.0, limit["power"] - limit["used"]) * 3600 / self.watts
        return min(limit["endsAt"], self.present + left)

    def pass_time(self, moment):
        if moment <= self.present:
            return
        if self.on:
            used = (moment - self.present) * self.watts / 3600
            self.pending_wh += used
            if self.power_limit:
                self.power_limit["used"] += used
        self.present = moment

    # ---- what it does ------------------------------------------------------------------------

    def switch(self, on, moment, reason):
        """Turns the relay; a relay that moves is a status."""
        if on == self.on:
            return
        self.on = on
        self.append("relay", reason, moment, {"on": on, "toggleIn": self.toggle_in(moment)})

    def report(self, moment, reason):
        """An update status: averages and energy since the last one."""
        duration = int(round(moment - self.last_report))
        power = math.floor(self.pending_wh * 100 + 1e-6) / 100
        self.pending_wh -= power
        mean = power * 3600 / duration if duration > 0 else 0.0
        self.reading_step += 1
        wobble = self.reading_step % 5
        voltage = round(238.35 + wobble / 4, 2)
        self.reading.update(
            duration=duration, power=whole(power), voltage=whole(voltage), current=whole(round(mean / voltage, 2)),
            temperature=whole(round(92.7 - wobble / 2, 1)), frequency=round(59.99 + wobble / 100, 2))
        info = {**self.reading, "on": self.on, "toggleIn": self.toggle_in(moment)}
        self.last_report, self.next_report = moment, moment + self.period
        return self.append("update", reason, moment, info)

    def append(self, kind, reason, moment, info):
        self.made += 1
        status = {
            "id": f"st{self.number}x{self.made:06d}", "deviceId": self.device["id"], "date": iso(moment),
            "state": self.state(), "type": kind, "reason": reason, "info": info,
        }
        self.insert(moment, status)
        return status

    def insert(self, moment, status):
        self.statuses.append((round(moment, 3), status))
        if len(self.statuses) > 1 and self.statuses[-2][0] > self.statuses[-1][0]:
            self.statuses.sort(key=lambda each: each[0])
        del self.statuses[:-STATUS_LIMIT]
        self.last_date = max(self.last_date, moment)

    def toggle_in(self, moment):
        return max(0, int(round(self.toggle_at - moment))) if self.toggle_at else 0

    def state(self):
        return "Unavailable" if self.unavailable else "Active"

    def command(self, command, now):
        """Carries a checked command out; the response code."""
        name, wait = command["name"], command.get("delay", command.get("time"))
        if name in ("on", "off"):
            return self.plain(name == "on", wait, now)
        if name in ("on_for", "off_for"):
            self.power_limit = None
            self.toggle_at = now + wait
            code = self.changed_code(name == "on_for")
            self.switch(name == "on_for", now, "api")
            return code
        self.toggle_at = None
        self.power_limit = {"endsAt": now + command["time"], "power": command["power"], "used": 0.0}
        self.switch(True, now, "api")
        return 115

    def plain(self, on, wait, now):
        if wait:
            self.toggle_at = now + wait if on != self.on else None
            return 102 if on else 103
        self.toggle_at = self.power_limit = None
        code = self.changed_code(on)
        self.switch(on, now, "api")
        return code

    def changed_code(self, on):
        return (1001 if on else 1002) if on == self.on else (102 if on else 103)

    def configure(self, info):
        """Writes settings under their read names; the response codes."""
        codes = []
        for part, values in info.items():
            if part == "samplePeriod":
                codes.append(1002 if self.period == values else 120)
                self.period = values
                continue
            kept = {READ_NAMES.get(name, name): value for name, value in values.items()}
            if part == "flowmeter":
                self.settings[part] = kept
                codes.append({"none": 110, "tuf2000m": 111, "euf4315k": 112}[kept["type"]])
            else:
                self.settings[part].update(kept)
                first = {"ffr": 108, "capacity": 113}[part]
                codes.append(first if self.settings[part]["enabled"] else first + 1)
        return codes

    def plan(self, entries):
        """Replaces all schedules; the response codes."""
        self.schedule = copy.deepcopy(entries)
        return [117] * len(entries) if entries else [119]

    # ---- what others see ---------------------------------------------------------------------

    def document(self, now):
        """The device as the API lists it."""
        device = copy.deepcopy(self.device)
        info = {**self.reading, "on": self.on, "toggleIn": self.toggle_in(now)}
        device["status"] = {"state": self.state(), "info": info, "date": iso(self.last_date)}
        device["info"] = {**copy.deepcopy(self.settings), "samplePeriod": self.period}
        if not self.hides_schedule:
            device["schedule"] = copy.deepcopy(self.schedule)
        if self.power_limit:
            device["info"]["powerLimit"] = {"endsAt": int(self.power_limit["endsAt"]),
                                            "power": self.power_limit["power"]}
        return device

    def energy(self, since):
        """The hundredths of Wh of all unique update statuses after `since`, and their number."""
        seen, total = set(), 0
        for moment, status in self.statuses:
            if status["type"] == "update" and moment > since and status["id"] not in seen:
                seen.add(status["id"])
                total += hundredths(status["info"].get("power"))
        return total, len(seen)


def hundredths(power):
    """Of Wh; a figure that is none, or negative, counts nothing."""
    is_figure = isinstance(power, (int, float)) and not isinstance(power, bool) and power >= 0
    return int(round(power * 100)) if is_figure else 0


def whole(value):
    """Whole numbers have no point, as the real ones."""
    return int(value) if value == int(value) else value
