"""A fleet of a thousand with every opt-in read, within a limit that the vendor enforces."""

import unittest

from system.harness import SystemTest, topic

PUMPS = 1000
USERS = ("user-101", "user-102")  # each of whom has every other pump


class Limit(SystemTest):
    def start(self, pumps, quota, limit):
        """The vendor answers `limit` requests a second, the bridge is told that it answers `quota`."""
        self.start_broker()
        self.start_simulators("--pumps", str(pumps), "--changed", "0")
        self.simulators.change(ewellcon={"limit": {"requests": limit, "per": 1}})
        self.start_observer()
        self.start_bridge(green=False, fleet={
            "metadata": True, "summary": True, "users": True, "quotas": [{"requests": quota, "per": "1s"}],
            "every": {"list": "5s", "stats": "30s", "metadata": "10s", "summary": "10s", "users": "10s"}})

    def asked_for(self, read):
        return {each["path"] for each in self.requests(f"GET /v1/pumps/.*/{read}")}

    def refused(self):
        return self.simulators.state()["ewellcon"]["refused"]

    def test_each_pump_is_read_and_the_limit_is_never_met(self):
        self.start(PUMPS, quota=80, limit=100)  # what is sent within a second may arrive within less
        self.observer.wait_for(lambda: len(self.asked_for("summary")) == PUMPS, 90, "a summary of each pump")
        self.assertEqual(len(self.asked_for("metadata")), PUMPS)
        for user in USERS:
            self.observer.wait_state(topic("fleet", user, "state"), controllers=PUMPS // 2, pumps_listed=PUMPS // 2)
        self.assertIsNotNone(self.observer.json(topic("fleet", f"pump-{PUMPS}", "state"))["week_water"])
        self.assertEqual(self.refused(), 0)
        self.bridge.wait_log("the quota is too small for every device's period")
        self.assertEqual(self.simulators.violations(), [])

    def test_a_limit_that_nobody_documents_costs_time_and_no_pump(self):
        self.start(200, quota=1000, limit=50)
        self.observer.wait_for(lambda: len(self.asked_for("summary")) == 200, 60, "a summary of each pump")
        self.assertGreater(self.refused(), 0)
        self.observer.wait_text(topic("fleet", "pump-200", "availability"), "online", 30)


class Pages(SystemTest):
    """How many pumps a page may have is not documented."""

    def start(self, **pages):
        self.start_broker()
        self.start_simulators("--pumps", "120")
        self.simulators.change(ewellcon={"most": 50, **pages})
        self.start_observer()
        self.start_bridge(green=False, fleet={})
        self.observer.wait_text(topic("fleet", "pump-120", "availability"), "online", 30)
        self.assertEqual(self.simulators.violations(), [])

    def sizes(self):
        return {each["query"]["limit"] for each in self.requests("GET /v1/pumps\\?") if each["status"] == 200}

    def test_where_a_hundred_are_refused_fifty_are_asked_for(self):
        self.start()
        self.assertEqual(self.sizes(), {"50"})

    def test_where_a_hundred_are_cut_to_fifty_every_page_is_read(self):
        self.start(caps=True)
        self.assertEqual(self.sizes(), {"100"})


if __name__ == "__main__":
    unittest.main()
