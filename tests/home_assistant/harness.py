"""What the tests with a real Home Assistant share: it, a broker, the simulators and the bridge."""

import re
import sys
import time
import unittest

from home_assistant import wanted
from home_assistant.installation import installation
from home_assistant.server import HomeAssistant
from system.harness import SystemTest

OURS = "mqtt"  # in every line about the integration, our topics, and our unique ids
LOG_TAIL = 4000
SECONDS = 60  # in which what a test did is to be shown, also on a busy machine
PAUSE = 0.25  # seconds between two looks, each of which costs Home Assistant some work
EVERYTHING = {  # every entity that a mapper has
    "fleet": {"water_unit": "m³", "pressure_unit": "bar", "users": True, "summary": True, "metadata": True,
              "every": dict.fromkeys(("list", "stats", "metadata", "summary", "users"), "1s")},
    "green": {"configuration": True},
    "heat": {"controls": ["pause", "away", "limits", "dhw", "offset", "heating", "policy", "forced_mode"]},
    "watt": {},
    "pool": {},
}


class HomeTest(SystemTest):
    """Also has a Home Assistant, beside what a system test has."""

    home = None
    dashboards = ()  # files of the dashboards that it has
    named = frozenset()  # the ids of all entities that its registry has had
    maxDiff = None

    def run(self, result=None):
        return watched(super().run, result or self.defaultTestResult(), lambda: self.tell(self.id()))

    def tell(self, test):
        if self.home:
            sys.stderr.write(f"\n--- Home Assistant's log, {test}:\n{self.home.log()[-LOG_TAIL:]}\n---\n")

    # ---- the parts ---------------------------------------------------------------------------

    def start_home(self):
        """Home Assistant with its MQTT integration on our broker."""
        self.home = HomeAssistant(installation(), self.directory / "home-assistant")
        self.addCleanup(self.home.kill)
        if self.dashboards:
            self.home.add_dashboards(self.dashboards)
        self.home.start()
        self.home.client.add_integration("mqtt", {
            "broker": "127.0.0.1", "port": self.broker.port,
            "other_settings": {"set_client_cert": False, "set_ca_cert": "off"}})
        return self.home

    def start_everything(self, *simulators, persistence=False, **accounts):
        """Vendors, broker, bridge, Home Assistant; returns when it has registered every entity."""
        self.options = {**EVERYTHING, **accounts}
        self.start_broker(persistence)
        self.start_simulators("--ondilo-quota", "0", *simulators)
        self.start_observer()
        self.start_bridge(**self.options)
        if self.options.get("pool", False) is not False:
            self.sign_in("pool")
        self.wait_online(30, **self.options)
        self.start_home()
        self.wait_registered()

    # ---- what they show ----------------------------------------------------------------------

    def documents(self):
        """The discovery documents on the broker."""
        with self.observer.news:
            known = {name: each for name, each in self.observer.last.items() if name.startswith(wanted.PREFIX)}
        return {name: each.json for name, each in known.items() if each.payload}

    def wanted(self):
        return wanted.entities(self.documents())

    def registered(self):
        """What is in Home Assistant's registry, and what is announced: pairs of domain and unique id."""
        have = [(each["entity_id"].partition(".")[0], each["unique_id"]) for each in self.home.client.entries()]
        return sorted(have), sorted((each.platform, each.unique_id) for each in self.wanted())

    def wait_registered(self, seconds=SECONDS):
        """Waits until Home Assistant's registry has what was announced, and nothing else."""
        def unlike():
            have, want = map(set, self.registered())
            return [f"missing: {each}" for each in want - have] + [f"too many: {each}" for each in have - want]

        wait_until_none(unlike, seconds, "entities are not as announced")
        self.ours()  # those that leave later may be complained of, too

    def enable_everything(self):
        """Enables what is disabled by default, so that it has a state, too; that takes a restart."""
        client = self.home.client
        for each in client.entities().values():
            if each["disabled_by"]:
                client.ask("config/entity_registry/update", entity_id=each["entity_id"], disabled_by=None)
        self.home.restart()
        self.wait_states()

    def entity_id(self, unique_id):
        return self.home.client.entities()[unique_id]["entity_id"]

    def shown(self, unique_id):
        """The state of an entity, None where there is none."""
        entry = self.home.client.entities().get(unique_id)
        state = self.home.client.states().get(entry["entity_id"]) if entry else None
        return state["state"] if state else None

    def wait_shown(self, unique_id, *values, seconds=SECONDS):
        """Waits until Home Assistant shows one of these states."""
        def other():
            shown = self.shown(unique_id)
            return [] if shown in values else [f"{unique_id} is {shown} and not {values}"]

        wait_until_none(other, seconds, "state is not as wished")

    def wait_device(self, identifier, is_there=True):
        """Waits until a device is there, or is not."""
        def other():
            return [identifier] if (identifier in self.home.client.devices()) != is_there else []

        wait_until_none(other, SECONDS, f"device should {'' if is_there else 'not '}be there")

    def wrong_states(self):
        """The entities whose state is not what the broker's payloads mean, with what they show."""
        entries, states, wrong = self.home.client.entities(), self.home.client.states(), []
        for entity in self.wanted():
            entry = entries.get(entity.unique_id)
            if entry and entry["disabled_by"]:
                continue
            state = states.get(entry["entity_id"]) if entry else None
            shown = state["state"] if state else "nothing"
            if entity.platform in wanted.TIMELESS:
                good = (shown == "unavailable") != entity.is_available(self.observer.text) and shown != "nothing"
                meant = "available" if entity.is_available(self.observer.text) else "unavailable"
            else:
                meant = entity.value(self.observer.text)
                good = wanted.same_value(shown, meant, entity)
            if not good:
                wrong.append(f"{entity}: {shown} instead of {meant}")
        return wrong

    def wait_states(self, seconds=SECONDS):
        """Waits until every entity shows what the broker's payloads mean."""
        wait_until_none(self.wrong_states, seconds, "states are not as published")

    def ours(self):
        """What a record of its log has in it that is about us: the integration, or an entity of ours."""
        for each in self.home.client.entries():
            self.named |= {each["entity_id"], each["unique_id"]}
        return "|".join([OURS, *(re.escape(each) for each in sorted(self.named))])

    def complaints(self, after=0):
        """What Home Assistant's log complains of that is about us."""
        return self.home.complaints(self.ours(), after)

    def assert_no_complaints(self, after=0):
        self.assertEqual(self.complaints(after), [])


class SharedHomeTest(unittest.TestCase):
    """Tests that only look: one home for all of them."""

    stage_type = HomeTest
    stage = None

    @classmethod
    def setUpClass(cls):
        cls.stage = cls.stage_type()
        cls.addClassCleanup(cls.stage.doCleanups)
        cls.stage.setUp()
        try:
            cls.prepare()
        except Exception:
            cls.stage.tell(cls.__name__)
            raise

    @classmethod
    def prepare(cls):
        cls.stage.start_everything()

    def run(self, result=None):
        return watched(super().run, result or self.defaultTestResult(), lambda: self.stage.tell(self.id()))


def wait_until_none(differences, seconds, what):
    """Waits until a list of differences is empty."""
    deadline = time.monotonic() + seconds
    while found := differences():
        if time.monotonic() > deadline:
            raise AssertionError(f"after {seconds} s {len(found)} {what}: {found[:20]}")
        time.sleep(PAUSE)


def watched(run, result, tell):
    """Runs a test, and tells more if it fails."""
    before = len(result.failures) + len(result.errors)
    run(result)
    if len(result.failures) + len(result.errors) > before:
        tell()
    return result
