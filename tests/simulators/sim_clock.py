"""Simulated time: starts at the real time or behind it, may run faster, and can be moved forward."""

import time
from datetime import datetime, timedelta, timezone


class SimClock:
    def __init__(self, speed=1.0, behind=0.0):
        self.speed = speed
        self.base = time.time() - behind
        self.real = time.monotonic()

    def now(self):
        """Seconds since 1970, UTC."""
        return self.base + (time.monotonic() - self.real) * self.speed

    def advance(self, seconds):
        self.base += seconds

    def set_speed(self, speed):
        self.base, self.real = self.now(), time.monotonic()
        self.speed = speed

    def ahead(self):
        """How far the simulated time is ahead of the real one, in seconds."""
        return self.now() - time.time()


def iso(seconds):
    """2018-05-08T15:03:15.000Z"""
    milliseconds = int(round(seconds * 1000))
    moment = datetime(1970, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=milliseconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{milliseconds % 1000:03d}Z"


def seconds_of(text):
    """The moment of an ISO 8601 text (UTC unless it says otherwise); ValueError when it is none."""
    moment = datetime.fromisoformat(text.strip())
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return moment.timestamp()
