"""The OAuth server enforces what the RFCs say, and does wrong what it is told to."""

import base64
import json
import time
import unittest
from urllib.parse import parse_qs, urlencode, urlsplit

from simulators.http_server import Request
from simulators.oauth import FORM, JSON, OAuthServer, challenge_of

HERE = "http://127.0.0.1:8000/"
VERIFIER = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"  # RFC 7636, appendix B
CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"


class ServerTest(unittest.TestCase):
    def setUp(self):
        self.notes = []
        self.server = self.made()

    def ask(self, method, path, query=None, body=b"", kind=FORM, authorization=None):
        headers = {"content-type": kind} if body else {}
        if authorization:
            headers["authorization"] = authorization
        request = Request(method, path, urlencode(query or {}), headers, body, 1, query or {})
        return self.server.answer(request, self.notes.append)

    def post(self, form, **how):
        return self.ask("POST", self.server.token_path, None, urlencode(form).encode(), **how)

    def error_of(self, response, status=400):
        self.assertEqual(response.status, status)
        return json.loads(response.body)["error"]

    def lives(self, token):
        request = Request("GET", "/", "", {"authorization": f"Bearer {token}"}, b"", 1)
        return self.server.is_authorized(request, self.notes.append)


class AuthorizationCode(ServerTest):
    def made(self):
        return OAuthServer("/oauth2/token", ["authorization_code"], "customer_api",
                           authorize_path="/oauth2/authorize", scope="api")

    def sign_in(self, **changes):
        """What the browser's redirect carries."""
        query = {"response_type": "code", "client_id": "customer_api", "redirect_uri": HERE, "scope": "api",
                 "state": "s1", "code_challenge": CHALLENGE, "code_challenge_method": "S256", **changes}
        response = self.ask("GET", "/oauth2/authorize", {name: value for name, value in query.items() if value})
        self.assertEqual(response.status, 302)
        self.assertTrue(response.headers["Location"].startswith(HERE + "?"))
        return {name: values[0] for name, values in parse_qs(urlsplit(response.headers["Location"]).query).items()}

    def redeem(self, code, **changes):
        return self.post({"grant_type": "authorization_code", "code": code, "client_id": "customer_api",
                          "redirect_uri": HERE, "code_verifier": VERIFIER, **changes})

    def logged_in(self):
        return json.loads(self.redeem(self.sign_in()["code"]).body)

    def refresh(self, token):
        return self.post({"grant_type": "refresh_token", "refresh_token": token, "client_id": "customer_api"})

    def test_the_challenge_is_the_rfcs(self):
        self.assertEqual(challenge_of(VERIFIER), CHALLENGE)

    def test_a_code_gives_tokens_once(self):
        back = self.sign_in()
        self.assertEqual(back["state"], "s1")
        answer = json.loads(self.redeem(back["code"]).body)
        self.assertEqual(answer["expires_in"], 3600)
        self.assertTrue(self.lives(answer["access_token"]))
        self.assertEqual(self.error_of(self.redeem(back["code"])), "invalid_grant")

    def test_redirect_and_verifier_must_fit(self):
        for changes in ({"redirect_uri": HERE + "x"}, {"code_verifier": VERIFIER + "x"}, {"code_verifier": ""}):
            self.assertEqual(self.error_of(self.redeem(self.sign_in()["code"], **changes)), "invalid_grant")
        plain = self.sign_in(code_challenge="", code_challenge_method="")
        self.assertEqual(self.redeem(plain["code"], code_verifier="any").status, 200)

    def test_a_sign_in_that_is_wrong_goes_back_with_an_error(self):
        self.assertEqual(self.sign_in(response_type="token")["error"], "unsupported_response_type")
        self.assertEqual(self.sign_in(scope="all")["error"], "invalid_scope")
        self.assertEqual(self.sign_in(code_challenge_method="plain")["error"], "invalid_request")
        self.server.change({"deny": "access_denied"})
        self.assertEqual(self.sign_in(), {"error": "access_denied", "state": "s1"})

    def test_an_unknown_client_is_not_sent_back(self):
        response = self.ask("GET", "/oauth2/authorize", {"client_id": "x", "redirect_uri": HERE})
        self.assertEqual(self.error_of(response), "invalid_request")

    def test_a_body_is_a_form_and_nothing_else(self):
        body = json.dumps({"grant_type": "refresh_token"}).encode()
        self.server.change({"types": [FORM]})
        self.assertEqual(self.error_of(self.ask("POST", "/oauth2/token", None, body, JSON)), "invalid_request")
        self.assertEqual(self.error_of(self.ask("POST", "/oauth2/token", None, b"nonsense")), "invalid_request")
        self.assertEqual(self.error_of(self.ask("GET", "/oauth2/token")), "invalid_request")
        self.assertEqual(self.error_of(self.post({"grant_type": "password", "client_id": "customer_api"})),
                         "unsupported_grant_type")

    def test_an_empty_secret_is_a_violation(self):
        self.redeem(self.sign_in()["code"], client_secret="")
        self.assertEqual(self.notes, ["a public client has no secret to send"])

    def test_refresh_tokens_stay_rotate_or_are_left_out(self):
        first = self.logged_in()["refresh_token"]
        self.assertEqual(json.loads(self.refresh(first).body)["refresh_token"], first)
        self.server.change({"omit_refresh_token": True})
        self.assertNotIn("refresh_token", json.loads(self.refresh(first).body))
        self.server.change({"omit_refresh_token": False, "rotate": True})
        second = json.loads(self.refresh(first).body)["refresh_token"]
        self.assertNotEqual(second, first)
        self.assertEqual(self.error_of(self.refresh(first)), "invalid_grant")
        self.assertEqual(self.refresh(second).status, 200)

    def test_consent_can_be_revoked_and_tokens_end(self):
        tokens = self.logged_in()
        self.server.change({"expire_tokens": True})
        self.assertFalse(self.lives(tokens["access_token"]))
        self.assertEqual(self.refresh(tokens["refresh_token"]).status, 200)
        self.server.change({"revoke_consent": True})
        self.assertEqual(self.error_of(self.refresh(tokens["refresh_token"])), "invalid_grant")

    def test_ordered_answers_come_first(self):
        token = self.logged_in()["refresh_token"]
        self.server.change({"token_answers": [{"status": 500, "times": 2}, {"kind": "empty"}, {"kind": "not_json"}]})
        answers = [self.refresh(token) for _ in range(5)]
        self.assertEqual([each.status for each in answers], [500, 500, 200, 200, 200])
        self.assertTrue(answers[0].body.startswith(b"<!DOCTYPE html>"))
        self.assertEqual(answers[2].body, b"")
        with self.assertRaises(ValueError):
            json.loads(answers[3].body)
        self.assertIn("access_token", json.loads(answers[4].body))

    def test_a_life_may_go_unsaid(self):
        self.server.change({"token_life": None})
        self.assertNotIn("expires_in", self.logged_in())


