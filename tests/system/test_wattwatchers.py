"""Energy meters: totals exact to the joule whatever happens, switches that take their time, one meter in trouble."""

import json
import sqlite3
import unittest
from datetime import datetime, timedelta

from system.harness import BASE, METER, SystemTest, topic

HOUR = 3600
OTHER = "D000000000002"
CHANNELS = (f"{METER}_C1", f"{METER}_C4", f"{OTHER}_C1")
SWITCH = f"{METER}_S1"
TOTAL = "GET /long-energy"


class MeterTest(SystemTest):
    def start(self, *arguments, **settings):
        """Everything runs; all channels count from `self.since`, after which no period has ended yet."""
        self.start_broker()
        self.start_simulators("--meters", "2", *arguments)
        self.start_observer()
        self.since = self.simulators.state()["now"]
        self.start_bridge(fleet=False, green=False, watt=settings)
        for channel in CHANNELS:
            self.observer.wait_state(topic("watt", channel, "state"), imported=0, exported=0)

    def truth(self):
        """kWh in and out of every channel that has a device."""
        meters = self.simulators.truth(self.since)["wattwatchers"]
        return {each: (joules["imported_kwh"], joules["exported_kwh"])
                for meter in meters.values() for each, joules in meter["channels"].items()}

    def shown(self):
        states = {each: self.state("watt", each) or {} for each in self.truth()}
        return {each: (state.get("imported"), state.get("exported")) for each, state in states.items()}

    def stays_exact(self, seconds=20):
        """The totals become the vendor's and remain so over further reads."""
        expected = self.truth()
        self.observer.wait_for(lambda: self.shown() == expected, seconds, f"totals {expected}")
        self.wait_requests(TOTAL, 6, self.simulators.count())
        self.assertEqual(self.shown(), expected)
        return expected

    def change(self, **wish):
        self.simulators.change(wattwatchers=wish)

    def disturb(self, kind, **more):
        self.change(records=[{"device": METER, "kind": kind, **more}])

    def advance(self, hours):
        self.simulators.change(advance=hours * HOUR)

    def restart(self):
        self.bridge.start()
        self.observer.wait_text(f"{BASE}/bridge/availability", "online")


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


class Live(MeterTest):
    def test_values_equal_the_vendors(self):
        self.start()
        # The last record of half a minute may be one further on.
        power = self.observer.wait_for(lambda: (self.state("watt", CHANNELS[0]) or {}).get("power"), 20, "power")
        self.assertAlmostEqual(power, 2400, delta=1)
        solar = self.state("watt", f"{METER}_C4")
        self.assertLess(solar["power"], -1000)
        self.assertAlmostEqual(solar["voltage"], 240.3, delta=0.5)
        self.assertAlmostEqual(self.state("watt", METER)["frequency"], 50, delta=0.1)

    def test_no_data_is_unknown_and_a_list_is_as_good_as_an_object(self):
        self.start()
        for form, known in (("none", False), ("list", True), ("empty", False), ("object", True)):
            self.change(set={METER: {"short": form}})
            self.observer.wait_for(lambda: (self.state("watt", CHANNELS[0])["power"] is not None) == known, 20, form)

    def test_modbus_is_shown_where_there_is_a_meter(self):
        self.start("--history", "48")
        state = self.observer.wait_for(lambda: (self.state("watt", METER) or {}).get("modbus_imported"), 20, "modbus")
        self.assertGreater(state, 100)
        self.assertIsNone(self.state("watt", OTHER)["modbus_imported"])

    def test_nothing_personal_is_published(self):
        self.start()
        document = json.dumps([each.text for each in self.retained().values()])
        for word in ("simId", "imsi", "networkId", "apn"):
            self.assertNotIn(word, document)


class Switches(MeterTest):
    def test_a_switch_is_confirmed_when_it_moved(self):
        self.start()
        self.observer.wait_state(topic("watt", SWITCH, "state"), switch=False, pending=False)
        self.change(set={METER: {"relay_seconds": 2}})
        after = self.simulators.count()
        outcome = self.command("switch", "ON", "watt", SWITCH)
        self.assertEqual(outcome["outcome"], "confirmed", outcome)
        self.observer.wait_state(topic("watt", SWITCH, "state"), switch=True, pending=False)
        bodies = [json.loads(each["body"]) for each in self.requests("PATCH", after)]
        self.assertEqual(bodies, [{"switches": [{"id": SWITCH, "state": "closed"}]}])
        self.assertEqual(self.simulators.violations(), [])

    def test_a_contactor_that_does_not_move_is_unconfirmed(self):
        self.start()
        self.change(set={METER: {"relay_seconds": 3600}})
        self.assertEqual(self.command("switch", "ON", "watt", SWITCH, 30)["outcome"], "unconfirmed")
        self.observer.wait_state(topic("watt", SWITCH, "state"), switch=False, pending=True)

    def test_a_key_that_may_not_write_gets_the_vendors_reason(self):
        self.start()
        self.change(key="key_other", reading_key="key_demo")
        outcome = self.command("switch", "ON", "watt", SWITCH)
        self.assertEqual(outcome["outcome"], "failed")
        self.assertIn("not permitted", outcome["message"])
        self.assertEqual(self.simulators.truth()["wattwatchers"][METER]["switches"][SWITCH], "open")

    def test_a_key_that_is_known_to_read_shows_binary_sensors(self):
        self.start(writable=False)
        component = self.discovery("wattwatchers", SWITCH)["components"]["switch"]
        self.assertEqual((component["platform"], component["device_class"]), ("binary_sensor", "power"))


class Trouble(MeterTest):
    def test_one_meter_in_trouble_leaves_the_other_alone(self):
        self.start()
        self.change(failing={METER: 500})
        self.wait_requests(f"GET /devices/{METER}", 8, self.simulators.count())
        for device in (METER, OTHER, *CHANNELS, SWITCH):
            self.assertEqual(self.observer.text(topic("watt", device, "availability")), "online", device)
        self.assertEqual(self.observer.json(f"{BASE}/watt/status")["reason"], "ok")

    def test_a_removed_meter_takes_its_channels_with_it(self):
        self.start()
        self.change(remove=[OTHER])
        for device in (OTHER, f"{OTHER}_C1"):
            self.observer.wait_for(lambda: self.discovery("wattwatchers", device) is None, 30, f"{device} taken out")
        self.assertTrue(self.discovery("wattwatchers", METER))


if __name__ == "__main__":
    unittest.main()
