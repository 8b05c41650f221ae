"""The simulators behave as the vendors' pages say."""

import gzip
import http.client
import json
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit

PROGRAM = Path(__file__).with_name("simulate.py")
LOAD = "6ItNKFLm_mS"
KEY = {"Authorization": "Bearer pcv_demo"}
TOKEN = {"Authorization": "Bearer ready-made-token"}
JSON = {**TOKEN, "Content-Type": "application/json"}


class Answer:
    def __init__(self, response):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()

    @property
    def json(self):
        return json.loads(self.body)


class SimulatorTest(unittest.TestCase):
    arguments = ("--pumps", "250", "--controllers", "2", "--changed", "0.1")

    def setUp(self):
        self.process = subprocess.Popen([sys.executable, "-B", str(PROGRAM), *self.arguments],
                                        stdout=subprocess.PIPE, text=True)
        self.addCleanup(self.end)
        self.urls = json.loads(self.process.stdout.readline())
        self.connections = {}

    def end(self):
        for connection in self.connections.values():
            connection.close()
        self.process.send_signal(signal.SIGTERM)
        self.assertEqual(self.process.wait(10), 0)
        self.process.stdout.close()

    def ask(self, where, method, path, body=None, headers=None):
        """One request on the kept-alive connection to a vendor or to the control port."""
        url = urlsplit(self.urls[where])
        if where not in self.connections:
            self.connections[where] = http.client.HTTPConnection(url.hostname, url.port, timeout=10)
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
        self.connections[where].request(method, url.path + path, body, headers or {})
        return Answer(self.connections[where].getresponse())

    def control(self, method, path, body=None):
        answer = self.ask("control", method, path, body)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json

    def pumps(self, query="page=1&limit=100"):
        return self.ask("ewellcon", "GET", f"/pumps?{query}", headers=KEY)

    def green(self, method, path, body=None):
        return self.ask("automate_green", method, path, body, JSON if body is not None else TOKEN)

    def command(self, **members):
        return self.green("POST", f"/devices/{LOAD}/command", {"command": members})

    def load(self):
        return self.green("GET", f"/devices/{LOAD}").json["device"]["status"]["info"]

    def statuses(self, **query):
        return self.green("GET", "/statuses?" + urlencode({"device": LOAD, **query}))

    def violations(self):
        return [each["violation"] for each in self.control("GET", "/journal?violations=1")["entries"]]


class Ewellcon(SimulatorTest):
    def test_pages_hold_every_pump_once(self):
        seen, page = [], 1
        while True:
            answer = self.pumps(f"page={page}&limit=100").json
            seen += [each["pump_id"] for each in answer["controllers"]]
            if not answer["pagination"]["has_next"]:
                break
            page += 1
        self.assertEqual(len(seen), 250)
        self.assertEqual(len(set(seen)), 250)
        self.assertEqual(answer["pagination"], {"page": 3, "limit": 100, "total": 250, "pages": 3, "has_next": False,
                                                "has_prev": True})
        self.assertEqual(self.violations(), [])
        self.assertEqual({each["connection"] for each in self.control("GET", "/journal")["entries"]}, {1})

    def test_a_fraction_changes_with_each_list(self):
        def all_pumps():
            return [each for page in (1, 2, 3) for each in self.pumps(f"page={page}&limit=100").json["controllers"]]

        before, after = all_pumps(), all_pumps()
        self.assertEqual(sum(a != b for a, b in zip(before, after)), 25)
        self.control("POST", "/state", {"ewellcon": {"changed": 0}})
        before, after = all_pumps(), all_pumps()
        self.assertEqual(before, after)

    def test_limits_of_paging(self):
        for query in ("page=0&limit=10", "page=1&limit=101", "page=x", "limit=0"):
            answer = self.pumps(query)
            self.assertEqual((answer.status, answer.json["error"]["code"]), (400, "invalid_pagination"), query)
            self.assertEqual(answer.headers["x-request-id"], answer.json["error"]["request_id"])
        self.assertEqual(len(self.violations()), 4)

    def test_pages_out_of_order_are_noticed(self):
        self.pumps("page=1&limit=100")
        self.pumps("page=3&limit=100")
        self.assertEqual(len(self.violations()), 1)

    def test_keys(self):
        for headers, code in (({}, "unauthorized"), ({"Authorization": "pcv_demo"}, "unauthorized"),
                              ({"Authorization": "Bearer pcv_other"}, "invalid_api_key")):
            answer = self.ask("ewellcon", "GET", "/stats", headers=headers)
            self.assertEqual((answer.status, answer.json["error"]["code"]), (401, code))

    def test_the_other_paths(self):
        def get(path):
            return self.ask("ewellcon", "GET", path, headers=KEY)

        self.assertEqual(get("/stats").json["statistics"]["total_controllers"], 250)
        self.assertEqual([each["user_id"] for each in get("/delegated-users").json["delegated_users"]], [101, 102])
        self.assertEqual(get("/users/101/summary?page=1&limit=100").json["pagination"]["total"], 125)
        self.assertEqual(get("/users/abc/summary").json["error"]["code"], "invalid_user_id")
        self.assertEqual(get("/users/7/summary").json["error"]["code"], "forbidden")
        self.assertEqual(get("/pumps/pump-002/metadata").json["metadata"]["pump_id"], "pump-002")
        self.assertEqual(get("/pumps/pump-002/summary").json["week_trends"]["avg_uptime"], "0")
        self.assertEqual(get("/pumps/none/summary").json["error"]["code"], "not_found")

    def test_the_truth_can_be_changed(self):
        self.control("POST", "/state", {"ewellcon": {
            "changed": 0, "set": {"pump-001": {"battery.soc": 7}}, "unset": {"pump-001": ["pump.status"]},
            "remove": ["pump-002"], "add": 1}})
        listed = self.pumps().json["controllers"]
        self.assertEqual(listed[0]["battery"]["soc"], 7)
        self.assertNotIn("status", listed[0]["pump"])
        self.assertEqual(listed[1]["pump_id"], "pump-003")
        self.assertIn("pump-251", self.control("GET", "/truth")["ewellcon"]["water"])


