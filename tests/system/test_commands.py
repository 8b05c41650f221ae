"""Commands and what becomes of them: one outcome for each delivery."""

import json
import unittest

from system.harness import BASE, LOAD, SystemTest, topic

COMMAND = "POST /v1/devices/.*/command"
GOOD = ("confirmed", "done")


class CommandTest(SystemTest):
    """With the switching account alone."""

    def start(self, **settings):
        self.start_all("--controllers", "2", fleet=False, green=settings)
        self.before = self.simulators.count()

    def sent(self, match=COMMAND):
        """The bodies of the commands that reached the vendor."""
        return [json.loads(each["body"]) for each in self.requests(match, self.before)]

    def is_on(self):
        return self.simulators.truth()["automate_green"][LOAD]["on"]


class Outcomes(CommandTest):
    def test_confirmed_when_the_vendor_shows_it(self):
        self.start()
        outcome = self.command("load", '{"value": "OFF", "id": "night"}')
        self.assertEqual((outcome["outcome"], outcome["key"], outcome["id"]), ("confirmed", "load", "night"))
        self.assertEqual((outcome["reason"], outcome["message"]), (None, None))
        self.assertRegex(outcome["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$")
        self.assertIs(self.is_on(), False)
        self.observer.wait_state(topic("green", LOAD, "state"), load=False)
        self.assertEqual(self.sent(), [{"command": {"name": "off"}}])
        self.assertEqual(self.simulators.violations(), [])

    def test_the_state_is_there_before_the_outcome(self):
        self.start()
        mark = self.send("load", "OFF")
        self.observer.wait_next(topic("green", LOAD, "outcome"), mark)
        names = [each.topic.rsplit("/", 1)[1] for each in self.observer.since(mark, f"{LOAD}/")]
        self.assertLess(names.index("state"), names.index("outcome"))

    def test_done_when_the_vendor_said_yes_and_nothing_shows_it(self):
        self.start()
        self.assertEqual(self.command("on_for", "60")["outcome"], "done")
        self.assertEqual(self.sent(), [{"command": {"name": "on_for", "time": 60}}])

    def test_what_the_vendor_says_is_published_not_what_was_hoped(self):
        self.start()
        self.simulators.change(automate_green={"ignore_next": 1})
        self.assertIn(self.command("load", "OFF", seconds=30)["outcome"], ("done", "unconfirmed"))
        self.a_few_green_lists()
        self.assertIs(self.state("green", LOAD)["load"], True)

    def a_few_green_lists(self):
        self.wait_requests("GET /v1/devices$", 2, self.simulators.count())

    def test_failed_when_the_controller_is_silent(self):
        self.start()
        self.simulators.change(automate_green={"set": {LOAD: {"silent": True}}})
        outcome = self.command("load", "OFF", seconds=30)
        self.assertEqual(outcome["outcome"], "failed")
        self.assertTrue(outcome["reason"] and outcome["message"])
        self.assertEqual(len(self.sent()), 1, "a write is not repeated")
        self.assertIs(self.state("green", LOAD)["load"], True)
        self.assertIn(self.command("load", "OFF", device="controller-002")["outcome"], GOOD)

    def test_failed_when_a_negative_code_hides_in_a_good_answer(self):
        self.start()
        for place, codes in (("top", [102, -990]), ("device", -990), ("status", [-990]), ("info", [-990, 102]),
                             ("device.status.info", -990)):
            with self.subTest(place):
                self.simulators.change(automate_green={"forced_codes": [codes], "code_place": place})
                outcome = self.command("load", "OFF")
                self.assertEqual((outcome["outcome"], outcome["reason"]), ("failed", "refused"))
                self.assertIn("-990", outcome["message"])

    def test_failed_with_the_vendors_words(self):
        self.start()
        self.simulators.fault("automate_green", "status", COMMAND, status=400, message="schedule is full", times=1)
        outcome = self.command("load", "OFF")
        self.assertEqual((outcome["outcome"], outcome["reason"]), ("failed", "refused"))
        self.assertIn("schedule is full", outcome["message"])

    def test_failed_when_the_vendor_does_not_know_the_controller(self):
        self.start()
        self.simulators.fault("automate_green", "status", COMMAND, status=404, times=1)
        outcome = self.command("load", "OFF")
        self.assertEqual((outcome["outcome"], outcome["reason"]), ("failed", "not_found"))

    def test_a_lost_answer_is_cleared_up_by_reading(self):
        self.start()
        self.simulators.fault("automate_green", "close", COMMAND, after=True, times=1)
        self.assertEqual(self.command("load", "OFF", seconds=30)["outcome"], "confirmed")
        self.assertEqual(len(self.sent()), 1, "a write is not repeated")

    def test_an_expired_token_is_renewed_for_a_command(self):
        self.start()
        self.simulators.change(automate_green={"expire_tokens": True})
        self.assertIn(self.command("load", "OFF")["outcome"], GOOD)

    def test_expired_when_its_time_is_over_before_its_turn(self):
        self.start()
        self.simulators.wait_fault(self.blocked_by(3))
        outcome = self.command("load", '{"value": "ON", "id": "late", "ttl": 1}', device="controller-002")
        self.assertEqual((outcome["outcome"], outcome["id"]), ("expired", "late"))
        self.assertEqual(len(self.sent()), 1)

    def test_the_message_expiry_of_mqtt_counts_too(self):
        self.start()
        self.simulators.wait_fault(self.blocked_by(3))
        outcome = self.command("load", '{"value": "ON", "id": "late"}', device="controller-002", expiry=1)
        self.assertEqual((outcome["outcome"], outcome["id"]), ("expired", "late"))

    def blocked_by(self, seconds):
        """A command that the vendor takes its time for; others wait behind it."""
        fault = self.simulators.fault("automate_green", "delay", COMMAND, seconds=seconds, times=1)
        self.send("load", "OFF")
        return fault

    def test_superseded_by_a_newer_value_of_the_same_control(self):
        self.start()
        self.simulators.wait_fault(self.blocked_by(3))
        mark = self.send("load", '{"value": "ON", "id": "second"}')
        self.send("load", '{"value": "OFF", "id": "third"}')
        words = self.outcomes(mark, 3)
        self.assertEqual(words["second"], "superseded")
        self.assertIn(words["third"], GOOD)
        self.assertEqual([each["command"]["name"] for each in self.sent()], ["off", "off"])

    def test_timed_commands_do_not_replace_each_other(self):
        self.start()
        self.simulators.wait_fault(self.blocked_by(2))
        mark = self.send("on_for", '{"value": 60, "id": "a"}')
        self.send("on_for", '{"value": 90, "id": "b"}')
        words = self.outcomes(mark, 3)
        self.assertEqual((words["a"], words["b"]), ("done", "done"))

    def outcomes(self, mark, count):
        """The words of that many outcomes after a mark, by id."""
        name = topic("green", LOAD, "outcome")
        found = self.observer.wait_for(
            lambda: len(self.observer.since(mark, name)) >= count and self.observer.since(mark, name), 30, "outcomes")
        return {each.json["id"]: each.json["outcome"] for each in found}


class Repetitions(CommandTest):
    def test_the_same_id_is_answered_again_and_not_sent_again(self):
        self.start()
        first = self.command("load", '{"value": "OFF", "id": "x1"}')
        self.command("load", "ON")
        again = self.command("load", '{"value": "OFF", "id": "x1"}')
        self.assertIs(again.pop("duplicate"), True)
        self.assertEqual(again, first)
        self.assertEqual(len(self.sent()), 2)
        self.assertIs(self.is_on(), True)

    def test_the_same_id_with_another_payload_is_rejected(self):
        self.start()
        self.command("load", '{"value": "OFF", "id": "x1"}')
        self.assertEqual(self.command("load", '{"value": "ON", "id": "x1"}')["outcome"], "rejected")
        self.assertEqual(len(self.sent()), 1)

    def test_an_id_is_known_after_a_restart(self):
        self.start()
        self.command("load", '{"value": "OFF", "id": "x1"}')
        self.bridge.stop()
        self.bridge.start()
        self.observer.wait_text(f"{BASE}/bridge/availability", "online")
        self.assertIs(self.command("load", '{"value": "OFF", "id": "x1"}')["duplicate"], True)
        self.assertEqual(len(self.sent()), 1)

    def test_the_same_id_of_another_device_is_another_command(self):
        self.start()
        self.command("load", '{"value": "OFF", "id": "x1"}')
        outcome = self.command("load", '{"value": "OFF", "id": "x1"}', device="controller-002")
        self.assertIn(outcome["outcome"], GOOD)
        self.assertNotIn("duplicate", outcome)


class Addressing(CommandTest):
    def test_a_response_topic_gets_the_same_document_with_its_correlation_data(self):
        self.start()
        mark = self.observer.mark()
        where = {"response_topic": "answers/me", "correlation": b"\x00\xff7"}
        outcome = self.command("load", '{"value": "OFF", "id": "r1"}', **where)
        reply = self.observer.wait_next("answers/me", mark)
        self.assertEqual(reply.json, outcome)
        self.assertEqual(reply.correlation, b"\x00\xff7")
        self.assertFalse(reply.retained)

    def test_outcomes_are_not_retained(self):
        self.start()
        self.command("load", "OFF")
        self.assertNotIn(topic("green", LOAD, "outcome"), self.retained())

    def test_a_retained_command_is_refused_once_for_each_time_it_is_sent(self):
        self.start()
        self.assertEqual(self.command("load", "OFF", retain=True)["outcome"], "rejected")
        self.bridge.stop()
        mark = self.send("load", "OFF", retain=True)
        self.bridge.start()
        outcome = self.observer.wait_next(topic("green", LOAD, "outcome"), mark).json
        self.assertEqual((outcome["outcome"], outcome["reason"]), ("rejected", "invalid_argument"))
        self.assertIn("retain", outcome["message"])
        self.wait_requests("GET /v1/devices$", 2, self.simulators.count())
        self.assertEqual(self.command("load", "neither")["outcome"], "rejected")
        said = [each for each in self.observer.since(mark) if each.topic == topic("green", LOAD, "outcome")]
        self.assertEqual(len(said), 2, "the session and the subscription both brought it")
        self.assertEqual(self.sent(), [])
        self.assertIs(self.is_on(), True)

    def test_arguments_reach_the_vendor_under_its_own_names(self):
        self.start()
        for key, payload, expected in (
                ("load", '{"value": {"state": "OFF", "delay": 60}}', {"name": "off", "delay": 60}),
                ("off_for", '{"value": 90}', {"name": "off_for", "time": 90}),
                ("limit_power", '{"value": {"power": 50, "time": 3600}}',
                 {"name": "limit_power", "power": 50, "time": 3600})):
            with self.subTest(key):
                self.assertIn(self.command(key, payload)["outcome"], GOOD)
                self.assertEqual(self.sent()[-1], {"command": expected})
        self.assertEqual(self.simulators.violations(), [])

    def test_refresh_asks_the_controller(self):
        self.start()
        reported = self.state("green", LOAD)["last_report"]
        self.assertIn(self.command("refresh", "PRESS")["outcome"], GOOD)
        self.assertEqual(len(self.requests("POST /v1/devices/.*/status", self.before)), 1)
        self.observer.wait_for(lambda: self.state("green", LOAD)["last_report"] > reported, 20, "a newer report")

    def test_a_setting_is_written_and_read_back(self):
        self.start(configuration=True)
        self.assertEqual(self.command("ffr", "ON")["outcome"], "confirmed")
        self.observer.wait_state(topic("green", LOAD, "state"), ffr=True)
        members = '{"value": {"delay": 25, "tripThreshold": 59.5}}'
        self.assertEqual(self.command("ffr", members)["outcome"], "confirmed")
        self.assertEqual(self.command("flowmeter", "euf4315k")["outcome"], "confirmed")
        self.observer.wait_state(topic("green", LOAD, "state"), flowmeter="euf4315k", ffr=True)
        self.assertEqual(self.sent("PUT")[1], {"info": {"ffr": {
            "enable": True, "tripThreshold": 59.5, "returnThreshold": 59.8, "periods": 10, "delay": 25}}})
        self.assertEqual(self.simulators.violations(), [])


if __name__ == "__main__":
    unittest.main()
