"""Where a real Home Assistant lives between the runs of its tests: made once, in a cache directory.

The newest Home Assistant for a release of Debian. Where this machine is new enough ("host") it has a
virtual environment; otherwise it has a minimal Debian of its own ("trixie", "sid"), which takes root.
Who wants a newer one removes its directory.
"""

import contextlib
import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request
from pathlib import Path

from home_assistant.server import HomeAssistant
from system.processes import PATH, die_with_parent

RECIPE = "2"  # another number makes every installation anew
OLDEST_PYTHON = (3, 13)  # of the Home Assistant that we support
PACKAGES = "python3,python3-venv,python3-dev,g++,ca-certificates"  # some wheels are built
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
COPIED = ("/etc/resolv.conf", "/etc/hosts", "/etc/pip.conf", CERTIFICATES)
PASSED = ("PIP_", "UV_", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY")  # what points pip to its packages
CONFIGURATION = """
homeassistant:
http:
recorder:
config:
history:
energy:
frontend:
mqtt:
"""  # what of Home Assistant the tests use, and so what is fetched beforehand

# Processes and mounts that end with the first of them; a chroot cannot change the propagation of its root.
SEALED = ("unshare", "--mount", "--propagation", "unchanged", "--pid", "--fork", "--kill-child")
SECLUDE = "mount --make-rprivate / 2>/dev/null || :\n"
ENTER = SECLUDE + """
mount -t proc proc "$1/proc"
[ -z "$2" ] || mount --bind "$2" "$1/run/test"
root=$1
shift 2
exec chroot "$root" "$@"
"""


class Unavailable(Exception):
    """This machine cannot have a Home Assistant; the sentence says why."""


def default_release():
    return "host" if sys.version_info >= OLDEST_PYTHON else "trixie"


def installation(release=None):
    """The installation for a release; None: $HOME_ASSISTANT_RELEASE, or what this machine can do best."""
    release = release or os.environ.get("HOME_ASSISTANT_RELEASE") or default_release()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "cloud2mqtt"
    place = cache / f"home-assistant-{release}"
    return Installation(place) if release == "host" else RootedInstallation(place, release)


class Installation:
    """A virtual environment on this machine."""

    def __init__(self, place):
        self.place = place
        self.mark = place / "recipe"  # the last thing that is made
        self.log = place.with_suffix(".log")

    def prepare(self):
        """Makes it if it is not there, or waits until another process has made it."""
        self.place.parent.mkdir(parents=True, exist_ok=True)
        with open(self.place.with_suffix(".lock"), "w", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if self.mark.exists() and self.mark.read_text() == RECIPE:
                return
            self.check_possible()
            shutil.rmtree(self.place, ignore_errors=True)
            self.log.write_text("")
            self.make()
            self.mark.write_text(RECIPE)

    def check_possible(self):
        if sys.version_info < OLDEST_PYTHON:
            raise Unavailable("this machine's Python is too old for Home Assistant; use --release trixie")

    def make(self):
        self.place.mkdir()
        self.install()

    def install(self):
        """Home Assistant, and the packages of the integrations that the tests use."""
        venv = self.inside("venv")
        self.run(sys.executable, "-m", "venv", venv)
        try:
            self.run(f"{venv}/bin/pip", "install", "-q", "--retries", "1", "uv")
        except RuntimeError as error:
            raise Unavailable(f"no source of Python's packages can be reached; see {self.log}") from error
        self.run(f"{venv}/bin/uv", "pip", "install", "-q", "--python", f"{venv}/bin/python", "homeassistant")
        (self.place / "configuration").mkdir()
        (self.place / "configuration" / "configuration.yaml").write_text(CONFIGURATION)
        self.run(f"{venv}/bin/hass", "--script", "check_config", "-c", self.inside("configuration"))
        self.start_once()
        self.run(f"{venv}/bin/uv", "cache", "clean", "-q")

    def start_once(self):
        """Integrations that need no configuration fetch what they need at the first start."""
        with tempfile.TemporaryDirectory(prefix="cloud2mqtt-test-") as directory:
            home = HomeAssistant(self, directory)
            try:
                home.start()
                home.stop()
            finally:
                home.kill()

    def inside(self, name):
        """The path of one of its files, as its own programs see it."""
        return str(self.place / name)

    def environment(self):
        """What its programs get: the search path, and where packages come from."""
        passed = {key: value for key, value in os.environ.items() if key.upper().startswith(PASSED)}
        found = {"UV_DEFAULT_INDEX": index_url()} if "UV_DEFAULT_INDEX" not in passed and index_url() else {}
        return {"HOME": self.inside("home"), "LANG": "C.UTF-8", "PATH": f"{self.inside('venv/bin')}:{PATH}",
                "SSL_CERT_FILE": CERTIFICATES, "PIP_CERT": CERTIFICATES, **found, **passed}

    def run(self, *command):
        """Runs a command of the set-up, its output in the log."""
        with open(self.log, "ab") as log:
            done = subprocess.run(self.enter(command), stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  env=self.environment(), check=False, preexec_fn=die_with_parent)
        if done.returncode:
            end = self.log.read_text(errors="replace")[-1500:]
            raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}; the end of {self.log}:\n{end}")

    def enter(self, command, directory=None):
        """The command line that runs a command in it; a directory then has the name that `seen` says."""
        return list(command)

    def seen(self, directory):
        return str(directory)

    def hass(self, directory):
        """The command line that runs Home Assistant with its configuration in this directory."""
        return self.enter([self.inside("venv/bin/hass"), "-c", self.seen(directory)], directory)


class RootedInstallation(Installation):
    """A minimal Debian in a directory; its programs have their own tree of processes and mounts."""

    def __init__(self, place, release):
        super().__init__(place)
        self.release = release

    def check_possible(self):
        why = f"a Home Assistant takes Python {'.'.join(map(str, OLDEST_PYTHON))}, here a Debian root of its own"
        if os.geteuid() != 0:
            raise Unavailable(f"{why}, which only root can make")
        if not shutil.which("debootstrap", path=PATH):
            raise Unavailable(f"{why}, and debootstrap is not installed")
        probe = subprocess.run(["unshare", "--mount", "--pid", "--fork", "true"], capture_output=True, check=False)
        if probe.returncode:
            raise Unavailable(f"{why}, and this machine does not permit namespaces")
        release_file = f"{mirror()}/dists/{self.release}/Release"
        try:
            urllib.request.urlopen(release_file, timeout=60).close()
        except (urllib.error.URLError, OSError) as error:
            raise Unavailable(f"{why}, and no source of Debian's packages can be reached ({error})") from error

    def make(self):
        with open(self.log, "ab") as log:
            done = subprocess.run([*SEALED, "sh", "-ec", SECLUDE + 'exec debootstrap "$@"', "sh", "--variant=minbase",
                                   f"--include={PACKAGES}", self.release, str(self.place), mirror()],
                                  env={**os.environ, "PATH": PATH}, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                  check=False, preexec_fn=die_with_parent)
        if done.returncode:
            raise RuntimeError(f"debootstrap ended with {done.returncode}; see {self.log}")
        for each in (self.place / "var/cache/apt/archives").glob("*.deb"):
            each.unlink()
        for name in ("home", "run/test"):
            (self.place / name).mkdir(exist_ok=True)
        self.install()

    def install(self):
        for name in COPIED:
            with contextlib.suppress(FileNotFoundError):
                shutil.copyfile(name, self.place / name.lstrip("/"))
        super().install()

    def inside(self, name):
        return f"/{name}"

    def enter(self, command, directory=None):
        command = ["/usr/bin/python3", *command[1:]] if command[0] == sys.executable else list(command)
        return [*SEALED, "sh", "-ec", ENTER, "sh", str(self.place), str(directory or ""), *command]

    def seen(self, directory):
        return "/run/test"


def mirror():
    """Where this machine has its Debian from."""
    known = subprocess.run(["apt-get", "indextargets", "--format", "$(REPO_URI)", "Origin: Debian", "Label: Debian"],
                           capture_output=True, text=True, check=False).stdout.split()
    return known[0].rstrip("/") if known else "http://deb.debian.org/debian"


def index_url():
    """The package index that pip is configured for; uv asks for it in its own words."""
    asked = subprocess.run([sys.executable, "-m", "pip", "config", "get", "global.index-url"],
                           capture_output=True, text=True, check=False)
    return os.environ.get("PIP_INDEX_URL") or asked.stdout.strip()


