"""The eWellcon partner API v1 with a fleet of any size, grown from the documented example."""

import copy
import json
import math
import re
import time

from simulators.http_server import Response, json_response
from simulators.sim_clock import iso

DEFAULT_KEY = "pcv_demo"
PAGE_LIMIT = 100
MESSAGES = {
    "invalid_pagination": (400, "page and limit must be positive integers, limit within what is served"),
    "invalid_user_id": (400, "userId must be numeric"),
    "unauthorized": (401, "Missing or malformed bearer token"),
    "invalid_api_key": (401, "Unknown or revoked API key"),
    "no_delegated_users": (403, "No portal users are bound to this integration"),
    "insufficient_scope": (403, "The key lacks the scope read"),
    "forbidden": (403, "No access"),
    "not_found": (404, "No data for this pump"),
    "rate_limited": (429, "Too many requests"),
    "internal_error": (500, "Authentication lookup failed"),
}
CODE_OF = {400: "invalid_pagination", 401: "invalid_api_key", 403: "forbidden", 404: "not_found",
           429: "rate_limited", 500: "internal_error"}
FIELD_OF_WORLD = ("North", "South", "East", "West", "Orchard", "Meadow", "Hill", "Valley")
USERS = {101: "Acme Farms", 102: None}


class Pump:
    """One controller: its facts, and their JSON text as it was rendered last."""

    __slots__ = ("facts", "text", "user")

    def __init__(self, facts, user):
        self.facts, self.user, self.text = facts, user, b""
        self.render()

    def render(self):
        self.text = json.dumps(self.facts, separators=(",", ":")).encode("utf-8")

    def water(self):
        return number(self.facts.get("pump", {}).get("total_water_delivered"))