class Faults(SimulatorTest):
    def fault(self, **wish):
        self.control("POST", "/faults", {"vendor": "ewellcon", "match": "GET /v1/pumps", **wish})

    def test_a_status_comes_as_often_as_asked(self):
        self.fault(kind="status", code="internal_error", times=2, skip=1)
        self.assertEqual([self.pumps().status for _ in range(4)], [200, 500, 500, 200])

    def test_too_many_requests_carries_its_time(self):
        self.fault(kind="rate_limit", retry_after=7)
        answer = self.pumps()
        self.assertEqual((answer.status, answer.headers["retry-after"]), (429, "7"))
        self.assertEqual(answer.json["error"]["code"], "rate_limited")

    def test_bodies_that_are_no_documents(self):
        for kind in ("html", "not_json", "empty"):
            self.fault(kind=kind, times=1)
            answer = self.pumps()
            self.assertEqual(answer.status, 200)
            self.assertRaises(ValueError, lambda: answer.json)

    def test_connections_that_break(self):
        for kind, error in (("close", http.client.HTTPException), ("truncated", http.client.IncompleteRead)):
            self.fault(kind=kind, times=1)
            with self.assertRaises((error, ConnectionError)):
                self.pumps()
            self.connections.pop("ewellcon").close()
        self.assertEqual(self.pumps().status, 200)

    def test_a_page_may_have_fewer_pumps_than_asked_for_or_be_refused(self):
        self.control("POST", "/state", {"ewellcon": {"most": 50}})
        self.assertEqual(self.pumps().json["error"]["code"], "invalid_pagination")
        self.assertEqual(len(self.pumps("page=1&limit=50").json["controllers"]), 50)
        self.control("POST", "/state", {"ewellcon": {"caps": True}})
        answer = self.pumps().json
        self.assertEqual((len(answer["controllers"]), answer["pagination"]["pages"]), (50, 5))
        self.assertEqual(self.violations(), [])

    def test_values_that_are_spoiled_keep_their_identity(self):
        honest = self.pumps().json["controllers"]
        for kind in ("wrong_types", "missing_keys", "new_keys", "null_values"):
            self.fault(kind=kind, times=1)
            spoiled = self.pumps().json["controllers"]
            self.assertEqual([each["pump_id"] for each in spoiled], [each["pump_id"] for each in honest])
            self.assertNotEqual(spoiled[0]["battery"], honest[0]["battery"], kind)

    def test_encodings(self):
        self.fault(kind="gzip", times=1)
        answer = self.pumps()
        self.assertEqual(answer.headers["content-encoding"], "gzip")
        self.assertEqual(len(json.loads(gzip.decompress(answer.body))["controllers"]), 100)
        self.fault(kind="chunked", times=1)
        self.assertEqual(len(self.pumps().json["controllers"]), 100)

    def test_delay(self):
        self.fault(kind="delay", seconds=0.3, times=1)
        start = time.monotonic()
        self.assertEqual(self.pumps().status, 200)
        self.assertGreaterEqual(time.monotonic() - start, 0.3)

    def test_a_lost_answer_has_its_effect(self):
        self.control("POST", "/faults",
                     {"vendor": "automate_green", "match": "command", "kind": "close", "after": True})
        with self.assertRaises((http.client.HTTPException, ConnectionError)):
            self.command(name="off")
        self.connections.pop("automate_green").close()
        self.assertIs(self.load()["on"], False)

    def test_an_absent_vendor_refuses_connections_until_it_is_back(self):
        self.control("POST", "/state", {"ewellcon": {"absent": True}})
        with self.assertRaises(OSError):
            self.pumps()
        self.connections.pop("ewellcon").close()
        self.control("POST", "/state", {"ewellcon": {"absent": False}})
        deadline = time.monotonic() + 10
        while True:
            try:
                self.assertEqual(self.pumps().status, 200)
                break
            except OSError:
                self.connections.pop("ewellcon").close()
                self.assertLess(time.monotonic(), deadline)

    def test_wrong_wishes_are_refused(self):
        for path, body in (("/faults", {"kind": "none"}), ("/faults", {"kind": "html", "match": "("}),
                           ("/state", {"no": 1}), ("/state", {"advance": -1})):
            self.assertEqual(self.ask("control", "POST", path, body).status, 400, body)


