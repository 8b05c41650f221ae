"""The Ondilo Customer API v1 with any number of pools, grown from the documented examples."""

import copy
import math
import re
from collections import deque
from datetime import datetime, timezone
from urllib.parse import parse_qsl

from simulators.http_server import Response, json_response
from simulators.oauth import OAuthServer

TYPES = ("temperature", "ph", "orp", "salt", "tds", "battery", "rssi")
PERIODS = {"day": 24 * 3600, "week": 7 * 24 * 3600, "month": 30 * 24 * 3600}
INTERVAL = 3602  # the probe's hour is two seconds long
LAG = 120  # until the cloud has a measure
AT_ONCE = 5  # requests a second
BASE = {"temperature": 24.5, "ph": 7.9, "orp": 640, "salt": 3900, "tds": 900, "battery": 88, "rssi": 70}
SWING = {"temperature": 2.5, "ph": 0.25, "orp": 60, "salt": 150, "tds": 40, "battery": 3, "rssi": 8}
NAMES = ("Garden pool", "Terrace spa", "North basin", "Training pool")
KINDS = ("outdoor_inground_pool", "outdoor_spa", "indoor_inground_pool", "outdoor_aboveground_pool")
TITLES = ("Clean your filter", "Lower the pH", "Check the water level", "Calibrate the probe")


class Pool:
    """One pool, its probe and what the probe measured."""

    def __init__(self, number, samples, start):
        self.number, self.id = number, 234 + number
        self.facts = copy.deepcopy(samples["GET /pools"][0])
        self.facts.update(id=self.id, name=NAMES[number % 4] + ("" if number < 4 else f" {number + 1}"),
                          type=KINDS[number % 4], volume=15 + 7.5 * number)
        self.salt = number % 2 == 1
        self.facts["disinfection"]["primary"] = "salt" if self.salt else "chlorine"
        self.configuration = copy.deepcopy(samples["GET /pools/234/configuration"])
        self.start = start - 300 * (number % 8)
        self.probe = True
        self.ends = None  # the moment after which the probe is silent
        self.invalid = {}  # type -> reason
        self.values = {}  # type -> value, instead of the calculated one
        self.recommendations = []

    def device(self):
        return {"uuid": f"{self.number:016X}", "serial_number": f"SN{self.number + 1:05d}",
                "sw_version": "1.5.1-stable"}

    def newest(self, now):
        """The number of the newest measure that the cloud has."""
        until = now - LAG if self.ends is None else min(now - LAG, self.ends)
        return math.floor((until - self.start) / INTERVAL)

    def has(self, type_):
        return type_ != ("tds" if self.salt else "salt")

    def measure(self, k, type_):
        """Measure k as the vendor writes it, in either of its two forms of time."""
        moment = datetime.fromtimestamp(int(self.start + k * INTERVAL), timezone.utc)
        form = "%Y-%m-%d %H:%M:%S" if (k + self.number) % 2 else "%Y-%m-%dT%H:%M:%S+0000"
        value = round(BASE[type_] + SWING[type_] * math.sin(k / 5 + self.number), 1 if type_ == "temperature" else 2)
        value = self.values.get(type_, value) if self.has(type_) else None
        reason = self.invalid.get(type_)
        return {"data_type": type_, "value": value, "value_time": moment.strftime(form), "is_valid": reason is None,
                "exclusion_reason": reason}


