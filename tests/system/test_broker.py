"""The broker, Home Assistant, and how much is said."""

import unittest

from system.harness import BASE, LOAD, PUMP, SECRETS, SystemTest, configuration, topic
from system.mqtt import retained
from system.processes import Bridge


def comparable(kept):
    """Retained payloads that a new connection does not change."""
    return {name: each.payload for name, each in kept.items()
            if not name.endswith("/status") and "/bridge/" not in name}


class BrokerRestart(SystemTest):
    def settled(self):
        self.a_few_lists(2)
        return comparable(self.retained())

    def wait_all_back(self, before):
        online = f"{BASE}/bridge/availability"

        def back():
            kept = self.retained()
            return online in kept and kept[online].text == "online" and comparable(kept) == before

        self.observer.wait_for(back, 30, "everything retained, as before")
        self.observer.wait_for(lambda: self.observer.subscribed, 10, "the observer's subscription")

    def test_a_broker_that_forgot_everything_is_told_again(self):
        self.start_all("--pumps", "3")
        before = self.settled()
        self.broker.kill()
        self.wait_requests("GET /v1/devices$", 2, self.simulators.count())
        self.broker.start()
        self.wait_all_back(before)

    def test_a_broker_that_remembers_is_right_too(self):
        self.start_broker(persistence=True)
        self.start_simulators("--pumps", "3")
        self.start_observer()
        self.start_bridge()
        self.wait_online()
        before = self.settled()
        self.broker.restart(power_cut=False)
        self.wait_all_back(before)

    def test_what_changed_meanwhile_is_there_afterwards(self):
        self.start_all()
        self.broker.kill()
        self.simulators.change(ewellcon={"set": {PUMP: {"battery.soc": 33}}})
        self.wait_requests("GET /v1/pumps", 2, self.simulators.count())
        self.broker.start()
        self.observer.wait_state(topic("fleet", PUMP, "state"), battery=33)

    def test_a_command_after_the_restart_works(self):
        self.start_all()
        self.broker.restart()
        state = topic("green", LOAD, "state")
        self.observer.wait_for(lambda: state in retained(self.broker.port), 20, "its state")
        self.observer.wait_for(lambda: self.observer.subscribed, 20, "the observer's subscription")
        self.assertIn(self.command("load", "OFF")["outcome"], ("confirmed", "done"))


class TwoBridgesOnOneBaseTopic(SystemTest):
    def start_two(self, **mqtt):
        self.start_all(mqtt=mqtt)
        (self.directory / "other").mkdir(mode=0o700)
        settings = {"url": f"mqtt://127.0.0.1:{self.broker.port}", **mqtt}
        text = configuration(self.directory / "other", settings, self.accounts())
        second = Bridge(self.program, self.directory / "second", text, dict(SECRETS))
        self.addCleanup(self.end_bridge, second)
        mark = self.observer.mark()
        second.start()
        self.observer.wait_next(f"{BASE}/bridge/info", mark)
        return second

    def assert_noticed(self, end):
        self.bridge.wait_log("instance [0-9a-f]{16}, client id cloud2mqtt.* is a second cloud2mqtt running with "
                             "base_topic cloud2mqtt")
        mark = self.observer.mark()
        end()
        availability = f"{BASE}/bridge/availability"

        def said():
            return [each.text for each in self.observer.since(mark) if each.topic == availability][-2:]

        self.observer.wait_for(lambda: said() == ["offline", "online"], 20, "online after the second one's offline")
        self.observer.wait_for(lambda: self.retained()[availability].text == "online", 20, "online, retained")

    def test_the_first_stays_online_when_the_second_stops(self):
        self.assert_noticed(self.start_two().stop)

    def test_the_first_stays_online_when_the_second_is_killed(self):
        self.assert_noticed(self.start_two().kill)

    def test_they_notice_each_other_with_mqtt_3_1_1(self):
        second = self.start_two(version="3.1.1")
        self.assert_noticed(second.stop)

    def assert_sees_nobody(self):
        self.a_few_lists(2)
        self.broker.restart()
        self.a_few_lists(2)
        self.bridge.stop()
        self.bridge.start()
        self.observer.wait_text(f"{BASE}/bridge/availability", "online")
        self.assertNotIn("another client", self.bridge.log())

    def test_one_alone_does_not_take_itself_for_another(self):
        self.start_all()
        self.assert_sees_nobody()

    def test_one_alone_does_not_take_itself_for_another_with_mqtt_3_1_1(self):
        self.start_all(mqtt={"version": "3.1.1"})
        self.assert_sees_nobody()


class HomeAssistant(SystemTest):
    def test_its_birth_is_answered_with_everything(self):
        self.start_all("--pumps", "2")
        self.a_few_lists(2)
        expected = set(comparable(self.retained()))
        requests = self.simulators.count()
        mark = self.observer.mark()
        self.observer.publish("homeassistant/status", "online")
        self.observer.publish("homeassistant/status", "online")
        self.observer.wait_for(lambda: expected <= {each.topic for each in self.observer.since(mark)}, 20, "all again")
        self.assertFalse(self.requests("GET /v1/pumps/", requests))
        said = [each.topic for each in self.observer.since(mark) if each.topic.endswith("/config")]
        self.assertEqual(len(said), len(set(said)), "two births in a row are one")

    def test_other_words_on_its_topic_are_not_answered(self):
        self.start_all()
        self.a_few_lists(2)
        mark = self.observer.mark()
        self.observer.publish("homeassistant/status", "offline")
        self.a_few_lists(12)
        self.assertEqual([each for each in self.device_messages(mark) if each.topic != "homeassistant/status"], [])

    def test_discovery_can_be_off(self):
        self.start_all(homeassistant={"discovery": False})
        self.a_few_lists(2)
        self.assertFalse([name for name in self.observer.last if name.startswith("homeassistant/")])


class Quiet(SystemTest):
    def test_nothing_is_published_when_nothing_changed(self):
        self.start_all("--pumps", "20", "--controllers", "2")
        self.a_few_lists(3)
        mark = self.observer.mark()
        self.a_few_lists(5)
        self.assertEqual(self.device_messages(mark), [])

    def test_only_what_changed_is_published(self):
        self.start_all("--pumps", "20")
        self.a_few_lists(3)
        mark = self.observer.mark()
        self.simulators.change(ewellcon={"set": {"pump-007": {"battery.soc": 11}}})
        self.observer.wait_state(topic("fleet", "pump-007", "state"), battery=11)
        self.a_few_lists(2)
        topics = {each.topic for each in self.device_messages(mark)} - {topic("fleet", "hub", "state")}
        self.assertEqual(topics, {topic("fleet", "pump-007", "state")})

    def test_states_carry_what_they_are(self):
        self.start_all()
        message = self.observer.last[topic("fleet", PUMP, "state")]
        described = (message.content_type, message.payload_format, message.retained)
        self.assertEqual(described, ("application/json", 1, True))


if __name__ == "__main__":
    unittest.main()
