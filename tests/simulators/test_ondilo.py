"""The Ondilo simulator behaves as the vendor's page, and what was seen of the vendor, say."""

import json
import unittest
from urllib.parse import parse_qs, urlencode, urlsplit

from simulators.http_server import Request
from simulators.ondilo import INTERVAL, Ondilo, TYPES
from simulators.sim_clock import SimClock, seconds_of
from simulators.simulate import samples

ALL = "&".join(f"types[]={each}" for each in TYPES)
HERE = "http://127.0.0.1:8000/"


class OndiloTest(unittest.TestCase):
    def setUp(self):
        self.clock = SimClock(0)
        self.vendor = Ondilo(samples("ondilo"), self.clock, pools=2)
        self.notes = []
        self.token = None
        self.token = self.sign_in()
        self.notes.clear()

    def send(self, method, path, query="", body=b"", headers=None):
        pairs = {name: values[-1] for name, values in parse_qs(query, keep_blank_values=True).items()}
        return self.vendor.answer(Request(method, path, query, headers or {}, body, 1, pairs), self.notes.append)

    def sign_in(self):
        query = {"response_type": "code", "client_id": "customer_api", "redirect_uri": HERE, "scope": "api",
                 "state": "s"}
        back = urlsplit(self.send("GET", "/oauth2/authorize", urlencode(query)).headers["Location"])
        form = {"grant_type": "authorization_code", "code": parse_qs(back.query)["code"][0],
                "client_id": "customer_api", "redirect_uri": HERE}
        answer = self.send("POST", "/oauth2/token", body=urlencode(form).encode(),
                           headers={"content-type": "application/x-www-form-urlencoded"})
        return json.loads(answer.body)["access_token"]

    def call(self, path, query="", method="GET"):
        return self.send(method, self.vendor.prefix + path, query, headers={"authorization": f"Bearer {self.token}"})

    def ask(self, path, query="", method="GET", status=200):
        """One call a second; the answer's JSON."""
        self.clock.advance(1)
        answer = self.call(path, query, method)
        self.assertEqual(answer.status, status, answer.body)
        return json.loads(answer.body)


class Measures(OndiloTest):
    def test_without_types_there_are_none(self):
        self.assertEqual(self.ask("/pools/234/lastmeasures"), [])
        self.assertEqual(len(self.notes), 1)

    def test_a_list_with_commas_is_refused(self):
        self.ask("/pools/234/lastmeasures", "types[]=ph,orp", status=400)

    def test_come_in_both_forms_of_time_and_hourly(self):
        before = self.ask("/pools/234/lastmeasures", ALL)
        self.clock.advance(INTERVAL)
        after = self.ask("/pools/234/lastmeasures", ALL)
        times = {before[0]["value_time"], after[0]["value_time"]}
        self.assertEqual({"+0000" in each for each in times}, {True, False})
        moments = sorted(seconds_of(each) for each in times)
        self.assertEqual(moments[1] - moments[0], INTERVAL)
        self.assertEqual(self.notes, [])

    def test_of_a_sensor_that_is_not_there_are_null_and_valid(self):
        chlorine, salt = (self.ask(f"/pools/{each}/lastmeasures", ALL) for each in (234, 235))
        for measures, missing in ((chlorine, "salt"), (salt, "tds")):
            measure = next(each for each in measures if each["data_type"] == missing)
            self.assertEqual((measure["value"], measure["is_valid"]), (None, True))

    def test_may_be_invalid_with_a_reason(self):
        self.vendor.change({"set": {"234": {"invalid": {"ph": "Out of the water"}}}})
        measure = next(each for each in self.ask("/pools/234/lastmeasures", ALL) if each["data_type"] == "ph")
        self.assertEqual((measure["is_valid"], measure["exclusion_reason"]), (False, "Out of the water"))

    def test_of_a_period_are_told_oldest_first(self):
        day = self.ask("/pools/234/measures", "type=ph&period=day")
        self.assertIn(len(day), (23, 24))
        moments = [seconds_of(each["value_time"]) for each in day]
        self.assertEqual(moments, sorted(moments))
        self.assertGreater(len(self.ask("/pools/234/measures", "type=ph&period=week")), 40)
        self.ask("/pools/234/measures", "type=ph", status=400)

    def test_end_where_the_probe_is_silent(self):
        self.vendor.change({"set": {"234": {"silent": True}}})
        before = self.ask("/pools/234/lastmeasures", ALL)
        self.clock.advance(10 * INTERVAL)
        self.assertEqual(self.ask("/pools/234/lastmeasures", ALL), before)

    def test_are_none_without_a_probe(self):
        self.vendor.change({"set": {"234": {"probe": False}}})
        self.ask("/pools/234/device", status=404)
        self.assertEqual(self.ask("/pools/234/lastmeasures", ALL), [])
        self.assertEqual(self.ask("/pools/234/configuration")["ph_low"], 7.6)


