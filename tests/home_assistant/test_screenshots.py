"""What a person sees of our devices in Home Assistant, in a real browser; it makes the README's pictures."""

import unittest

from home_assistant.harness import SharedHomeTest
from home_assistant.showcase import Showcase
from system.browser import Browser, keep, skip_without
from system.harness import BASE, LOAD, POOL

CONTROLLER = f"{BASE}_automate_green_{LOAD}"
NOTHING_WRONG = {"hui-error-card": 0, "hui-warning": 0, "ha-alert[alert-type=error]": 0, "ha-spinner": 0, "dialog[open]": 0}
SKIPPED_TRANSITION = "AbortError: Transition was skipped"  # the front end changes its mind while it starts
setUpModule = skip_without


class Screenshots(SharedHomeTest):
    stage_type = Showcase

    @classmethod
    def prepare(cls):
        cls.stage.start_showcase()
        cls.stage.remember()
        cls.client = cls.stage.home.client
        cls.browser = Browser(cls.stage.directory / "browser").start()
        cls.stage.addCleanup(cls.browser.stop)
        cls.browser.store(cls.client.storage())

    def see(self, name, path, words, **elements):
        """Opens a page, waits until it shows all of this and nothing wrong, and keeps its picture."""
        self.browser.go(self.client.url + path)
        self.browser.wait(words, {**NOTHING_WRONG, **elements})
        keep(name, self.browser.picture())
        thrown = [each["exception"]["description"] for each in self.browser.complaints]
        self.assertEqual([each for each in thrown if not each.startswith(SKIPPED_TRANSITION)], [])

    def test_the_page_of_a_device_has_its_name_and_every_entity(self):
        device = self.client.devices()[CONTROLLER]
        names = {each["original_name"] or device["name"] for each in self.client.entries()
                 if each["device_id"] == device["id"] and not each["disabled_by"]}
        self.assertGreater(len(names), 10)
        self.see("device", f"/config/devices/device/{device['id']}", {device["name"], *names})

    def test_the_pool_dashboard_shows_the_measures_their_past_and_what_is_to_do(self):
        shown = [self.stage.shown(f"{BASE}_ondilo_{POOL}_{key}") for key in ("ph", "recommendation")]
        self.see("pool", "/pool-dashboard/pool", {"Pool", "Temperature", "Redox potential", "Dissolved solids",
                                                  "I have done it", *shown}, canvas=5)
        self.assertNotIn("Salt", self.browser.text())

    def test_the_energy_dashboard_shows_power_energy_and_why_something_is_unavailable(self):
        self.see("energy", "/energy-dashboard/energy", {"Power controller", "Energy meter", "Load", "Energy per day",
                                                        "Solar today", "When something is unavailable", "Reason",
                                                        "ok"}, canvas=5)


if __name__ == "__main__":
    unittest.main()
