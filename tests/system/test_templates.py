"""Renders every value template of the golden announcements the way Home Assistant does.

A null has to come out as `None`, which Home Assistant shows as unknown: a template that makes it
`OFF` would claim that a load is off while nobody knows.
"""

import json
import pathlib
import unittest

import jinja2

GOLDEN = pathlib.Path(__file__).resolve().parent.parent / "golden"
FLAGS = ("binary_sensor", "switch")


def documents_of(content):
    """The discovery documents in a golden file: the file itself, or its values by topic."""
    if not isinstance(content, dict):
        return []
    found = content if "components" not in content else {"": content}
    return [each for each in found.values() if isinstance(each, dict) and "components" in each]


def golden_components():
    """(where it stands, key, component) for every component with a value template."""
    for path in sorted(GOLDEN.glob("*.json")):
        for document in documents_of(json.loads(path.read_text(encoding="utf-8"))):
            for key, component in document["components"].items():
                if "value_template" in component:
                    yield f"{path.name} {component['unique_id']}", key, component


def rendered(component, state):
    """What Home Assistant makes of a state document."""
    return jinja2.Environment().from_string(component["value_template"]).render(value_json=state)


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

    def test_only_what_has_a_state_has_a_template(self):
        for where, _, component in self.components:
            with self.subTest(where):
                self.assertNotIn(component["platform"], ("button", "event"))


if __name__ == "__main__":
    unittest.main()
