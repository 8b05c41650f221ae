"""Every error that eWellcon's page names, with the reaction it deserves."""

import re
import time
import unittest
from email.utils import formatdate

from system.harness import BASE, LOAD, PUMP, SystemTest, topic

LIST = "GET /v1/pumps.page"
STATS = "GET /v1/stats"
DEVICES = "GET /v1/devices$"


class Errors(SystemTest):
    def account_says(self, code, reason, availability, match=LIST):
        """Requests answer this error; the account's status and availability follow."""
        self.start_all()
        before = self.state("fleet", PUMP)
        self.simulators.fault("ewellcon", "status", match, code=code)
        status = self.wait_reason("fleet", reason, seconds=30)
        self.observer.wait_text(f"{BASE}/fleet/availability", availability, 30)
        self.assertTrue(status["message"])
        self.assertEqual(self.state("fleet", PUMP), before)
        self.assertTrue(self.discovery("ewellcon", PUMP))
        self.assertEqual(self.observer.text(f"{BASE}/green/availability"), "online")
        self.simulators.heal()
        self.poll_now()
        self.wait_reason("fleet", "ok", seconds=30)
        self.observer.wait_text(f"{BASE}/fleet/availability", "online")

    def test_invalid_pagination(self):
        self.account_says("invalid_pagination", "invalid_pagination", "online")

    def test_unauthorized(self):
        self.account_says("unauthorized", "unauthorized", "offline")

    def test_invalid_api_key(self):
        self.account_says("invalid_api_key", "unauthorized", "offline")

    def test_no_delegated_users(self):
        self.account_says("no_delegated_users", "no_delegated_users", "online")

    def test_internal_error_is_no_bad_key(self):
        self.account_says("internal_error", "vendor_down", "offline", match="")

    def test_a_refused_key_is_not_tried_again_and_again(self):
        self.start_all()
        fault = self.simulators.fault("ewellcon", "status", LIST, code="invalid_api_key")
        self.wait_reason("fleet", "unauthorized")
        self.wait_requests(DEVICES, 5, self.simulators.count())
        hits = next(each["hits"] for each in self.simulators.call("GET", "/faults")["faults"]
                    if each["number"] == fault["number"])
        self.assertLessEqual(hits, 2)

    def test_insufficient_scope_switches_one_read_off(self):
        self.start_all()
        fault = self.simulators.fault("ewellcon", "status", STATS, code="insufficient_scope")
        self.simulators.wait_fault(fault)
        after = self.simulators.count()
        self.wait_requests(LIST, 5, after)
        self.assertEqual(self.requests(STATS, after), [])
        self.assertEqual(self.observer.text(topic("fleet", PUMP, "availability")), "online")
        self.assertRegex(self.bridge.log(), "stats")

    def test_forbidden_makes_that_pump_offline(self):
        self.start_all("--pumps", "2", fleet={"metadata": True, "every": {"list": "1s", "metadata": "1s"}})
        self.simulators.fault("ewellcon", "status", "GET /v1/pumps/pump-001/metadata", code="forbidden")
        self.observer.wait_text(topic("fleet", PUMP, "availability"), "offline")
        self.assertEqual(self.observer.text(topic("fleet", "pump-002", "availability")), "online")
        self.assertEqual(self.observer.json(topic("fleet", PUMP, "status"))["reason"], "not_found")
        self.simulators.heal()
        self.observer.wait_text(topic("fleet", PUMP, "availability"), "online")

    def test_not_found_leaves_the_pump_as_it_is(self):
        self.start_all(fleet={"summary": True, "every": {"list": "1s", "summary": "1s"}})
        mark = self.observer.mark()
        fault = self.simulators.fault("ewellcon", "status", "GET /v1/pumps/pump-001/summary", code="not_found")
        self.simulators.wait_fault(fault, 3)
        self.assertEqual([each for each in self.observer.since(mark, f"{PUMP}/availability")], [])
        self.assertEqual(self.observer.text(topic("fleet", PUMP, "availability")), "online")

    def test_invalid_user_id_is_that_read_alone(self):
        self.start_all(fleet={"users": True, "every": {"list": "1s", "users": "1s"}})
        self.observer.wait_text(topic("fleet", "user-101", "availability"), "online")
        fault = self.simulators.fault("ewellcon", "status", "GET /v1/users/101/summary", code="invalid_user_id")
        self.simulators.wait_fault(fault, 2)
        self.assertEqual(self.observer.text(f"{BASE}/fleet/availability"), "online")
        self.assertEqual(self.observer.text(topic("fleet", PUMP, "availability")), "online")

    def test_the_vendors_text_is_told_without_what_is_private(self):
        self.start_all()
        text = "no access for user@example.com with pcv_demo, see /pumps?token=abc"
        self.simulators.fault("ewellcon", "status", LIST, code="invalid_pagination", message=text)
        message = self.wait_reason("fleet", "invalid_pagination")["message"]
        self.assertIn("no access for", message)
        everything = message + self.bridge.log()
        for private in ("user@example.com", "pcv_demo", "token=abc"):
            self.assertNotIn(private, everything)


