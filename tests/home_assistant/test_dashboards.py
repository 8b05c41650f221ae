"""Home Assistant loads the example dashboards, and every entity that they name is there and has a state."""

import re
import unittest

import yaml

from home_assistant.harness import SECONDS, SharedHomeTest, wait_until_none
from home_assistant.server import address
from home_assistant.showcase import DASHBOARDS, Showcase
from home_assistant.wanted import ABSENT
from system.harness import POOL

ENTITY = re.compile(r"\b(?:binary_sensor|button|event|number|select|sensor|switch)\.[a-z0-9_]+")
ACTIONS = ("action", "perform_action", "service")  # what has an action's name and no entity's
CONTROLS = ("button.", "number.", "select.", "switch.")
STATISTICS = ("statistic", "statistics-graph")
BUILT_IN = {"button", "entities", "entity", "heading", "history-graph", "markdown", "sections", "statistic",
            "statistics-graph", "tile", "toggle"}
SALT, SOLIDS = "sensor.garden_pool_salt", "sensor.garden_pool_tds"
THEIRS = "lovelace|dashboard|yaml"  # in every line about dashboards


def parts(node):
    """Every dictionary of a dashboard."""
    if isinstance(node, dict):
        yield node
    for each in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from parts(each)


def named(dashboard):
    """Every entity that a dashboard names, in its templates too."""
    found = set()
    for part in parts(dashboard):
        for key, value in part.items():
            for each in value if isinstance(value, list) else [value]:
                if isinstance(each, str) and key not in ACTIONS:
                    found |= set(ENTITY.findall(each))
    return found


def cards(node):
    """Every card of a dashboard."""
    return [card for part in parts(node) for card in part.get("cards", [])]


def measured(dashboard):
    """Every entity of which a dashboard shows statistics."""
    return {name for part in parts(dashboard) if part.get("type") in STATISTICS for name in named(part)}


class Dashboards(SharedHomeTest):
    stage_type = Showcase

    @classmethod
    def prepare(cls):
        cls.stage.start_showcase()

    def setUp(self):
        self.client = self.stage.home.client
        self.files = {address(file): yaml.safe_load(file.read_text()) for file in DASHBOARDS}
        self.all = [self.files[name] for name in sorted(self.files)]

    def test_home_assistant_has_them_as_they_stand(self):
        listed = {each["url_path"]: each["mode"] for each in self.client.ask("lovelace/dashboards/list")}
        self.assertEqual({name: listed.get(name) for name in self.files}, dict.fromkeys(self.files, "yaml"))
        for name, meant in self.files.items():
            self.assertEqual(self.client.ask("lovelace/config", url_path=name), meant)

    def test_they_take_nothing_but_what_home_assistant_brings_along(self):
        kinds = {part["type"] for part in parts(self.all) if "type" in part}
        self.assertEqual(kinds - BUILT_IN, set())

    def test_every_entity_is_one_of_ours(self):
        ours = {each["entity_id"] for each in self.client.entries()}
        self.assertTrue(named(self.all))
        self.assertEqual(named(self.all) - ours, set())

    def wait_absent(self, *names):
        """Waits until these entities have no state, and all others have one; a button need not have been pressed."""
        def otherwise():
            states = self.client.states()
            shown = {name: states[name]["state"] if name in states else "nothing" for name in named(self.all)}
            absent = {name for name, state in shown.items()
                      if state == "unavailable" or (state in ABSENT and not name.startswith(CONTROLS))}
            return [f"{name}: {shown.get(name)}" for name in sorted(absent ^ set(names))]

        wait_until_none(otherwise, SECONDS, "entities are there and should not be, or the other way round")

    def test_every_entity_has_a_state_with_one_kind_of_probe_or_the_other(self):
        self.wait_absent(SALT)
        self.stage.simulators.change(ondilo={"set": {POOL: {"salt": True}}})
        self.wait_absent(SOLIDS)

    def test_what_has_no_state_with_one_kind_of_probe_is_not_shown_then(self):
        for name in (SALT, SOLIDS):
            shown = [each for each in cards(self.all) if name in named(each)]
            self.assertEqual([each["visibility"] for each in shown],
                             [[{"condition": "state", "entity": name, "state_not": "unknown"}]] * 2)

    def test_every_statistic_is_kept(self):
        kept = {each["statistic_id"] for each in self.client.ask("recorder/list_statistic_ids")}
        self.assertEqual(measured(self.all) - kept, set())

    def test_the_comments_name_the_beginning_of_every_id(self):
        for file in DASHBOARDS:
            comments = " ".join(re.findall("^#.*", file.read_text(), re.MULTILINE))
            beginnings = tuple(re.findall(r"[a-z0-9]+_[a-z0-9_]+", comments))
            for name in named(self.files[address(file)]):
                self.assertTrue(name.partition(".")[2].startswith(beginnings), f"{file.name}: {name}")

    def test_nobody_complains(self):
        self.assertEqual(self.stage.home.complaints(f"{self.stage.ours()}|{THEIRS}"), [])


if __name__ == "__main__":
    unittest.main()