class Ondilo:
    name = "ondilo"
    prefix = "/api/customer/v1"

    def __init__(self, samples, clock, pools=1, quota=30, history=48):
        self.samples, self.clock, self.quota, self.history = samples, clock, quota, history
        self.oauth = OAuthServer("/oauth2/token", ["authorization_code"], "customer_api",
                                 authorize_path="/oauth2/authorize", scope="api")
        self.pools, self.made, self.told = {}, 0, 10250
        self.asked = deque()  # simulated moments of the requests of the last hour
        self.second = deque()  # those of the last second, sign-ins left out: they are no requests to the API
        self.done = '"Done"'  # how a validation is answered
        self.deaf = False  # a validation is answered, and nothing happens
        for _ in range(pools):
            self.add_pool()

    def add_pool(self):
        pool = Pool(self.made, self.samples, self.clock.now() - self.history * 3600)
        self.made += 1
        self.pools[pool.id] = pool

    def recommend(self, pool, status="waiting"):
        self.told += 1
        facts = copy.deepcopy(self.samples["GET /pools/234/recommendations"][0])
        now, then = (datetime.fromtimestamp(self.clock.now() + later, timezone.utc).strftime("%Y-%m-%dT%H:%M:%S+0000")
                     for later in (0, PERIODS["week"]))
        facts.update(id=self.told, title=TITLES[self.told % 4], created_at=now, updated_at=now, deadline=then,
                     status=status)
        pool.recommendations.append(facts)

    # ---- HTTP --------------------------------------------------------------------------------

    def error(self, status=None, code=None, message=None):
        """The error body as it was seen; the vendor has no words for codes."""
        return json_response({"error": {"message": message or code or "An error occurred"}}, status or 500)

    def answer(self, request, note):
        """The answer to a request; `note(text)` records what the client did wrong."""
        signed_in = self.oauth.answer(request, note)
        if signed_in is not None:
            self.asked.append(self.clock.now())
            return signed_in
        if not self.oauth.is_authorized(request, note):
            return self.error(401, message="Invalid access token")
        if over := self.over_quota():
            note(over)
            return self.error(400, message="Cannot get user's pools")
        path = request.path.removeprefix(self.prefix)
        if request.method == "PUT":
            return self.validate(request, path, note)
        if request.method != "GET" or request.body:
            note("only GET without a body, and PUT")
        return self.route(request, path, note)

    def over_quota(self):
        """Counts a request; which limit it breaks, None where it breaks none. Without a quota there is no limit."""
        now = self.clock.now()
        for moments, period in ((self.asked, 3600), (self.second, 1)):
            while moments and moments[0] <= now - period:
                moments.popleft()
            moments.append(now)
        if self.quota and len(self.second) > AT_ONCE:
            return f"more than {AT_ONCE} requests a second"
        return f"more than {self.quota} requests an hour" if self.quota and len(self.asked) > self.quota else None

    def route(self, request, path, note):
        if path.startswith("/user/") or path.endswith("/shares"):
            note(f"{path} is personal, nobody needs it")
            return json_response({"lastname": "Doe", "firstname": "Jo", "email": "jo@example.com"})
        if path == "/pools":
            return json_response([pool.facts for pool in self.pools.values()])
        found = re.fullmatch(r"/pools/(\d+)/(\w+)", path)
        pool = self.pools.get(int(found[1])) if found else None
        parts = {"device": self.device, "configuration": self.configuration, "lastmeasures": self.last_measures,
                 "measures": self.measures, "recommendations": self.recommendations}
        if pool is None or found[2] not in parts:
            note("no such path")
            return self.error(404, message="Not found")
        if request.raw_query and "measures" not in found[2]:
            note("this path takes no query")
        return parts[found[2]](pool, request, note)

    def device(self, pool, _request, _note):
        return json_response(pool.device()) if pool.probe else self.error(404, message="No device")

    def configuration(self, pool, _request, _note):
        return json_response(pool.configuration)

    def recommendations(self, pool, _request, _note):
        return json_response(pool.recommendations)

    def last_measures(self, pool, request, note):
        """Without types[] the answer is an empty list, as it really is since 2024."""
        pairs = parse_qsl(request.raw_query, keep_blank_values=True)
        types = [value for name, value in pairs if name == "types[]"]
        if len(types) != len(pairs) or not types:
            note("types[] has to be given, and nothing else")
        if any(each not in TYPES for each in types):
            note(f"types are {', '.join(TYPES)}")
            return self.error(400, message="Unknown type")
        newest = pool.newest(self.clock.now())
        if not pool.probe or newest < 0:
            return json_response([])
        return json_response([pool.measure(newest, each) for each in types])

    def measures(self, pool, request, note):
        """One type over one period, oldest first."""
        query = request.query
        if set(query) != {"type", "period"} or request.repeated or query["type"] not in TYPES \
                or query["period"] not in PERIODS:
            note("type and period have to be given, each once")
            return self.error(400, message="Bad type or period")
        now = self.clock.now()
        first = max(0, math.ceil((now - PERIODS[query["period"]] - pool.start) / INTERVAL))
        last = pool.newest(now) if pool.probe else -1
        return json_response([pool.measure(k, query["type"]) for k in range(first, last + 1)])

    def validate(self, request, path, note):
        found = re.fullmatch(r"/pools/(\d+)/recommendations/(\d+)", path)
        pool = self.pools.get(int(found[1])) if found else None
        if pool is None or request.raw_query or request.body:
            note("a PUT validates a recommendation, without query and body")
            return self.error(404, message="Not found")
        waiting = [each for each in pool.recommendations if each["id"] == int(found[2])]
        if not waiting:
            note("no such recommendation")
            return self.error(404, message="Recommendation not found")
        if not self.deaf:
            pool.recommendations.remove(waiting[0])
        return Response(200, self.done.encode("utf-8"))

    # ---- control -----------------------------------------------------------------------------

    def change(self, wish):
        """Changes the truth: see README.md."""
        for _ in range(wish.get("add", 0)):
            self.add_pool()
        for pool_id in wish.get("remove", []):
            del self.pools[int(pool_id)]
        for pool_id, changes in wish.get("set", {}).items():
            self.set(self.pools[int(pool_id)], dict(changes))
        for name in ("done", "deaf", "quota"):
            setattr(self, name, wish.get(name, getattr(self, name)))
        self.oauth.change(wish.get("oauth", {}))

    def set(self, pool, changes):
        for _ in range(changes.pop("recommend", 0)):
            self.recommend(pool)
        if changes.pop("silent", False):
            pool.ends = self.clock.now() - LAG - changes.pop("older", 0)
        pool.start -= changes.pop("older", 0)
        pool.configuration.update(changes.pop("configuration", {}))
        for name, value in changes.items():
            if name not in ("probe", "invalid", "values", "recommendations", "salt"):
                raise ValueError(f"a pool has no {name}")
            setattr(pool, name, value)

    def state(self):
        return {"pools": {str(pool.id): {"name": pool.facts["name"], "probe": pool.probe,
                                         "recommendations": pool.recommendations} for pool in self.pools.values()},
                "requests_last_hour": len(self.asked), "oauth": self.oauth.state()}

    def truth(self, since):
        """Of each pool the newest measures, and the moments of all that came after `since`."""
        now, told = self.clock.now(), {}
        for pool in self.pools.values():
            newest = pool.newest(now)
            times = [pool.start + k * INTERVAL for k in range(max(0, newest - 800), newest + 1)]
            told[str(pool.id)] = {
                "measures": {each: pool.measure(newest, each)["value"] for each in TYPES} if newest >= 0 else {},
                "times": [int(each) for each in times if each > since],
                "waiting": [each["id"] for each in pool.recommendations if each["status"] == "waiting"]}
        return told
