"""What a vendor, or the way to it, does wrong: nothing false is shown, nothing else suffers, all heals."""

import json
import unittest

from system.harness import BASE, LOAD, PUMP, SystemTest, topic

LIST = "GET /v1/pumps.page"
DEVICES = "GET /v1/devices$"


class Answers(SystemTest):
    """Answers that are none: the account says why, and what was known stays."""

    def breaks(self, reasons, kind, match="", **more):
        self.start_all()
        before = self.state("fleet", PUMP)
        self.simulators.fault("ewellcon", kind, match, **more)
        self.assertTrue(self.wait_reason("fleet", *reasons, seconds=30)["message"])
        self.assertEqual(self.observer.text(f"{BASE}/green/availability"), "online")
        self.assertEqual(self.state("fleet", PUMP), before)
        self.assertTrue(self.discovery("ewellcon", PUMP))
        mark = self.observer.mark()
        self.assertIn(self.command("load", "OFF")["outcome"], ("confirmed", "done"))
        self.assertFalse([each for each in self.observer.since(mark) if "/fleet/pump" in each.topic])
        self.simulators.heal()
        self.poll_now()
        self.wait_reason("fleet", "ok", seconds=30)
        self.observer.wait_text(f"{BASE}/fleet/availability", "online")

    def test_a_web_page_instead_of_json(self):
        self.breaks(("malformed",), "html")

    def test_text_that_is_no_json(self):
        self.breaks(("malformed",), "not_json")

    def test_an_empty_answer(self):
        self.breaks(("malformed",), "empty")

    def test_json_of_another_shape(self):
        self.breaks(("malformed",), "body", body={"controllers": "none"})

    def test_json_that_is_a_list(self):
        self.breaks(("malformed",), "body", body=[1, 2, 3])

    def test_an_answer_that_breaks_off(self):
        self.breaks(("malformed", "vendor_down"), "truncated")

    def test_a_connection_that_closes(self):
        self.breaks(("vendor_down",), "close")

    def test_an_unavailable_vendor(self):
        self.breaks(("vendor_down",), "status", status=503)

    def test_a_page_of_a_proxy_that_fails(self):
        self.breaks(("vendor_down",), "html", status=502)

    def test_a_list_that_fails_is_not_hidden_by_other_reads_that_work(self):
        self.breaks(("vendor_down",), "status", LIST, status=503)

    def test_a_list_that_is_malformed_is_not_hidden_by_other_reads_that_work(self):
        self.breaks(("malformed",), "not_json", LIST)


class Values(SystemTest):
    """Values that are not what the page documents: null, never something false."""

    def spoiled(self, kind):
        """The pump's state while its values are spoiled, and its honest one."""
        self.start_all()
        honest = self.state("fleet", PUMP)
        after = self.simulators.count()
        self.simulators.fault("ewellcon", kind, LIST)
        self.wait_requests(LIST, 3, after)
        state = self.state("fleet", PUMP)
        self.assertEqual(set(state), set(honest), "every key is always there")
        wrong = {key: value for key, value in state.items() if value not in (honest[key], None) and key != "online"}
        self.assertEqual(wrong, {})
        self.assertIn("pump-001", json.dumps(self.discovery("ewellcon", PUMP)))
        self.simulators.heal()
        self.observer.wait_for(lambda: self.state("fleet", PUMP) == honest, 20, "the honest state again")
        return state, honest

    def test_wrong_types(self):
        state, _ = self.spoiled("wrong_types")
        self.assertIsNone(state["water"])
        self.assertIsNone(state["running"])

    def test_nulls(self):
        state, _ = self.spoiled("null_values")
        self.assertIsNone(state["battery"])

    def test_missing_keys(self):
        self.spoiled("missing_keys")

    def test_new_keys(self):
        state, honest = self.spoiled("new_keys")
        self.assertEqual(state, honest)

    def test_numbers_as_text_are_numbers(self):
        self.start_all()
        self.simulators.change(ewellcon={"set": {PUMP: {"pump.total_water_delivered": "15421.75"}}})
        self.observer.wait_state(topic("fleet", PUMP, "state"), water=15421.75)


