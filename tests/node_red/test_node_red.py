"""The example flows in a real Node-RED: each does what its comment says."""

import json
import re
import unittest
from datetime import datetime
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

from node_red.flows import read_flow, read_flows
from node_red.stage import FlowTest, start_node_red
from system.harness import LOAD, POOL, PUMP

ANSWERS = "node-red/cloud2mqtt/answers"
setUpModule = start_node_red


def commands(test):
    """The commands that reached the controllers' vendor."""
    return [json.loads(each["body"])["command"] for each in test.requests("POST /v1/devices/.*/command")]


class Import(FlowTest):
    def test_every_flow_runs_on_what_node_red_brings_along(self):
        known = self.node_red.core_types() | {"tab"}
        for name, nodes in read_flows().items():
            with self.subTest(name):
                self.assertEqual({each["type"] for each in nodes} - known, set())

    def test_all_flows_run_side_by_side_and_share_the_broker(self):
        self.start_broker()
        nodes = {each["id"]: each for flow in read_flows().values() for each in flow}
        self.deploy(list(nodes.values()))
        deployed = self.node_red.call("GET", "/flows")
        self.assertEqual(sum(each["type"] == "mqtt-broker" for each in deployed), 1)
        self.assertEqual(len(deployed), len(nodes))


class AllStates(FlowTest):
    def newest(self, account, device):
        """The newest state that the sidebar shows of a device."""
        mine = [each for each in self.shown("State") if (each["account"], each["device"]) == (account, device)]
        return mine[-1]["payload"] if mine else None

    def test_shows_the_states_of_all_devices_and_every_change(self):
        self.start("all-states")
        for account, device in (("fleet", PUMP), ("home", LOAD)):
            self.observer.wait_for(lambda a=account, d=device: self.newest(a, d) == self.state(a, d), 20, "the state")
        self.assertIs(self.newest("home", LOAD)["load"], True)
        self.simulators.change(automate_green={"set": {LOAD: {"on": False}}})
        self.observer.wait_for(lambda: self.newest("home", LOAD)["load"] is False, 20, "the change")


class SwitchAndWait(FlowTest):
    def test_says_what_became_of_each_command_once(self):
        self.start("switch-and-wait")
        self.command("load", '{"value": "ON", "id": "somebody"}', "home")
        self.node_red.press("OFF")
        self.assertEqual(self.wait("It worked"), [self.result("OFF", "confirmed")])
        self.assertIs(self.simulators.truth()["automate_green"][LOAD]["on"], False)
        self.node_red.press("ON")
        self.assertEqual(self.wait("It worked", 2)[1], self.result("ON", "confirmed"))
        self.assertEqual(self.shown("It did not work"), [])
        self.assertEqual(commands(self), [{"name": "on"}, {"name": "off"}, {"name": "on"}])

    def result(self, value, outcome):
        return {"value": value, "outcome": outcome, "reason": None, "message": None}

    def test_says_why_it_did_not_work(self):
        self.start("switch-and-wait")
        self.simulators.fault("automate_green", "status", "POST .*/command", status=400, message="no power", times=1)
        self.node_red.press("OFF")
        (result,) = self.wait("It did not work")
        self.assertEqual((result["value"], result["outcome"], result["reason"]), ("OFF", "failed", "refused"))
        self.assertIn("no power", result["message"])

    def test_gives_up_when_nobody_answers_and_only_then(self):
        self.start("switch-and-wait")
        self.node_red.press("OFF", delay=5000)
        self.wait("It worked")
        self.bridge.kill()
        self.node_red.press("ON", delay=5500)  # instead of 180 seconds; the one before is over by then
        self.assertEqual(self.wait("It did not work"), [self.result("ON", "no_answer")])
        self.assertEqual(len(self.shown("It worked")), 1)


class RequestAndResponse(FlowTest):
    def test_each_answer_says_which_question_it_belongs_to(self):
        self.start("request-and-response")
        self.observer.publish(ANSWERS, '{"outcome": "of somebody else"}')
        self.node_red.press("On for ten minutes")
        self.node_red.press("Ask for a report")
        answers = {each["asked"]: each for each in self.wait("Answer", 2)}
        self.assertEqual(set(answers), {"on_for", "refresh"})
        for each in answers.values():
            self.assertIn(each["outcome"], ("done", "confirmed"))
            self.assertRegex(each["at"], r"^\d{4}-\d\d-\d\dT.*Z$")
        self.assertIn({"name": "on_for", "time": 600}, commands(self))
        self.assertEqual(len(self.shown("Answer")), 2)

    def test_a_refused_command_is_answered_with_the_reason(self):
        self.start("request-and-response")
        self.simulators.fault("automate_green", "status", "POST .*/command", status=404, times=1)
        self.node_red.press("On for ten minutes")
        (answer,) = self.wait("Answer")
        self.assertEqual((answer["asked"], answer["outcome"], answer["reason"]), ("on_for", "failed", "not_found"))