class Recommendations(OndiloTest):
    def test_wait_until_they_are_validated(self):
        self.vendor.change({"set": {"234": {"recommend": 2}}})
        first, second = (each["id"] for each in self.ask("/pools/234/recommendations"))
        self.assertEqual(self.ask(f"/pools/234/recommendations/{second}", method="PUT"), "Done")
        self.assertEqual([each["id"] for each in self.ask("/pools/234/recommendations")], [first])
        self.ask(f"/pools/234/recommendations/{second}", method="PUT", status=404)
        self.assertEqual(self.notes, ["no such recommendation"])

    def test_may_be_answered_without_quotes_or_without_effect(self):
        self.vendor.change({"done": "done\n", "deaf": True, "set": {"234": {"recommend": 1}}})
        number = self.ask("/pools/234/recommendations")[0]["id"]
        answer = self.call(f"/pools/234/recommendations/{number}", method="PUT")
        self.assertEqual(answer.body, b"done\n")
        self.assertEqual(len(self.ask("/pools/234/recommendations")), 1)


class Rules(OndiloTest):
    def test_the_quota_is_thirty_an_hour_and_answers_400(self):
        for _ in range(28):  # the sign-in counts: two so far
            self.ask("/pools")
        self.assertEqual(self.notes, [])
        self.assertIn("message", self.ask("/pools", status=400)["error"])
        self.assertEqual(self.notes, ["more than 30 requests an hour"])
        self.clock.advance(3601)
        self.assertEqual(len(self.ask("/pools")), 2)

    def test_five_a_second_are_answered_and_the_sixth_like_the_31st_of_an_hour(self):
        self.assertEqual([self.call("/pools").status for _ in range(6)], [200] * 5 + [400])
        self.assertEqual(self.notes, ["more than 5 requests a second"])
        self.clock.advance(0.9)
        self.assertEqual(self.call("/pools").status, 400, "the second is not over")
        self.clock.advance(0.1)
        self.assertEqual([self.call("/pools").status for _ in range(4)], [200] * 4, "one of this second was refused")
        self.assertEqual(self.call("/pools").status, 400)
        self.assertEqual(len(self.notes), 3)

    def test_without_a_quota_nothing_is_too_much(self):
        self.vendor.change({"quota": 0})
        self.assertEqual({self.call("/pools").status for _ in range(40)}, {200})
        self.assertEqual(self.notes, [])

    def test_what_is_personal_is_noted(self):
        for path in ("/user/info", "/user/units", "/pools/234/shares"):
            self.ask(path)
        self.assertEqual(len(self.notes), 3)

    def test_a_token_is_needed(self):
        self.token = "another"
        self.ask("/pools", status=401)

    def test_pools_come_and_go(self):
        self.vendor.change({"add": 1, "remove": [234]})
        self.assertEqual([each["id"] for each in self.ask("/pools")], [235, 236])
        self.ask("/pools/234/device", status=404)


if __name__ == "__main__":
    unittest.main()
