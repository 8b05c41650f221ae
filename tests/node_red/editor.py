"""A real Node-RED without a window: what a person does in its editor, by the same interfaces."""

import contextlib
import json
import os
import re
import secrets
import threading
import urllib.error
import urllib.request
from pathlib import Path

import websocket

from system.processes import Child, eventually, free_port

# What it warns of at its start because of our settings, and because it starts empty.
EXPECTED = ("Projects disabled : editorTheme.projects.enabled=false", "Encrypted credentials not found")
# "localhost" may be ::1 first, where the tests' broker does not listen, and Node.js 18 tries only the first.
ENVIRONMENT = {"NODE_OPTIONS": "--dns-result-order=ipv4first"}


def settings(port):
    """Private to the test: this machine only, and nothing is fetched from elsewhere."""
    return {
        "uiHost": "127.0.0.1", "uiPort": port, "flowFile": "flows.json", "credentialSecret": secrets.token_hex(16),
        "telemetry": {"enabled": False, "updateNotification": False},
        "externalModules": {"autoInstall": False, "palette": {"allowInstall": False, "allowUpload": False},
                            "modules": {"allowInstall": False}},
        "functionExternalModules": False,
        "editorTheme": {"projects": {"enabled": False}, "tours": False},
        "logging": {"console": {"level": "info", "metrics": False, "audit": False}},
    }


class NodeRed(Child):
    """The running program with a user directory of its own."""

    def __init__(self, command, directory):
        self.command = command
        self.directory = Path(directory)
        self.port = free_port()
        self.nodes = []
        self.sidebar = None

    def start(self):
        self.directory.mkdir(parents=True, exist_ok=True)
        file = self.directory / "settings.js"
        file.write_text(f"module.exports = {json.dumps(settings(self.port))};\n")
        with open(self.directory / "log", "ab") as log:
            self.spawn([*self.command, "--userDir", self.directory], env={**os.environ, **ENVIRONMENT}, stdout=log,
                       stderr=log)
        eventually(self.is_started, 60, "Node-RED")
        self.sidebar = Sidebar(self.port)
        return self

    def is_started(self):
        if not self.is_running():
            raise AssertionError("Node-RED ended: " + self.log()[-3000:])
        return all(each in self.log() for each in ("Server now running", "Started flows"))  # in either order

    def stop(self):
        if self.sidebar:
            self.sidebar.close()
        self.end()

    def log(self):
        return (self.directory / "log").read_text(errors="replace")

    def complaints(self):
        """Its warnings and errors."""
        found = re.findall(r"\[(?:warn|error|fatal)\].*", self.log())
        return [each for each in found if not each.endswith(EXPECTED)]

    def call(self, method, path, body=None):
        """One call of its Admin API; the answer, parsed where it is JSON."""
        data = None if body is None else json.dumps(body).encode()
        headers = {"Content-Type": "application/json", "Accept": "application/json"}
        request = urllib.request.Request(f"http://127.0.0.1:{self.port}{path}", data, headers, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                text = answer.read().decode()
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(f"{method} {path}: {error.code} {error.read().decode()}") from error
        return json.loads(text) if text.startswith(("{", "[")) else text

    def core_types(self):
        """The types of node that it brings along and can run."""
        return {each for node_set in self.call("GET", "/nodes")
                if node_set["module"] == "node-red" and node_set["enabled"] and not node_set.get("err")
                for each in node_set["types"]}

    def deploy(self, nodes):
        """Runs these nodes and no others; returns when all that speak MQTT are connected."""
        self.nodes = nodes
        self.sidebar.clear()
        self.call("POST", "/flows", nodes)
        speakers = [each["id"] for each in nodes if each["type"] in ("mqtt in", "mqtt out")]
        eventually(lambda: all(self.sidebar.is_connected(each) for each in speakers), 20, "connection to the broker")

    def press(self, name, **properties):
        """Presses the button of an inject node; properties replace what it would send."""
        (node,) = [each for each in self.nodes if each["type"] == "inject" and each["name"] == name]
        body = None
        if properties:
            given = [{"p": "payload", "v": node["payload"], "vt": node["payloadType"]}]
            given += [{"p": key, "v": str(value), "vt": "num"} for key, value in properties.items()]
            body = {"__user_inject_props__": given}
        self.call("POST", f"/inject/{node['id']}", body)


class Sidebar:
    """What the editor would show: the debug messages, and the words under the nodes."""

    def __init__(self, port):
        self.messages = []  # (name of the debug node, value)
        self.statuses = {}
        self.connection = websocket.create_connection(f"ws://127.0.0.1:{port}/comms")
        self.reader = threading.Thread(target=self.read, daemon=True)
        self.reader.start()

    def read(self):
        with contextlib.suppress(websocket.WebSocketException, OSError):  # it was closed
            while text := self.connection.recv():
                batch = json.loads(text)
                for each in batch if isinstance(batch, list) else [batch]:
                    self.take(each.get("topic", ""), each.get("data", {}))

    def take(self, name, data):
        if name == "debug":
            self.messages.append((data.get("name") or "error", self.value(data)))
        elif name.startswith("status/"):
            self.statuses[name.removeprefix("status/")] = data.get("text", "")

    @staticmethod
    def value(data):
        """A debug message's value; objects and numbers are sent as text beside their kind."""
        is_text = data.get("format", "").startswith("string")
        return data["msg"] if is_text or not isinstance(data.get("msg"), str) else json.loads(data["msg"])

    def clear(self):
        self.messages, self.statuses = [], {}

    def is_connected(self, node):
        return self.statuses.get(node, "").endswith(".connected")

    def shown(self, name):
        """All that a debug node has shown since the last deployment."""
        return [value for shown, value in list(self.messages) if shown == name]

    def wait(self, name, count=1, seconds=20):
        """Waits until a debug node has shown so many values; all of them."""
        def enough():
            found = self.shown(name)
            return found if len(found) >= count else None

        try:
            return eventually(enough, seconds, f"{count} values shown by '{name}'")
        except AssertionError as late:
            raise AssertionError(f"{late}; the sidebar: {self.messages[-20:]}") from late

    def close(self):
        self.connection.shutdown()
        self.reader.join(5)