class UnavailableAlert(FlowTest):
    DEVICE = f"home/{LOAD}"

    def test_says_each_reason_once_and_when_it_is_over(self):
        self.start("unavailable-alert")
        self.simulators.change(automate_green={"set": {LOAD: {"unavailable": True}}})
        self.assertIn(f"{self.DEVICE}: device_offline", self.wait_for_alert(self.DEVICE))
        self.simulators.change(automate_green={"set": {LOAD: {"unavailable": False}}})
        self.assertEqual(self.wait("All right again"), [f"{self.DEVICE} is all right again"])
        self.bridge.kill()
        self.assertEqual(self.wait_for_alert("bridge"), ["bridge: bridge_offline"])
        self.bridge.start()
        self.wait("All right again", 2)
        self.assertEqual(self.shown("All right again")[1:], ["bridge is all right again"])
        self.assertEqual(len(self.shown("Alert")), len(set(self.shown("Alert"))))

    def wait_for_alert(self, who):
        """Waits for an alert about somebody; all of them."""
        def about():
            return [each for each in self.shown("Alert") if each.startswith(f"{who}: ")]

        return self.observer.wait_for(about, 30, f"alert about {who}")

    def test_says_that_an_account_needs_a_person(self):
        self.start("unavailable-alert")
        self.assertRegex(self.wait_for_alert("pool")[0], r"^pool: login_needed \(.+\)$")
        self.sign_in("pool")
        self.observer.wait_for(lambda: "pool is all right again" in self.shown("All right again"), 20, "the end of it")


class ValidateRecommendation(FlowTest):
    def recommend(self):
        """The vendor recommends something; its number."""
        self.simulators.change(ondilo={"set": {POOL: {"recommend": 1}}})
        return self.waiting()[-1]

    def waiting(self):
        return self.simulators.truth()["ondilo"][POOL]["waiting"]

    def test_shows_what_is_to_do_and_validates_it_when_it_is_done(self):
        self.start("validate-recommendation", signed_in=True)
        self.node_red.press("I have done it")
        self.assertEqual(self.wait("Outcome"), [{"outcome": "nothing_waits"}])
        first, second = self.recommend(), self.recommend()
        self.observer.wait_for(lambda: [each for each in self.shown("To do") if each["number"] == second], 20, "it")
        self.assertTrue(self.shown("To do")[-1]["recommendation"])
        self.node_red.press("I have done it")
        outcome = self.wait("Outcome", 2)[1]
        self.assertEqual((outcome["key"], outcome["outcome"]), ("validate", "confirmed"))
        self.assertEqual(self.waiting(), [first])
        self.observer.wait_for(lambda: self.shown("To do")[-1]["number"] == first, 20, "the other one")


class Database(BaseHTTPRequestHandler):
    """Takes what is written, as InfluxDB does."""

    def do_POST(self):  # noqa: N802
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.written.append((self.path, self.headers["Authorization"], self.headers["Content-Type"], body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


class HistoryToInfluxdb(FlowTest):
    OUTAGE = 6 * 3602  # seconds; the vendor's time is the bridge's when it ends
    LINE = re.compile(r"cloud2mqtt,account=pool,device=234,key=(\w+) value=(-?[\d.]+) (\d{13})")

    def miss_something(self):
        """An outage of six hours; what is told of it afterwards, as (key, value, time)."""
        self.assertEqual(self.bridge.stop()[0], 0)
        self.simulators.change(advance=self.OUTAGE)
        self.bridge.start()
        past = f"{POOL}/history"
        self.observer.wait_for(lambda: len(self.observer.since(0, past)) == 30, 30, "what was missed")
        return sorted((each["key"], each["value"], each["time"])
                      for each in (message.json for message in self.observer.since(0, past)))

    def parsed(self, lines):
        """The lines, as miss_something() has them."""
        found = []
        for line in lines:
            self.assertRegex(line, self.LINE)
            key, value, moment = self.LINE.fullmatch(line).groups()
            found.append((key, float(value), int(moment)))
        return found

    def milliseconds(self, told):
        return sorted((key, value, round(datetime.fromisoformat(time).timestamp() * 1000)) for key, value, time in told)

    def test_makes_a_line_of_every_value(self):
        self.start("history-to-influxdb", signed_in=True, behind=self.OUTAGE)
        told = self.miss_something()
        self.assertEqual(sorted(self.parsed(self.wait("Line", 30))), self.milliseconds(told))

    def test_writes_them_where_the_enabled_node_points(self):
        with HTTPServer(("127.0.0.1", 0), Database) as database:
            database.written = []
            Thread(target=database.serve_forever, daemon=True).start()
            self.addCleanup(database.shutdown)
            self.start("all-states", signed_in=True, behind=self.OUTAGE)
            self.deploy(self.pointing_to(database.server_port))
            told = self.miss_something()
            self.wait("Line", 30)
            self.observer.wait_for(lambda: len(self.lines(database)) == 30, 20, "all lines written")
            self.assertEqual(sorted(self.parsed(self.lines(database))), self.milliseconds(told))
            self.assertLess(len(database.written), 30)
            self.assertEqual({each[:3] for each in database.written}, {
                ("/api/v2/write?org=home&bucket=home&precision=ms", "Bearer a-token", "text/plain; charset=utf-8")})
            self.assertEqual(set(self.wait("Answer")), {204})

    def lines(self, database):
        return [line for each in database.written for line in each[3].split("\n")]

    def pointing_to(self, port):
        """What the comment says to change: the address, the token, and the node is enabled."""
        nodes = read_flow("history-to-influxdb")
        (write,) = [each for each in nodes if each["type"] == "http request"]
        self.assertTrue(write.pop("d"))
        write["url"] = write["url"].replace("localhost:8086", f"127.0.0.1:{port}")
        write["credentials"] = {"password": "a-token"}
        return nodes


if __name__ == "__main__":
    unittest.main()