class Encodings(SystemTest):
    def test_compressed_and_chunked_answers_are_read(self):
        self.start_all("--pumps", "250")
        for kind, charge in (("gzip", 31), ("chunked", 32)):
            with self.subTest(kind):
                self.simulators.fault("ewellcon", kind)
                self.simulators.change(ewellcon={"set": {"pump-250": {"battery.soc": charge}}})
                self.observer.wait_state(topic("fleet", "pump-250", "state"), battery=charge)
                self.simulators.heal()
        self.assertEqual(self.wait_reason("fleet", "ok")["reason"], "ok")

    def test_an_idle_connection_that_the_vendor_closed_costs_nothing(self):
        self.start_all()
        mark = self.observer.mark()
        for charge in (41, 42, 43):
            self.simulators.change(close_connections=True, ewellcon={"set": {PUMP: {"battery.soc": charge}}})
            self.observer.wait_state(topic("fleet", PUMP, "state"), battery=charge)
        self.assertNotIn("offline", [each.text for each in self.observer.since(mark, "/availability")])


class Slowness(SystemTest):
    def test_a_slow_vendor_holds_up_nobody_else(self):
        self.start_all()
        fault = self.simulators.fault("ewellcon", "delay", seconds=60)
        self.simulators.wait_fault(fault)
        self.wait_requests(DEVICES, 3, self.simulators.count())
        self.assertEqual(self.command("load", "OFF")["outcome"], "confirmed")

    def test_a_slow_list_holds_up_no_command_of_the_same_account(self):
        self.start_all(fleet=False)
        fault = self.simulators.fault("automate_green", "delay", DEVICES, seconds=60, times=1)
        self.simulators.wait_fault(fault)
        self.send("load", "OFF")
        self.wait_requests("POST /v1/devices/.*/command", 1, 0, 15)

    def test_pages_that_never_end_are_given_up(self):
        self.start_all()
        page = {"api_version": "1", "controllers": [], "pagination": {"has_next": True}, "statistics": {}}
        after = self.simulators.count()
        self.simulators.fault("ewellcon", "body", LIST, body=page)
        self.wait_requests(LIST, 3, after)
        self.assertFalse([each for each in self.requests(LIST, after) if each["query"].get("page") not in ("1", "2")])


class SignIn(SystemTest):
    def test_an_expired_token_is_renewed_once_and_nobody_notices(self):
        self.start_all(fleet=False)
        after = self.simulators.count()
        mark = self.observer.mark()
        self.simulators.change(automate_green={"expire_tokens": True})
        self.wait_requests("POST /v1/signin", 1, after)
        self.wait_requests(DEVICES, 3, after)
        self.assertEqual(len(self.requests("POST /v1/signin", after)), 1)
        self.assertNotIn("offline", [each.text for each in self.observer.since(mark, "/availability")])

    def test_a_wrong_password_is_not_tried_again_and_again(self):
        self.start_broker()
        self.start_simulators()
        self.simulators.change(automate_green={"password": "another one"})
        self.start_observer()
        self.start_bridge()
        self.wait_reason("green", "unauthorized")
        self.observer.wait_text(f"{BASE}/green/availability", "offline")
        self.wait_requests(LIST, 5, self.simulators.count())
        self.assertLessEqual(len(self.requests("POST /v1/signin")), 2)
        self.simulators.change(automate_green={"password": "mypassword"})
        self.poll_now()
        self.observer.wait_text(topic("green", LOAD, "availability"), "online")

    def test_a_ready_token_needs_no_sign_in(self):
        self.start_all(fleet=False, green={"token": "ready-made-token", "email": None, "password": None})
        self.assertEqual(self.requests("signin"), [])

    def test_the_token_survives_a_restart(self):
        self.start_all(fleet=False)
        self.bridge.stop()
        self.bridge.start()
        self.wait_requests(DEVICES, 1, self.simulators.count())
        self.assertEqual(len(self.requests("POST /v1/signin")), 1)


if __name__ == "__main__":
    unittest.main()
