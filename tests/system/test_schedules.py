"""A list as a command: sent as a whole, shown as it may be sent back, refused by entry and member."""

import json
import unittest

from system.harness import LOAD, SystemTest, topic

ENTRIES = [{"name": "on", "when": 1800000000, "repeat": 86400},
           {"name": "limit_power", "when": 1800000060, "power": 50, "time": 3600}]


class Schedules(SystemTest):
    def start(self):
        self.start_all(fleet=False, green={"configuration": True})
        self.before = self.simulators.count()

    def puts(self):
        """The bodies of what was written."""
        return [json.loads(each["body"]) for each in self.requests("^PUT /v1/devices/", self.before)]

    def test_a_list_is_written_read_back_and_cleared(self):
        self.start()
        outcome = self.command("schedules", json.dumps({"value": ENTRIES, "id": "week"}))
        self.assertEqual((outcome["outcome"], outcome["key"], outcome["id"]), ("confirmed", "schedules", "week"))
        shown = self.observer.wait_state(topic("green", LOAD, "state"), schedules=ENTRIES)
        self.assertEqual(shown["schedules"], ENTRIES)
        self.assertEqual(self.command("schedules", json.dumps(shown["schedules"][:1]))["outcome"], "confirmed")
        self.observer.wait_state(topic("green", LOAD, "state"), schedules=ENTRIES[:1])
        self.assertEqual(self.command("schedules", "[]")["outcome"], "confirmed")
        self.observer.wait_state(topic("green", LOAD, "state"), schedules=[])
        self.assertEqual(self.puts(), [{"schedule": each} for each in (ENTRIES, ENTRIES[:1], [])])
        self.assertEqual(self.simulators.violations(), [])

    def test_a_wrong_entry_is_named_and_the_vendor_is_not_asked(self):
        self.start()
        for entry, sentence in (({"name": "boil", "when": 1800000000}, 'Entry 2: "name": "boil" is not an option'),
                                ({"name": "off", "when": "soon"}, 'Entry 2: "when": "soon" is no moment'),
                                ({"name": "limit_power", "when": 1800000000, "power": 5},
                                 'Entry 2: The member "time" is missing')):
            with self.subTest(entry):
                outcome = self.command("schedules", json.dumps([ENTRIES[0], entry]))
                self.assertEqual((outcome["outcome"], outcome["reason"]), ("rejected", "invalid_argument"))
                self.assertIn(sentence, outcome["message"])
        self.assertIn("at most 39", self.command("schedules", json.dumps(ENTRIES[:1] * 40))["message"])
        self.assertEqual(self.puts(), [])

    def test_done_where_the_vendor_does_not_show_them(self):
        self.start()
        self.simulators.change(automate_green={"set": {LOAD: {"hides_schedule": True}}})
        self.observer.wait_state(topic("green", LOAD, "state"), schedules=None)
        self.assertEqual(self.command("schedules", json.dumps(ENTRIES), seconds=30)["outcome"], "done")

    def test_a_sample_period_is_written_and_read_back(self):
        self.start()
        self.assertEqual(self.command("sample_period", "300")["outcome"], "confirmed")
        self.observer.wait_state(topic("green", LOAD, "state"), sample_period=300)
        self.assertEqual(self.puts(), [{"info": {"samplePeriod": 300}}])
        self.assertEqual(self.command("sample_period", "30")["outcome"], "rejected")


if __name__ == "__main__":
    unittest.main()
