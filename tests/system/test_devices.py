"""Devices that come, go, fall silent or have odd names."""

import unittest

from system.harness import BASE, LOAD, PUMP, SystemTest, topic

LIST = "GET /v1/pumps.page=1&"
GONE = "pump-002"
CONFIG = f"homeassistant/device/{BASE}_ewellcon_{GONE}/config"


class Fleet(SystemTest):
    def test_a_new_pump_is_announced(self):
        self.start_all("--pumps", "2")
        self.simulators.change(ewellcon={"add": 1})
        self.observer.wait_text(topic("fleet", "pump-003", "availability"), "online")
        self.assertTrue(self.discovery("ewellcon", "pump-003"))

    def test_a_pump_is_taken_out_after_three_lists_without_it_and_no_sooner(self):
        self.start_all("--pumps", "3")
        self.observer.wait_for(lambda: self.observer.text(CONFIG), 20, "its discovery")
        after = self.simulators.count()
        self.simulators.change(ewellcon={"remove": [GONE]})
        self.observer.wait_for(lambda: self.observer.text(CONFIG) is None, 30, "the end of its discovery")
        self.assertGreaterEqual(len(self.requests(LIST, after)), 3)
        self.a_few_lists(2)
        self.assertEqual([name for name in self.retained() if GONE in name], [])
        self.assertTrue(self.discovery("ewellcon", "pump-003"))
        self.simulators.change(ewellcon={"set": {"pump-003": {"battery.soc": 9}}})
        self.observer.wait_state(topic("fleet", "pump-003", "state"), battery=9)

    def test_a_pump_that_comes_back_in_time_was_never_away(self):
        self.start_all("--pumps", "2")
        page = self.simulators.state()["ewellcon"]["pumps"][PUMP]
        body = {"api_version": "1", "controllers": [page], "statistics": {},
                "pagination": {"page": 1, "limit": 100, "total": 1, "pages": 1, "has_next": False, "has_prev": False}}
        mark = self.observer.mark()
        fault = self.simulators.fault("ewellcon", "body", LIST, body=body, times=2)
        self.simulators.wait_fault(fault, 2)
        self.a_few_lists(3)
        said = [each for each in self.observer.since(mark, GONE) if not each.topic.endswith("/state")]
        self.assertEqual(said, [])

    def test_a_list_that_contradicts_its_own_total_takes_nothing_out(self):
        self.start_all("--pumps", "2")
        page = self.simulators.state()["ewellcon"]["pumps"][PUMP]
        body = {"api_version": "1", "controllers": [page], "statistics": {},
                "pagination": {"page": 1, "limit": 100, "total": 2, "pages": 1, "has_next": False, "has_prev": False}}
        fault = self.simulators.fault("ewellcon", "body", LIST, body=body)
        self.simulators.wait_fault(fault, 6)
        self.assertTrue(self.observer.text(CONFIG))

    def test_errors_take_nothing_out(self):
        self.start_all("--pumps", "2")
        for kind in ("empty", "not_json"):
            fault = self.simulators.fault("ewellcon", kind, LIST)
            self.simulators.wait_fault(fault, 4)
            self.simulators.heal()
        self.assertTrue(self.observer.text(CONFIG))

    def test_what_went_while_the_bridge_was_off_is_taken_out(self):
        self.start_all("--pumps", "3")
        self.observer.wait_for(lambda: self.observer.text(CONFIG), 20, "its discovery")
        self.bridge.stop()
        self.simulators.change(ewellcon={"remove": [GONE]})
        self.bridge.start()
        self.observer.wait_for(lambda: self.observer.text(CONFIG) is None, 30, "the end of its discovery")

    def test_ids_that_are_no_topics_are_escaped(self):
        self.start_broker()
        self.start_simulators()
        odd = "a/b+c#\u00fc hub"
        self.simulators.change(ewellcon={"set": {PUMP: {"pump_id": odd}}})
        self.start_observer()
        self.start_bridge(green=False)
        name = topic("fleet", "a__2Fb__2Bc__23__C3__BC__20hub", "state")
        self.observer.wait_for(lambda: self.observer.json(name), 20, name)

    def test_a_pump_without_an_id_is_left_out_and_the_others_are_not(self):
        self.start_broker()
        self.start_simulators("--pumps", "2")
        self.simulators.change(ewellcon={"unset": {PUMP: ["pump_id"]}})
        self.start_observer()
        self.start_bridge(green=False)
        self.observer.wait_text(topic("fleet", GONE, "availability"), "online")
        self.assertFalse([each for each in self.observer.last if "//" in each])


class Silence(SystemTest):
    def test_a_pump_without_a_recent_heartbeat_is_offline_with_a_reason(self):
        self.start_all("--pumps", "2")
        self.simulators.change(ewellcon={"set": {PUMP: {"last_heartbeat": "2025-03-20T10:00:00.000Z"}}})
        self.observer.wait_text(topic("fleet", PUMP, "availability"), "offline")
        status = self.observer.json(topic("fleet", PUMP, "status"))
        self.assertTrue(status["reason"] and status["reason"] != "ok")
        self.assertRegex(status["since"], r"^\d{4}-.*Z$")
        self.assertEqual(self.observer.text(topic("fleet", GONE, "availability")), "online")

    def test_a_controller_that_the_vendor_cannot_reach_is_offline(self):
        self.start_all(fleet=False)
        self.simulators.change(automate_green={"set": {LOAD: {"unavailable": True}}})
        self.observer.wait_text(topic("green", LOAD, "availability"), "offline")
        self.assertEqual(self.observer.json(topic("green", LOAD, "status"))["reason"], "device_offline")
        self.simulators.change(automate_green={"set": {LOAD: {"unavailable": False}}})
        self.observer.wait_text(topic("green", LOAD, "availability"), "online")


class Privacy(SystemTest):
    SECRET = ("pcv_demo", "mypassword", "user@example.com", "Example User")
    PERSONAL = ("Acme Farms", "1234567890qwertyuiopasdf")  # a delegated user's name, a SIM's number

    def test_no_secret_and_nothing_personal_is_said(self):
        self.start_all("--pumps", "2", fleet={"users": True, "metadata": True, "summary": True,
                                              "every": {"list": "1s"}})
        self.observer.wait_text(topic("fleet", "user-101", "availability"), "online")
        token = self.simulators.state()["automate_green"]["newest_token"]
        self.simulators.fault("automate_green", "status", "command", status=400, times=1,
                              message=f"user@example.com may not, token {token} of mypassword")
        self.assertEqual(self.command("load", "OFF")["outcome"], "failed")
        self.simulators.fault("ewellcon", "status", LIST, status=401, message="key pcv_demo of user@example.com")
        self.wait_reason("fleet", "unauthorized")
        self.bridge.stop()
        said = self.bridge.log() + "".join(each.topic + each.text for each in self.observer.messages)
        self.assertEqual([each for each in (*self.SECRET, *self.PERSONAL, token, token[:40]) if each in said], [])
        self.assertNotIn("?", "".join(line for line in self.bridge.log().splitlines() if "page=" in line))

    def test_files_are_for_the_owner_alone(self):
        self.start_all()
        files = list((self.directory / "state").iterdir())
        self.assertTrue(files)
        self.assertEqual([each.name for each in files if each.stat().st_mode & 0o077], [])


if __name__ == "__main__":
    unittest.main()
