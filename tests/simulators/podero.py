"""The Podero Partner API v2.0: an organisation's users, their heat pumps, and OAuth 2.0 before them."""

import copy
import re

from simulators.http_server import json_response
from simulators.oauth import OAuthServer
from simulators.podero_fields import SENT_BY_NOBODY, wrong_fields
from simulators.sim_clock import iso, seconds_of

ORGANISATION = "3c90c3cc-0d44-4b50-8888-8dd257360520"
CLIENT_ID, CLIENT_SECRET = "demo-client", "demo-client-secret"
TEN_HOURS = 36000
FIRST_USER = "3c90c3cc-0d44-4b50-8888-8dd257360521"
TEMPERATURES = ("inlet_temperature", "outlet_temperature", "dhw_temperature", "outdoor_temperature",
                "indoor_actual_temperature")
MODES = {"Low": ("min", "low"), "Mid": ("min", "low", "mid"), "Max": ("min", "low", "mid", "max")}
MESSAGES = {400: "Bad request", 401: "Unauthorized", 403: "You do not have permission to perform this action.",
            404: "Not found.", 405: "Method not allowed", 409: "The device is busy.", 429: "Request was throttled.",
            500: "Internal server error"}


def sample_of(samples, ending):
    return next(body for call, body in samples.items() if call.endswith(ending))


