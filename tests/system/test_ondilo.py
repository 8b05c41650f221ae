"""Pools: measures, recommendations and their validation, what an outage swallowed, and the quota."""

import json
import unittest

from system.harness import BASE, POOL, SystemTest, topic

ACCOUNT = f"{BASE}/pool"
MEASURES = f"GET /api/customer/v1/pools/{POOL}/lastmeasures"
NO_LIMIT = ("--ondilo-quota", "0")


class Pools(SystemTest):
    def start_pools(self, *simulator_arguments, quick=True, at_first=None, **settings):
        """Everything, signed in; returns when the documented pool shows its measures, unless it is set up otherwise."""
        self.start_broker()
        self.start_simulators(*simulator_arguments, *(NO_LIMIT if quick else ()))
        if at_first:
            self.set(**at_first)
        self.start_observer()
        if not quick:
            settings = {"every": None, "quotas": None, **settings}
        self.start_bridge(fleet=False, green=False, pool=settings)
        self.sign_in("pool")
        self.observer.wait_text(f"{ACCOUNT}/availability", "online")
        if at_first:
            return
        self.observer.wait_text(topic("pool", POOL, "availability"), "online")
        self.wait_state(lambda state: state["temperature"] is not None)

    def tearDown(self):
        if self.simulators:
            self.assertEqual(self.simulators.violations(), [], "the vendor's rules were broken")

    def pool(self):
        return self.state("pool", POOL) or {}

    def wait_state(self, holds, seconds=20):
        self.observer.wait_for(lambda: self.pool() and holds(self.pool()), seconds, "such a state of the pool")
        return self.pool()

    def truth(self):
        return self.simulators.truth()["ondilo"][POOL]

    def set(self, **changes):
        self.simulators.change(ondilo={"set": {POOL: changes}})

    def recommend(self, count=1):
        """The vendor recommends something; the ids that wait once the bridge knows."""
        self.set(recommend=count)
        waiting = self.truth()["waiting"]
        self.wait_state(lambda state: state["recommendations"] == len(waiting))
        return waiting

    def events(self, mark=0):
        return [each.json for each in self.observer.since(mark, f"{POOL}/event/new_recommendation")]

    def past(self, mark=0):
        return [each for each in self.observer.since(mark, f"{POOL}/history")]

    def validate(self, payload="PRESS", key="validate_recommendation"):
        return self.command(key, payload, "pool", POOL)

    def restart(self):
        self.assertEqual(self.bridge.stop()[0], 0)
        self.bridge.start()
        self.observer.wait_text(f"{BASE}/bridge/availability", "online")


