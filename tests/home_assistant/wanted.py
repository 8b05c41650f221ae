"""What Home Assistant has to show, worked out from the documents that the broker keeps."""

import json
import math
from datetime import datetime

import jinja2

PREFIX = "homeassistant/device/"
ABSENT = ("unknown", "unavailable", "nothing")
CLASS_NAMES = {"connectivity": "Connectivity", "problem": "Problem"}  # how Home Assistant names a nameless entity
TEMPLATES = jinja2.Environment(undefined=jinja2.StrictUndefined)
TIMELESS = ("button", "event")  # their state is the moment of the last time
CLASSIFIED = ("device_class", "unit_of_measurement", "state_class")  # what statistics are made by
LONGEST_STATE = 255


class Entity:
    """One component of a discovery document, with what it inherits from the document."""

    def __init__(self, document, key):
        self.key = key
        self.component = {**{name: document[name] for name in ("state_topic", "availability", "availability_mode")
                             if name in document}, **document["components"][key]}
        self.device = document["device"]
        self.identifier = self.device["identifiers"]
        self.platform = self.component["platform"]
        self.unique_id = self.component["unique_id"]

    def __repr__(self):
        return self.unique_id

    def get(self, name):
        return self.component.get(name)

    def name(self):
        """Its name beside the device's, None where it is the device itself."""
        if "name" in self.component:
            return self.get("name")
        return CLASS_NAMES[self.get("device_class")]

    def registered(self):
        """What the entity registry has to say of it."""
        return {"platform": self.platform, "name": self.name(), "category": self.get("entity_category"),
                "device": self.identifier}

    def attributes(self):
        """What the attributes of its state have to be; a temperature may be shown in the home's own unit."""
        words = [self.device["name"], self.name()]
        wanted = {"friendly_name": " ".join(filter(None, words)), "device_class": self.get("device_class")}
        wanted["icon"] = self.get("icon")
        if self.platform in ("sensor", "number"):
            unit = self.get("unit_of_measurement")
            wanted["unit_of_measurement"] = "°C" if unit == "°F" else unit
        if self.platform == "sensor":
            wanted["state_class"] = self.get("state_class")
        if self.platform == "number":
            wanted |= {name: self.get(name) for name in ("min", "max", "step", "mode")}
        if "options" in self.component:
            wanted["options"] = self.get("options")
        return wanted

    def is_available(self, text):
        """Whether its availability topics allow a state; text() gives the broker's payload of a topic."""
        return all(text(each["topic"]) == each.get("payload_available", "online")
                   for each in self.component.get("availability", []))

    def value(self, text):
        """What the broker's payloads mean for it, as Home Assistant writes a state."""
        if not self.is_available(text):
            return "unavailable"
        payload = text(self.component["state_topic"])
        if payload is None:
            return "unknown"
        if "value_template" in self.component:
            payload = TEMPLATES.from_string(self.component["value_template"]).render(value_json=json.loads(payload))
        if payload == "None":
            return "unknown"
        words = {self.component.get("payload_on", "ON"): "on", self.component.get("payload_off", "OFF"): "off"}
        return words.get(payload, payload) if self.platform in ("switch", "binary_sensor") else payload


def entities(documents):
    """All entities of discovery documents (topic -> document)."""
    return [Entity(document, key) for topic, document in sorted(documents.items()) for key in document["components"]]


def same_value(shown, wanted, entity):
    """Whether Home Assistant's state is the wanted one: numbers and moments may be spelt differently."""
    if shown == wanted:
        return True
    if shown in ABSENT or wanted in ABSENT:
        return False
    if entity.get("device_class") == "timestamp":
        return datetime.fromisoformat(shown) == datetime.fromisoformat(wanted).replace(microsecond=0)
    try:
        number = float(wanted)
        if entity.get("unit_of_measurement") == "°F":
            number = (number - 32) / 1.8
        return math.isclose(float(shown), number, abs_tol=0.06 if entity.get("unit_of_measurement") == "°F" else 1e-9)
    except ValueError:
        return False


def differences(wanted, found):
    """The members that are not as wanted, as text."""
    return [f"{name}: {found.get(name)!r} instead of {each!r}" for name, each in wanted.items()
            if found.get(name) != each]
