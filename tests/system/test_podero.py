"""Heat pumps of Podero: signed in by client credentials, listed user by user, written field by field."""

import json
import unittest

from system.harness import BASE, HEAT_PUMP, SystemTest, topic

USER = "3c90c3cc-0d44-4b50-8888-8dd257360521"  # whose pump the documented one is
LIST = f"GET .*/users/{USER}/heat-pumps$"
WRITE = "PUT .*/heat-pumps/"
ALL_CONTROLS = ["pause", "away", "limits", "dhw", "offset", "heating", "policy", "forced_mode"]


class HeatTest(SystemTest):
    """With the account of heat pumps alone."""

    def start(self, pumps=1, **settings):
        self.start_all("--heat-pumps", str(pumps), fleet=False, green=False, heat=settings)
        self.before = self.simulators.count()

    def change(self, **wish):
        self.simulators.change(podero=wish)

    def facts(self, pump=HEAT_PUMP):
        """What the vendor knows of a pump."""
        return self.simulators.state()["podero"]["heat_pumps"][pump]

    def pumps(self):
        return list(self.simulators.state()["podero"]["heat_pumps"])

    def ask(self, key, payload, **more):
        return self.command(key, payload, "heat", HEAT_PUMP, **more)

    def sent(self):
        """The bodies of the updates that reached the vendor."""
        return [json.loads(each["body"]) for each in self.requests(WRITE, self.before)]

    def shows(self, pump=HEAT_PUMP, **members):
        return self.observer.wait_state(topic("heat", pump, "state"), **members)

    def becomes(self, pump, availability, seconds=30):
        self.observer.wait_text(topic("heat", pump, "availability"), availability, seconds)


class Reading(HeatTest):
    def test_the_state_is_what_the_vendor_says(self):
        self.start()
        facts, state = self.facts(), self.state("heat", HEAT_PUMP)
        self.assertEqual(
            (state["power"], state["inlet_temperature"], state["hot_water_temperature"], state["energy_month"]),
            (1240, 31.2, 47.5, 498.2))
        self.assertEqual((state["mode"], state["optimization_level"], state["smart_optimization"]),
                         ("mid", "Mid", True))
        self.assertEqual((state["forced_mode_since"], state["pool_heating"], state["needs_login"]), (None, None, False))
        self.assertEqual(state["last_update"], facts["current_state_last_updated_at"])
        device = self.discovery("podero", HEAT_PUMP)["device"]
        self.assertEqual((device["manufacturer"], device["model"]), ("Example Heating", "Boreas 8"))
        self.assertEqual(device["name"], "Example Heating Boreas 8 3c90")

    def test_one_sign_in_serves_many_lists_without_a_mistake(self):
        self.start()
        self.wait_requests(LIST, 3, self.before)
        self.assertEqual(self.simulators.state()["podero"]["oauth"]["asked"], ["client_credentials"])
        self.assertEqual(self.simulators.violations(), [])

    def test_named_users_are_asked_for_and_nobody_else(self):
        self.start(2, all_users=None, user_ids=[USER])
        self.wait_requests(LIST, 3, self.before)
        self.assertEqual({each["path"].rsplit("/users/")[-1] for each in self.requests("heat-pumps", self.before)},
                         {f"{USER}/heat-pumps"})
        self.assertEqual([name for name in self.observer.last if self.pumps()[1] in name], [])

    def test_users_may_come_in_pages_of_which_the_first_is_read(self):
        self.start_broker()
        self.start_simulators("--heat-pumps", "2")
        self.change(users_as="results", more_users="https://example.com/users?page=2")
        self.start_observer()
        self.start_bridge(fleet=False, green=False, heat={})
        for pump in self.pumps():
            self.becomes(pump, "online")
        self.bridge.wait_log("name them in user_ids")

    def test_numbers_may_be_text(self):
        self.start()
        self.change(loose=True, set={HEAT_PUMP: {"inlet_temperature": 30.5}})
        self.shows(inlet_temperature=30.5)

    def test_a_pump_that_the_vendor_heard_long_ago_is_offline_and_says_whether_it_needs_a_login(self):
        self.start()
        self.change(set={HEAT_PUMP: {"current_state_last_updated_at": "2026-01-15T08:00:00Z",
                                     "is_authenticated": False}})
        self.becomes(HEAT_PUMP, "offline")
        self.assertEqual(self.observer.json(topic("heat", HEAT_PUMP, "status"))["reason"], "data_stale")
        self.shows(needs_login=True)
        components = self.discovery("podero", HEAT_PUMP)["components"]
        levels = [each["topic"] for each in components["needs_login"]["availability"]]
        self.assertNotIn(topic("heat", HEAT_PUMP, "availability"), levels)

    def test_a_deleted_pump_is_taken_out(self):
        self.start(2)
        other = self.pumps()[1]
        self.becomes(other, "online")
        self.change(set={other: {"deleted_at": "2026-01-15T08:00:00Z"}})
        self.observer.wait_for(lambda: self.discovery("podero", other) is None, 30, "the end of its discovery")
        self.assertTrue(self.discovery("podero", HEAT_PUMP))


