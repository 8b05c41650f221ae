"""The simulated Podero behaves as the vendor's page says."""

import json

from simulators.test_simulators import SimulatorTest

ORGANISATION = "3c90c3cc-0d44-4b50-8888-8dd257360520"
USER = "3c90c3cc-0d44-4b50-8888-8dd257360521"
PUMP = "3c90c3cc-0d44-4b50-8888-8dd25736052a"
USERS = f"/org/{ORGANISATION}/users"
PUMPS = f"{USERS}/{USER}/heat-pumps"
ONE = f"{PUMPS}/{PUMP}"
BASIC = "Basic ZGVtby1jbGllbnQ6ZGVtby1jbGllbnQtc2VjcmV0"  # demo-client:demo-client-secret


class PoderoTest(SimulatorTest):
    arguments = ("--heat-pumps", "3", "--pumps", "0", "--controllers", "0")

    def setUp(self):
        super().setUp()
        self.urls["token"] = self.urls["podero"].split("/api/")[0]
        self.token = self.signed_in().json["access_token"]

    def signed_in(self):
        body = json.dumps({"grant_type": "client_credentials"})
        return self.ask("token", "POST", "/oauth2/token/", body,
                        {"Authorization": BASIC, "Content-Type": "application/json"})

    def call(self, method, path, body=None, kind="application/json"):
        headers = {"Authorization": f"Bearer {self.token}", **({"Content-Type": kind} if body is not None else {})}
        return self.ask("podero", method, path, body, headers)

    def change(self, **wish):
        self.control("POST", "/state", {"podero": wish})

    def pump(self):
        return self.call("GET", ONE).json


class Reading(PoderoTest):
    def test_every_user_has_its_own_pumps(self):
        users = [each["id"] for each in self.call("GET", USERS).json]
        pumps = [self.call("GET", f"{USERS}/{user}/heat-pumps").json for user in users]
        self.assertEqual([len(each) for each in pumps], [1, 1, 1])
        self.assertEqual(pumps[0][0]["id"], PUMP)
        self.assertEqual(len({each[0]["id"] for each in pumps}), 3)
        self.assertEqual(self.pump(), pumps[0][0])
        self.assertEqual(self.violations(), [])

    def test_users_come_in_the_form_that_is_wished(self):
        self.change(users_as="results", more_users="https://example.com/users?page=2")
        answer = self.call("GET", USERS).json
        self.assertEqual((answer["results"][0]["id"], answer["next"]), (USER, "https://example.com/users?page=2"))

    def test_a_token_is_needed_and_ends(self):
        self.assertEqual(self.ask("podero", "GET", PUMPS).status, 401)
        self.change(oauth={"expire_tokens": True})
        self.assertEqual(self.call("GET", PUMPS).status, 401)
        self.token = self.signed_in().json["access_token"]
        self.assertEqual(self.call("GET", PUMPS).status, 200)

    def test_what_is_not_there_or_not_permitted(self):
        for path, status in ((f"/org/other/users/{USER}/heat-pumps", 403), (f"{USERS}/other/heat-pumps", 404),
                             (f"{PUMPS}/other", 404), ("/devices", 404)):
            answer = self.call("GET", path)
            self.assertEqual((answer.status, bool(answer.json["detail"])), (status, True), path)
        self.change(forbidden=[USER])
        self.assertEqual(self.call("GET", PUMPS).status, 403)

    def test_values_move_on_when_the_vendor_refreshes_and_not_before(self):
        before = self.pump()
        self.assertEqual(self.pump(), before)
        self.control("POST", "/state", {"advance": 301})
        after = self.pump()
        self.assertGreater(after["current_state_last_updated_at"], before["current_state_last_updated_at"])

    def test_loose_temperatures_are_text(self):
        self.change(loose=True)
        self.assertEqual(self.pump()["inlet_temperature"], "31.2")


class Writing(PoderoTest):
    def test_an_update_changes_its_fields_and_no_others(self):
        before = self.pump()
        answer = self.call("PUT", ONE, {"optimization_level": "Max"})
        self.assertEqual((answer.status, answer.json["optimization_level"]), (200, "Max"))
        after = self.pump()
        self.assertEqual({key for key in after if after[key] != before[key]}, {"optimization_level", "updated_at"})
        self.assertEqual(self.violations(), [])

    def test_wrong_bodies_are_refused_with_their_places(self):
        wrong = ({}, [], {"optimization_level": "mid"}, {"is_smart_optimization_active": "ON"}, {"id": "x"},
                 {"maximum_temperature_limit": "23"}, {"away_mode_start": "tomorrow"}, {"owner": {}})
        for body in wrong:
            answer = self.call("PUT", ONE, body)
            self.assertEqual(answer.status, 422, body)
            self.assertEqual(answer.json["detail"][0]["loc"][0], "body")
        self.assertEqual(self.call("PUT", ONE, "{", ).status, 400)
        self.assertEqual(self.call("PUT", ONE, "a=b", "application/x-www-form-urlencoded").status, 415)
        self.assertEqual(len(self.violations()), len(wrong) + 2)

    def test_fields_that_nobody_should_send_are_recorded(self):
        self.assertEqual(self.call("PUT", ONE, {"deleted_at": "2026-01-01T00:00:00Z"}).status, 200)
        self.assertEqual(self.violations(), ["deleted_at must never be sent"])

    def test_a_pause_ends(self):
        now = self.control("GET", "/truth")["now"]
        self.call("PUT", ONE, {"is_pause_power_active": True, "pause_power_until": now[:14] + "59:59.999Z"})
        self.control("POST", "/state", {"advance": 3600})
        self.assertEqual((self.pump()["is_pause_power_active"], self.pump()["pause_power_until"]), (False, None))

    def test_another_field_may_change_along(self):
        self.change(with_write={"is_space_heating_enabled": False})
        self.call("PUT", ONE, {"optimization_level": "Low"})
        self.assertIs(self.pump()["is_space_heating_enabled"], False)

    def test_a_field_may_stay_as_it_is_while_others_are_written(self):
        self.change(kept=["pause_power_until"])
        self.call("PUT", ONE, {"is_pause_power_active": True, "pause_power_until": "2099-01-01T00:00:00Z"})
        self.assertEqual(self.pump()["pause_power_until"], None)
        self.change(kept=[])
        self.call("PUT", ONE, {"pause_power_until": "2099-01-01T00:00:00Z"})
        self.assertEqual(self.pump()["pause_power_until"], "2099-01-01T00:00:00Z")

    def test_a_write_may_show_later_or_never(self):
        self.change(latency=60)
        self.call("PUT", ONE, {"optimization_level": "Low"})
        self.assertEqual(self.pump()["optimization_level"], "Mid")
        self.control("POST", "/state", {"advance": 61})
        self.assertEqual(self.pump()["optimization_level"], "Low")
        self.change(latency=0, ignore_next=1)
        self.assertEqual(self.call("PUT", ONE, {"optimization_level": "Max"}).status, 200)
        self.assertEqual(self.pump()["optimization_level"], "Low")
