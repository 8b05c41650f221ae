"""The real programs of a system test: broker, simulators, bridge. Each is ended by its own pid."""

import ctypes
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
PATH = os.pathsep.join((os.environ.get("PATH", ""), "/usr/sbin", "/sbin"))
LIBC = ctypes.CDLL(None)
PR_SET_PDEATHSIG = 1


def die_with_parent():
    """Runs in the child: no orphan stays when a test run is killed."""
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def eventually(predicate, seconds, what):
    """Waits for a condition outside of MQTT; its value."""
    deadline = time.monotonic() + seconds
    while True:
        value = predicate()
        if value:
            return value
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s still no {what}")
        time.sleep(0.02)


class Child:
    """A process of ours."""

    process = None

    def spawn(self, command, **options):
        self.process = subprocess.Popen([str(each) for each in command], preexec_fn=die_with_parent,
                                        stdin=subprocess.DEVNULL, **options)

    def is_running(self):
        return self.process is not None and self.process.poll() is None

    def end(self, number=signal.SIGTERM, seconds=10):
        """Ends it; the exit status. Killed when it does not end in time."""
        if self.process is None:
            return None
        if self.process.poll() is None:
            self.process.send_signal(number)
        try:
            return self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise
        finally:
            if self.process.stdout:
                self.process.stdout.close()


class Broker(Child):
    """A real Mosquitto on a free port of this machine, in a directory of its own."""

    def __init__(self, directory, persistence=False, users=None, log="all", access=""):
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.port = free_port()
        self.persistence = persistence
        self.users = users or {}
        self.access = access  # the lines of an access list; empty: everybody may everything
        self.log_type = log

    def configuration(self):
        lines = [f"listener {self.port} 127.0.0.1", "sys_interval 0", "max_queued_messages 0",
                 f"persistence {'true' if self.persistence else 'false'}",
                 f"persistence_location {self.directory}/", "log_dest stderr", f"log_type {self.log_type}"]
        if os.geteuid() == 0:
            lines.append("user root")
        if self.users:
            lines += ["allow_anonymous false", f"password_file {self.directory / 'passwords'}"]
        else:
            lines.append("allow_anonymous true")
        if self.access:
            lines.append(f"acl_file {self.directory / 'access'}")
        return "\n".join(lines) + "\n"

    def write_passwords(self):
        passwords = self.directory / "passwords"
        passwords.write_text("")
        passwords.chmod(0o600)
        for user, password in self.users.items():
            program = shutil.which("mosquitto_passwd", path=PATH)
            subprocess.run([program, "-b", str(passwords), user, password], check=True, capture_output=True)

    def start(self):
        if self.users:
            self.write_passwords()
        if self.access:
            (self.directory / "access").write_text(self.access)
            (self.directory / "access").chmod(0o600)
        file = self.directory / "mosquitto.conf"
        file.write_text(self.configuration())
        program = shutil.which("mosquitto", path=PATH)
        if not program:
            raise AssertionError("mosquitto is not installed")
        with open(self.directory / "log", "ab") as log:
            self.spawn([program, "-c", file], stdout=log, stderr=log)
        eventually(self.listens, 10, "listening broker")
        return self

    def listens(self):
        if not self.is_running():
            raise AssertionError("the broker ended: " + self.log()[-2000:])
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
            return True
        except OSError:
            return False

    def log(self):
        return (self.directory / "log").read_text(errors="replace")

    def kill(self):
        """As a power cut: what was not saved is lost."""
        if self.is_running():
            self.process.kill()
            self.process.wait()

    def stop(self):
        """Ends it in order; with persistence it saves everything."""
        self.end()

    def restart(self, power_cut=True):
        if power_cut:
            self.kill()
        else:
            self.stop()
        self.start()


