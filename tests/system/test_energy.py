"""The energy total equals the vendor's reports to the hundredth of a Wh, whatever happens in between."""

import json
import sqlite3
import unittest
from datetime import datetime, timedelta

from system.harness import BASE, LOAD, SystemTest, topic

HOUR = 3600
STATUSES = "GET /v1/statuses"
OTHER = "controller-002"


class EnergyTest(SystemTest):
    def start(self, *arguments):
        """Everything runs; both controllers count from `self.since`, after which nothing is reported yet."""
        self.start_broker()
        self.start_simulators("--controllers", "2", *arguments)
        self.start_observer()
        self.since = self.simulators.state()["now"]
        self.start_bridge(fleet=False)
        for device in (LOAD, OTHER):
            self.observer.wait_state(topic("green", device, "state"), energy=0)

    def truth(self):
        truth = self.simulators.truth(self.since)["automate_green"]
        return {device: truth[device]["wh"] for device in (LOAD, OTHER)}

    def wait_exact(self, seconds=20):
        """Waits until both totals are the vendor's."""
        expected = self.truth()
        for device, energy in expected.items():
            self.observer.wait_state(topic("green", device, "state"), seconds, energy=energy)
        return expected

    def stays_exact(self):
        """The totals are right and remain so over further reads."""
        expected = self.wait_exact()
        self.wait_requests(STATUSES, 6, self.simulators.count())
        self.assertEqual({device: self.state("green", device)["energy"] for device in expected}, expected)
        return expected

    def advance(self, hours):
        self.simulators.change(advance=hours * HOUR)

    def disturb(self, kind, **more):
        self.simulators.change(automate_green={"statuses": [{"device": LOAD, "kind": kind, **more}]})

    def restart(self):
        self.bridge.start()
        self.observer.wait_text(f"{BASE}/bridge/availability", "online")


class Exactness(EnergyTest):
    def test_reports_add_up(self):
        self.start()
        self.advance(3)
        self.assertGreater(self.stays_exact()[LOAD], 1000)
        self.advance(1.1)
        self.stays_exact()
        self.assertEqual(self.simulators.violations(), [])

    def test_the_total_never_falls(self):
        self.start()
        for _ in range(3):
            self.advance(1)
            self.wait_exact()
        totals = [each.json["energy"] for each in self.observer.since(0, topic("green", LOAD, "state"))]
        known = [each for each in totals if each is not None]
        self.assertEqual(known, sorted(known))

    def test_reports_that_are_asked_for_count_too(self):
        self.start()
        self.advance(0.6)
        self.command("refresh", "PRESS")
        self.advance(0.6)
        self.stays_exact()

    def test_reports_that_come_twice_count_once(self):
        self.start()
        self.advance(2)
        self.wait_exact()
        self.disturb("duplicate", count=3)
        self.advance(1)
        self.stays_exact()

    def test_reports_that_come_late_count_with_their_own_date(self):
        self.start()
        self.advance(2)
        self.disturb("late", seconds=HOUR)
        self.advance(0.5)
        before = self.stays_exact()
        self.advance(1)
        self.assertGreater(self.stays_exact()[LOAD], before[LOAD])

    def test_reports_that_overlap_count(self):
        self.start()
        self.advance(2)
        self.disturb("overlapping")
        self.stays_exact()

    def test_reports_without_a_usable_figure_count_nothing(self):
        self.start()
        for power in (None, -5, "much"):
            self.disturb("any", info={"duration": 900, "power": power, "on": True})
        self.advance(1)
        self.stays_exact()

    def test_missing_reports_are_nobodys_energy(self):
        self.start()
        self.advance(2)
        self.disturb("gap", count=3)
        self.advance(1)
        self.observer.wait_state(topic("green", OTHER, "state"), energy=self.truth()[OTHER])


class Restarts(EnergyTest):
    def test_a_stop_and_a_start(self):
        self.start()
        self.advance(2)
        self.wait_exact()
        self.bridge.stop()
        self.advance(2)
        self.restart()
        self.stays_exact()

    def test_power_cuts(self):
        self.start()
        for _ in range(4):
            self.advance(0.8)
            self.bridge.kill()
            self.restart()
        self.stays_exact()

    def test_a_vendor_that_fails_between_two_windows(self):
        self.start()
        self.simulators.fault("automate_green", "status", STATUSES, status=500, times=2)
        self.simulators.fault("automate_green", "truncated", STATUSES, times=2)
        self.advance(3)
        self.poll_now()
        self.wait_exact(40)
        self.stays_exact()


class Outage(EnergyTest):
    """A bridge that was off for weeks: its last read is moved into the past, in its own state file."""

    DAYS = 25

    def move_into_the_past(self):
        moment = datetime.fromisoformat(self.since) - timedelta(days=self.DAYS)
        self.since = moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        facts = json.dumps({"sum": 0, "since": self.since, "newest": self.since, "seen": {}})
        database = sqlite3.connect(self.directory / "state" / "cloud2mqtt.db")
        with database:
            changed = database.execute("UPDATE facts SET json = ? WHERE read = 'statuses'", (facts,)).rowcount
        database.close()
        self.assertEqual(changed, 2)

    def test_weeks_are_caught_up_with_in_windows(self):
        self.start("--history", str(30 * 24))
        self.bridge.stop()
        self.move_into_the_past()
        after = self.simulators.count()
        self.restart()
        self.assertGreater(self.stays_exact()[LOAD], 24 * 2000 * self.DAYS)
        self.assertEqual(self.simulators.violations(), [])
        starts = {each["query"]["date[start]"] for each in self.requests(f"{STATUSES}.*{LOAD}", after)}
        self.assertGreaterEqual(len(starts), 3)

    def test_a_failure_in_the_middle_counts_nothing_twice(self):
        self.start("--history", str(30 * 24))
        self.bridge.stop()
        self.move_into_the_past()
        self.simulators.fault("automate_green", "status", f"{STATUSES}.*{LOAD}", status=503, skip=1, times=1)
        self.restart()
        self.wait_exact(40)
        self.stays_exact()


class Events(EnergyTest):
    def test_a_relay_that_moved_is_an_event_with_the_vendors_time(self):
        self.start()
        mark = self.observer.mark()
        self.simulators.change(automate_green={"set": {LOAD: {"on": False}}})
        event = self.observer.wait_next(topic("green", LOAD, "event/activity"), mark)
        self.assertFalse(event.retained)
        self.assertEqual((event.json["event_type"], event.json["reason"], event.json["on"]), ("relay", "manual", False))
        moved = self.simulators.truth()["automate_green"][LOAD]["newest"]
        self.assertEqual(datetime.fromisoformat(event.json["time"]), datetime.fromisoformat(moved))
        self.observer.wait_state(topic("green", LOAD, "state"), load=False, last_reason="manual")

    def test_each_event_is_told_once(self):
        self.start()
        mark = self.observer.mark()
        for on in (False, True, False):
            self.simulators.change(automate_green={"set": {LOAD: {"on": on}}})
        self.disturb("any", type="trigger", reason="ffr", info={"frequency": 59.68})
        name = topic("green", LOAD, "event/activity")
        self.observer.wait_for(lambda: len(self.observer.since(mark, name)) >= 4, 20, "four events")
        self.bridge.stop()
        self.restart()
        self.wait_requests(STATUSES, 6, self.simulators.count())
        types = [each.json["event_type"] for each in self.observer.since(mark, name)]
        self.assertEqual(types, ["relay", "relay", "relay", "trigger"])
        self.observer.wait_state(topic("green", LOAD, "state"), trigger_frequency=59.68)


if __name__ == "__main__":
    unittest.main()
