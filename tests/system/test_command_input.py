"""Commands that are wrong: each gets one outcome that says what to do, and the vendor hears nothing."""

import unittest

from system.harness import LOAD, PUMP, SystemTest, topic

LONGEST_OUTCOME = 2000
WRONG = {  # key -> payloads
    "load": (
        "", " ", "on", "On", "off", "TRUE", "1", "MAYBE", "ON OFF", "null", "[]", "{}",
        '["ON"]', '"ON', '{"value":',
        '{"value": "on"}', '{"value": "ON"', '{"value": "ON"}}', '{"val": "ON"}', '{"value": ["ON"]}', '{"value": null}',
        '{"value": "ON", "ttl": -1}', '{"value": "ON", "ttl": "soon"}', '{"value": {"state": "ON", "delay": -5}}',
        '{"value": {"state": "MAYBE", "delay": 5}}', '{"value": {"state": "ON", "delay": 1.5}}',
        b"\xff\xfe", b"ON\xff", b"\x00", b"ON\x00", "O" * 1000000, '{"value": "' + "O" * 1000000 + '"}', "[" * 1000,
    ),
    "on_for": ("", "soon", "-1", "0", "1e9", "1.5", "NaN", "Infinity", "1e999", "0x10", "60 s", '"60', "ON", "PRESS"),
    "limit_power": ("50", '{"value": 50}', '{"value": {"power": 50}}', '{"value": {"time": 60}}',
                    '{"value": {"power": -1, "time": 60}}', '{"value": {"power": "much", "time": 60}}'),
    "refresh": ("", "press", "ON", '{"value": "NOW"}'),
    "ffr": ("on", "", "59.7", "{}", '{"value": {"enabled": true}}', '{"value": {"tripThreshold": 39.9}}',
            '{"value": {"tripThreshold": 70.1}}', '{"value": {"tripThreshold": "low"}}',
            '{"value": {"enable": true, "maxCapacity": 5}}'),
    "schedules": ("", "ON", "null", "{}", "[7]", "[{}]", "[[]]", '[{"name": "on"}]', '{"value": null}',
                  '[{"name": "on", "when": 1800000000,}]', '{"value": {"name": "on", "when": 1800000000}}'),
    "sample_period": ("", "[300]", "59", "86401", "60.5", '{"value": {"samplePeriod": "often"}}'),
    "flowmeter": ("TUF2000M", "other", "", "0", "tuf2000m", '{"value": {"type": "tuf2000m", "pipeType": "copper"}}'),
}


class WrongPayloads(SystemTest):
    def test_each_is_rejected_with_a_sentence_and_the_vendor_is_not_asked(self):
        self.start_all(fleet=False, green={"configuration": True})
        after = self.simulators.count()
        for key, payloads in WRONG.items():
            for payload in payloads:
                with self.subTest(key=key, payload=payload[:40]):
                    mark = self.send(key, payload)
                    answer = self.observer.wait_next(topic("green", LOAD, "outcome"), mark)
                    outcome = answer.json
                    self.assertEqual((outcome["outcome"], outcome["reason"]), ("rejected", "invalid_argument"))
                    self.assertEqual(outcome["key"], key)
                    self.assertGreater(len(outcome["message"]), 10)
                    self.assertLess(len(answer.payload), LONGEST_OUTCOME)
                    answer.payload.decode("utf-8")
        self.assertEqual(self.requests("^(POST|PUT)", after), [])
        self.assertEqual(self.command("load", "OFF")["outcome"], "confirmed")

    def test_unknown_members_are_named(self):
        self.start_all(fleet=False)
        outcome = self.command("load", '{"value": "ON", "colour": "red", "id": "c1"}')
        self.assertEqual((outcome["outcome"], outcome["id"]), ("rejected", "c1"))
        self.assertIn("colour", outcome["message"])

    def test_a_refusal_names_the_id_where_it_can(self):
        self.start_all(fleet=False)
        self.assertEqual(self.command("load", '{"value": "MAYBE", "id": "m1"}')["id"], "m1")
        self.assertIsNone(self.command("load", "MAYBE")["id"])


class WrongAddresses(SystemTest):
    def rejected(self, key, payload="ON", **where):
        outcome = self.command(key, payload, **where)
        self.assertEqual((outcome["outcome"], outcome["reason"], outcome["key"]), ("rejected", "invalid_argument", key))
        return outcome["message"]

    def test_what_is_not_known_is_said(self):
        self.start_all()
        after = self.simulators.count()
        self.assertIn("no-such-device", self.rejected("load", device="no-such-device"))
        self.assertIn("elsewhere", self.rejected("load", account="elsewhere"))
        message = self.rejected("light")
        self.assertTrue("load" in message and "limit_power" in message, message)
        self.rejected("voltage")
        self.rejected("running", account="fleet", device=PUMP)
        self.assertEqual(self.requests("^(POST|PUT)", after), [])

    def test_letters_of_another_case_are_another_device(self):
        self.start_all(fleet=False)
        self.rejected("load", device=LOAD.lower())
        self.rejected("LOAD")

    def test_odd_topics_harm_nobody(self):
        self.start_all(fleet=False)
        for name in ("cloud2mqtt/green//load/set", "cloud2mqtt////set", "cloud2mqtt/bridge/x/y/set",
                     f"cloud2mqtt/green/{LOAD}/load/set/more", f"cloud2mqtt/green/{LOAD}/set",
                     "cloud2mqtt/gr\u00fcn/\u20ac/x/set"):
            self.observer.publish(name, "ON")
        self.assertEqual(self.command("load", "OFF")["outcome"], "confirmed")

    def test_unknown_requests_to_the_bridge_are_answered(self):
        self.start_all(fleet=False)
        wrong = (("explode", "{}"), ("poll", '{"account": "nobody"}'), ("poll", "{"), ("log_level", "{}"))
        for action, payload in wrong:
            with self.subTest(action):
                mark = self.observer.mark()
                self.observer.publish(f"cloud2mqtt/bridge/request/{action}", payload)
                answer = self.observer.wait_next(f"cloud2mqtt/bridge/response/{action}", mark).json
                self.assertEqual(answer["status"], "error")
                self.assertTrue(answer["error"])


if __name__ == "__main__":
    unittest.main()
