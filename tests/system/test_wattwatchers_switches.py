"""Energy meters: live values, switches that take their time, limits, one meter in trouble."""

import json
import re
import unittest

from simulators.energy_meter import PERSONAL
from system.harness import BASE, METER, topic
from system.meter_test import CHANNELS, OTHER, MeterTest

SWITCH = f"{METER}_S1"


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

    def test_nothing_personal_is_published_or_logged(self):
        self.start()
        self.observer.publish(f"{BASE}/bridge/request/log_level", '{"value": "debug"}')
        self.bridge.wait_log("debug watt: GET /devices/")
        self.assertEqual(self.command("switch", "ON", "watt", SWITCH)["outcome"], "confirmed")
        self.simulators.fault("wattwatchers", "wrong_types", f"GET /devices/{METER}")
        self.wait_requests(f"GET /devices/{METER}", 3, self.simulators.count())
        device = self.simulators.state()["wattwatchers"]["meters"][METER]
        self.assertLessEqual(PERSONAL.items(), device["comms"].items(), "the vendor has nothing to betray")
        told = "".join(f"{each.topic} {each.text}\n" for each in self.observer.messages) + self.bridge.log()
        self.assertIn("Grid connection", told)
        found = [each for pair in PERSONAL.items() for each in pair if re.search(rf"\b{re.escape(each)}\b", told)]
        self.assertEqual(found, [])


class Switches(MeterTest):
    def switch_component(self):
        return self.discovery("wattwatchers", SWITCH)["components"]["switch"]

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
        self.assertEqual(self.command("switch", "ON", "watt", SWITCH, 180)["outcome"], "unconfirmed")
        self.observer.wait_state(topic("watt", SWITCH, "state"), switch=False, pending=True)

    def test_a_key_that_may_not_write_turns_switches_into_states_for_good(self):
        self.start()
        self.assertEqual(self.switch_component()["platform"], "switch")
        self.change(key="key_other", reading_key="key_demo")
        outcome = self.command("switch", "ON", "watt", SWITCH)
        self.assertEqual(outcome["outcome"], "failed")
        self.assertIn("not permitted", outcome["message"])
        self.assertEqual(self.simulators.truth()["wattwatchers"][METER]["switches"][SWITCH], "open")
        self.observer.wait_for(lambda: self.switch_component()["platform"] == "binary_sensor", 20, "a plain state")
        self.assertIn("vendor refuses", self.command("switch", "ON", "watt", SWITCH)["message"])
        self.bridge.stop()
        self.restart()
        self.poll_now()
        self.assertEqual(self.switch_component()["platform"], "binary_sensor")
        after = self.simulators.count()
        self.assertEqual(self.command("switch", "ON", "watt", SWITCH)["outcome"], "rejected")
        self.assertEqual(self.requests("PATCH", after), [])

    def test_a_key_that_is_known_to_read_shows_binary_sensors(self):
        self.start(writable=False)
        component = self.switch_component()
        self.assertEqual((component["platform"], component["device_class"]), ("binary_sensor", "power"))


class Limits(MeterTest):
    def test_a_limit_per_second_delays_and_loses_nothing(self):
        self.start()
        self.change(limits={"tps": 3})
        self.advance(3)
        expected = self.truth()
        self.observer.wait_for(lambda: self.shown() == expected, 60, f"totals {expected}")


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
