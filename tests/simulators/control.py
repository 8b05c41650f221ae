"""The simulators' own port: what was asked, faults, and the truth. See README.md."""

import re
import time

from simulators.faults import Faults
from simulators.http_server import Journal, json_response
from simulators.sim_clock import iso, seconds_of

BODY_SHOWN = 10000


class Front:
    """Stands before one vendor: keeps the journal and lets faults happen."""

    def __init__(self, vendor, faults, journal, clock, loop):
        self.vendor, self.faults, self.journal, self.clock, self.loop = vendor, faults, journal, clock, loop

    def __call__(self, request, send):
        violations = []
        target = request.path + ("?" + request.raw_query if request.raw_query else "")
        fault = self.faults.find(self.vendor.name, f"{request.method} {target}")

        def ask():
            return self.vendor.answer(request, violations.append)

        def finish(response):
            self.record(request, target, response, violations, fault)
            send(response)

        if not fault:
            finish(ask())
        elif not fault.seconds:
            finish(fault.answer(self.vendor, None if fault.replaces() else ask()))
        elif fault.wish.get("after"):
            honest = ask()
            self.loop.call_later(fault.seconds, lambda: finish(fault.answer(self.vendor, honest)))
        else:
            self.loop.call_later(fault.seconds, lambda: finish(
                fault.answer(self.vendor, None if fault.replaces() else ask())))

    def record(self, request, target, response, violations, fault):
        self.journal.add({
            "time": time.time(), "monotonic": time.monotonic(), "sim_time": iso(self.clock.now()),
            "vendor": self.vendor.name, "method": request.method, "path": request.path, "query": request.query, "target": target,
            "body": request.body[:BODY_SHOWN].decode("utf-8", "replace"),
            "status": 0 if response.drop else response.status,
            "violation": "; ".join(violations) or None, "connection": request.connection,
            "fault": fault.number if fault else None,
        })


class Control:
    """GET/DELETE /journal, GET/POST/DELETE /faults, GET/POST /state, GET /truth."""

    def __init__(self, vendors, faults: Faults, journal: Journal, clock):
        self.vendors, self.faults, self.journal, self.clock = vendors, faults, journal, clock
        self.servers = {}  # by the vendor's name
        self.loop = None

    def __call__(self, request, send):
        call = f"{request.method} {request.path}"
        parts = {
            "GET /journal": self.get_journal, "DELETE /journal": self.delete_journal, "GET /faults": self.get_faults,
            "POST /faults": self.post_faults, "DELETE /faults": self.delete_faults, "GET /state": self.get_state,
            "POST /state": self.post_state, "GET /truth": self.get_truth,
        }
        try:
            answer = parts[call](request) if call in parts else None
            send(json_response({"message": "no such call"}, 404) if answer is None else json_response(answer))
        except (ValueError, KeyError, TypeError, AttributeError, re.error) as error:
            send(json_response({"message": f"{type(error).__name__}: {error}"}, 400))

    def get_journal(self, request):
        """Query: vendor, match (regular expression over METHOD target), after (a number n), violations=1."""
        query = request.query
        pattern = re.compile(query.get("match", ""))
        after = int(query.get("after", 0))
        entries = [each for each in self.journal.entries
                   if each["n"] > after and query.get("vendor", each["vendor"]) == each["vendor"]
                   and pattern.search(f"{each['method']} {each['target']}")
                   and ("violations" not in query or each["violation"])]
        return {"count": self.journal.count, "entries": entries}

    def delete_journal(self, request):
        self.journal.clear()
        return {"count": self.journal.count}

    def get_faults(self, request):
        return {"faults": [fault.report() for fault in self.faults.all]}

    def post_faults(self, request):
        wish = request.json()
        if wish.get("vendor") not in (None, *self.vendors):
            raise ValueError(f"vendor is one of {', '.join(self.vendors)}")
        return self.faults.add(wish).report()

    def delete_faults(self, request):
        self.faults.clear()
        return {"faults": []}

    def get_state(self, request):
        return {"now": iso(self.clock.now()), **{name: vendor.state() for name, vendor in self.vendors.items()}}

    def post_state(self, request):
        """{"advance": seconds, "speed": factor, "close_connections": true, "<vendor>": {...}}"""
        wish = request.json()
        if unknown := set(wish) - {"advance", "speed", "close_connections", *self.vendors}:
            raise ValueError(f"unknown {sorted(unknown)}")
        if "speed" in wish:
            self.clock.set_speed(float(wish["speed"]))
        if wish.get("advance", 0) < 0:
            raise ValueError("time goes forward only")
        self.clock.advance(wish.get("advance", 0))
        for name, vendor in self.vendors.items():
            changes = wish.get(name, {})
            if "absent" in changes:
                self.be_absent(self.servers[name], changes["absent"])
            vendor.change(changes)
        if wish.get("close_connections"):
            for server in self.servers.values():
                server.close_connections()
        return {"now": iso(self.clock.now())}

    def be_absent(self, server, absent):
        if absent:
            server.stop_listening()
        else:
            self.loop.create_task(server.listen_again())

    def get_truth(self, request):
        """Query: since, an ISO date or seconds since 1970; default: everything."""
        since = request.query.get("since", "0")
        moment = float(since) if re.fullmatch(r"[0-9.]+", since) else seconds_of(since)
        return {"now": iso(self.clock.now()), **{name: vendor.truth(moment) for name, vendor in self.vendors.items()}}
