"""The configuration is read again while the bridge runs: what did not change does not notice."""

import signal
import unittest

from system.harness import BASE, LOAD, PUMP, SystemTest, configuration, fleet_account, topic

CONFIG = f"homeassistant/device/{BASE}_ewellcon_{PUMP}/config"


class Reload(SystemTest):
    def reload(self, text):
        self.bridge.configure(text)
        self.bridge.process.send_signal(signal.SIGHUP)

    def configured(self, **accounts):
        """The text of a configuration with these accounts."""
        settings = {"url": f"mqtt://127.0.0.1:{self.broker.port}"}
        return configuration(self.directory / "state", settings, accounts)

    def pumps(self, **more):
        return fleet_account(self.simulators.urls["ewellcon"], **more)

    def test_a_changed_account_starts_anew_and_another_goes_on(self):
        self.start_all()
        mark = self.observer.mark()
        self.reload(self.configuration(green={"every": {"list": "2s", "statuses": "1s"}}))
        self.bridge.wait_log("read again: 1 account starts anew, 1 goes on")
        self.a_few_lists(2)
        self.assertEqual([each.topic for each in self.observer.since(mark) if each.topic.startswith(f"{BASE}/fleet/pump")],
                         [], "nothing about the pumps, which did not change")
        self.assertEqual(self.command("load", "OFF")["outcome"], "confirmed")
        self.assertEqual(len(self.requests("POST /v1/signin")), 1, "the token is kept")

    def test_a_file_with_mistakes_changes_nothing_and_all_of_them_are_logged(self):
        self.start_all(green=False)
        self.reload(self.configuration(green=False) + "[mqtts]\n\n[accounts.shed]\nmapper = 'ewelcon'\n")
        self.bridge.wait_log("the configuration stays as it was")
        self.bridge.wait_log("mqtts")
        self.bridge.wait_log("did you mean .ewellcon.")
        self.wait_requests("GET /v1/pumps.page=1&", 2, self.simulators.count())
        self.assertEqual(self.observer.text(topic("fleet", PUMP, "availability")), "online")

    def test_an_account_that_is_renamed_keeps_its_announcements(self):
        self.start_all(green=False)
        before = self.observer.json(CONFIG)
        mark = self.observer.mark()
        self.reload(self.configured(farm=self.pumps()))
        self.observer.wait_text(topic("farm", PUMP, "availability"), "online")
        self.observer.wait_for(lambda: not self.gone("fleet"), 30, "end of the old topics")
        said = self.observer.since(mark, CONFIG)
        self.assertTrue(said and all(each.text for each in said), "never cleared")
        after = self.observer.json(CONFIG)
        self.assertEqual(after["device"]["identifiers"], before["device"]["identifiers"])
        self.assertEqual(after["state_topic"], topic("farm", PUMP, "state"))

    def gone(self, account):
        """What is retained of an account, announcements of its own included."""
        return [name for name in self.retained() if name.startswith(f"{BASE}/{account}/") or name.endswith(f"__{account}/config")]

    def test_an_account_that_is_removed_leaves_nothing_behind(self):
        self.start_all()
        self.reload(self.configuration(fleet=False))
        self.observer.wait_for(lambda: not self.gone("fleet"), 30, "end of the topics")
        self.observer.wait_for(lambda: CONFIG not in self.retained(), 30, "end of the announcement")
        self.assertIn(topic("green", LOAD, "state"), self.retained())

    def test_an_account_that_was_removed_while_the_bridge_was_down_leaves_nothing_behind(self):
        self.start_all()
        self.bridge.stop()
        self.bridge.configure(self.configuration(fleet=False))
        self.bridge.start()
        self.observer.wait_for(lambda: not self.gone("fleet"), 30, "end of the topics")
        self.observer.wait_for(lambda: CONFIG not in self.retained(), 30, "end of the announcement")

    def test_the_log_level_changes_and_a_request_reloads_too(self):
        self.start_all(green=False)
        self.bridge.configure('log_level = "debug"\n' + self.configuration(green=False))
        mark = self.observer.mark()
        self.observer.publish(f"{BASE}/bridge/request/reload", '{"id": 1}')
        answer = self.observer.wait_next(f"{BASE}/bridge/response/reload", mark).json
        self.assertEqual(answer, {"id": 1, "status": "ok", "error": None})
        self.bridge.wait_log(r"debug fleet: GET /pumps: 200 after \d+ ms")
        self.assertNotIn("page=", self.bridge.log())


if __name__ == "__main__":
    unittest.main()