class ClientCredentials(ServerTest):
    def made(self):
        return OAuthServer("/oauth2/token/", ["client_credentials"], "id 1", "se:cret%", token_life=36000)

    def basic(self, text="id+1:se%3Acret%25"):
        return "Basic " + base64.b64encode(text.encode()).decode()

    def grant(self, **how):
        return self.post({"grant_type": "client_credentials"}, **how)

    def test_id_and_secret_come_form_encoded_by_http_basic(self):
        answer = json.loads(self.grant(authorization=self.basic()).body)
        self.assertEqual(answer["expires_in"], 36000)
        self.assertNotIn("refresh_token", answer)
        self.assertTrue(self.lives(answer["access_token"]))
        self.assertAlmostEqual(self.server.tokens[answer["access_token"]], time.time() + 36000, delta=60)

    def test_others_are_refused(self):
        for authorization in (None, self.basic("id 1:wrong"), "Basic !", "Bearer x"):
            self.assertEqual(self.error_of(self.grant(authorization=authorization), 401), "invalid_client")

    def test_json_is_taken_where_it_is_allowed(self):
        body = json.dumps({"grant_type": "client_credentials"}).encode()
        self.assertEqual(self.ask("POST", "/oauth2/token/", None, body, JSON, self.basic()).status, 200)
        self.server.change({"types": [FORM]})
        self.assertEqual(self.ask("POST", "/oauth2/token/", None, body, JSON, self.basic()).status, 400)

    def test_a_path_without_its_slash_redirects(self):
        self.assertEqual(self.ask("POST", "/oauth2/token").status, 301)
        self.assertIsNone(self.ask("GET", "/elsewhere"))


if __name__ == "__main__":
    unittest.main()