class TooMany(SystemTest):
    """429: the whole account waits exactly as long as it was told."""

    def pause_between(self, vendor, pattern, retry_after):
        """Seconds between a refusal and the next request of that account."""
        after = self.simulators.count()
        self.simulators.fault(vendor, "rate_limit", pattern, retry_after=retry_after, times=1)

        def asked_again():
            entries = self.simulators.asked(vendor=vendor, after=after)
            refused = next((each for each in entries if each["status"] == 429), None)
            later = [each for each in entries if refused and each["n"] > refused["n"]]
            return (refused, later[0]) if later else None

        refused, later = self.observer.wait_for(asked_again, 30, "the next request")
        return later["time"] - refused["time"]

    def test_a_number_of_seconds(self):
        self.start_all()
        pause = self.pause_between("ewellcon", LIST, 4)
        self.assertGreaterEqual(pause, 4 - 0.05)
        self.assertLessEqual(pause, 6.5)
        self.wait_reason("fleet", "ok")

    def test_a_date(self):
        self.start_all()
        moment = formatdate(time.time() + 5, usegmt=True)  # whole seconds: 4 to 5 from now
        pause = self.pause_between("ewellcon", LIST, moment)
        self.assertGreaterEqual(pause, 3)
        self.assertLessEqual(pause, 7.5)

    def test_without_a_time_it_is_a_pause_all_the_same(self):
        self.start_all()
        after = self.simulators.count()
        self.simulators.fault("ewellcon", "rate_limit", times=1)
        self.wait_reason("fleet", "rate_limited")
        self.wait_requests(DEVICES, 5, after)
        entries = self.simulators.asked(vendor="ewellcon", after=after)
        refused = next(each["n"] for each in entries if each["status"] == 429)
        self.assertEqual([each for each in entries if each["n"] > refused], [])

    def test_the_other_account_goes_on_and_availability_stays(self):
        self.start_all()
        self.simulators.fault("ewellcon", "rate_limit", retry_after=600, times=1)
        status = self.wait_reason("fleet", "rate_limited")
        self.assertTrue(re.search("429|many|limit|allowed", status["message"], re.IGNORECASE), status)
        after = self.simulators.count()
        self.wait_requests(DEVICES, 3, after)
        self.assertEqual(self.simulators.asked(vendor="ewellcon", after=after), [])
        self.assertEqual(self.observer.text(f"{BASE}/fleet/availability"), "online")

    def test_commands_wait_for_nothing_and_say_when(self):
        self.start_all(fleet=False)
        self.simulators.fault("automate_green", "rate_limit", DEVICES, retry_after=600, times=1)
        self.wait_reason("green", "rate_limited")
        after = self.simulators.count()
        outcome = self.command("load", "OFF")
        self.assertEqual((outcome["outcome"], outcome["reason"]), ("failed", "rate_limited"))
        self.assertIn("retry_at", outcome)
        self.assertEqual(self.simulators.asked("/command", after=after), [])
        self.assertIs(self.state("green", LOAD)["load"], True)


if __name__ == "__main__":
    unittest.main()
