"""One simulated energy meter: channels that record joules, switches that take their time."""

import copy

PERIOD = 300  # seconds of a long energy record
SHORT = 30  # seconds of a short energy record
WATTS = (2400, 850, 360, -1750, -40, 5)  # what the channels carry; negative: exported
RECORD_LIMIT = 20000  # of a meter
PERSONAL = {"simId": "8961012345678901234", "apn": "apn.operator.example", "imsi": "505013456789012",
            "networkId": "50501-Neighbours"}  # the documented example has the members' names as values
READ_ONLY = {"id", "model", "firmwareVersion", "latestStatus", "pending", "comms"}
WRITABLE = {"label", "timezone", "phases", "channels", "switches", "shortEnergyReportingInterval"}
SWITCH_WRITABLE = {"id", "state", "label", "openStateLabel", "closedStateLabel", "contactorType"}


class EnergyMeter:
    """Time is simulated seconds; `catch_up` brings everything to the present. The records end a whole
    number of periods after `start`."""

    def __init__(self, number, device, start, history):
        self.device = copy.deepcopy(device)
        self.device["comms"].update(PERSONAL)
        if number > 1:
            self.become(f"D{number:012d}", number)
        self.id = self.device["id"]
        self.channels = len(self.device["channels"])
        self.watts = [each * (11 - min(number, 10)) // 10 for each in WATTS[: self.channels]]
        self.records = []  # of long energy, by their stamp
        self.made_until = int(start) - int(history) // PERIOD * PERIOD
        self.moving = {}  # a switch -> when it moves
        self.relay_seconds = 0.5
        self.offline = False  # not heard any more: nothing is recorded in the cloud, nothing moves
        self.heard = start
        self.modbus = number == 1
        self.short = "object"  # the form of /latest: object, list, empty, none
        self.catch_up(start)

    def become(self, own_id, number):
        """A smaller model: three channels, one of them not connected, no switches."""
        self.device.update(id=own_id, label=f"Meter {number}", model="3M", channels=self.device["channels"][:3])
        for position, channel in enumerate(self.device["channels"], 1):
            channel.update(id=f"{own_id}_C{position}", label=f"Meter {number}, circuit {position}")
        self.device["channels"][2].update(categoryId=0, categoryLabel="Not connected")
        for absent in ("switches", "phases"):
            self.device.pop(absent, None)

    # ---- time --------------------------------------------------------------------------------

    def catch_up(self, now):
        while self.made_until + PERIOD <= now:
            self.made_until += PERIOD
            self.records.append(self.record(self.made_until))
        del self.records[:-RECORD_LIMIT]
        if self.offline:
            return
        self.heard = now
        for switch in [each for each, moment in self.moving.items() if moment <= now]:
            del self.moving[switch]
            state = self.switch(switch).pop("pending")["state"]
            self.switch(switch)["state"] = state

    def record(self, stamp):
        """What is stored of a period; `visible` is when the cloud has it, None: not before it is heard again."""
        wobble = stamp // PERIOD * 7919
        positive, negative = [], []
        for position, watts in enumerate(self.watts):
            joules = watts * PERIOD + (wobble * (position + 3)) % 1000 * (1 if watts > 0 else -1)
            positive.append(max(joules, 0) + wobble % 7)
            negative.append(max(-joules, 0) + wobble % 7)
        return {"stamp": stamp, "visible": None if self.offline else 0, "positive": positive, "negative": negative,
                "nulls": {}, "second": None, "copies": 1}

    # ---- what others see ---------------------------------------------------------------------

    def document(self, now):
        """The device as the API shows it."""
        device = copy.deepcopy(self.device)
        device["latestStatus"] = int(self.heard)
        device["comms"]["lastHeardAt"] = round(self.heard, 3)
        return device

    def switch(self, switch):
        return next(each for each in self.device.get("switches", []) if each["id"] == switch)

    def wanted(self, position):
        return self.device["channels"][position]["categoryId"] != 0

    def is_visible(self, record, now):
        return record["visible"] is not None and record["visible"] <= now

    def is_null(self, record, position, now):
        until = record["nulls"].get(position)
        return not self.wanted(position) or (until is not None and now < until)

    def long_energy(self, begin, end, now):
        """The records whose stamp is in a window, with all their copies."""
        found = []
        for record in self.records:
            if begin <= record["stamp"] < end and self.is_visible(record, now):
                found += [self.shown(record, now)] * record["copies"]
        return found

    def shown(self, record, now):
        def values(name):
            plain = (record["second"] or record)[name]
            return [None if self.is_null(record, position, now) else plain[position] for position in range(self.channels)]

        positive, negative = values("positive"), values("negative")
        net = [None if a is None else a - b for a, b in zip(positive, negative)]
        return {"timestamp": record["stamp"], "duration": PERIOD, "eReal": net, "eRealPositive": positive,
                "eRealNegative": negative}

    def short_energy(self, now):
        moment = self.heard if self.offline else now
        stamp = int(moment) // SHORT * SHORT
        real = [watts * SHORT + stamp // SHORT % 5 for watts in self.watts]
        volts = [round(240 + (stamp // SHORT + position) % 7 / 10, 1) for position in range(self.channels)]
        return {"timestamp": stamp, "duration": SHORT, "frequency": round(50 + stamp // SHORT % 9 / 100, 2),
                "eReal": real, "eReactive": [each // 10 for each in real], "vRMS": volts,
                "iRMS": [round(abs(watts) / volt, 3) for watts, volt in zip(self.watts, volts)]}

    def modbus_reading(self, sample, now):
        imported, exported = (self.energy(position, 0, now)[each] // 36000 for each, position in
                              enumerate((0, min(3, self.channels - 1))))
        return {**sample, "timestamp": int(now), "kWh_Imp": imported, "kWh_Exp": exported,
                "kWh_Net": imported - exported, "kWh_Tot": imported + exported}

    def energy(self, position, since, now):
        """The joules in and out of a channel in all records after `since` that could be read until now."""
        imported = exported = 0
        for record in self.records:
            if record["stamp"] > since and self.is_visible(record, now) and not self.is_null(record, position, now):
                imported += record["positive"][position]
                exported += record["negative"][position]
        return imported, exported

    # ---- what is done to it ------------------------------------------------------------------

    def wrong_patch(self, body):
        """What is wrong with a change, or None."""
        if not isinstance(body, dict) or not body:
            return "the body is an object with what changes"
        if unknown := set(body) - WRITABLE:
            return f"{'read-only' if unknown & READ_ONLY else 'unknown'}: {sorted(unknown)}"
        for change in body.get("switches", []):
            if not isinstance(change, dict) or set(change) - SWITCH_WRITABLE:
                return "a switch has id, state and labels"
            if change.get("id") not in [each["id"] for each in self.device.get("switches", [])]:
                return f"no switch {change.get('id')}"
            if change.get("state", "open") not in ("open", "closed"):
                return "a state is open or closed"
        return None

    def patch(self, body, now):
        for change in body.get("switches", []):
            switch = self.switch(change["id"])
            if "state" not in change:
                continue
            if change["state"] == switch["state"] and "pending" not in switch:
                continue
            switch["pending"] = {"state": change["state"]}
            self.moving[change["id"]] = now + self.relay_seconds
        for name in ("label", "timezone"):
            if name in body:
                self.device[name] = body[name]

    def disturb(self, order, now):
        """late, missing, null, second, duplicate: of the newest `count` records, for `seconds`."""
        kind, until = order["kind"], now + order.get("seconds", 0)
        records = [each for each in self.records if each["visible"] == 0][-order.get("count", 1):]
        for record in records:
            if kind == "late":
                record["visible"] = until
            elif kind == "missing":
                record["visible"] = None
            elif kind == "null":
                record["nulls"].update({position: until for position in order["channels"]})
            elif kind == "second":
                record["second"] = {name: [each + 1000 for each in record[name]] for name in ("positive", "negative")}
            elif kind == "duplicate":
                record["copies"] += 1
            else:
                raise ValueError(f"no disturbance {kind}")

    def set(self, name, value, now):
        if name not in ("offline", "modbus", "short", "relay_seconds", "watts", "signal"):
            raise ValueError(f"cannot set {name}")
        if name == "signal":
            self.device["comms"]["signalQualityDbm"] = value
        else:
            setattr(self, name, value)
        if name == "offline" and not value:  # it uploads what it kept
            for record in self.records:
                record["visible"] = 0 if record["visible"] is None else record["visible"]
