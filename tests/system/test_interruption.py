"""Stops and power cuts with a command on its way."""

import signal
import unittest

from system.harness import BASE, LOAD, SystemTest, topic

COMMAND = "POST /v1/devices/.*/command"
ENDED = ("unknown", "confirmed", "done")


class Interruption(SystemTest):
    def with_a_command_on_its_way(self, **fault):
        """Sends a command whose answer takes long; returns when the vendor has it."""
        self.start_all(fleet=False)
        self.before = self.simulators.count()
        delay = self.simulators.fault("automate_green", "delay", COMMAND, times=1, **fault)
        mark = self.send("load", '{"value": "OFF", "id": "cut"}')
        self.simulators.wait_fault(delay)
        return mark

    def outcome(self, mark):
        """The one outcome, wherever the bridge found the time to say it."""
        found = self.observer.wait_next(topic("green", LOAD, "outcome"), mark, 30).json
        self.assertEqual(found["id"], "cut")
        return found["outcome"]

    def all_outcomes(self, mark):
        return [each.json["outcome"] for each in self.observer.since(mark, topic("green", LOAD, "outcome"))]

    def restart(self):
        self.bridge.start()
        self.observer.wait_text(f"{BASE}/bridge/availability", "online")
        self.wait_requests("GET /v1/devices$", 2, self.simulators.count())

    def test_a_stop_ends_within_five_seconds_and_the_command_gets_its_answer(self):
        mark = self.with_a_command_on_its_way(seconds=60)
        status, seconds = self.bridge.stop()
        self.assertEqual(status, 0)
        self.assertLessEqual(seconds, 5)
        self.observer.wait_text(f"{BASE}/bridge/availability", "offline")
        self.restart()
        self.assertIn(self.outcome(mark), ENDED)
        self.assertEqual(len(self.all_outcomes(mark)), 1)

    def test_a_stop_ends_within_five_seconds_though_broker_and_vendor_hang(self):
        self.with_a_command_on_its_way(seconds=60)
        self.broker.process.send_signal(signal.SIGSTOP)
        try:
            status, seconds = self.bridge.stop()
        finally:
            self.broker.process.send_signal(signal.SIGCONT)
        self.assertEqual(status, 0)
        self.assertLessEqual(seconds, 5)

    def test_a_stop_lets_a_short_command_finish(self):
        mark = self.with_a_command_on_its_way(seconds=1.5)
        status, seconds = self.bridge.stop()
        self.assertEqual(status, 0)
        self.assertLessEqual(seconds, 5)
        self.restart()
        self.assertIn(self.outcome(mark), ENDED)
        self.assertEqual(len(self.requests(COMMAND, self.before)), 1, "it is not sent twice")

    def test_a_power_cut_leaves_offline_by_the_will(self):
        self.start_all()
        self.bridge.kill()
        self.observer.wait_text("cloud2mqtt/bridge/availability", "offline")

    def test_a_power_cut_after_the_vendor_did_it_ends_confirmed(self):
        mark = self.with_a_command_on_its_way(seconds=60, after=True)
        self.bridge.kill()
        self.simulators.heal()
        self.restart()
        self.assertEqual(self.outcome(mark), "confirmed")
        self.assertEqual(len(self.all_outcomes(mark)), 1)

    def test_a_power_cut_before_the_vendor_did_it_ends_unknown(self):
        mark = self.with_a_command_on_its_way(seconds=60)
        self.bridge.kill()
        self.simulators.heal()
        self.restart()
        self.assertEqual(self.outcome(mark), "unknown")
        self.assertEqual(self.requests(COMMAND, self.before), [], "it is not sent a second time")

    def test_commands_that_waited_are_answered_after_a_power_cut(self):
        mark = self.with_a_command_on_its_way(seconds=60)
        self.send("on_for", '{"value": 60, "id": "waiting"}')
        self.bridge.kill()
        self.simulators.heal()
        self.restart()
        def answered():
            return {each.json["id"] for each in self.observer.since(mark, "/outcome")}

        self.observer.wait_for(lambda: answered() == {"cut", "waiting"}, 30, "both")

    def test_a_broker_that_dies_before_the_outcome_gets_it_later(self):
        self.start_all(fleet=False)
        delay = self.simulators.fault("automate_green", "delay", COMMAND, times=1, seconds=2)
        mark = self.send("load", '{"value": "OFF", "id": "cut"}')
        self.simulators.wait_fault(delay)
        self.broker.kill()
        self.wait_requests(COMMAND, 1)
        self.broker.start()
        self.assertIn(self.outcome(mark), ENDED)


if __name__ == "__main__":
    unittest.main()