class Simulators(Child):
    """simulate.py, and its control port."""

    def __init__(self, *arguments):
        self.arguments = arguments
        self.urls = {}

    def start(self):
        program = TESTS / "simulators" / "simulate.py"
        self.spawn([sys.executable, "-B", program, *self.arguments], stdout=subprocess.PIPE)
        self.urls = json.loads(self.process.stdout.readline())
        return self

    def call(self, method, path, body=None):
        """One call of the control port; its answer."""
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.urls["control"] + path, data, method=method)
        try:
            with urllib.request.urlopen(request, timeout=10) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                raise AssertionError(f"{method} {path}: {error.read().decode()}") from error

    def fault(self, vendor, kind, match="", **more):
        return self.call("POST", "/faults", {"vendor": vendor, "kind": kind, "match": match, **more})

    def wait_fault(self, fault, hits=1, seconds=20):
        """Waits until a fault happened so often; a delayed request is then on its way."""
        def happened():
            found = [each for each in self.call("GET", "/faults")["faults"] if each["number"] == fault["number"]]
            return found and found[0]["hits"] >= hits

        eventually(happened, seconds, f"{hits} times {fault['kind']}")

    def heal(self):
        self.call("DELETE", "/faults")

    def change(self, **wish):
        return self.call("POST", "/state", wish)

    def state(self):
        return self.call("GET", "/state")

    def truth(self, since=None):
        return self.call("GET", "/truth" + (f"?since={urllib.parse.quote(since)}" if since else ""))

    def asked(self, match="", vendor=None, after=0):
        """The requests seen whose "METHOD /path?query" the expression finds."""
        query = {"match": match, "after": after, **({"vendor": vendor} if vendor else {})}
        return self.call("GET", "/journal?" + urllib.parse.urlencode(query))["entries"]

    def count(self):
        """The number of the newest request."""
        return self.call("GET", "/journal?match=%5E%24")["count"]

    def violations(self):
        return [each["violation"] for each in self.call("GET", "/journal?violations=1")["entries"]]


class Bridge(Child):
    """The program under test with a configuration file of its own."""

    def __init__(self, program, directory, text, environment):
        self.program = Path(program)
        self.directory = Path(directory)
        self.directory.mkdir(parents=True, exist_ok=True)
        self.file = self.directory / "cloud2mqtt.toml"
        self.environment = environment
        self.is_wanted = False  # whether it should be running
        self.configure(text)

    def configure(self, text):
        self.file.write_text(text)
        self.file.chmod(0o600)

    def start(self):
        environment = {key: value for key, value in os.environ.items()
                       if key not in ("STATE_DIRECTORY", "JOURNAL_STREAM", "NOTIFY_SOCKET", "CREDENTIALS_DIRECTORY")}
        with open(self.directory / "log", "ab") as log:
            self.spawn([self.program, "run", "--config", self.file], env={**environment, **self.environment},
                       stdout=log, stderr=log)
        self.is_wanted = True
        return self

    def check(self):
        """AssertionError when it ended by itself."""
        if self.is_wanted and not self.is_running():
            raise AssertionError(f"the bridge ended by itself with status {self.process.returncode}")

    def log(self):
        file = self.directory / "log"
        return file.read_text(errors="replace") if file.exists() else ""

    def wait_log(self, pattern, seconds=20):
        """Waits until a line of the log is found by the expression."""
        return eventually(lambda: re.search(pattern, self.log()), seconds, f"'{pattern}' in the bridge's log")

    def kill(self):
        """As a power cut."""
        self.is_wanted = False
        self.process.kill()
        return self.process.wait()

    def stop(self):
        """SIGTERM; the exit status and how long it took, in seconds."""
        self.check()
        self.is_wanted = False
        before = time.monotonic()
        status = self.end(signal.SIGTERM, 15)
        return status, time.monotonic() - before


def sign_in(program, file, account, environment):
    """Runs the login of an account and opens the address it prints, like a browser; what it said."""
    command = [program, "login", account, "--config", file, "--port", "0"]
    login = subprocess.Popen(command, env=environment, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                             stderr=subprocess.STDOUT, preexec_fn=die_with_parent)
    try:
        said = ""
        for line in login.stdout:
            said += line
            if line.startswith(("http://", "https://")):
                with urllib.request.urlopen(line.strip(), timeout=10) as page:
                    page.read()
                break
        rest, _ = login.communicate(timeout=20)
        if login.returncode:
            raise AssertionError(f"the login of {account} ended with {login.returncode}: {said}{rest}")
        return said + rest
    finally:
        login.kill()
        login.wait()
