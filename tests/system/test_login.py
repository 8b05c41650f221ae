"""A person's login beside the running service: two processes, one state file, a real sign-in."""

import re
import signal
import subprocess
import unittest
import urllib.error
import urllib.request

from system.harness import BASE, SystemTest
from system.processes import die_with_parent


class Login:
    """`cloud2mqtt login`, with its keyboard and its screen."""

    def __init__(self, program, file, account="pool"):
        self.process = subprocess.Popen(
            [program, "login", account, "--config", file, "--port", "0"], preexec_fn=die_with_parent,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.said = ""
        self.address = self.until(r"^http://\S+$")

    def until(self, pattern):
        """Reads the screen up to the line that the expression finds; the line."""
        for line in self.process.stdout:
            self.said += line
            if re.search(pattern, line):
                return line.strip()
        raise AssertionError(f"'{pattern}' was never said: {self.said}")

    def paste(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()

    def end(self):
        """The exit status, once it has ended by itself."""
        self.said += self.process.stdout.read()
        return self.process.wait(20)

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process.stdin.close()
        self.process.stdout.close()


class NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_):
        return None


def visited(address):
    """The page where a browser on this machine ends."""
    with urllib.request.urlopen(address, timeout=10) as answer:
        return answer.read().decode()


def redirect_of(address):
    """Where the vendor sends a browser that runs elsewhere."""
    try:
        urllib.request.build_opener(NoRedirect).open(address, timeout=10)
    except urllib.error.HTTPError as answer:
        with answer:
            return answer.headers["Location"]
    raise AssertionError("the vendor sent nobody on")


class LoginTest(SystemTest):
    def accounts(self, **_):
        return {"pool": {"mapper": "ondilo", "base_url": self.simulators.urls["ondilo"]}}

    def setUp(self):
        super().setUp()
        self.start_broker()
        self.start_simulators()
        self.start_observer()
        self.start_bridge()
        self.wait_reason("pool", "login_needed")

    def login(self):
        login = Login(self.program, self.bridge.file)
        self.addCleanup(login.kill)
        return login

    def log_in(self):
        login = self.login()
        visited(login.address)
        self.assertEqual(login.end(), 0, login.said)
        return login

    def change(self, **wish):
        self.simulators.change(ondilo={"oauth": wish})

    def status(self):
        return subprocess.run([self.program, "login", "--status", "--config", self.bridge.file], text=True,
                              capture_output=True, check=True, timeout=20).stdout

    def test_the_service_takes_it_over_without_a_restart(self):
        self.assertEqual(self.observer.text(f"{BASE}/pool/availability"), "offline")
        self.assertIn("login needed", self.status())
        login = self.login()
        self.assertIn("you may close this window", visited(login.address))
        self.assertEqual(login.end(), 0, login.said)
        self.assertRegex(login.said, r"stored in \S+/state\.\nIts token expires \S+Z and is renewed by itself")
        status = self.wait_reason("pool", "ok")
        self.observer.wait_text(f"{BASE}/pool/availability", "online")
        self.assertRegex(status["token_expires"], r"^20\d\d-\d\d-\d\dT\d\d:\d\d:\d\d\.\d\d\dZ$")
        self.assertIn("ok, the token in use expires", self.status())
        self.assertEqual(self.simulators.violations(), [])
        self.assertNotIn("simulated-", self.bridge.log() + login.said + self.status() +
                         "".join(str(each) for each in self.retained().values()))

    def test_a_lost_consent_comes_back_by_a_pasted_address(self):
        self.log_in()
        self.wait_reason("pool", "ok")
        self.change(revoke_consent=True)
        self.poll_now()
        status = self.wait_reason("pool", "consent_revoked")
        self.assertIn('run "cloud2mqtt login pool"', status["message"])
        self.observer.wait_text(f"{BASE}/pool/availability", "offline")
        self.assertIn("does not accept the last one any more", self.status())
        login = self.login()
        login.paste("http://example.com/")
        login.until("This is not the address")
        login.paste(redirect_of(login.address))
        self.assertEqual(login.end(), 0, login.said)
        self.wait_reason("pool", "ok")

    def test_a_denial_is_said_and_another_try_works(self):
        self.change(deny="access_denied")
        login = self.login()
        self.assertIn("that of the ICO app", visited(login.address))
        login.until("did not grant the sign-in: access_denied")
        self.change(deny=None)
        visited(login.address)
        self.assertEqual(login.end(), 0, login.said)

    def test_rotated_refresh_tokens_outlive_the_service(self):
        self.change(rotate=True)
        self.log_in()
        self.wait_reason("pool", "ok")
        self.change(expire_tokens=True)
        self.poll_now()
        self.wait_requests("POST /oauth2/token", 2)
        self.bridge.kill()
        self.change(expire_tokens=True)
        self.bridge.start()
        self.wait_requests("POST /oauth2/token", 3)
        self.wait_reason("pool", "ok")
        self.assertEqual(len(self.simulators.state()["ondilo"]["oauth"]["refresh_tokens"]), 1)

    def test_ctrl_c_changes_nothing(self):
        login = self.login()
        login.paste("anything")
        login.until("This is not the address")
        login.process.send_signal(signal.SIGINT)
        self.assertEqual(login.end(), 1)
        self.assertIn("broken off: nothing was changed", login.said)
        self.assertIn("login needed", self.status())


if __name__ == "__main__":
    unittest.main()