class Failing(HeatTest):
    def test_a_user_who_may_not_be_read_does_not_blank_the_others(self):
        self.start(2)
        other = self.pumps()[1]
        self.becomes(other, "online")
        self.change(forbidden=[USER])
        self.becomes(HEAT_PUMP, "offline")
        self.assertEqual(self.observer.json(topic("heat", HEAT_PUMP, "status"))["reason"], "read_failed")
        self.change(set={other: {"inlet_temperature": 29}})
        self.shows(other, inlet_temperature=29)
        self.assertTrue(self.discovery("podero", HEAT_PUMP), "an error takes nothing out")
        self.assertEqual(self.observer.text(f"{BASE}/heat/availability"), "online")
        self.change(forbidden=[])
        self.becomes(HEAT_PUMP, "online")

    def test_where_nobody_may_be_read_the_account_says_so(self):
        self.start()
        self.change(forbidden=[USER])
        self.wait_reason("heat", "refused", "forbidden", "vendor_refuses", "read_failed", seconds=30)
        self.assertTrue(self.discovery("podero", HEAT_PUMP))

    def test_an_ended_token_is_replaced(self):
        self.start()
        self.change(oauth={"expire_tokens": True}, set={HEAT_PUMP: {"inlet_temperature": 28}})
        self.shows(inlet_temperature=28)
        self.assertEqual(self.simulators.state()["podero"]["oauth"]["asked"], ["client_credentials"] * 2)
        self.change(oauth={"expire_tokens": True})
        self.assertEqual(self.ask("optimization_level", "Max")["outcome"], "confirmed")

    def test_pages_in_place_of_documents_take_nothing_out(self):
        self.start()
        for kind in ("html", "empty", "truncated", "wrong_types"):
            fault = self.simulators.fault("podero", kind, LIST)
            self.simulators.wait_fault(fault, 4)
            self.simulators.heal()
        self.becomes(HEAT_PUMP, "online")
        self.shows(inlet_temperature=31.2)

    def test_nothing_personal_and_no_secret_is_said(self):
        self.start(2, controls=ALL_CONTROLS)
        self.simulators.fault("podero", "status", WRITE, status=400, times=1,
                              message="owner@example.com may not, secret demo-client-secret")
        self.assertEqual(self.ask("optimization_level", "Low")["outcome"], "failed")
        self.simulators.fault("podero", "status", LIST, status=403, message="not for user1@example.com")
        self.becomes(HEAT_PUMP, "offline")
        token = self.simulators.state()["podero"]["oauth"]["tokens"][-1]
        self.bridge.stop()
        said = self.bridge.log() + "".join(each.topic + each.text for each in self.observer.messages)
        personal = ("@example.com", "Maxine", "Exampleperson", "customer-", "under the mat", "serial-0001",
                    "onboarding.example", "auth.example", "demo-client-secret", token)
        self.assertEqual([each for each in personal if each in said], [])


