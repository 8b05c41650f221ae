"""Every device and entity of every mapper is in a real Home Assistant, as it is meant."""

import json
import re
import unittest
from collections import Counter

from home_assistant import meant, wanted
from home_assistant.harness import OURS, SharedHomeTest
from home_assistant.server import complaints
from system.processes import eventually


def kind_of(entity):
    """What is alike in the entities of several pumps, accounts, channels."""
    device = re.sub(r"\d+$|(?<=_account_)\w+$", "", entity.identifier)
    return (device, entity.platform, *(entity.get(name) for name in wanted.CLASSIFIED))


class Entities(SharedHomeTest):
    @classmethod
    def prepare(cls):
        cls.stage.start_everything("--heat-pump-refresh", "86400")
        cls.stage.enable_everything()

    def setUp(self):
        self.client = self.stage.home.client

    def test_every_component_is_registered_under_its_device_with_name_and_category(self):
        entries = self.client.entities()
        names = {each["id"]: name for name, each in self.client.devices().items()}
        wrong = []
        for entity in self.stage.wanted():
            entry = entries[entity.unique_id]
            found = {"platform": entry["entity_id"].partition(".")[0], "name": entry["original_name"],
                     "category": entry["entity_category"], "device": names[entry["device_id"]]}
            found["name"] = found["name"] or wanted.CLASS_NAMES.get(entity.get("device_class"))
            wrong += [f"{entity}: {each}" for each in wanted.differences(entity.registered(), found)]
        self.assertEqual(wrong, [])

    def test_every_device_is_there_with_what_the_vendor_says_of_it(self):
        devices = self.client.devices()
        names = {each["id"]: name for name, each in devices.items()}
        announced = {each["device"]["identifiers"]: each["device"] for each in self.stage.documents().values()}
        self.assertEqual(set(devices), set(announced))
        wrong = []
        for identifier, device in announced.items():
            found = {**devices[identifier], "via_device": names.get(devices[identifier]["via_device_id"])}
            meant = {name: device.get(name) for name in
                     ("name", "manufacturer", "model", "model_id", "serial_number", "sw_version", "via_device")}
            wrong += [f"{identifier}: {each}" for each in wanted.differences(meant, found)]
        self.assertEqual(wrong, [])

    def test_every_entity_has_class_unit_and_name(self):
        entries, states, wrong = self.client.entities(), self.client.states(), []
        for entity in self.stage.wanted():
            found = states[entries[entity.unique_id]["entity_id"]]["attributes"]
            wrong += [f"{entity}: {each}" for each in wanted.differences(entity.attributes(), found)]
        self.assertEqual(wrong, [])

    def test_what_is_written_down_is_shown(self):
        states, wrong = self.client.states(), []
        for unique_id, words in meant.SHOWN.items():
            state = states[self.stage.entity_id(unique_id)]
            found = {"entity_id": state["entity_id"], "state": state["state"], **state["attributes"]}
            wrong += [f"{unique_id}: {each}" for each in wanted.differences(words, found)]
        self.assertEqual(wrong, [])

    def test_every_class_and_unit_of_every_kind_of_device_is_written_down(self):
        entities = self.stage.wanted()
        written = {kind_of(each) for each in entities if each.unique_id in meant.SHOWN}
        self.assertEqual(sorted({kind_of(each) for each in entities} - written, key=str), [])

    def test_no_device_and_no_entity_is_left_out(self):
        names = {each["id"]: name for name, each in self.client.devices().items()}
        counted = Counter(names[each["device_id"]] for each in self.client.entities().values())
        self.assertEqual(counted, meant.ENTITIES)

    def test_home_assistant_complains_about_nothing_but_a_mistake(self):
        self.stage.assert_no_complaints()
        mistake = {"device": {"identifiers": "x"}, "origin": {"name": "x"}, "components": {
            "a": {"platform": "sensor", "unique_id": "a", "device_class": "energy", "unit_of_measurement": "mg/L"}}}
        self.stage.observer.publish("homeassistant/device/mistake/config", json.dumps(mistake))
        eventually(self.stage.complaints, 20, "complaint about a mistake")

    def test_a_complaint_that_names_only_an_entity_of_ours_would_be_seen(self):
        told = "2026-01-15 08:00:00.000 {} (MainThread) [homeassistant.components.sensor] {} is odd\nTraceback\n"
        ours, other = "sensor.north_field_water", "sensor.sun_next_dawn"
        self.assertNotRegex(ours, OURS)
        log = "".join(told.format(level, name) for level in ("INFO", "WARNING", "ERROR") for name in (ours, other))
        seen = [told.format(level, ours).strip() for level in ("WARNING", "ERROR")]
        self.assertEqual(complaints(log, self.stage.ours()), seen)


if __name__ == "__main__":
    unittest.main()
