"""Renders every value template of the golden announcements the way Home Assistant does.

A null has to come out as `None`, which Home Assistant shows as unknown: a template that makes it
`OFF` would claim that a load is off while nobody knows.
"""

import json
import pathlib
import re
import unittest

import jinja2

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden"
OWN = "bridge.json"  # of the bridge and its accounts: their templates read documents of other shapes
FLAGS = ("binary_sensor", "switch")


def documents_of(content):
    """The discovery documents in a golden file: the file itself, or its values by topic."""
    if not isinstance(content, dict):
        return []
    found = content if "components" not in content else {"": content}
    return [each for each in found.values() if isinstance(each, dict) and "components" in each]


def golden_components(own=False):
    """(where it stands, key, component) for every component with a value template."""
    for path in sorted(GOLDEN.glob("*.json")):
        if own != (path.name == OWN):
            continue
        for document in documents_of(json.loads(path.read_text(encoding="utf-8"))):
            for key, component in document["components"].items():
                if "value_template" in component:
                    yield f"{path.name} {component['unique_id']}", key, component


def rendered(component, state, template="value_template"):
    """What Home Assistant makes of a state document."""
    return jinja2.Environment().from_string(component[template]).render(value_json=state)


class Templates(unittest.TestCase):
    def setUp(self):
        self.components = list(golden_components())

    def flags(self):
        return [each for each in self.components if each[2]["platform"] in FLAGS]

    def others(self):
        return [each for each in self.components if each[2]["platform"] not in FLAGS]

    def test_there_are_templates_of_both_kinds_to_render(self):
        self.assertTrue(self.flags())
        self.assertTrue(self.others())

    def test_a_null_is_none_on_every_platform(self):
        for where, key, component in self.components:
            with self.subTest(where):
                self.assertEqual(rendered(component, {key: None}), "None")

    def test_a_flag_is_exactly_the_payload_that_home_assistant_compares_with(self):
        for where, key, component in self.flags():
            with self.subTest(where):
                self.assertEqual(rendered(component, {key: True}), component.get("payload_on", "ON"))
                self.assertEqual(
                    rendered(component, {key: False}), component.get("payload_off", "OFF"))

    def test_a_flag_that_an_older_state_does_not_have_is_none(self):
        for where, _, component in self.flags():
            with self.subTest(where):
                self.assertEqual(rendered(component, {"another": True}), "None")

    def test_a_number_or_a_word_is_itself(self):
        for where, key, component in self.others():
            for value in (0, 15420.5, "away", "2026-05-08T15:03:15.000Z"):
                with self.subTest(where, value=value):
                    self.assertEqual(rendered(component, {key: value}), str(value))

    def test_an_option_that_is_chosen_comes_back_and_is_never_read_as_no_option(self):
        selects = [each for each in self.components if each[2]["platform"] == "select"]
        self.assertTrue(selects)
        for where, key, component in selects:
            for option in component["options"]:
                sent = jinja2.Environment().from_string(component.get("command_template", "{{ value }}"))
                with self.subTest(where, option=option):
                    self.assertNotIn(option.lower(), ("none", "unknown", "unavailable"))
                    self.assertEqual(rendered(component, {key: sent.render(value=option)}), option)

    def test_only_what_has_a_state_has_a_template(self):
        for where, _, component in self.components:
            with self.subTest(where):
                self.assertNotIn(component["platform"], ("button", "event"))


class OwnTemplates(unittest.TestCase):
    """Of the bridge and of an account."""

    def setUp(self):
        self.components = {component["unique_id"].split("_", 1)[1]: component
                           for _, _, component in golden_components(own=True)}

    def test_a_null_is_none(self):
        self.assertIn("account_home_token_expires", self.components)
        for where, component in self.components.items():
            nulls = dict.fromkeys(re.findall(r"value_json\.(\w+)", component["value_template"]))
            with self.subTest(where):
                self.assertTrue(nulls)
                self.assertEqual(rendered(component, nulls), "None")

    def test_a_value_is_itself(self):
        for where, component in self.components.items():
            if component["platform"] != "binary_sensor":
                for value in (0, 15420, "debug", "2026-05-08T15:03:15.000Z"):
                    name = re.search(r"value_json\.(\w+)", component["value_template"]).group(1)
                    with self.subTest(where, value=value):
                        self.assertEqual(rendered(component, {name: value}), str(value))

    def test_a_status_without_a_member_yet_is_none(self):
        for where, component in self.components.items():
            if where.startswith("account_"):
                with self.subTest(where):
                    self.assertEqual(rendered(component, {}), "None")

    def test_a_problem_is_every_reason_but_the_two_that_are_none(self):
        problem = self.components["account_home_problem"]
        for reason, shown in (("ok", "OFF"), ("starting", "OFF"), ("unauthorized", "ON"), ("login_needed", "ON")):
            self.assertEqual(rendered(problem, {"reason": reason}), shown)

    def test_the_circumstances_are_an_object_without_what_changes_with_every_poll(self):
        problem = self.components["account_home_problem"]
        status = {"reason": "ok", "since": "2026-05-08T15:03:15.000Z", "message": 'say "no"', "quota_left": 3,
                  "next_poll": "2026-05-08T15:03:15.000Z", "last_success": None, "periods": {"list": 60}}
        shown = json.loads(rendered(problem, status, "json_attributes_template"))
        self.assertEqual(shown, {"since": status["since"], "message": status["message"], "note": None,
                                 "periods": status["periods"]})
        self.assertEqual(set(json.loads(rendered(problem, {}, "json_attributes_template")).values()), {None})

    def test_a_chosen_log_level_is_the_request_that_the_bridge_expects(self):
        select = self.components["bridge_log_level"]
        for level in select["options"]:
            sent = jinja2.Environment().from_string(select["command_template"]).render(value=level)
            self.assertEqual(json.loads(sent), {"value": level})


if __name__ == "__main__":
    unittest.main()
