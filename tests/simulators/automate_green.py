"""The Automate Green power controller API v1: sign-in, devices, commands, settings, statuses."""

import base64
import json
import re
import time
from urllib.parse import parse_qsl

from simulators.green_bodies import wrong_command, wrong_settings
from simulators.http_server import json_response
from simulators.power_controller import PERIOD, PowerController
from simulators.sim_clock import iso, seconds_of

DEFAULT_EMAIL = "user@example.com"
DEFAULT_PASSWORD = "mypassword"
DEFAULT_TOKEN = "ready-made-token"
TWO_WEEKS = 14 * 86400
TEN_DAYS = 10 * 86400
MESSAGES = {400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 404: "Not Found", 429: "Too Many Requests",
            500: "Internal Server Error", 503: "Service Unavailable"}
CALLS = (("GET", None), ("PUT", None), ("POST", "/status"), ("POST", "/command"))  # on a device
THERMOSTAT = {"id": "thermostat-1", "address": "00aa", "sn": "TH-1", "country": "US",
              "type": {"id": "thermostat-v1", "profile": "thermostat", "desc": "Thermostat"},
              "status": {"state": "Active", "info": {"temperature": 70, "on": False},
                         "date": "2018-05-08T15:03:15.000Z"}}


class AutomateGreen:
    name = "automate_green"
    prefix = "/v1"

    def __init__(self, samples, clock, controllers=1, history=PERIOD * 4, period=PERIOD):
        self.clock = clock
        self.email, self.password, self.token = DEFAULT_EMAIL, DEFAULT_PASSWORD, DEFAULT_TOKEN
        self.tokens = {}  # issued ones -> end of life, real seconds
        self.issued = 0
        self.opaque_tokens = False
        self.code_place = "top"  # where response codes stand: top, or a path such as device.status
        self.forced_codes = []  # response codes for the next commands, instead of carrying them out
        self.ignore_next = 0  # so many commands are answered well and not carried out
        self.wrap_statuses = False
        self.device = samples["GET /devices"]["devices"][0]["device"]
        self.reading = {**self.device["status"]["info"]}
        self.controllers = {}
        self.period = period
        for _ in range(controllers):
            self.add_controller(history)

    def add_controller(self, history=0):
        now = self.clock.now()
        controller = PowerController(len(self.controllers) + 1, self.device, self.reading, now - history,
                                     self.period)
        controller.catch_up(now)
        self.controllers[controller.device["id"]] = controller

    def catch_up(self):
        now = self.clock.now()
        for controller in self.controllers.values():
            controller.catch_up(now)
            for due in [each for each in controller.held if each[0] <= now]:
                controller.held.remove(due)
                controller.insert(due[1], due[2])
        return now

    # ---- HTTP --------------------------------------------------------------------------------

    def error(self, status=None, code=None, message=None):
        """The shape of error bodies is not documented; this one is plausible."""
        return json_response({"message": message or code or MESSAGES.get(status, "Error")}, status or 500)

    def answer(self, request, note):
        """The answer to a request; `note(text)` records what the client did wrong."""
        if request.repeated:
            note(f"query given twice: {request.repeated}")
        if "host" not in request.headers:
            note("no Host header")
        if request.method == "GET" and request.body:
            note("GET with a body")
        if request.path == "/v1/signin":
            return self.sign_in(request, note)
        if "access_token" in request.query or b"access_token=" in request.body:
            note("a token outside the Authorization header")
        if not self.is_authorized(request.headers.get("authorization", ""), note):
            return self.error(401)
        return self.route(request, note)

    def route(self, request, note):
        call, path = request.method, request.path
        if path == "/v1/devices":
            if call == "POST":
                note("adding a device activates a SIM card and costs money")
                return self.error(403)
            return self.devices() if call == "GET" else self.error(404)
        if path == "/v1/statuses" and call == "GET":
            return self.statuses(request, note)
        found = re.fullmatch(r"/v1/devices/([^/]+)(/status|/command)?", path)
        if not found or (call, found[2]) not in CALLS:
            note("no such path")
            return self.error(404)
        now = self.catch_up()
        controller = self.controllers.get(found[1])
        if not controller:
            return self.error(404)
        if call == "GET":
            return json_response({"device": controller.document(now)})
        if found[2] == "/status":
            return self.refresh(request, controller, now, note)
        return self.write(request, controller, found[2] == "/command", now, note)

    def sign_in(self, request, note):
        if request.method != "POST":
            note("sign-in is a POST")
            return self.error(404)
        if request.content_type() == "application/json":
            try:
                body = request.json()
                user, life = body["user"], body.get("expires", TWO_WEEKS)
                email, password = user["email"], user["password"]
            except (ValueError, KeyError, TypeError, AttributeError):
                note("sign-in is {user: {email, password}, expires}")
                return self.error(400)
        elif request.content_type() == "application/x-www-form-urlencoded":
            form = dict(parse_qsl(request.body.decode("utf-8", "replace")))
            email, password = form.get("user[email]"), form.get("user[password]")
            life = form.get("expires", TWO_WEEKS)
        else:
            note(f"sign-in with content type '{request.content_type()}'")
            return self.error(400)
        if (email, password) != (self.email, self.password):
            return self.error(401, message="Invalid email or password")
        if not str(life).isdigit() or int(life) <= 0:
            note("expires is a number of seconds")
            return self.error(400)
        return json_response({"message": "Sign in successful", "token": self.issue(int(life)),
                              "user": {"email": email, "name": "Example User"}})

    def issue(self, life):
        """A token that ends after `life` real seconds."""
        self.issued += 1
        ends = time.time() + life
        if self.opaque_tokens:
            token = f"opaque{self.issued:06d}"
        else:
            claims = {"sub": self.issued, "iat": int(ends - life), "exp": int(ends)}
            token = ".".join((part_of_token({"alg": "HS256", "typ": "JWT"}), part_of_token(claims), "signature"))
        self.tokens[token] = ends
        return token

    def is_authorized(self, authorization, note):
        if not authorization.startswith("Bearer "):
            note("authorization is not 'Bearer <token>'")
            return False
        token = authorization[7:]
        return token == self.token or self.tokens.get(token, 0) > time.time()

    def devices(self):
        now = self.catch_up()
        listed = [controller.document(now) for controller in self.controllers.values()] + [THERMOSTAT]
        return json_response({"devices": [{"device": device} for device in listed]})

    def refresh(self, request, controller, now, note):
        if request.body and request.body.strip() not in (b"{}", b"null"):
            note("a refresh has no body")
        if controller.silent:
            return self.error(503)
        controller.report(now, "api")
        return json_response({"device": controller.document(now), "responseCodes": [100]})

    def write(self, request, controller, is_command, now, note):
        """A command, or new settings."""
        if request.content_type() != "application/json":
            note(f"content type '{request.content_type()}' instead of application/json")
        try:
            body = request.json()
            wrong = wrong_command(body) if is_command else wrong_settings(body)
        except ValueError:
            body, wrong = None, "the body is not JSON"
        if wrong:
            note(wrong)
            return self.error(400, message=wrong)
        if controller.silent:
            return self.error(503)
        if self.forced_codes:
            codes = self.forced_codes.pop(0)
        elif self.ignore_next > 0:
            self.ignore_next -= 1
            codes = [102]
        elif is_command:
            codes = [controller.command(body["command"], now)]
        else:
            codes = controller.plan(body["schedule"]) if "schedule" in body else controller.configure(body["info"])
        return json_response(self.with_codes(controller.document(now), codes))

    def with_codes(self, device, codes):
        """The device, and the controller's own codes: a number or a list, in one of several places."""
        answer = {"device": device}
        place = answer
        for member in [] if self.code_place == "top" else self.code_place.split("."):
            place = place.setdefault(member, {})
        place["responseCodes" if isinstance(codes, list) else "responseCode"] = codes
        return answer

    def statuses(self, request, note):
        now = self.catch_up()
        query = request.query
        if unknown := set(query) - {"device", "date", "date[start]", "date[end]"}:
            note(f"unknown query {sorted(unknown)}")
        controller = self.controllers.get(query.get("device", ""))
        if not controller:
            return self.error(404 if "device" in query else 400)
        try:
            start = seconds_of(query.get("date[start]", query.get("date", iso(now - 86400))))
            end = seconds_of(query.get("date[end]", iso(now)))
        except ValueError:
            note("dates are ISO 8601")
            return self.error(400)
        if end - start > TEN_DAYS or end < start:
            note("a window ends after its start and is 10 days at most")
            return self.error(400)
        if abs(end - time.time()) < 60 < self.clock.ahead():
            end = now  # a client whose clock cannot be moved means the present
        found = [status for moment, status in controller.statuses if start <= moment < end or
                 ("date[end]" not in query and moment == end)]
        return json_response({"statuses": [{"status": each} for each in found] if self.wrap_statuses else found})

    # ---- control -----------------------------------------------------------------------------

    def change(self, wish):
        """Changes the truth; see README.md."""
        self.catch_up()
        for _ in range(wish.get("add", 0)):
            self.add_controller()
        for device in wish.get("remove", []):
            del self.controllers[device]
        for device, fields in wish.get("set", {}).items():
            for name, value in fields.items():
                if name not in ("silent", "unavailable", "watts", "on", "hides_schedule"):
                    raise ValueError(f"cannot set {name}")
                if name == "on":
                    self.controllers[device].switch(value, self.clock.now(), "manual")
                else:
                    setattr(self.controllers[device], name, value)
        for name in ("email", "password", "token", "opaque_tokens", "code_place", "forced_codes", "ignore_next",
                     "wrap_statuses"):
            setattr(self, name, wish.get(name, getattr(self, name)))
        if wish.get("expire_tokens"):
            self.tokens.clear()
        for order in wish.get("statuses", []):
            self.disturb(order)

    def disturb(self, order):
        """Something happens to the history: duplicate, late, overlapping, gap, any."""
        controller, kind, now = self.controllers[order["device"]], order["kind"], self.clock.now()
        updates = [each for each in controller.statuses if each[1]["type"] == "update"]
        if kind == "duplicate":
            controller.statuses.extend(updates[-order.get("count", 1):])
            controller.statuses.sort(key=lambda each: each[0])
        elif kind == "late":  # reported after `seconds`, with its own, older date
            moment, status = updates[-1]
            controller.statuses.remove((moment, status))
            controller.held.append((now + order["seconds"], moment, status))
        elif kind == "overlapping":
            moment = updates[-1][0] - controller.period / 2
            controller.append("update", "auto", moment, {**controller.reading, "on": controller.on, "toggleIn": 0})
        elif kind == "gap":  # samples that nobody will ever see
            for each in updates[-order.get("count", 1):]:
                controller.statuses.remove(each)
        elif kind == "any":
            controller.append(order.get("type", "update"), order.get("reason", "auto"), now + order.get("offset", 0),
                              order.get("info", {}))
        else:
            raise ValueError(f"no disturbance {kind}")

    def state(self):
        now = self.catch_up()
        return {"controllers": {each: controller.document(now) for each, controller in self.controllers.items()},
                "signed_in": self.issued, "newest_token": next(reversed(self.tokens), None)}

    def truth(self, since):
        self.catch_up()
        result = {}
        for device, controller in self.controllers.items():
            total, count = controller.energy(since)
            result[device] = {"wh": total / 100, "hundredths": total, "statuses": count, "on": controller.on,
                              "newest": controller.statuses[-1][1]["date"] if controller.statuses else None}
        return result


def part_of_token(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode("utf-8")).rstrip(b"=").decode("ascii")
