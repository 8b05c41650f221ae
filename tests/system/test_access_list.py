"""Everybody does what the product promises under the access list that "cloud2mqtt acl" prints, and no more."""

import subprocess
import unittest

from system.harness import BASE, LOAD, SECRETS, Observer, SystemTest, eventually, topic

USERS = {"cloud2mqtt": "broker-secret", "homeassistant": "h", "automation": "a", "reader": "r", "spy": "s"}
SPY = "\n# Sees everything, for the test.\nuser spy\ntopic readwrite #\n"
ANSWERS = f"node-red/{BASE}/answers"


class AccessList(SystemTest):
    def setUp(self):
        super().setUp()
        self.start_simulators()
        self.start_broker(users=USERS, access=self.printed() + SPY)
        self.start_observer("spy", "s")
        self.start_bridge(mqtt={"username": "cloud2mqtt", "password": {"env": "TEST_MQTT_PASSWORD"}})
        self.wait_online()

    def printed(self):
        """The list as the program prints it for a configuration with these names."""
        file = self.directory / "for-acl.toml"
        file.write_text('[mqtt]\nusername = "cloud2mqtt"\npassword = { env = "TEST_MQTT_PASSWORD" }\n'
                        '[accounts.green]\nmapper = "automate_green"\ntoken = { env = "TEST_GREEN_PASSWORD" }\n')
        return subprocess.run([self.program, "acl", "--config", file], check=True, capture_output=True, text=True,
                              env=dict(SECRETS)).stdout

    def client(self, user):
        client = Observer(self.broker.port, user, USERS[user])
        self.addCleanup(client.close)
        return client

    def test_states_and_announcements_arrive_where_they_belong(self):
        home = self.client("homeassistant")
        home.wait_for(lambda: home.json(f"homeassistant/device/{BASE}_automate_green_{LOAD}/config"))
        for user in ("homeassistant", "automation", "reader"):
            with self.subTest(user):
                client = self.client(user)
                client.wait_for(lambda client=client: client.json(topic("green", LOAD, "state")))

    def test_an_automation_commands_and_hears_the_outcome_also_on_its_response_topic(self):
        automation = self.client("automation")
        automation.publish(topic("green", LOAD, "load/set"), '{"value": "OFF", "id": "a1"}',
                           response_topic=ANSWERS, correlation=b"7")
        outcome = automation.wait_for(lambda: automation.json(topic("green", LOAD, "outcome")), what="an outcome")
        self.assertEqual((outcome["id"], outcome["outcome"]), ("a1", "confirmed"))
        answer = automation.wait_for(lambda: automation.last.get(ANSWERS), what="the answer")
        self.assertEqual((answer.json["id"], answer.correlation), ("a1", b"7"))

    def test_a_reader_switches_nothing(self):
        self.client("reader").client.publish(topic("green", LOAD, "load/set"), "OFF", 1)
        log = self.broker.directory / "log"
        eventually(lambda: "Denied PUBLISH" in log.read_text(errors="replace"), 20, "denial in the broker's log")
        self.client("automation").publish(topic("green", LOAD, "load/set"), '{"value": "OFF", "id": "mine"}')
        self.observer.wait_for(lambda: self.observer.json(topic("green", LOAD, "outcome")), what="an outcome")
        self.assertEqual(len(self.requests("POST /v1/devices/.*/command")), 1)

    def test_the_bridge_complains_of_nothing(self):
        self.a_few_lists()
        self.assertNotIn("not authorized", self.bridge.log().lower())
        self.assertNotIn("cloud2mqtt acl", self.bridge.log())


if __name__ == "__main__":
    unittest.main()
