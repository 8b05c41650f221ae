"""A real browser without a window, by Chromium's own protocol: no driver, and nothing to keep in step with it."""

import base64
import json
import os
import sys
import urllib.request
from pathlib import Path

import websocket

from system.processes import Child, eventually

# Itself, and not the script of that name in /usr/bin, which would end and leave it running.
PROGRAM = Path("/usr/lib/chromium/chromium-headless-shell")
SIZE = (1200, 800)
OPTIONS = ("--headless", "--remote-debugging-port=0", "--no-first-run", "--disable-background-networking",
           "--disable-gpu", "--disable-dev-shm-usage", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
           "--hide-scrollbars", "--force-color-profile=srgb", "--lang=en-GB",
           f"--window-size={SIZE[0]},{SIZE[1]}")
# The page's nodes, also inside of what it calls shadow roots; and what it shows, as text.
NODES = """(() => {
const nodes = (node) => ["SCRIPT", "STYLE"].includes(node.nodeName) ? [] : [node].concat(
  ...(node.shadowRoot ? [...node.shadowRoot.childNodes] : []).concat(...node.childNodes).map(nodes));
return nodes(document).%s;
})()"""
TEXT = NODES % "filter(each => each.nodeType === 3).map(each => each.data.trim())"
COUNT = NODES % "filter(each => each.nodeType === 1 && each.matches(%s)).length"
ROOT = Path(__file__).resolve().parents[2]
LARGEST = 150_000  # bytes of a picture in the tree
SKIPPED = 77  # ctest's word for it


def skip_without():
    """Ends the tests with one sentence where there is no browser."""
    if not PROGRAM.exists():
        print(f"No picture was taken. There is no {PROGRAM}; ./run-tests --setup-only installs it.", file=sys.stderr)
        sys.exit(SKIPPED)


def keep(name, picture):
    """Keeps a picture beside the program; with UPDATE_SCREENSHOTS=1 in the documents."""
    folder = Path(os.environ["CLOUD2MQTT"]).resolve().parent / "screenshots"
    if os.environ.get("UPDATE_SCREENSHOTS"):
        folder = ROOT / "docs" / "screenshots"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / f"{name}.png").write_bytes(picture)
    if len(picture) > LARGEST:
        raise AssertionError(f"{name}.png has {len(picture)} bytes, more than {LARGEST}")


class Browser(Child):
    """One window with one page."""

    def __init__(self, directory):
        self.directory = Path(directory)
        self.socket = None
        self.number = 0
        self.complaints = []  # what the page's own programs threw

    def start(self):
        self.directory.mkdir(parents=True)
        options = [*OPTIONS, f"--user-data-dir={self.directory}"]
        if os.geteuid() == 0:
            # As root Chromium refuses to start otherwise; it sees only our own pages.
            options.append("--no-sandbox")
        with open(self.directory / "log", "ab") as log:
            self.spawn([PROGRAM, *options, "about:blank"], stdout=log, stderr=log, env={**os.environ, "TZ": "UTC"})
        self.socket = websocket.create_connection(eventually(self.page, 60, "browser"), timeout=30,
                                                  suppress_origin=True)
        self.ask("Page.enable")
        self.ask("Runtime.enable")
        self.ask("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
        return self

    def page(self):
        """The address at which its page listens to us."""
        if not self.is_running():
            raise AssertionError("the browser ended: " + (self.directory / "log").read_text(errors="replace")[-2000:])
        port = self.directory / "DevToolsActivePort"
        if not port.exists() or "\n" not in port.read_text():
            return None
        with urllib.request.urlopen(f"http://127.0.0.1:{port.read_text().split()[0]}/json/list", timeout=10) as answer:
            return next((each["webSocketDebuggerUrl"] for each in json.load(answer) if each["type"] == "page"), None)

    def stop(self):
        if self.socket:
            self.socket.close()
        self.end()

    def ask(self, method, **parameters):
        """One call of the protocol; its result."""
        self.number += 1
        self.socket.send(json.dumps({"id": self.number, "method": method, "params": parameters}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("method") == "Runtime.exceptionThrown":
                self.complaints.append(answer["params"]["exceptionDetails"])
            if answer.get("id") == self.number:
                if "error" in answer:
                    raise AssertionError(f"{method}: {answer['error']}")
                return answer["result"]

    def run(self, script):
        """The value of an expression in the page, promises awaited."""
        answer = self.ask("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            raise AssertionError(f"{script[:200]}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def store(self, values):
        """What every page finds in its local storage."""
        lines = [f"localStorage.setItem({json.dumps(name)}, {json.dumps(value)});" for name, value in values.items()]
        self.ask("Page.addScriptToEvaluateOnNewDocument", source="\n".join(lines))

    def go(self, address):
        self.complaints.clear()
        self.ask("Page.navigate", url=address)

    def text(self):
        """What the page shows, each text once."""
        return set(self.run(TEXT))

    def count(self, selector):
        """How many elements of a kind the page has."""
        return self.run(COUNT % json.dumps(selector))

    def wait(self, words, elements=None, seconds=60):
        """Waits until the page shows these texts, and has so many elements of each kind (selector -> number)."""
        def is_there():
            return not words - self.text() and all(self.count(each) == number
                                                   for each, number in (elements or {}).items())

        try:
            eventually(is_there, seconds, "page")
        except AssertionError as late:
            counts = {each: self.count(each) for each in elements or {}}
            raise AssertionError(f"{late}; missing: {words - self.text()}; {counts} instead of {elements}; "
                                 f"shown: {sorted(self.text())}") from late

    def picture(self):
        """What is in the window, as PNG, when nothing in it moves any more."""
        taken = []

        def is_at_rest():
            taken.append(base64.b64decode(self.ask("Page.captureScreenshot", format="png")["data"]))
            return taken[-1] in taken[-3:-1]

        eventually(is_at_rest, 30, "page at rest")
        return taken[-1]
