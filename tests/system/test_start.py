"""Starting and stopping, in every order and without one of the parts."""

import unittest

from system.harness import BASE, LOAD, PUMP, SystemTest, topic
from system.processes import Broker, free_port

DEVICES = {
    "ewellcon": ("hub__fleet", "pump-001", "pump-002", "pump-003"),
    "automate_green": (LOAD, "controller-002"),
}


class Start(SystemTest):
    def test_everything_is_announced_with_its_state(self):
        self.start_all("--pumps", "3", "--controllers", "2")
        for mapper, devices in DEVICES.items():
            for device in devices:
                document = self.observer.wait_for(lambda: self.discovery(mapper, device), 20, f"discovery of {device}")
                self.assertEqual(document["availability_mode"], "all")
                self.assertTrue(document["components"])
        facts = self.simulators.state()
        pump = facts["ewellcon"]["pumps"][PUMP]
        self.observer.wait_state(
            topic("fleet", PUMP, "state"), running=True, water=pump["pump"]["total_water_delivered"],
            battery=pump["battery"]["soc"], battery_voltage=pump["battery"]["voltage"],
            pressure=pump["current_pressure"])
        info = facts["automate_green"]["controllers"][LOAD]["status"]["info"]
        self.observer.wait_state(topic("green", LOAD, "state"), load=True, voltage=info["voltage"],
                                 current=info["current"], frequency=info["frequency"], flow=None)
        self.observer.wait_state(topic("fleet", "hub", "state"), controllers=3)
        self.assertEqual(self.simulators.violations(), [])

    def test_other_devices_of_the_account_are_left_out(self):
        self.start_all()
        self.a_few_lists(2)
        self.assertFalse([each for each in self.observer.last if "thermostat" in each])

    def test_everything_that_should_be_retained_is(self):
        self.start_all()
        self.a_few_lists(1)
        kept = self.retained()
        for last in ("state", "availability", "status"):
            self.assertIn(topic("fleet", PUMP, last), kept)
            self.assertIn(topic("green", LOAD, last), kept)
        for name in ("bridge/info", "bridge/health", "fleet/status", "green/availability"):
            self.assertIn(f"{BASE}/{name}", kept)
        self.assertTrue(all(each.topic.endswith("availability") or each.json is not None for each in kept.values()))

    def test_the_broker_may_come_later(self):
        self.start_simulators()
        self.broker = Broker(self.directory / "broker")
        self.broker.port = free_port()
        self.start_bridge()
        self.wait_requests("GET /v1/devices$", 2)
        self.addCleanup(self.broker.kill)
        self.broker.start()
        self.start_observer()
        self.wait_online()

    def test_a_vendor_may_come_later(self):
        self.start_broker()
        self.start_simulators()
        self.simulators.change(ewellcon={"absent": True})
        self.start_observer()
        self.start_bridge()
        self.wait_online(fleet=False)
        self.observer.wait_text(f"{BASE}/fleet/availability", "offline", 30)
        self.assertEqual(self.wait_reason("fleet", "vendor_down")["reason"], "vendor_down")
        self.simulators.change(ewellcon={"absent": False})
        self.poll_now()
        self.wait_online(30)
        self.assertEqual(self.wait_reason("fleet", "ok")["message"], None)

    def test_commands_before_the_first_list_wait_for_it(self):
        self.start_broker()
        self.start_simulators()
        self.simulators.fault("automate_green", "delay", "GET /v1/devices$", seconds=2, times=1)
        self.start_observer()
        self.start_bridge(fleet=False)
        self.observer.wait_text(f"{BASE}/bridge/availability", "online")
        self.assertIn(self.command("load", "OFF")["outcome"], ("confirmed", "done"))


class Password(SystemTest):
    def start_with(self, password):
        self.start_broker(users={"bridge": "broker-secret", "watcher": "w"})
        self.start_simulators()
        self.start_observer("watcher", "w")
        return self.start_bridge(mqtt={"username": "bridge", "password": password})

    def test_the_right_one_is_accepted(self):
        self.start_with({"env": "TEST_MQTT_PASSWORD"})
        self.wait_online()

    def test_a_refusal_is_explained_and_survived(self):
        bridge = self.start_with({"env": "TEST_GREEN_PASSWORD"})
        bridge.wait_log("(?i)not authori[sz]ed|bad user ?name or password|refused")
        self.wait_requests("GET /v1/devices$", 2)
        self.assertTrue(bridge.is_running())
        self.assertNotIn("mypassword", bridge.log())
        self.broker.users["bridge"] = "mypassword"
        self.broker.restart()
        self.wait_online(30)


class Stop(SystemTest):
    def test_a_stop_leaves_offline_and_nothing_else(self):
        self.start_all()
        self.a_few_lists(2)
        before = {name: each.payload for name, each in self.retained().items()}
        status, seconds = self.bridge.stop()
        self.assertEqual(status, 0)
        self.assertLess(seconds, 5)
        self.observer.wait_text(f"{BASE}/bridge/availability", "offline")
        after = {name: each.payload for name, each in self.retained().items()}
        changed = {name for name in before if before[name] != after.get(name)}
        changed = {name for name in changed if not name.endswith(("/status", "/health"))}
        self.assertEqual(changed, {f"{BASE}/bridge/availability"})
        self.assertEqual(set(before), set(after))

    def test_a_killed_bridge_is_offline_by_its_last_will(self):
        self.start_all()
        self.bridge.kill()
        self.observer.wait_text(f"{BASE}/bridge/availability", "offline")
        self.bridge.start()
        self.observer.wait_text(f"{BASE}/bridge/availability", "online")

    def test_a_stop_waits_for_no_slow_vendor(self):
        self.start_all()
        self.simulators.wait_fault(self.simulators.fault("ewellcon", "delay", seconds=30))
        status, seconds = self.bridge.stop()
        self.assertEqual(status, 0)
        self.assertLess(seconds, 5)

    def test_a_stop_without_a_broker_is_quick_too(self):
        self.start_all()
        self.broker.kill()
        status, seconds = self.bridge.stop()
        self.assertEqual(status, 0)
        self.assertLess(seconds, 5)


if __name__ == "__main__":
    unittest.main()
