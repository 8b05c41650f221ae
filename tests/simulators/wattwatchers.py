"""The Wattwatchers REST API v3: meters, their short and long energy, modbus, switches."""

import math
import re
import time

from simulators.energy_meter import EnergyMeter
from simulators.http_server import Response, json_response

DEFAULT_KEY = "key_demo"
READING_KEY = "key_reading"  # may not write
DAY = 86400
WIDEST = {"short-energy": 12 * 3600, "long-energy": 7 * DAY, "modbus": 7 * DAY}
CODES = {400: "BAD_REQUEST", 401: "UNAUTHORIZED", 403: "FORBIDDEN", 404: "NOT_FOUND", 422: "UNPROCESSABLE_ENTITY",
         429: "TOO_MANY_REQUESTS_TPS", 500: "INTERNAL_SERVER_ERROR"}


class Wattwatchers:
    name = "wattwatchers"
    prefix = ""

    def __init__(self, samples, clock, meters=1, history=0):
        self.clock = clock
        self.key, self.reading_key = DEFAULT_KEY, READING_KEY
        self.device = samples["GET /devices/D123456789012"]
        for switch in self.device["switches"]:
            switch.pop("pending", None)
        self.modbus = samples["GET /modbus/D123456789012/latest"]
        self.limits = {"tps": 100, "tpd": 1000000}
        self.day, self.spent = None, 0
        self.second = []  # real moments of the last requests
        self.failing = {}  # a meter -> the status of its device document
        self.meters = {}
        for _ in range(meters):
            self.add_meter(history)

    def add_meter(self, history=0):
        meter = EnergyMeter(len(self.meters) + 1, self.device, self.clock.now(), history)
        self.meters[meter.id] = meter

    def catch_up(self):
        now = self.clock.now()
        for meter in self.meters.values():
            meter.catch_up(now)
        return now

    # ---- HTTP --------------------------------------------------------------------------------

    def error(self, status=None, code=None, message=None):
        status = status or 500
        code = code or CODES.get(status, "ERROR")
        return json_response({"code": code, "httpCode": status, "message": message or code.lower()}, status)

    def refusal(self, status, message):
        """How a PATCH fails: always a list of errors."""
        error = {"code": CODES[status], "httpCode": status, "message": message}
        return json_response({"errors": [error]}, status)

    def answer(self, request, note):
        """The answer to a request; `note(text)` records what the client did wrong."""
        if request.repeated:
            note(f"query given twice: {request.repeated}")
        if request.method == "GET" and request.body:
            note("GET with a body")
        key = request.headers.get("authorization", "")
        if key not in (f"Bearer {self.key}", f"Bearer {self.reading_key}"):
            return self.error(401, message="API key is missing or invalid.")
        response = self.over_limit() or self.route(request, key == f"Bearer {self.reading_key}", note)
        response.headers.update(self.limit_headers())
        return response

    def over_limit(self):
        real = time.monotonic()
        self.second = [each for each in self.second if each > real - 1] + [real]
        today = int(time.time() // DAY)
        self.spent = self.spent + 1 if today == self.day else 1
        self.day = today
        for kind, used in (("tpd", self.spent), ("tps", len(self.second))):
            if used > self.limits[kind]:
                response = self.error(429, f"TOO_MANY_REQUESTS_{kind.upper()}", "Too many requests.")
                response.headers["Retry-After"] = str(math.ceil(self.resets()[kind]))
                return response
        return None

    def resets(self):
        return {"tpd": DAY - int(time.time()) % DAY, "tps": round(1 - (time.monotonic() - self.second[0]), 3)}

    def limit_headers(self):
        used, resets = {"tpd": self.spent, "tps": len(self.second)}, self.resets()
        headers = {}
        for kind, limit in self.limits.items():
            name = f"X-RateLimit-{kind.capitalize()}"
            headers |= {f"{name}Limit": str(limit), f"{name}Remaining": str(max(0, limit - used[kind])),
                        f"{name}Reset": str(resets[kind])}
        return headers

    def route(self, request, reads_only, note):
        call, path = request.method, request.path
        now = self.catch_up()
        if path == "/devices" and call == "GET":
            return json_response(list(self.meters))
        found = re.fullmatch(r"/(devices|short-energy|long-energy|modbus)/([^/]+)(/latest)?", path)
        if not found or (found[1] == "devices" and found[3]):
            note("no such path")
            return self.error(404)
        if not re.fullmatch(r"[B-F][0-9A-F]{12}", found[2]):
            note("no id of a meter")
            return self.error(404)
        meter = self.meters.get(found[2])
        if not meter:
            return self.error(404, message="Device with the specified ID does not exist.")
        if found[1] == "devices":
            return self.on_device(request, meter, reads_only, now, note)
        if call != "GET":
            note("energy is only read")
            return self.error(404)
        if found[3]:
            return self.latest(found[1], meter, now)
        return self.window(request, found[1], meter, now, note)

    def on_device(self, request, meter, reads_only, now, note):
        if meter.id in self.failing:
            return self.error(self.failing[meter.id])
        if request.method == "GET":
            return json_response(meter.document(now))
        if request.method != "PATCH":
            note("a device is read or patched")
            return self.error(404)
        if reads_only:
            return self.refusal(403, "You are not permitted to change this device.")
        if request.content_type() != "application/json":
            note(f"content type '{request.content_type()}' instead of application/json")
            return self.refusal(400, "The content type is application/json.")
        try:
            body = request.json()
            wrong = meter.wrong_patch(body)
        except ValueError:
            wrong = "the body is not JSON"
        if wrong:
            note(wrong)
            return self.refusal(422, wrong)
        meter.patch(body, now)
        return json_response(meter.document(now))

    def latest(self, kind, meter, now):
        if kind == "modbus":
            return json_response(meter.modbus_reading(self.modbus, now)) if meter.modbus else Response(204)
        if kind == "long-energy":
            newest = meter.long_energy(0, now + 1, now)[-1:]
            return json_response(newest[0]) if newest else Response(204)
        forms = {"object": lambda each: json_response(each), "list": lambda each: json_response([each]),
                 "empty": lambda _: json_response([]), "none": lambda _: Response(204)}
        return forms[meter.short](meter.short_energy(now))

    def window(self, request, kind, meter, now, note):
        query = request.query
        if unknown := set(query) - {"fromTs", "toTs", "granularity"}:
            note(f"unknown query {sorted(unknown)}")
        if not query.get("fromTs", "").isdigit() or not query.get("toTs", str(int(now))).isdigit():
            note("without fromTs a window begins at the first record; both are whole seconds")
            return self.error(400)
        begin, end = int(query["fromTs"]), int(query.get("toTs", int(now)))
        if end - begin > WIDEST[kind] or end < begin:
            note("the window is too wide, or ends before it begins")
            return self.error(422, message="The requested time period is too long.")
        if kind != "long-energy" or query.get("granularity", "5m") != "5m":
            note("only long energy in steps of 5m is read in windows")
            return self.error(400)
        if abs(end - time.time()) < 60 < self.clock.ahead():
            end = now + 1  # a client whose clock cannot be moved means the present
        if not meter.records:
            return Response(204)
        return json_response(meter.long_energy(begin, end, now))

    # ---- control -----------------------------------------------------------------------------

    def change(self, wish):
        """Changes the truth; see README.md."""
        now = self.catch_up()
        for _ in range(wish.get("add", 0)):
            self.add_meter()
        for meter in wish.get("remove", []):
            del self.meters[meter]
        for meter, fields in wish.get("set", {}).items():
            for name, value in fields.items():
                self.meters[meter].set(name, value, now)
        for name in ("key", "reading_key", "failing"):
            setattr(self, name, wish.get(name, getattr(self, name)))
        self.limits.update(wish.get("limits", {}))
        for order in wish.get("records", []):
            self.meters[order["device"]].disturb(order, now)

    def state(self):
        now = self.catch_up()
        return {"meters": {each: meter.document(now) for each, meter in self.meters.items()}}

    def truth(self, since):
        now = self.catch_up()
        return {each: {"channels": {f"{each}_C{position + 1}": joules_of(meter, position, since, now)
                                    for position in range(meter.channels) if meter.wanted(position)},
                       "switches": {switch["id"]: switch["state"] for switch in meter.device.get("switches", [])},
                       "newest": meter.made_until}
                for each, meter in self.meters.items()}


def joules_of(meter, position, since, now):
    """Joules, and the kWh that they are, to the millionth."""
    imported, exported = meter.energy(position, since, now)
    return {"imported": imported, "exported": exported, "imported_kwh": kwh(imported), "exported_kwh": kwh(exported)}


def kwh(joules):
    return (joules * 5 + 9) // 18 / 1e6
