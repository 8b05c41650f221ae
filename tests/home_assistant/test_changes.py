"""Devices that come and go, and mappers that change: no ghosts, and the same entities again."""

import contextlib
import json
import signal
import sqlite3
import unittest
import urllib.request

from home_assistant.harness import EVERYTHING, SECONDS, HomeTest, wait_until_none
from system.harness import BASE, HEAT_PUMP, LOAD

CONTROLLER = f"{BASE}_automate_green_{LOAD}"
CONFIG = f"homeassistant/device/{CONTROLLER}/config"
LIST = "GET /v1/devices$"
SETTING = f"{CONTROLLER}_ffr"  # only with a setting
CONTROL = f"{BASE}_podero_{HEAT_PUMP}_away_mode"  # a switch with a setting, without it a binary sensor
BEFORE, NOW = f"{CONTROLLER}_mains", f"{CONTROLLER}_voltage"  # a key of an earlier version, and of this one


class Changes(HomeTest):
    def reload(self, **accounts):
        self.bridge.configure(self.configuration(**{**self.options, **accounts}))
        self.bridge.process.send_signal(signal.SIGHUP)

    def ids(self):
        """Everything that must be the same when a thing has come back."""
        return sorted((each["unique_id"], each["entity_id"], each["id"]) for each in self.home.client.entries())

    def wait_entity(self, unique_id, entity_id):
        """Waits until an entity has this id, None for being gone."""
        def other():
            entry = self.home.client.entities().get(unique_id)
            found = entry and entry["entity_id"]
            return [] if found == entity_id else [f"{unique_id} is {found} and not {entity_id}"]

        wait_until_none(other, SECONDS, "entity ids are not as wished")

    def wait_well(self):
        self.wait_registered()
        self.wait_states()
        self.assert_no_complaints()

    def test_a_device_that_vanishes_goes_and_comes_back_with_the_same_entities(self):
        self.start_everything("--controllers", "2", fleet=False, heat=False, watt=False, pool=False)
        before = self.ids()
        self.simulators.fault("automate_green", "body", LIST, body={"devices": [{"device": self.second()}]})
        self.wait_device(CONTROLLER, False)
        self.wait_well()
        self.assertEqual([name for name, *_ in self.ids() if name.startswith(CONTROLLER)], [])
        self.assertEqual([name for name in self.home.client.states() if "zxcvbnmasdf_001" in name], [])
        self.simulators.heal()
        self.wait_device(CONTROLLER)
        self.wait_well()
        self.assertEqual(self.ids(), before)

    def second(self):
        """The other controller as the vendor lists it."""
        address = self.simulators.urls["automate_green"] + "/devices"
        request = urllib.request.Request(address, headers={"Authorization": "Bearer ready-made-token"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            listed = [each["device"] for each in json.load(answer)["devices"]]
        [found] = [each for each in listed if each["id"] == "controller-002"]
        return found

    def test_what_a_setting_takes_away_goes_and_comes_back_the_same(self):
        self.start_everything(fleet=False, watt=False, pool=False)
        before = self.ids()
        self.reload(green={"configuration": False}, heat={"controls": ["pause"]})
        self.wait_entity(SETTING, None)
        self.wait_entity(CONTROL, "binary_sensor.example_heating_boreas_8_3c90_away_mode")
        self.wait_well()
        self.assertEqual([name for name in self.home.client.states() if name.endswith("_ffr")], [])
        self.reload(green=EVERYTHING["green"], heat=EVERYTHING["heat"])
        self.wait_entity(CONTROL, "switch.example_heating_boreas_8_3c90_away_mode")
        self.wait_entity(SETTING, "switch.pc_zxcvbnmasdf_001_ffr")
        self.wait_well()
        self.assertEqual(self.ids(), before)

    def test_a_key_of_an_earlier_version_leaves_no_ghost_and_a_new_one_comes(self):
        self.start_everything(fleet=False, heat=False, watt=False, pool=False)
        self.bridge.stop()
        self.be_an_earlier_version()
        self.wait_entity(NOW, None)
        self.wait_entity(BEFORE, "sensor.pc_zxcvbnmasdf_001_mains")
        self.bridge.start()
        self.wait_entity(BEFORE, None)
        self.wait_entity(NOW, "sensor.pc_zxcvbnmasdf_001_voltage")
        self.wait_well()

    def be_an_earlier_version(self):
        """What a version would have left behind that called the voltage "mains": announced, and noted as such."""
        document = self.observer.json(CONFIG)
        old = {**document["components"].pop("voltage"), "unique_id": BEFORE,
               "default_entity_id": "sensor.pc_zxcvbnmasdf_001_mains"}
        document["components"] |= {"mains": old, "voltage": {"platform": "sensor"}}
        self.observer.publish(CONFIG, json.dumps(document))
        del document["components"]["voltage"]
        self.observer.publish(CONFIG, json.dumps(document), retain=True)
        with contextlib.closing(sqlite3.connect(self.store())) as database, database:
            changed = database.execute("UPDATE announced SET components = replace(components, 'voltage:', 'mains:') "
                                       "WHERE topic = ?", (CONFIG,)).rowcount
        self.assertEqual(changed, 1)

    def store(self):
        """The bridge's state file."""
        [file] = [each for each in (self.directory / "state").iterdir() if each.suffix == ".db"]
        return file


if __name__ == "__main__":
    unittest.main()
