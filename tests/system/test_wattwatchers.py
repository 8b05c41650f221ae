"""Energy meters: totals exact to the joule whatever happens."""

import json
import sqlite3
import unittest
from datetime import datetime, timedelta

from system.harness import METER, topic
from system.meter_test import CHANNELS, HOUR, OTHER, TOTAL, MeterTest


class Totals(MeterTest):
    def test_records_add_up(self):
        self.start()
        self.advance(3)
        self.assertGreater(self.stays_exact()[f"{METER}_C1"][0], 5)
        self.advance(1.1)
        self.assertGreater(self.stays_exact()[f"{METER}_C4"][1], 5)
        self.assertEqual(self.simulators.violations(), [])
        self.assertNotIn(f"{OTHER}_C3", self.shown(), "a channel that is not connected")

    def test_the_totals_never_fall(self):
        self.start()
        for _ in range(3):
            self.advance(1)
            self.stays_exact()
        states = [each.json["imported"] for each in self.observer.since(0, topic("watt", CHANNELS[0], "state"))]
        known = [each for each in states if each is not None]
        self.assertEqual(known, sorted(known))

    def test_power_cuts(self):
        self.start()
        for _ in range(4):
            self.advance(0.8)
            self.bridge.kill()
            self.restart()
        self.stays_exact()

    def test_a_stop_while_records_come(self):
        self.start()
        self.advance(2)
        self.stays_exact()
        self.bridge.stop()
        self.advance(2)
        self.restart()
        self.stays_exact()

    def test_records_that_are_disturbed(self):
        self.start()
        self.advance(2)
        self.stays_exact()
        self.disturb("duplicate", count=3)
        self.disturb("second", count=2)
        self.advance(0.5)
        self.disturb("late", count=2, seconds=HOUR)
        self.stays_exact()
        self.advance(0.5)
        self.disturb("null", channels=[0], count=2, seconds=HOUR)
        self.disturb("missing")
        before = self.stays_exact()
        self.advance(1.5)
        self.assertGreater(self.stays_exact()[CHANNELS[0]], before[CHANNELS[0]])

    def test_a_meter_that_was_away_uploads_what_it_kept(self):
        self.start()
        self.advance(1)
        self.change(set={METER: {"offline": True}})
        self.advance(5)
        before = self.stays_exact()
        self.change(set={METER: {"offline": False}})
        self.assertGreater(self.stays_exact()[CHANNELS[0]], before[CHANNELS[0]])

    def test_a_vendor_that_fails_in_between(self):
        self.start()
        self.simulators.fault("wattwatchers", "status", TOTAL, status=500, times=2)
        self.simulators.fault("wattwatchers", "truncated", TOTAL, times=2)
        self.simulators.fault("wattwatchers", "empty", TOTAL, times=2)
        self.advance(3)
        self.poll_now()
        self.stays_exact(40)

    def test_values_of_another_type_count_nothing(self):
        self.start()
        self.simulators.fault("wattwatchers", "wrong_types", TOTAL, times=4)
        self.simulators.fault("wattwatchers", "null_values", TOTAL, times=4)
        self.advance(2)
        self.stays_exact(40)


class Outage(MeterTest):
    """A bridge that was off for weeks: its last read is moved into the past, in its own state file."""

    DAYS = 25

    def move_into_the_past(self):
        moment = datetime.fromisoformat(self.since) - timedelta(days=self.DAYS)
        self.since = moment.strftime("%Y-%m-%dT%H:%M:%S.000Z")
        database = sqlite3.connect(self.directory / "state" / "cloud2mqtt.db")
        with database:
            rows = database.execute("SELECT device, json FROM facts WHERE read = 'total'").fetchall()
            for device, text in [each for each in rows if each[0] in (METER, OTHER)]:
                facts = {name: {**each, "since": self.since, "newest": self.since, "seen": {}, "holes": []}
                         for name, each in json.loads(text).items() if isinstance(each, dict)}
                facts["far"] = self.since
                database.execute("UPDATE facts SET json = ? WHERE read = 'total' AND device = ?",
                                 (json.dumps(facts), device))
        database.close()

    def test_weeks_are_caught_up_with_in_windows(self):
        self.start("--history", str(30 * 24))
        self.bridge.stop()
        self.move_into_the_past()
        after = self.simulators.count()
        self.restart()
        self.assertGreater(self.stays_exact(40)[CHANNELS[0]][0], 24 * 2 * self.DAYS)
        self.assertEqual(self.simulators.violations(), [])
        self.assertGreaterEqual(len({each["query"]["fromTs"] for each in self.requests(f"{TOTAL}/{METER}", after)}), 4)

if __name__ == "__main__":
    unittest.main()