class Ewellcon:
    name = "ewellcon"
    prefix = "/v1"

    def __init__(self, samples, clock, pumps=1, changed=0.1, key=DEFAULT_KEY):
        self.samples, self.clock, self.key, self.changed = samples, clock, key, changed
        self.template = samples["GET /pumps?page=1&limit=100"]["controllers"][0]
        self.order = []  # ids as listed
        self.pumps = {}
        self.made = 0
        self.cursor = 0
        self.owed = 0.0  # changes that a cycle still owes
        self.cycle = 0
        self.serial = 0
        self.pages_seen = {}  # how far a client has come: (path) -> (page, limit)
        self.listed_statistics = {}  # by user; None: of all
        self.revoked = False
        self.most, self.caps = PAGE_LIMIT, False  # pumps on a page; whether more are taken for that many
        self.limit = None  # {"requests": so many, "per": in so many seconds}
        self.answered = []  # when, as far back as the limit looks
        self.refused = 0  # requests beyond the limit
        for _ in range(pumps):
            self.add_pump()

    # ---- the fleet ---------------------------------------------------------------------------

    def add_pump(self):
        """One more pump, with values of its own that depend on its number only."""
        self.made += 1
        number_, facts = self.made, copy.deepcopy(self.template)
        now = iso(self.clock.now())
        facts["pump_id"] = f"pump-{number_:03d}"
        facts["last_seen"] = facts["last_heartbeat"] = now
        if number_ > 1:
            facts["custom_name"] = f"{FIELD_OF_WORLD[number_ % 8]} field {number_}"
            facts["is_owner"] = number_ % 2
            facts["installation"].update(location_name=f"Site {'ABCDE'[number_ % 5]}", lat=52.0 + number_ % 90 / 100)
            running = number_ % 4 != 0
            facts["pump"].update(status="running" if running else "idle", running=running,
                                 total_water_delivered=round(15420.5 + 37.25 * number_, 2))
            facts["battery"].update(voltage=round(12.0 + number_ % 9 / 10, 1), soc=60 + number_ % 40)
            facts["current_pressure"] = round(3.0 + number_ % 25 / 10, 1) if running else 0
            facts["total_sessions"] = 12 + number_
            facts["uptime"] = 86400 + 60 * number_
        self.pumps[facts["pump_id"]] = Pump(facts, 101 if number_ % 2 else 102)
        self.order.append(facts["pump_id"])

    def remove_pump(self, pump_id):
        del self.pumps[pump_id]
        self.order.remove(pump_id)

    def new_cycle(self):
        """A list begins: the fraction of the pumps that is due has something new to say."""
        self.cycle += 1
        self.owed += len(self.order) * self.changed
        due = min(int(self.owed), len(self.order))
        self.owed -= int(self.owed)
        now = iso(self.clock.now())
        for _ in range(due):
            self.cursor = (self.cursor + 1) % len(self.order)
            self.move_on(self.pumps[self.order[self.cursor]], now)

    def move_on(self, pump, now):
        facts = pump.facts
        step = self.cycle % 7
        facts["last_seen"] = facts["last_heartbeat"] = now
        inner, battery = facts.get("pump"), facts.get("battery")
        if isinstance(inner, dict) and inner.get("running") is True:
            inner["total_water_delivered"] = round(number(inner.get("total_water_delivered")) + 1.25 + step / 4, 2)
            facts["current_pressure"] = round(3.5 + (self.cycle % 11) / 10, 1)
        if isinstance(battery, dict):
            battery["soc"] = 40 + (number(battery.get("soc")) - 40 + 61 - 1) % 61
            battery["voltage"] = round(12.0 + (self.cycle % 9) / 10, 1)
        facts["uptime"] = number(facts.get("uptime")) + 60
        pump.render()

    def statistics(self, pumps):
        water = sum(pump.water() for pump in pumps)
        active = sum(1 for pump in pumps if pump.facts.get("pump", {}).get("running") is True)
        charge = [number(pump.facts.get("battery", {}).get("soc")) for pump in pumps]
        return {
            "total_controllers": len(pumps), "active_controllers": active, "offline_controllers": len(pumps) - active,
            "total_water_delivered": round(water, 2),
            "average_battery_soc": round(sum(charge) / len(charge), 1) if charge else None,
            "wireguard_connections": 0,
        }

    # ---- HTTP --------------------------------------------------------------------------------

    def error(self, status=None, code=None, message=None):
        """The documented error body; the request id stands in a header, too."""
        code = code or CODE_OF.get(status, "internal_error")
        known, text = MESSAGES.get(code, (status or 500, "Something went wrong"))
        self.serial += 1
        request_id = f"req-{self.serial:06d}"
        body = {"error": {"code": code, "message": message or text, "request_id": request_id}}
        return json_response(body, status or known, X_Request_ID=request_id)

    def answer(self, request, note):
        """The answer to a request; `note(text)` records what the client did wrong."""
        check_reader(request, note)
        authorization = request.headers.get("authorization", "")
        if not authorization.startswith("Bearer ") or not authorization[7:].strip():
            note("authorization is not 'Bearer <key>'")
            return self.error(code="unauthorized")
        if authorization[7:] != self.key or self.revoked:
            return self.error(code="invalid_api_key")
        return self.over_limit() or self.route(request, note)

    def over_limit(self):
        if not self.limit:
            return None
        now = time.monotonic()
        self.answered = [each for each in self.answered if each > now - self.limit["per"]]
        if len(self.answered) < self.limit["requests"]:
            self.answered.append(now)
            return None
        self.refused += 1
        response = self.error(code="rate_limited")
        response.headers["Retry-After"] = str(math.ceil(self.answered[0] + self.limit["per"] - now))
        return response

    def route(self, request, note):
        path = request.path
        if path == "/v1/pumps":
            return self.page(request, note, None)
        if found := re.fullmatch(r"/v1/users/([^/]+)/summary", path):
            if not found[1].isdigit():
                return self.error(code="invalid_user_id")
            if int(found[1]) not in USERS:
                return self.error(code="forbidden")
            return self.page(request, note, int(found[1]))
        if request.query:
            note("this path takes no query")
        if path == "/v1/stats":
            return json_response({"api_version": "1", "statistics": self.statistics(list(self.pumps.values()))})
        if path == "/v1/delegated-users":
            return json_response(self.delegated_users())
        if found := re.fullmatch(r"/v1/pumps/([^/]+)/(metadata|summary)", path):
            pump = self.pumps.get(found[1])
            if not pump:
                return self.error(code="not_found")
            return json_response(self.metadata(pump) if found[2] == "metadata" else self.summary(pump))
        note("no such path")
        return self.error(404, "not_found", "No such path")

    def page(self, request, note, user):
        """One page of all pumps, or of a user's."""
        try:
            page, limit = int(request.query.get("page", "1")), int(request.query.get("limit", "50"))
        except ValueError:
            page, limit = 0, 0
        if unknown := set(request.query) - {"page", "limit"}:
            note(f"unknown query {sorted(unknown)}")
        if page < 1 or not 1 <= limit <= PAGE_LIMIT:
            note("page or limit out of range")
            return self.error(code="invalid_pagination")
        if limit > self.most and not self.caps:
            return self.error(code="invalid_pagination")
        limit = min(limit, self.most)
        self.check_order(request.path, page, limit, note)
        if page == 1 and user is None:
            self.new_cycle()
        listed = [self.pumps[each] for each in self.order if user is None or self.pumps[each].user == user]
        pages = max(1, -(-len(listed) // limit))
        if page > pages:
            note(f"page {page} of {pages}")
        return self.page_response(listed, page, limit, pages, user)

    def page_response(self, listed, page, limit, pages, user):
        head = {"api_version": "1"}
        if user is not None:
            head.update(user_id=user, name=USERS[user])
        shown = listed[(page - 1) * limit : page * limit]
        tail = {
            "statistics": self.page_statistics(listed, page, user),
            "pagination": {"page": page, "limit": limit, "total": len(listed), "pages": pages,
                           "has_next": page < pages, "has_prev": page > 1},
        }
        body = b"%s,\"controllers\":[%s],%s" % (
            json.dumps(head, separators=(",", ":"))[:-1].encode("utf-8"), b",".join(pump.text for pump in shown),
            json.dumps(tail, separators=(",", ":"))[1:].encode("utf-8"))
        return Response(200, body)

    def page_statistics(self, listed, page, user):
        """The statistics of all pages are those of the first one."""
        if page == 1 or user not in self.listed_statistics:
            self.listed_statistics[user] = self.statistics(listed)
        return self.listed_statistics[user]

    def check_order(self, path, page, limit, note):
        """Pages come one after the other, from the first, with one limit."""
        before, limit_before = self.pages_seen.get(path, (0, limit))
        if page > 1 and (page not in (before, before + 1) or limit != limit_before):
            note(f"page {page} (limit {limit}) after page {before} (limit {limit_before})")
        self.pages_seen[path] = (page, limit)

    def delegated_users(self):
        rows = []
        for user, name in USERS.items():
            theirs = [pump for pump in self.pumps.values() if pump.user == user]
            rows.append({"user_id": user, "name": name, **self.statistics(theirs)})
        return {"api_version": "1", "user_identity_policy": "user_id_and_name", "delegated_users": rows}

    def metadata(self, pump):
        answer = copy.deepcopy(self.samples["GET /pumps/pump-001/metadata"])
        place = pump.facts.get("installation", {})
        answer["pump_id"] = answer["metadata"]["pump_id"] = pump.facts["pump_id"]
        answer["metadata"].update(
            installation_name=place.get("installation_name"), location_name=place.get("location_name"),
            latitude=place.get("lat"), longitude=place.get("lon"), last_seen=pump.facts.get("last_seen"),
            total_water_delivered=pump.water())
        return answer

    def summary(self, pump):
        answer = copy.deepcopy(self.samples["GET /pumps/pump-001/summary"])
        answer["pump_id"] = answer["metadata"]["pump_id"] = pump.facts["pump_id"]
        return answer

    # ---- control -----------------------------------------------------------------------------

    def change(self, wish):
        """Changes the truth: add, remove, set, unset, changed, key, revoked, limit, most, caps."""
        for _ in range(wish.get("add", 0)):
            self.add_pump()
        for pump_id in wish.get("remove", []):
            self.remove_pump(pump_id)
        for pump_id, fields in wish.get("set", {}).items():
            for path, value in fields.items():
                put(self.pumps[pump_id].facts, path, value)
            self.pumps[pump_id].render()
        for pump_id, paths in wish.get("unset", {}).items():
            for path in paths:
                put(self.pumps[pump_id].facts, path, None, drop=True)
            self.pumps[pump_id].render()
        self.changed = wish.get("changed", self.changed)
        self.key = wish.get("key", self.key)
        self.revoked = wish.get("revoked", self.revoked)
        self.limit = wish.get("limit", self.limit)
        self.most, self.caps = wish.get("most", self.most), wish.get("caps", self.caps)

    def state(self):
        return {"pumps": {each: self.pumps[each].facts for each in self.order}, "cycle": self.cycle,
                "changed": self.changed, "refused": self.refused}

    def truth(self, since):
        water = {each: self.pumps[each].water() for each in self.order}
        return {"water": water, "statistics": self.statistics(list(self.pumps.values())), "cycle": self.cycle}


def check_reader(request, note):
    """What holds for a vendor that is only read."""
    if request.method != "GET":
        note("only GET exists")
    if request.body:
        note("GET with a body")
    if request.repeated:
        note(f"query given twice: {request.repeated}")
    if "host" not in request.headers:
        note("no Host header")


def number(value):
    return value if isinstance(value, (int, float)) and not isinstance(value, bool) else 0


def put(facts, path, value, drop=False):
    """Sets (or drops) a field by its path, "battery.soc"."""
    *parents, last = path.split(".")
    for parent in parents:
        facts = facts.setdefault(parent, {})
    if drop:
        facts.pop(last, None)
    else:
        facts[last] = value
