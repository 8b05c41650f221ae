"""Taps in a real Home Assistant arrive at the vendors, and what became of them comes back."""

import unittest

from home_assistant.harness import SECONDS, HomeTest, wait_until_none
from home_assistant.wanted import differences
from system.harness import HEAT_PUMP, LOAD, METER, POOL

SWITCH = f"cloud2mqtt_automate_green_{LOAD}_load"
HEAT = f"cloud2mqtt_podero_{HEAT_PUMP}"
EVENT = "cloud2mqtt_account_green_command_outcome"
CALL = "POST /v1/devices/.*/command"


class Commands(HomeTest):
    def tap(self, unique_id, service, **data):
        entity_id = self.entity_id(unique_id)
        self.home.client.call(entity_id.partition(".")[0], service, entity_id, **data)

    def vendor(self, name):
        return self.simulators.state()[name]

    def heat_pump(self):
        return self.vendor("podero")["heat_pumps"][HEAT_PUMP]

    def outcome_of(self, account, device, act):
        """Does something and waits for the outcome document."""
        mark = self.observer.mark()
        act()
        return self.observer.wait_next(f"cloud2mqtt/{account}/{device}/outcome", mark).json

    def test_a_tap_reaches_the_vendor_and_its_state_comes_back(self):
        self.start_everything()
        with self.subTest("switch"):
            self.wait_shown(SWITCH, "on")
            self.tap(SWITCH, "turn_off")
            self.wait_shown(SWITCH, "off")
            self.assertIs(self.simulators.truth()["automate_green"][LOAD]["on"], False)
        with self.subTest("number"):
            self.tap(f"{HEAT}_away_minimum", "set_value", value=17.5)
            self.wait_shown(f"{HEAT}_away_minimum", "17.5")
            self.assertEqual(self.heat_pump()["away_mode_minimum_temperature_limit"], 17.5)
        with self.subTest("select"):
            self.tap(f"{HEAT}_optimization_level", "select_option", option="Max")
            self.wait_shown(f"{HEAT}_optimization_level", "Max")
            self.assertEqual(self.heat_pump()["optimization_level"], "Max")
        with self.subTest("select with a word that Home Assistant would take for no option"):
            meter = f"cloud2mqtt_automate_green_{LOAD}_flowmeter"
            for option, word in (("euf4315k", "euf4315k"), ("(none)", "none")):
                self.tap(meter, "select_option", option=option)
                self.wait_shown(meter, option)
                self.observer.wait_state(f"cloud2mqtt/green/{LOAD}/state", flowmeter=word)
        with self.subTest("switch of a meter"):
            unique_id = f"cloud2mqtt_wattwatchers_{METER}_S1_switch"
            before = self.wait_shown(unique_id, "on", "off") and self.shown(unique_id)
            self.tap(unique_id, "toggle")
            self.wait_shown(unique_id, "off" if before == "on" else "on")
        with self.subTest("button"):
            waiting = f"cloud2mqtt_ondilo_{POOL}_recommendations"
            self.simulators.change(ondilo={"set": {POOL: {"recommend": 1}}})
            self.wait_shown(waiting, "1")
            self.tap(f"cloud2mqtt_ondilo_{POOL}_validate_recommendation", "press")
            self.wait_shown(waiting, "0")
            self.assertEqual(self.vendor("ondilo")["pools"][POOL]["recommendations"], [])
        self.assert_no_complaints()

    def test_a_failed_tap_leaves_what_the_vendor_says_and_its_outcome_says_why(self):
        self.start_everything(fleet=False, heat=False, watt=False, pool=False)
        self.wait_shown(SWITCH, "on")
        self.simulators.fault("automate_green", "status", CALL, status=400, message="schedule is full", times=1)
        outcome = self.outcome_of("green", LOAD, lambda: self.tap(SWITCH, "turn_off"))
        self.assertEqual((outcome["outcome"], outcome["reason"]), ("failed", "refused"))
        self.assertIn("schedule is full", outcome["message"])
        self.assertEqual(self.shown(SWITCH), "on")
        self.wait_event("failed", device=LOAD, key="load", text=outcome["message"])
        self.tap(SWITCH, "turn_off")
        self.wait_event("confirmed", device=LOAD, key="load", text=None)
        self.assert_no_complaints()

    def wait_event(self, kind, **wanted):
        """Waits until the account's event tells of that outcome."""
        name = self.entity_id(EVENT)

        def other():
            found = self.home.client.states()[name]["attributes"]
            return differences({"event_type": kind, **wanted}, found)

        wait_until_none(other, SECONDS, "members of the event are not as wished")


if __name__ == "__main__":
    unittest.main()
