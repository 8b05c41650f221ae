"""The bridge and its accounts are devices of Home Assistant, which tell why something is unavailable."""

import re
import unittest

from home_assistant.harness import SECONDS, HomeTest, wait_until_none
from system.harness import BASE, POOL, PUMP

BRIDGE = f"{BASE}_bridge"
FLEET, GREEN, POOLS = (f"{BASE}_account_{name}" for name in ("fleet", "green", "pool"))
WATER, TEMPERATURE = f"{BASE}_ewellcon_{PUMP}_water", f"{BASE}_ondilo_{POOL}_temperature"
LIST = "GET /v1/pumps.page=1&"


class OwnDevices(HomeTest):
    def start(self, **accounts):
        self.start_everything(**{"heat": False, "pool": False, **accounts})
        self.wait_states()

    def tap(self, unique_id, service="press", **data):
        entity_id = self.entity_id(unique_id)
        self.home.client.call(entity_id.partition(".")[0], service, entity_id, **data)

    def wait_moment(self, unique_id):
        """Waits until an entity shows a moment."""
        def other():
            shown = self.shown(unique_id)
            return [] if re.match(r"\d{4}-\d\d-\d\dT", shown or "") else [f"{unique_id} is {shown}"]

        wait_until_none(other, SECONDS, "moments are not known")

    def test_they_say_how_the_bridge_and_its_vendors_are(self):
        self.start()
        devices = self.home.client.devices()
        for account in (FLEET, GREEN):
            self.assertEqual(devices[account]["via_device_id"], devices[BRIDGE]["id"])
        for name, value in ((f"{BRIDGE}_connectivity", "on"), (f"{BRIDGE}_mqtt_version", "5"),
                            (f"{FLEET}_connectivity", "on"), (f"{FLEET}_problem", "off"), (f"{FLEET}_reason", "ok")):
            self.wait_shown(name, value)
        for moment in (f"{FLEET}_last_success", f"{GREEN}_last_success"):
            self.wait_moment(moment)
        renewed = self.home.client.entities()[f"{GREEN}_token_expires"]
        self.assertEqual(renewed["disabled_by"], "integration", "a token that renews itself is nobody's business")
        self.assertGreater(int(self.shown(f"{BASE}_account_watt_quota_left")), 0)

    def test_what_a_vendor_refuses_is_a_problem_of_one_account_and_its_devices_are_unavailable(self):
        self.start(pool={})
        with self.subTest("a key that is not accepted"):
            self.simulators.fault("ewellcon", "status", "GET", status=401)
            self.wait_problem(FLEET, "unauthorized", WATER)
            self.simulators.heal()
            self.tap(f"{FLEET}_poll_now")
            self.wait_solved(FLEET, WATER, "15420.5")
        with self.subTest("a consent that its owner took back"):
            before = self.shown(TEMPERATURE)
            self.simulators.change(ondilo={"oauth": {"revoke_consent": True}})
            self.wait_problem(POOLS, "consent_revoked", TEMPERATURE)
            self.sign_in("pool")
            self.wait_solved(POOLS, TEMPERATURE, before)
        self.assert_no_complaints()

    def wait_problem(self, account, reason, value):
        """Waits until an account has a problem, which one of its values shows, and another account has none."""
        self.wait_shown(f"{account}_problem", "on")
        self.wait_shown(f"{account}_reason", reason)
        self.wait_shown(f"{account}_connectivity", "off")
        self.wait_shown(value, "unavailable")
        self.assertEqual(self.shown(f"{GREEN}_problem"), "off")

    def wait_solved(self, account, value, shown):
        self.wait_shown(f"{account}_problem", "off")
        self.wait_shown(f"{account}_reason", "ok")
        self.wait_shown(value, shown)
        self.wait_states()

    def test_the_buttons_poll_and_the_log_level_is_chosen(self):
        hourly = {"every": dict.fromkeys(("list", "stats", "metadata", "summary", "users"), "1h")}
        self.start(fleet=hourly, watt=False)
        after = self.simulators.count()
        self.tap(f"{FLEET}_poll_now")
        self.wait_requests(LIST, after=after)
        after = self.simulators.count()
        self.tap(f"{BRIDGE}_poll_now")
        self.wait_requests(LIST, after=after)
        self.tap(f"{BRIDGE}_log_level", "select_option", option="debug")
        self.wait_shown(f"{BRIDGE}_log_level", "debug")
        self.bridge.wait_log(" debug ")

    def test_when_the_bridge_has_ended_everything_says_so(self):
        self.start(watt=False)
        self.bridge.stop()
        self.wait_shown(f"{BRIDGE}_connectivity", "off")
        self.wait_states()
        self.assertEqual(self.shown(WATER), "unavailable")


if __name__ == "__main__":
    unittest.main()
