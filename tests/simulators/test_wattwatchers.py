"""The simulated energy meters behave as Wattwatchers' pages say."""

import sys
import unittest
from pathlib import Path
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from simulators.test_simulators import SimulatorTest  # noqa: E402

METER, OTHER = "D123456789012", "D000000000002"
SWITCH = f"{METER}_S1"


class Wattwatchers(SimulatorTest):
    arguments = ("--meters", "2", "--history", "2")

    def get(self, path, key="key_demo"):
        return self.ask("wattwatchers", "GET", path, headers={"Authorization": f"Bearer {key}"})

    def patch(self, body, device=METER, key="key_demo"):
        headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json"}
        return self.ask("wattwatchers", "PATCH", f"/devices/{device}", body, headers)

    def change(self, **wish):
        self.control("POST", "/state", {"wattwatchers": wish})

    def records(self, hours=3, device=METER, ahead=0):
        now = int(self.now()) + ahead
        return self.get(f"/long-energy/{device}?" + urlencode({"fromTs": now - hours * 3600, "toTs": now + 1})).json

    def now(self):
        from simulators.sim_clock import seconds_of
        return seconds_of(self.control("GET", "/truth")["now"])

    def truth(self, since=0, device=METER):
        return self.control("GET", f"/truth?since={since}")["wattwatchers"][device]

    def test_devices_are_ids_and_each_has_a_document(self):
        self.assertEqual(self.get("/devices").json, [METER, OTHER])
        meter = self.get(f"/devices/{METER}").json
        self.assertEqual((len(meter["channels"]), len(meter["switches"])), (6, 3))
        self.assertIsInstance(meter["comms"]["lastHeardAt"], float)
        other = self.get(f"/devices/{OTHER}").json
        self.assertNotIn("switches", other)
        self.assertEqual(other["channels"][2]["categoryId"], 0)
        self.assertEqual(self.get("/devices/D999999999999").status, 404)
        self.assertEqual(self.violations(), [])

    def test_keys(self):
        for key in ("", "key_other"):
            self.assertEqual(self.get("/devices", key).status, 401)
        self.assertEqual(self.get("/devices", "key_reading").status, 200)
        refused = self.patch({"switches": [{"id": SWITCH, "state": "closed"}]}, key="key_reading")
        self.assertEqual((refused.status, refused.json["errors"][0]["code"]), (403, "FORBIDDEN"))

    def test_latest_has_several_forms(self):
        self.assertEqual(len(self.get(f"/short-energy/{METER}/latest").json["eReal"]), 6)
        for form, status in (("list", 200), ("empty", 200), ("none", 204)):
            self.change(set={METER: {"short": form}})
            answer = self.get(f"/short-energy/{METER}/latest")
            self.assertEqual((answer.status, bool(answer.body)), (status, status == 200))

    def test_windows_of_long_energy(self):
        records = self.records()
        self.assertEqual(len(records), 24)
        self.assertEqual({each["duration"] for each in records}, {300})
        first, second = records[0]["timestamp"], records[1]["timestamp"]
        inside = self.get(f"/long-energy/{METER}?fromTs={first}&toTs={second}").json
        self.assertEqual([each["timestamp"] for each in inside], [first])
        self.assertEqual(self.violations(), [])
        self.assertEqual(self.get(f"/long-energy/{METER}").status, 400)
        week = 7 * 86400
        self.assertEqual(self.get(f"/long-energy/{METER}?fromTs={first - week}&toTs={first}").status, 200)
        self.assertEqual(self.get(f"/long-energy/{METER}?fromTs={first - week - 1}&toTs={first}").status, 422)
        self.assertEqual(len(self.violations()), 2)

    def test_records_add_up_to_the_truth(self):
        records = self.records()
        sums = [sum(each["eRealPositive"][0] for each in records), sum(each["eRealNegative"][3] for each in records)]
        channels = self.truth()["channels"]
        self.assertEqual([channels[f"{METER}_C1"]["imported"], channels[f"{METER}_C4"]["exported"]], sums)
        self.assertEqual({each["eRealPositive"][2] for each in self.records(device=OTHER)}, {None})
        self.assertNotIn(f"{OTHER}_C3", self.truth(device=OTHER)["channels"])

    def test_disturbed_records_keep_their_truth(self):
        def imported():
            return self.truth()["channels"][f"{METER}_C1"]["imported"]

        def disturb(kind, **more):
            self.change(records=[{"device": METER, "kind": kind, **more}])

        before = imported()
        disturb("duplicate", count=2)
        self.assertEqual((len(self.records()), imported()), (26, before))
        disturb("second")
        self.assertEqual(imported(), before)
        disturb("null", channels=[0], seconds=60)
        self.assertIsNone(self.records()[-1]["eRealPositive"][0])
        self.assertLess(imported(), before)
        disturb("late", count=3, seconds=60)
        self.assertLess(len(self.records()), 24)
        self.control("POST", "/state", {"advance": 61})
        self.assertEqual(imported(), before)
        disturb("missing")
        self.assertLess(imported(), before)

    def test_a_meter_that_was_away_uploads_what_it_kept(self):
        self.change(set={METER: {"offline": True}})
        heard = self.get(f"/devices/{METER}").json["comms"]["lastHeardAt"]
        count = len(self.records())
        self.control("POST", "/state", {"advance": 3600})
        self.assertEqual(self.get(f"/devices/{METER}").json["comms"]["lastHeardAt"], heard)
        self.assertEqual(len(self.records(hours=5)), count)
        self.change(set={METER: {"offline": False}})
        self.assertEqual(len(self.records(hours=5)), count + 12)

    def test_a_switch_is_pending_until_it_moves(self):
        self.change(set={METER: {"relay_seconds": 30}})
        pending = self.patch({"switches": [{"id": SWITCH, "state": "closed"}]}).json["switches"][0]
        self.assertEqual((pending["state"], pending["pending"]), ("open", {"state": "closed"}))
        self.control("POST", "/state", {"advance": 31})
        moved = self.get(f"/devices/{METER}").json["switches"][0]
        self.assertEqual(moved["state"], "closed")
        self.assertNotIn("pending", moved)
        self.assertEqual(self.truth()["switches"][SWITCH], "closed")

    def test_what_may_not_be_written_is_refused(self):
        for body in ({"model": "6M"}, {"comms": {}}, {"colour": "red"}, {}, "nothing",
                     {"switches": [{"id": f"{METER}_S9", "state": "open"}]},
                     {"switches": [{"id": SWITCH, "state": "ON"}]},
                     {"switches": [{"id": SWITCH, "pending": {}}]}):
            answer = self.patch(body)
            self.assertEqual(answer.status, 422, body)
            self.assertTrue(answer.json["errors"][0]["message"])
        self.assertEqual(len(self.violations()), 8)

    def test_modbus_is_where_it_is(self):
        reading = self.get(f"/modbus/{METER}/latest").json
        self.assertEqual(reading["kWh_Net"], reading["kWh_Imp"] - reading["kWh_Exp"])
        self.assertEqual(self.get(f"/modbus/{OTHER}/latest").status, 204)

    def test_limits_stand_in_headers_and_are_kept(self):
        answer = self.get("/devices")
        self.assertEqual(answer.headers["x-ratelimit-tpslimit"], "100")
        self.assertEqual(answer.headers["x-ratelimit-tpdremaining"], str(1000000 - 1))
        self.assertLessEqual(float(answer.headers["x-ratelimit-tpsreset"]), 1)
        self.change(limits={"tpd": 1})
        refused = self.get("/devices")
        self.assertEqual((refused.status, refused.json["code"]), (429, "TOO_MANY_REQUESTS_TPD"))
        self.assertGreaterEqual(int(refused.headers["retry-after"]), 1)

    def test_one_meter_may_fail_alone(self):
        self.change(failing={METER: 500})
        self.assertEqual([self.get(f"/devices/{each}").status for each in (METER, OTHER)], [500, 200])


del SimulatorTest

if __name__ == "__main__":
    unittest.main()
