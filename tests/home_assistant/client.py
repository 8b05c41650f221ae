"""Home Assistant's own interfaces, as its front end uses them: REST and WebSocket."""

import contextlib
import json
import time
import urllib.error
import urllib.parse
import urllib.request

import websocket

ACCOUNT = {"name": "Test", "username": "test", "password": "a-test-password", "language": "en"}


class Refused(AssertionError):
    """Home Assistant answered with an error."""


class Client:
    """One person's session; the WebSocket is opened with the first question and after a restart."""

    def __init__(self, url):
        self.url = url
        self.tokens = {}
        self.socket = None
        self.number = 0

    # ---- REST --------------------------------------------------------------------------------

    def rest(self, method, path, body=None, form=False):
        """One call; the answer's JSON."""
        headers = {"Content-Type": "application/x-www-form-urlencoded" if form else "application/json"}
        if "access_token" in self.tokens:
            headers["Authorization"] = f"Bearer {self.tokens['access_token']}"
        data = None
        if body is not None:
            data = (urllib.parse.urlencode(body) if form else json.dumps(body)).encode()
        request = urllib.request.Request(self.url + path, data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(f"{method} {path}: {error.code} {error.read().decode(errors='replace')[:500]}") from error

    def is_up(self):
        try:
            urllib.request.urlopen(f"{self.url}/manifest.json", timeout=5).close()
            return True
        except (urllib.error.URLError, OSError):
            return False

    def onboard(self):
        """Makes the owner's account and signs in. The step that sets up cloud integrations is left out."""
        user = self.rest("POST", "/api/onboarding/users", {**ACCOUNT, "client_id": self.url})
        self.tokens = self.rest("POST", "/auth/token", {
            "grant_type": "authorization_code", "code": user["auth_code"], "client_id": self.url}, form=True)

    def keep_address(self):
        """Says that the configured port is meant: releases of autumn 2026 ask, and go back to 8123 after five minutes.

        A release that knows nothing of it, or has nothing to ask, refuses.
        """
        with contextlib.suppress(Refused):
            self.ask("http/config/promote")

    def storage(self):
        """What a browser keeps of a person who is signed in and has put the side bar away."""
        life = self.tokens["expires_in"]
        tokens = {**self.tokens, "expires": round((time.time() + life) * 1000), "hassUrl": self.url,
                  "clientId": self.url}
        return {"hassTokens": json.dumps(tokens), "dockedSidebar": json.dumps("always_hidden")}

    def add_integration(self, handler, wishes):
        """Walks through an integration's dialogue, giving each form what it asks for; the entry."""
        step = self.rest("POST", "/api/config/config_entries/flow", {"handler": handler})
        while step["type"] == "form":
            if step.get("errors"):
                raise Refused(f"{handler}: {step['errors']}")
            given = {field["name"]: wishes[field["name"]] for field in step["data_schema"] if field["name"] in wishes}
            step = self.rest("POST", f"/api/config/config_entries/flow/{step['flow_id']}", given)
        if step["type"] != "create_entry":
            raise Refused(f"{handler}: {step}")
        return step["result"]

    # ---- WebSocket ---------------------------------------------------------------------------

    def connect(self):
        self.close()
        self.socket = websocket.create_connection(self.url.replace("http", "ws", 1) + "/api/websocket", timeout=60)
        self.socket.recv()  # auth_required
        self.socket.send(json.dumps({"type": "auth", "access_token": self.tokens["access_token"]}))
        answer = json.loads(self.socket.recv())
        if answer["type"] != "auth_ok":
            raise Refused(f"sign-in: {answer}")

    def tell(self, kind, **fields):
        """One question of which the answer is not waited for."""
        if self.socket is None:
            self.connect()
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "type": kind, **fields}))

    def ask(self, kind, **fields):
        """One question; the result."""
        self.tell(kind, **fields)
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.number and answer["type"] == "result":
                if not answer["success"]:
                    raise Refused(f"{kind} {fields}: {answer['error']}")
                return answer["result"]

    def close(self):
        if self.socket is not None:
            self.socket.close()
            self.socket = None

    # ---- What people do and see --------------------------------------------------------------

    def call(self, domain, service, entity_id, **data):
        """An action on an entity, as a tap in the front end."""
        return self.ask("call_service", domain=domain, service=service, service_data=data,
                        target={"entity_id": entity_id})

    def states(self):
        return {each["entity_id"]: each for each in self.ask("get_states")}

    def entries(self):
        """The entity registry's entries of what came by MQTT."""
        return [each for each in self.ask("config/entity_registry/list") if each["platform"] == "mqtt"]

    def entities(self):
        """The same by unique id, which only entities of different domains could share."""
        return {each["unique_id"]: each for each in self.entries()}

    def devices(self):
        """The device registry: our identifier -> entry."""
        return {name: each for each in self.ask("config/device_registry/list")
                for domain, name in each["identifiers"] if domain == "mqtt"}