class Podero:
    name = "podero"
    prefix = "/api/partners/v2.0"

    def __init__(self, samples, clock, pumps=1, refresh=300):
        self.clock, self.refresh = clock, refresh
        self.template = sample_of(samples, "/heat-pumps")[0]
        self.oauth = OAuthServer("/oauth2/token/", ["client_credentials"], CLIENT_ID, CLIENT_SECRET,
                                 scope="read write", token_life=TEN_HOURS)
        self.pumps = {}  # id -> facts
        self.users = {}  # id -> ids of its pumps
        self.made = self.cycle = 0
        self.refreshed = clock.now()
        self.forbidden = []  # users whose pumps are answered 403
        self.users_as = "array"  # or the member that holds the users: results, users, items
        self.more_users = None  # what `next` of the users' list says
        self.loose = False  # temperatures as text
        self.with_write = {}  # fields that change along with every write
        self.kept = []  # fields that a write leaves as they are
        self.ignore_next = 0  # so many writes are answered well and not carried out
        self.latency = 0  # seconds until a write shows, as manufacturers' clouds take
        self.waiting = []  # (moment, id, fields)
        for _ in range(pumps):
            self.add_pump()

    # ---- the pumps ---------------------------------------------------------------------------

    def add_pump(self):
        """One more pump of one more user, with values that depend on its number only."""
        self.made += 1
        number, facts = self.made, copy.deepcopy(self.template)
        user = FIRST_USER if number == 1 else f"3c90c3cc-0d44-4b50-8888-{0x900000000000 + number:012x}"
        if number > 1:
            facts["id"] = f"3c90c3cc-0d44-4b50-8888-{0xa00000000000 + number:012x}"
            facts["device_model"].update(manufacturer=("Example Heating", "Sample Klima")[number % 2],
                                         model=f"Boreas {6 + 2 * (number % 4)}")
            facts["owner"].update(id=user, email=f"owner{number}@example.com", external_id=f"customer-{number:04d}")
            facts["dhw_temperature"] = round(44 + number % 8 / 2, 1)
            facts["current_power_consumption_w"] = 900 + 85 * (number % 9)
        facts["current_state_last_updated_at"] = facts["last_monitoring_executed_at"] = iso(self.clock.now())
        self.pumps[facts["id"]] = facts
        self.users.setdefault(user, []).append(facts["id"])

    def remove_pump(self, pump):
        del self.pumps[pump]
        for pumps in self.users.values():
            if pump in pumps:
                pumps.remove(pump)

    def catch_up(self):
        """Lets happen what is due: writes that show, pauses that end, the vendor's own refresh."""
        now = self.clock.now()
        for due in [each for each in self.waiting if each[0] <= now]:
            self.waiting.remove(due)
            self.apply(due[1], due[2])
        for facts in self.pumps.values():
            if facts["is_pause_power_active"] and seconds_of(facts["pause_power_until"] or iso(now)) <= now:
                facts.update(is_pause_power_active=False, pause_power_until=None)
        if now - self.refreshed >= self.refresh:
            self.refreshed = now
            self.cycle += 1
            for facts in self.pumps.values():
                self.move_on(facts, iso(now))

    def move_on(self, facts, now):
        step = self.cycle % 7
        running = not facts["is_pause_power_active"]
        facts["current_power_consumption_w"] = 900 + 110 * step if running else 0
        facts["outlet_temperature"] = round(34 + step / 2, 1) if running else facts["inlet_temperature"]
        facts["outdoor_temperature"] = round(-2.5 + (self.cycle % 11) / 2, 1)
        facts["operational_mode"] = ("Heating" if step < 5 else "Hot Water") if running else "Off"
        modes = MODES.get(facts["optimization_level"], ("min",))
        facts["current_mode"] = modes[self.cycle % len(modes)]  # an old word where nothing is optimised
        facts["current_state_last_updated_at"] = facts["last_monitoring_executed_at"] = now

    def apply(self, pump, fields):
        if pump not in self.pumps:
            return
        facts, now = self.pumps[pump], iso(self.clock.now())
        taken = {name: value for name, value in fields.items() if name not in self.kept}
        facts.update(copy.deepcopy({**taken, **self.with_write}))
        facts["updated_at"] = now
        if any("away_mode" in each for each in fields):
            facts["away_mode_last_updated_at"] = now
        if any(each.endswith("_temperature_limit") or "heating_policy" in each for each in fields):
            facts["heating_policy_last_updated_at"] = now

    def shown(self, pump):
        facts = self.pumps[pump]
        if not self.loose:
            return facts
        return {**facts, **{each: str(facts[each]) for each in TEMPERATURES if facts.get(each) is not None}}

    # ---- HTTP --------------------------------------------------------------------------------

    def error(self, status=None, code=None, message=None):
        """Error bodies are not documented; `detail` is what such services usually send."""
        return json_response({"detail": message or code or MESSAGES.get(status, "Error")}, status or 500)

    def answer(self, request, note):
        """The answer to a request; `note(text)` records what the client did wrong."""
        if (token := self.oauth.answer(request, note)) is not None:
            return token
        if "host" not in request.headers:
            note("no Host header")
        if request.method == "GET" and request.body:
            note("GET with a body")
        if not self.oauth.is_authorized(request, note):
            return self.error(401)
        return self.route(request, note)

    def route(self, request, note):
        if request.query:
            note("no query is needed")
        found = re.fullmatch(self.prefix + r"/org/([^/]+)/users(?:/([^/]+)/heat-pumps(?:/([^/]+))?)?", request.path)
        if not found:
            note("no such path")
            return self.error(404)
        organisation, user, pump = found.groups()
        self.catch_up()
        if organisation != ORGANISATION or user in self.forbidden:
            return self.error(403)
        if user and user not in self.users or pump and pump not in self.users[user]:
            return self.error(404)
        if request.method == "PUT" and pump:
            return self.write(request, pump, note)
        if request.method != "GET":
            note(f"no {request.method} here")
            return self.error(405)
        if pump:
            return json_response(self.shown(pump))
        return json_response([self.shown(each) for each in self.users[user]] if user else self.listed_users())

    def listed_users(self):
        users = [{"id": user, "email": f"user{number}@example.com", "first_name": "Maxine"}
                 for number, user in enumerate(self.users, 1)]
        return users if self.users_as == "array" else {self.users_as: users, "next": self.more_users}

    def write(self, request, pump, note):
        """An update of the fields given; the others stay."""
        if request.content_type() != "application/json":
            note(f"content type '{request.content_type()}' instead of application/json")
            return self.error(415)
        try:
            fields = request.json()
        except ValueError:
            note("the body is not JSON")
            return self.error(400)
        if wrong := wrong_fields(fields):
            note("; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in wrong))
            return json_response({"detail": wrong}, 422)
        if never := sorted(set(fields) & SENT_BY_NOBODY):
            note(f"{', '.join(never)} must never be sent")
        if self.ignore_next > 0:
            self.ignore_next -= 1
        elif self.latency:
            self.waiting.append((self.clock.now() + self.latency, pump, fields))
        else:
            self.apply(pump, fields)
        return json_response(self.shown(pump))

    # ---- control -----------------------------------------------------------------------------

    def change(self, wish):
        """Changes the truth; see README.md."""
        for _ in range(wish.get("add", 0)):
            self.add_pump()
        for pump in wish.get("remove", []):
            self.remove_pump(pump)
        for pump, fields in wish.get("set", {}).items():
            self.pumps[pump].update(fields)
        for pump, fields in wish.get("unset", {}).items():
            for field in fields:
                self.pumps[pump].pop(field)
        for name in ("forbidden", "users_as", "more_users", "loose", "with_write", "kept", "ignore_next", "latency", "refresh"):
            setattr(self, name, wish.get(name, getattr(self, name)))
        self.oauth.change(wish.get("oauth", {}))

    def state(self):
        self.catch_up()
        return {"heat_pumps": self.pumps, "users": self.users, "oauth": self.oauth.state(), "cycle": self.cycle}

    def truth(self, since):
        self.catch_up()
        return {"heat_pumps": list(self.pumps), "cycle": self.cycle}