class Measures(Pools):
    def test_are_the_vendors(self):
        self.start_pools()
        truth = self.truth()["measures"]
        self.wait_state(lambda state: all(state[each] == value for each, value in truth.items()))
        self.assertEqual(self.pool()["salt"], None)
        device = self.observer.wait_for(self.known_probe, 20, "an announcement with the probe")
        self.assertEqual((device["serial_number"], device["sw_version"]), ("SN00001", "1.5.1-stable"))

    def known_probe(self):
        """The device's part of the announcement, once the probe's read is in it."""
        device = self.discovery("ondilo", POOL)["device"]
        return device if "serial_number" in device else None

    def test_that_are_invalid_are_null_with_their_reason(self):
        self.start_pools()
        self.set(invalid={"ph": "Out of the water"})
        state = self.wait_state(lambda state: state["any_invalid"])
        self.assertEqual((state["ph"], state["invalid"]), (None, "ph: Out of the water"))
        self.assertIsNotNone(state["temperature"])

    def test_out_of_range_are_a_problem(self):
        self.start_pools()
        self.set(values={"orp": 950})
        self.assertEqual(self.wait_state(lambda state: state["orp"] == 950)["orp_outside"], True)
        self.set(configuration={"orp_high": 1000})
        self.wait_state(lambda state: state["orp_outside"] is False)

    def test_that_grow_old_make_the_pool_unavailable(self):
        self.start_pools(at_first={"silent": True, "older": 4 * 3600})
        self.observer.wait_text(topic("pool", POOL, "availability"), "offline", 30)
        self.assertEqual(self.observer.json(topic("pool", POOL, "status"))["reason"], "data_stale")
        self.assertEqual(self.observer.text(f"{ACCOUNT}/availability"), "online")

    def test_of_a_pool_without_a_probe_are_unknown_and_the_pool_is_there(self):
        self.start_pools("--pools", "2")
        other = str(int(POOL) + 1)
        self.simulators.change(ondilo={"set": {other: {"probe": False}}})
        fault = self.simulators.fault("ondilo", "status", f"/pools/{other}/lastmeasures", status=404)
        self.simulators.wait_fault(fault, 3)
        self.observer.wait_for(lambda: self.state("pool", other)["temperature"] is None, 20, "no temperature")
        self.assertEqual(self.observer.text(topic("pool", other, "availability")), "online")
        self.assertEqual(self.state("pool", other)["volume"], 22.5)
        self.assertEqual(self.state("pool", other)["recommendations"], 0)

    def test_survive_answers_that_are_no_json(self):
        self.start_pools()
        for kind, more in (("html", {"status": 502}), ("html", {}), ("wrong_types", {}), ("null_values", {}),
                           ("empty", {})):
            fault = self.simulators.fault("ondilo", kind, "/pools", times=6, **more)
            self.simulators.wait_fault(fault, 6)
            self.simulators.heal()
            self.poll_now()
        self.wait_state(lambda state: state["temperature"] is not None)
        self.observer.wait_text(topic("pool", POOL, "availability"), "online")


class Recommendations(Pools):
    def test_are_validated_the_newest_first(self):
        self.start_pools()
        first, second = self.recommend(2)
        self.assertEqual(self.pool()["recommendation_id"], second)
        self.assertEqual(self.validate()["outcome"], "confirmed")
        self.assertEqual(self.truth()["waiting"], [first])
        self.wait_state(lambda state: (state["recommendations"], state["recommendation_id"]) == (1, first))
        self.assertEqual([each["path"].rsplit("/")[-1] for each in self.requests("PUT ")], [str(second)])

    def test_are_validated_by_their_id(self):
        self.start_pools()
        first, second = self.recommend(2)
        outcome = self.validate(json.dumps({"value": first, "id": "x"}), "validate")
        self.assertEqual((outcome["outcome"], outcome["id"]), ("confirmed", "x"))
        self.assertEqual(self.truth()["waiting"], [second])

    def test_that_do_not_wait_are_rejected_and_the_vendor_is_not_asked(self):
        self.start_pools()
        (number,) = self.recommend()
        for payload in ("99", "press", '{"value": {"id": 1}}'):
            outcome = self.validate(payload, "validate")
            self.assertEqual((outcome["outcome"], outcome["reason"]), ("rejected", "invalid_argument"))
            self.assertIn(str(number), outcome["message"])
        self.assertEqual(self.requests("PUT "), [])

    def test_are_done_however_the_vendor_spells_it(self):
        self.start_pools()
        for done in ("Done", '"done"', "DONE\n"):
            self.simulators.change(ondilo={"done": done})
            self.recommend()
            self.assertEqual(self.validate()["outcome"], "confirmed", done)

    def test_fail_with_the_vendors_words(self):
        self.start_pools()
        self.simulators.change(ondilo={"done": "Not now, user@example.com"})
        self.recommend()
        outcome = self.validate()
        self.assertEqual(outcome["outcome"], "failed")
        self.assertIn("Not now", outcome["message"])
        self.assertNotIn("user@example.com", outcome["message"])

    def test_that_still_wait_are_unconfirmed(self):
        self.start_pools()
        self.simulators.change(ondilo={"deaf": True})
        self.recommend()
        self.assertEqual(self.command("validate_recommendation", "PRESS", "pool", POOL, 40)["outcome"], "unconfirmed")

    def test_are_an_event_once_also_after_a_restart(self):
        self.start_broker()
        self.start_simulators(*NO_LIMIT)
        self.start_observer()
        self.set(recommend=1)
        self.start_bridge(fleet=False, green=False, pool=None)
        self.sign_in("pool")
        self.wait_state(lambda state: state["recommendations"] == 1)
        self.assertEqual(self.events(), [], "the first list is no news")
        second = self.recommend()[1]
        self.observer.wait_for(self.events, 20, "the event")
        self.assertEqual(self.bridge.stop()[0], 0)
        self.set(recommend=1)
        third = self.truth()["waiting"][2]
        self.bridge.start()
        self.observer.wait_for(lambda: len(self.events()) == 2, 20, "the event of what came meanwhile")
        after = self.simulators.count()
        self.wait_requests("/recommendations", 3, after)
        self.assertEqual([each["id"] for each in self.events()], [second, third])
        self.assertEqual(self.events()[0]["event_type"], "new")