class Commands(HeatTest):
    def test_a_command_sends_its_field_alone_and_reads_one_pump_back(self):
        self.start(2)
        outcome = self.ask("smart_optimization", "OFF")
        self.assertEqual(outcome["outcome"], "confirmed", outcome)
        self.assertEqual(self.sent(), [{"is_smart_optimization_active": False}])
        self.assertEqual(len(self.requests(f"GET .*/heat-pumps/{HEAT_PUMP}$", self.before)), 1)
        self.assertIs(self.facts()["is_smart_optimization_active"], False)
        self.shows(smart_optimization=False, mode=None)
        self.assertEqual(self.ask("optimization_level", "Low")["outcome"], "confirmed")
        self.assertEqual(self.sent()[1:], [{"optimization_level": "Low"}])
        self.assertEqual(self.simulators.violations(), [])

    def test_every_control_that_is_opened_works(self):
        self.start(controls=ALL_CONTROLS)
        wishes = {"maximum_limit": 24.5, "minimum_limit": 18, "hot_water_minimum": 41, "hot_water_standard": 50.5,
                  "indoor_offset": -1.5, "away_minimum": 14, "space_heating": "OFF", "hot_water_heating": "OFF",
                  "pool_heating": "ON", "space_cooling": "ON", "heating_policy": "OFF", "forced_mode": "ON"}
        for key, wish in wishes.items():
            self.assertEqual(self.ask(key, str(wish))["outcome"], "confirmed", key)
            self.shows(**{key: {"ON": True, "OFF": False}.get(wish, wish)})
        self.assertEqual([len(each) for each in self.sent()], [1] * len(wishes))
        self.assertEqual(self.simulators.violations(), [])

    def test_a_pause_lasts_for_hours_and_can_be_ended(self):
        self.start(controls=["pause"])
        self.assertEqual(self.ask("pause", '{"value": {"state": "ON", "hours": 1.5}}')["outcome"], "confirmed")
        self.assertEqual(set(self.sent()[0]), {"is_pause_power_active", "pause_power_until"})
        self.shows(pause=True, pause_until=self.facts()["pause_power_until"])
        self.assertEqual(self.ask("pause", "OFF")["outcome"], "confirmed")
        self.assertEqual(self.sent()[1:], [{"is_pause_power_active": False}])
        self.shows(pause=False)

    def test_a_pause_that_is_prolonged_is_unconfirmed_while_its_old_end_is_kept(self):
        self.start(controls=["pause"])
        self.assertEqual(self.ask("pause", '{"value": {"state": "ON", "hours": 1}}')["outcome"], "confirmed")
        self.change(kept=["pause_power_until"])
        longer = '{"value": {"state": "ON", "hours": 3}}'
        self.assertEqual(self.ask("pause", longer, seconds=60)["outcome"], "unconfirmed")
        self.change(kept=[])
        self.assertEqual(self.ask("pause", longer)["outcome"], "confirmed")
        self.shows(pause_until=self.facts()["pause_power_until"])

    def test_away_mode_is_written_with_its_days(self):
        self.start(controls=["away"])
        days = {"start": "2026-12-20T08:00:00Z", "end": "2026-12-27T18:00:00Z"}
        outcome = self.ask("away_mode", json.dumps({"value": {"state": "ON", **days}}))
        self.assertEqual(outcome["outcome"], "confirmed")
        self.assertEqual(set(self.sent()[0]), {"is_away_mode_enabled", "away_mode_start", "away_mode_end"})
        self.shows(away_mode=True, away_end="2026-12-27T18:00:00.000Z")
        turned = {"start": days["end"], "end": days["start"]}
        outcome = self.ask("away_mode", json.dumps({"value": {"state": "ON", **turned}}))
        self.assertEqual((outcome["outcome"], outcome["reason"]), ("rejected", "invalid_argument"))
        self.assertEqual(len(self.sent()), 1)

    def test_a_control_that_is_not_opened_is_shown_and_takes_no_command(self):
        self.start()
        self.assertEqual(self.ask("pause", "ON")["outcome"], "rejected")
        self.assertEqual(self.sent(), [])
        components = self.discovery("podero", HEAT_PUMP)["components"]
        self.assertEqual((components["pause"]["platform"], components["maximum_limit"]["platform"]),
                         ("binary_sensor", "sensor"))
        self.assertEqual(self.state("heat", HEAT_PUMP)["maximum_limit"], 23)

    def test_unconfirmed_when_the_vendor_does_not_show_it(self):
        self.start()
        self.change(ignore_next=1)
        self.assertEqual(self.ask("optimization_level", "Max", seconds=60)["outcome"], "unconfirmed")
        self.shows(optimization_level="Mid")

    def test_a_change_to_another_control_is_told_and_not_confirmed(self):
        self.start(controls=["heating"])
        self.change(with_write={"is_space_heating_enabled": False})
        outcome = self.ask("optimization_level", "Max")
        self.assertEqual(outcome["outcome"], "unconfirmed", outcome)
        self.assertIn("space_heating", outcome["message"])
        self.shows(optimization_level="Max", space_heating=False)

    def test_the_vendors_complaints_are_the_outcomes_message(self):
        self.start()
        detail = [{"loc": ["body", "optimization_level"], "msg": "not for this device", "type": "value_error"}]
        for status, body, said in ((422, {"detail": detail}, "body.optimization_level: not for this device"),
                                   (409, {"detail": "The device is busy."}, "The device is busy."),
                                   (403, {"detail": "Read only."}, "Read only.")):
            self.simulators.fault("podero", "status", WRITE, status=status, body=body, times=1)
            outcome = self.ask("optimization_level", "Max")
            self.assertEqual((outcome["outcome"], outcome["reason"]), ("failed", "refused"))
            self.assertIn(said, outcome["message"])
        self.assertEqual(self.facts()["optimization_level"], "Mid")


if __name__ == "__main__":
    unittest.main()
