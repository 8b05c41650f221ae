"""Bridge, broker and Home Assistant restart in every order, and everything is as before."""

import itertools
import re
import unittest

from home_assistant.harness import HomeTest, wait_until_none

PROMISED = 30  # seconds in which everything is as before
BRIDGE = "cloud2mqtt_bridge_connectivity"
# What Home Assistant rightly says of a broker that is away.
OUR_DOING = (r"The connection was lost|Failed to connect to MQTT server|client is not currently connected"
             r"|failed to receive on socket")


# How the parts end, and how they start. A broker that ends first has saved that the bridge is online.
ORDERS = (
    (("bridge", "home", "broker"), ("broker", "home", "bridge")),
    (("broker", "bridge", "home"), ("home", "bridge", "broker")),
    (("home", "broker", "bridge"), ("bridge", "broker", "home")),
    (("broker", "home", "bridge"), ("broker", "bridge", "home")),
)


class Restarts(HomeTest):
    """Each test begins with all of it well, and remembers what the registry says."""

    def begin(self, persistence=False, **accounts):
        self.start_everything(persistence=persistence, **accounts)
        self.wait_states()
        self.before = self.picture()

    def picture(self):
        """What must not change by itself: the identity of each entity, and which are unavailable."""
        client = self.home.client
        states = client.states()
        return {each["unique_id"]: (each["entity_id"], each["id"], each["device_id"], each["created_at"],
                                    not each["disabled_by"] and states[each["entity_id"]]["state"] == "unavailable")
                for each in client.entries() if each["disabled_by"] or each["entity_id"] in states}

    def changes(self):
        """What is not as before, and what is not as the broker's payloads mean."""
        now = self.picture()
        return [f"{name}: {now.get(name)} instead of {self.before.get(name)}" for name in {*now, *self.before}
                if now.get(name) != self.before.get(name)] + self.wrong_states()

    def wait_as_before(self):
        wait_until_none(self.changes, PROMISED, "things are not as before")

    def parts(self, end_broker):
        """How each part ends and starts."""
        return {"bridge": (self.bridge.kill, self.bridge.start),
                "broker": (end_broker, self.broker.start),
                "home": (self.home.stop, self.home.start)}

    def restart_all(self, parts, ends, starts):
        """Ends everything, starts everything, each in its order."""
        with self.subTest(f"ends: {', '.join(ends)}; starts: {', '.join(starts)}"):
            for name in ends:
                parts[name][0]()
            for name in starts:
                parts[name][1]()
            self.wait_as_before()

    def assert_only_connection_lost(self):
        self.assertEqual([each for each in self.complaints() if not re.search(OUR_DOING, each)], [])

    def test_the_bridge_stopped_or_killed(self):
        self.begin()
        for end in (self.bridge.stop, self.bridge.kill):
            end()
            self.wait_shown(BRIDGE, "off")
            self.bridge.start()
            self.wait_as_before()
        self.assert_no_complaints()

    def test_a_broker_that_keeps_what_it_knows(self):
        self.begin(persistence=True)
        self.broker.restart(power_cut=False)
        self.wait_as_before()
        self.assert_only_connection_lost()

    def test_every_order_with_a_broker_that_forgets(self):
        self.begin(heat=False, pool=False, watt=False)
        parts = self.parts(self.broker.kill)
        for order in itertools.permutations(parts):
            self.restart_all(parts, order, order)
        self.assert_only_connection_lost()

    def test_orders_with_a_broker_that_keeps_what_it_knows(self):
        self.begin(persistence=True, heat=False, pool=False, watt=False)
        parts = self.parts(self.broker.stop)
        for ends, starts in ORDERS:
            self.restart_all(parts, ends, starts)
        self.assert_only_connection_lost()


if __name__ == "__main__":
    unittest.main()