OUTAGE = 6 * 3602  # seconds; the vendor's time is the bridge's when it ends


class History(Pools):
    def test_fills_what_an_outage_swallowed_once(self):
        self.start_pools("--behind", str(OUTAGE), stale_after="1d")
        before = self.pool()["last_measure"]
        self.assertEqual(self.past(), [], "the time before the first start is not told")
        self.assertEqual(self.bridge.stop()[0], 0)
        self.simulators.change(advance=OUTAGE)
        self.bridge.start()
        # Five measures between the two that were read as they came, of all six types this pool has.
        self.observer.wait_for(lambda: len(self.past()) == 5 * 6, 30, "what was missed")
        told = [each.json for each in self.past()]
        self.assertEqual({each["key"] for each in told}, {"temperature", "ph", "orp", "tds", "battery", "rssi"})
        self.assertTrue(all(before < each["time"] < self.pool()["last_measure"] for each in told))
        self.assertFalse(any(each.retained for each in self.past()))
        after = self.simulators.count()
        self.restart()
        self.wait_requests(MEASURES, 3, after)
        self.assertEqual(len(self.past()), 30)

    def test_is_not_asked_while_nothing_is_missing(self):
        self.start_pools()
        self.simulators.change(advance=3602)
        after = self.simulators.count()
        self.wait_requests(MEASURES, 3, after)
        self.assertEqual(self.requests("/measures"), [])


class Quota(Pools):
    def test_is_kept_with_twenty_pools_and_across_restarts(self):
        self.start_pools("--pools", "20", quick=False)
        self.bridge.wait_log("the quota is used up")
        asked = len(self.requests("/api/customer/"))
        self.assertIn(asked, (24, 25), "the login's token counts, too")
        self.assertGreaterEqual(len(self.requests("/lastmeasures")), 20, "every pool's measures come first")
        for _ in range(2):
            self.poll_now()
            self.restart()
            self.observer.wait_for(lambda: self.observer.json(f"{ACCOUNT}/status"), 20, "the account's status")
        self.assertEqual(len(self.requests("/api/customer/")), asked)
        self.assertLessEqual(self.simulators.state()["ondilo"]["requests_last_hour"], 28)

    def test_that_is_used_up_pauses_the_account_and_leaves_it_available(self):
        self.start_pools()
        self.simulators.fault("ondilo", "status", "/pools", status=400)
        status = self.wait_reason("pool", "quota_exhausted", "rate_limited", seconds=30)
        self.assertEqual(status["reason"], "quota_exhausted")
        self.assertEqual(self.observer.text(f"{ACCOUNT}/availability"), "online")
        self.assertEqual(self.observer.text(topic("pool", POOL, "availability")), "online")


if __name__ == "__main__":
    unittest.main()
