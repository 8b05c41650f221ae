"""The measurements. Each gives figures in ms and MB; each is repeatable and ends by itself."""

import http.client
import os
import shutil
import subprocess
import time
from statistics import median
from urllib.parse import urlsplit

from bench.stage import Stage, cpu, memory
from bench.wire import Wire, publication
from system.harness import BASE, LOAD, SECRETS
from system.processes import PATH, eventually

PAGE = 100
LIST = "GET /v1/pumps.page="


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def pages_answered(stage, pages):
    """When the first and the last page of a list were answered."""
    def all_of_them():
        found = stage.simulators.asked(LIST)
        return found if len(found) >= pages else None

    found = eventually(all_of_them, 60, f"{pages} pages")
    return found[0]["monotonic"], found[-1]["monotonic"]


def one_cycle(stage, pumps, changed):
    """(ms from the first page's answer to the end, CPU ms of the bridge, device messages)."""
    stage.settle()
    stage.simulators.call("DELETE", "/journal")
    stage.wire.clear()
    before = cpu(stage.pid)
    stage.poll()
    if changed:
        stage.wait("state", changed)
    first, last = pages_answered(stage, -(-pumps // PAGE))
    stage.settle()
    spent = cpu(stage.pid) - before
    states = stage.wire.tally("state")
    if states.count != changed:
        raise AssertionError(f"{changed} pumps changed, {states.count} states were published")
    # The fleet's own statistics follow the pumps.
    kinds = ("state", "device", "discovery") if changed else ("state", "device", "discovery", "hub")
    messages = sum(stage.wire.tally(each).count for each in kinds)
    return (max(last, states.last) - first) * 1e3, spent * 1e3, messages


def bare_fetch(stage, pumps):
    """The same pages, fetched on one connection and not looked at: ms from the first answer to the last."""
    stage.simulators.call("DELETE", "/journal")
    url = urlsplit(stage.simulators.urls["ewellcon"])
    server = http.client.HTTPConnection(url.hostname, url.port)
    headers = {"Authorization": f"Bearer {SECRETS['TEST_EWELLCON_KEY']}"}
    for page in range(1, -(-pumps // PAGE) + 1):
        server.request("GET", f"/v1/pumps?page={page}&limit={PAGE}", headers=headers)
        server.getresponse().read()
    server.close()
    first, last = pages_answered(stage, -(-pumps // PAGE))
    return (last - first) * 1e3


def bare_publish(stage, count, size):
    """As many retained messages as long as the bridge's, written at once: ms from the first byte to the last arrival."""
    if not count:
        return 0.0
    data = b"".join(publication(f"bench/floor/{number}/state", b"x" * size, retain=True) for number in range(count))
    publisher = Wire(stage.broker.port)
    try:
        stage.wire.clear()
        before = time.monotonic()
        publisher.send(data)
        return (stage.wire.wait("floor", count).last - before) * 1e3
    finally:
        publisher.close()


def cycles(program, pumps, repetitions):
    """Rows (share, device messages of a cycle, cycle ms, floor ms, CPU ms) and resident and peak MB at the end."""
    rows = []
    with Stage(program, "--pumps", str(pumps)) as stage:
        stage.start()
        size = stage.wait("state", pumps)
        size = size.size // size.count
        stage.wait("discovery", pumps + 1)
        for share in (1, 0.1, 0):
            changed = int(pumps * share)
            stage.simulators.change(ewellcon={"changed": 0})
            fetch = median(bare_fetch(stage, pumps) for _ in range(repetitions))
            publish = median(bare_publish(stage, changed, size) for _ in range(repetitions))
            stage.simulators.change(ewellcon={"changed": share})
            one_cycle(stage, pumps, changed)  # to warm up, and to hear of what changed before
            runs = [one_cycle(stage, pumps, changed) for _ in range(repetitions)]
            times, spent, messages = zip(*runs)
            rows.append((share, max(messages), median(times), fetch + publish, median(spent)))
        return rows, memory(stage.pid)


def start(program, repetitions):
    """(ms from the start of the process to the first state, the same of mosquitto_pub and its message or None)."""
    bridge, other = [], []
    publisher = shutil.which("mosquitto_pub", path=PATH)
    for _ in range(repetitions):
        with Stage(program, "--pumps", "50") as stage:
            before = stage.start()
            bridge.append((stage.wait("state", 1).first - before) * 1e3)
            if publisher:
                before = time.monotonic()
                subprocess.run([publisher, "-p", str(stage.broker.port), "-t", "bench/start", "-m", "x"], check=True)
                other.append((stage.wire.wait("floor", 1).first - before) * 1e3)
    return median(bridge), median(other) if other else None


def idle(program, seconds):
    """One pump and nothing to do: resident MB, CPU ms in a second."""
    with Stage(program, "--pumps", "1") as stage:
        stage.start()
        stage.wait("state", 1)
        stage.settle()
        before = cpu(stage.pid)
        time.sleep(seconds)
        return memory(stage.pid)[0], (cpu(stage.pid) - before) * 1e3 / seconds


def bare_command(stage, number):
    """A message through the broker and two small writes that are on the disk when they return, in ms."""
    before = time.monotonic()
    stage.wire.send(publication("bench/command", b"x"))
    arrived = stage.wire.wait("floor", number + 1).last
    file = os.open(stage.directory / "floor", os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600)
    synced = time.monotonic()
    for _ in range(2):
        os.write(file, b"x" * 4096)
        os.fdatasync(file)
    written = time.monotonic() - synced
    os.close(file)
    return (arrived - before + written) * 1e3


def commands(program, count):
    """ms from each command's publishing to its REST call; ms of what cannot be left out of it.

    Before the call the bridge has written down, so that a power cut does not lose it, that the command came and
    that it was begun.
    """
    with Stage(program) as stage:
        stage.start(green=True)
        stage.wait("device", 3)
        stage.settle()
        sent = []
        for number in range(count):
            payload = b"ON" if number % 2 else b"OFF"
            sent.append(time.monotonic())
            stage.wire.send(publication(f"{BASE}/green/{LOAD}/load/set", payload))
            stage.wait("outcome", number + 1)
        asked = [each["monotonic"] for each in stage.simulators.asked("POST .*/command")]
        if len(asked) != count:
            raise AssertionError(f"{count} commands became {len(asked)} requests")
        floor = [bare_command(stage, each) for each in range(count)]
        return [(at - before) * 1e3 for before, at in zip(sent, asked)], floor


def discovery(program, pumps, version):
    """(ms from the start until the broker has passed on every document, ms from the first to the last, floor ms)."""
    with Stage(program, "--pumps", str(pumps)) as stage:
        before = stage.start(version=version)
        seen = stage.wait("discovery", pumps + 1)
        stage.settle()
        floor = bare_publish(stage, seen.count, seen.size // seen.count)
        return (seen.last - before) * 1e3, (seen.last - seen.first) * 1e3, floor
