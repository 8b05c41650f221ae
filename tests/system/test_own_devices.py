"""The bridge and its accounts as devices of Home Assistant, on a real broker."""

import json
import unittest

import jinja2

from system.harness import BASE, LOAD, SystemTest, topic

BRIDGE = f"homeassistant/device/{BASE}_bridge/config"
FLEET = f"homeassistant/device/{BASE}_account_fleet/config"
GREEN = f"homeassistant/device/{BASE}_account_green/config"


class OwnDevices(SystemTest):
    def component(self, config, key):
        document = self.observer.wait_for(lambda: self.observer.json(config), 20, config)
        return document["components"][key]

    def shown(self, component):
        """What Home Assistant shows: the template over the newest document of the state topic."""
        text = self.observer.text(component["state_topic"])
        if "value_template" not in component:
            return text
        template = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(component["value_template"])
        return template.render(value_json=json.loads(text))

    def wait_shown(self, config, key, *values):
        component = self.component(config, key)
        return self.observer.wait_for(lambda: self.shown(component) in values, 20, f"{key} is {values}")

    def press(self, component, **value):
        payload = component.get("payload_press")
        if payload is None:
            payload = jinja2.Environment().from_string(component["command_template"]).render(**value)
        self.observer.publish(component["command_topic"], payload)

    def test_they_are_announced_before_their_children_and_kept_by_the_broker(self):
        self.start_all()
        order = []
        for each in self.observer.messages:
            if each.topic.startswith("homeassistant/device/") and each.topic not in order:
                order.append(each.topic)
        self.assertEqual(order[0], BRIDGE)
        self.assertEqual(set(order[1:3]), {FLEET, GREEN})
        self.assertGreater(len(order), 3)
        self.assertLessEqual({BRIDGE, FLEET, GREEN}, set(self.retained()))

    def test_every_template_shows_something_of_what_the_bridge_really_says(self):
        self.start_all()
        self.wait_reason("green", "ok")
        unknown = []
        for config in (BRIDGE, FLEET, GREEN):
            for key, component in self.observer.json(config)["components"].items():
                if component["platform"] == "event":
                    continue
                if "state_topic" in component and self.shown(component) in ("None", ""):
                    unknown.append(f"{config} {key}")
        # What is not known yet; anything else would be a member that the documents do not have.
        allowed = ("token_expires", "quota_left", "next_poll", "last_success")
        self.assertEqual([each for each in unknown if not each.endswith(allowed)], [])
        problem = self.component(GREEN, "problem")
        attributes = jinja2.Environment().from_string(problem["json_attributes_template"])
        status = self.observer.json(problem["json_attributes_topic"])
        self.assertEqual(json.loads(attributes.render(value_json=status))["since"], status["since"])

    def test_what_became_of_a_command_is_an_event_of_its_account(self):
        self.start_all()
        event = self.component(GREEN, "command_outcome")
        self.assertNotIn("command_outcome", self.observer.json(FLEET)["components"], "nothing to command there")
        self.assertEqual(event["state_topic"], topic("green", "+", "outcome"))
        template = jinja2.Environment(undefined=jinja2.StrictUndefined).from_string(event["value_template"])

        def happened(outcome):
            told = json.loads(template.render(value_json=outcome))
            self.assertIn(told["event_type"], event["event_types"])
            return told

        confirmed = happened(self.command("load", '{"value": "OFF", "id": "night"}'))
        self.assertEqual(confirmed, {"event_type": "confirmed", "device": LOAD, "key": "load", "id": "night",
                                     "text": None, "reason": None})
        self.simulators.fault("automate_green", "status", "POST /v1/devices/.*/command", status=400,
                              message="schedule is full", times=1)
        failed = happened(self.command("load", "ON"))
        self.assertEqual((failed["event_type"], failed["device"], failed["reason"]), ("failed", LOAD, "refused"))
        self.assertIn("schedule is full", failed["text"])
        self.assertEqual([name for name in self.retained() if name.endswith("/outcome")], [])

    def test_a_refused_key_is_a_problem_of_its_account_alone(self):
        self.start_all()
        self.wait_shown(FLEET, "problem", "OFF")
        self.wait_shown(FLEET, "connectivity", "online")
        self.simulators.fault("ewellcon", "status", "GET", status=401)
        self.wait_shown(FLEET, "problem", "ON")
        self.wait_shown(FLEET, "reason", "unauthorized")
        self.wait_shown(FLEET, "connectivity", "offline")
        self.assertEqual(self.shown(self.component(GREEN, "problem")), "OFF")
        self.simulators.heal()
        self.press(self.component(FLEET, "poll_now"))
        self.wait_shown(FLEET, "problem", "OFF")

    def test_the_button_of_an_account_polls_it_now(self):
        self.start_all(fleet={"every": {"list": "1h", "stats": "1h"}}, green={"every": {"list": "1h", "statuses": "1h"}})
        self.wait_requests("GET /v1/pumps.page=1&")
        after = self.simulators.count()
        self.press(self.component(FLEET, "poll_now"))
        self.wait_requests("GET /v1/pumps.page=1&", after=after)
        self.assertEqual(self.requests("GET /v1/devices$", after), [])
        self.press(self.component(BRIDGE, "poll_now"))
        self.wait_requests("GET /v1/devices$", after=after)

    def test_the_chosen_log_level_is_in_force_and_shown(self):
        self.start_all()
        self.wait_shown(BRIDGE, "log_level", "info")
        self.press(self.component(BRIDGE, "log_level"), value="debug")
        self.wait_shown(BRIDGE, "log_level", "debug")

    def test_the_connection_of_a_bridge_that_ended_is_shown_as_lost(self):
        self.start_all()
        self.wait_shown(BRIDGE, "connectivity", "online")
        self.bridge.stop()
        self.wait_shown(BRIDGE, "connectivity", "offline")

    def test_nothing_is_announced_where_discovery_is_switched_off(self):
        self.start_all(homeassistant={"discovery": False})
        self.assertEqual([name for name in self.retained() if name.startswith("homeassistant/")], [])


if __name__ == "__main__":
    unittest.main()
