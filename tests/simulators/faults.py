"""Faults on request: what a vendor, or the way to it, does wrong."""

import gzip
import json
import re

from simulators.http_server import Response

KINDS = (
    "status", "delay", "truncated", "html", "not_json", "empty", "close", "rate_limit", "wrong_types",
    "missing_keys", "new_keys", "null_values", "gzip", "chunked", "body",
)
# What tells one thing from another keeps its value, so that a fault spoils the values and not the list.
IDENTITY = {"id", "pump_id", "user_id", "deviceId", "profile", "type", "pagination", "page", "pages", "total",
            "limit", "has_next", "has_prev", "date"}
PAGE = b"<!DOCTYPE html><html><head><title>Sorry</title></head><body><h1>Down for maintenance</h1></body></html>"


class Fault:
    """One fault: applies to requests whose "METHOD /path?query" its pattern finds."""

    def __init__(self, number, wish):
        self.number = number
        self.wish = wish
        self.kind = wish.get("kind")
        if self.kind not in KINDS:
            raise ValueError(f"kind is one of {', '.join(KINDS)}")
        self.vendor = wish.get("vendor")
        self.pattern = re.compile(wish.get("match", ""))
        self.skip = int(wish.get("skip", 0))
        self.left = wish.get("times")
        self.seconds = min(float(wish.get("seconds", 0)), 300.0)
        self.hits = 0

    def takes(self, vendor, line):
        """Whether this fault applies to the request; counts it."""
        if self.left == 0 or (self.vendor and self.vendor != vendor) or not self.pattern.search(line):
            return False
        if self.skip > 0:
            self.skip -= 1
            return False
        if self.left is not None:
            self.left -= 1
        self.hits += 1
        return True

    def replaces(self):
        """Whether the vendor is not even asked."""
        if "after" in self.wish:
            return not self.wish["after"]
        return self.kind in ("status", "rate_limit", "close", "html", "not_json", "empty", "body")

    def answer(self, vendor, honest):
        """The spoiled answer. `honest` is what the vendor said, None where it was not asked."""
        if self.kind == "status":
            return self.failure(vendor, self.wish.get("status"), self.wish.get("code"))
        if self.kind == "rate_limit":
            return self.failure(vendor, 429, self.wish.get("code", "rate_limited"))
        if self.kind == "close":
            return Response(drop=True)
        if self.kind == "html":
            return Response(self.wish.get("status", 200), PAGE, content_type="text/html; charset=utf-8")
        if self.kind == "not_json":
            return Response(self.wish.get("status", 200), b"this is not JSON")
        if self.kind == "empty":
            return Response(self.wish.get("status", 200))
        if self.kind == "body":
            return Response(self.wish.get("status", 200), as_bytes(self.wish.get("body")))
        if self.kind == "truncated":
            honest.sent_bytes = len(honest.body) // 2
        elif self.kind == "gzip":
            honest.body = gzip.compress(honest.body, 1)
            honest.headers["Content-Encoding"] = "gzip"
        elif self.kind == "chunked":
            honest.chunked = True
        elif self.kind != "delay" and honest.body:
            honest.body = as_bytes(spoiled(json.loads(honest.body), self.kind))
        return honest

    def failure(self, vendor, status, code):
        response = vendor.error(status, code, self.wish.get("message"))
        retry_after = self.wish.get("retry_after")
        if retry_after is not None:
            response.headers["Retry-After"] = str(retry_after)
        if "body" in self.wish:
            response.body = as_bytes(self.wish["body"])
        return response

    def report(self):
        return {"number": self.number, "hits": self.hits, "left": self.left, **self.wish}


class Faults:
    """The faults in force; the first one that applies wins."""

    def __init__(self):
        self.all = []
        self.made = 0

    def add(self, wish):
        self.made += 1
        self.all.append(Fault(self.made, wish))
        return self.all[-1]

    def clear(self):
        self.all.clear()

    def find(self, vendor, line):
        for fault in self.all:
            if fault.takes(vendor, line):
                return fault
        return None


def as_bytes(value):
    return value.encode("utf-8") if isinstance(value, str) else json.dumps(value).encode("utf-8")


def spoiled(value, kind):
    """The same answer with its values spoiled, its lists and identities whole."""
    if isinstance(value, list):
        return [spoiled(each, kind) for each in value]
    if not isinstance(value, dict):
        return value
    kept = {}
    for position, (key, each) in enumerate(value.items()):
        if key in IDENTITY and not isinstance(each, dict):
            kept[key] = each
        elif key == "pagination" or isinstance(each, (dict, list)):
            kept[key] = each if key == "pagination" else spoiled(each, kind)
        elif kind == "missing_keys":
            if position % 2:
                kept[key] = each
        elif kind == "null_values":
            kept[key] = None
        elif kind == "wrong_types":
            kept[key] = wrong_type(each)
        else:
            kept[key] = each
    if kind == "new_keys":
        kept["a_new_key"] = {"nested": [1, "two", None]}
        kept["set"] = "a key with a reserved name"
    return kept


def wrong_type(value):
    if isinstance(value, bool):
        return {"not": "a boolean"}
    if isinstance(value, (int, float)):
        return ["not a number"]
    if isinstance(value, str):
        return {"not": "a text"}
    return ["not nothing"]