class AutomateGreen(SimulatorTest):
    def test_sign_in_by_json_and_by_form(self):
        user = {"email": "user@example.com", "password": "mypassword"}
        answer = self.ask("automate_green", "POST", "/signin", {"user": user, "expires": 60},
                          {"Content-Type": "application/json"})
        self.assertEqual(answer.json["message"], "Sign in successful")
        headers = {"Authorization": f"Bearer {answer.json['token']}"}
        self.assertEqual(self.ask("automate_green", "GET", "/devices", headers=headers).status, 200)
        self.control("POST", "/state", {"automate_green": {"expire_tokens": True}})
        self.assertEqual(self.ask("automate_green", "GET", "/devices", headers=headers).status, 401)
        form = urlencode({"user[email]": user["email"], "user[password]": "wrong"})
        answer = self.ask("automate_green", "POST", "/signin", form,
                          {"Content-Type": "application/x-www-form-urlencoded"})
        self.assertEqual(answer.status, 401)
        self.assertEqual(self.violations(), [])

    def test_devices_are_wrapped_and_not_all_are_controllers(self):
        devices = [each["device"] for each in self.green("GET", "/devices").json["devices"]]
        self.assertEqual([each["type"]["profile"] for each in devices],
                         ["power-controller", "power-controller", "thermostat"])
        self.assertEqual(devices[0]["id"], LOAD)

    def test_a_switched_load_reads_back_and_is_in_the_history(self):
        answer = self.command(name="off")
        self.assertEqual((answer.status, answer.json["responseCodes"]), (200, [103]))
        self.assertIs(self.load()["on"], False)
        last = self.statuses().json["statuses"][-1]
        self.assertEqual((last["type"], last["reason"], last["info"]["on"]), ("relay", "api", False))

    def test_timed_commands_toggle_later(self):
        self.command(name="off_for", time=60)
        self.assertEqual((self.load()["on"], self.load()["toggleIn"]), (False, 60))
        self.control("POST", "/state", {"advance": 61})
        self.assertEqual((self.load()["on"], self.load()["toggleIn"]), (True, 0))
        self.assertEqual(self.statuses().json["statuses"][-1]["reason"], "timer")
        self.command(name="off", delay=60)
        self.assertIs(self.load()["on"], True)
        self.control("POST", "/state", {"advance": 61})
        self.assertIs(self.load()["on"], False)

    def test_a_power_limit_switches_off_and_on_again(self):
        self.command(name="limit_power", power=50, time=3600)
        self.control("POST", "/state", {"advance": 600})
        self.assertIs(self.load()["on"], False)
        self.control("POST", "/state", {"advance": 3100})
        self.assertIs(self.load()["on"], True)

    def test_statuses_add_up_to_the_truth(self):
        now = self.control("GET", "/truth")["now"]
        self.control("POST", "/state", {"advance": 4000})
        self.command(name="off")
        self.control("POST", "/state", {"advance": 1000})
        self.green("POST", f"/devices/{LOAD}/status")
        truth = self.control("GET", "/truth?since=" + quote(now))["automate_green"][LOAD]
        listed = [each for each in self.statuses().json["statuses"] if each["type"] == "update" and each["date"] > now]
        self.assertEqual(round(sum(each["info"]["power"] * 100 for each in listed)), truth["hundredths"])
        self.assertEqual(len(listed), truth["statuses"])
        self.assertEqual(listed[-1]["reason"], "api")

    def test_windows(self):
        every = self.statuses().json["statuses"]
        start, end = every[1]["date"], every[3]["date"]
        window = self.statuses(**{"date[start]": start, "date[end]": end}).json["statuses"]
        self.assertEqual(window, every[1:3])
        for last, status in (("2024-01-11", 200), ("2024-01-11T00:00:01Z", 400)):
            answer = self.statuses(**{"date[start]": "2024-01-01", "date[end]": last})
            self.assertEqual(answer.status, status, last)
        self.assertEqual(self.statuses(**{"date[start]": "yesterday"}).status, 400)

    def test_settings_are_read_under_other_names(self):
        self.green("PUT", f"/devices/{LOAD}", {"info": {"ffr": {"enable": True, "delay": 20}}})
        ffr = self.green("GET", f"/devices/{LOAD}").json["device"]["info"]["ffr"]
        self.assertEqual((ffr["enabled"], ffr["maxBackOff"], ffr["periods"]), (True, 20, 10))

    def device(self):
        return self.green("GET", f"/devices/{LOAD}").json["device"]

    def test_schedules_are_replaced_as_a_whole(self):
        entries = [{"name": "on", "when": 1800000000, "repeat": 86400},
                   {"name": "limit_power", "when": 1800000060, "power": 50, "time": 3600}]
        for plan, codes in ((entries, [117, 117]), (entries[1:], [117]), ([], [119])):
            answer = self.green("PUT", f"/devices/{LOAD}", {"schedule": plan})
            self.assertEqual((answer.json["responseCodes"], self.device()["schedule"]), (codes, plan))
        for wrong in (entries[0], [{"name": "on"}], [{"name": "boil", "when": 1}], [{**entries[0], "power": 5}],
                      [{"name": "on", "when": "now"}], entries[:1] * 40):
            self.assertEqual(self.green("PUT", f"/devices/{LOAD}", {"schedule": wrong}).status, 400, wrong)
        self.assertEqual(len(self.violations()), 6)

    def test_a_sample_period_is_when_reports_come(self):
        self.assertEqual(self.green("PUT", f"/devices/{LOAD}", {"info": {"samplePeriod": 300}}).json["responseCodes"],
                         [120])
        self.assertEqual(self.device()["info"]["samplePeriod"], 300)

    def test_wrong_bodies_are_refused_and_recorded(self):
        for body in ({"command": "on"}, {"command": {"name": "boil"}}, {"command": {"name": "on", "time": 5}},
                     {"command": {"name": "limit_power", "power": 5}}, {"name": "on"}):
            self.assertEqual(self.green("POST", f"/devices/{LOAD}/command", body).status, 400, body)
        self.assertEqual(self.green("PUT", f"/devices/{LOAD}", {"info": {"ffr": {"enabled": True}}}).status, 400)
        self.assertEqual(len(self.violations()), 6)

    def test_a_silent_controller_and_an_unknown_one(self):
        self.control("POST", "/state", {"automate_green": {"set": {LOAD: {"silent": True}}}})
        self.assertEqual(self.command(name="off").status, 503)
        self.assertIs(self.load()["on"], True)
        self.assertEqual(self.green("POST", "/devices/none/command", {"command": {"name": "on"}}).status, 404)

    def test_disturbed_histories_keep_their_truth(self):
        def energy():
            return self.control("GET", "/truth")["automate_green"][LOAD]["hundredths"]

        def disturb(kind, **more):
            self.control("POST", "/state", {"automate_green": {"statuses": [{"device": LOAD, "kind": kind, **more}]}})

        before = energy()
        disturb("late", seconds=60)
        self.assertLess(energy(), before)
        self.control("POST", "/state", {"advance": 61})
        self.assertEqual(energy(), before)
        disturb("duplicate")
        self.assertEqual(energy(), before)
        self.assertEqual(len(self.statuses().json["statuses"]), 5)
        disturb("overlapping")
        self.assertGreater(energy(), before)


if __name__ == "__main__":
    unittest.main()
