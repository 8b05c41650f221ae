"""Node-RED and all that the example flows run against."""

import sys
import tempfile
import unittest
from functools import partial
from pathlib import Path

from node_red.editor import NodeRed
from node_red.flows import at_broker, read_flow
from node_red.installation import CannotInstall, installed
from system.harness import BASE, LOAD, POOL, PUMP, SystemTest, fleet_account, green_account, pool_account, topic

NOT_RUN = 77  # SKIP_RETURN_CODE in tests/CMakeLists.txt
SHARED = {}


def start_node_red():
    """One Node-RED for all tests of a module; each deploys its own flow, which ends the one before."""
    try:
        command = installed()
    except CannotInstall as reason:
        print(f"The example flows were not tested. {reason}", file=sys.stderr)
        sys.exit(NOT_RUN)
    SHARED["directory"] = tempfile.TemporaryDirectory(prefix="cloud2mqtt-node-red-")
    unittest.addModuleCleanup(SHARED["directory"].cleanup)
    SHARED["node_red"] = NodeRed(command, Path(SHARED["directory"].name) / "user")
    unittest.addModuleCleanup(SHARED["node_red"].stop)
    SHARED["node_red"].start()


class FlowTest(SystemTest):
    """Broker, simulators and bridge with the accounts that the examples name."""

    def setUp(self):
        super().setUp()
        self.node_red = SHARED["node_red"]

    def tearDown(self):
        self.assertEqual(self.node_red.complaints(), [])

    def accounts(self):
        urls = self.simulators.urls
        return {"fleet": fleet_account(urls["ewellcon"]), "home": green_account(urls["automate_green"]),
                "pool": pool_account(urls["ondilo"])}

    def start(self, flow, signed_in=False, behind=0):
        self.start_broker()
        self.start_simulators("--ondilo-quota", "0", "--behind", str(behind))
        self.start_observer()
        self.start_bridge()
        self.observer.wait_text(f"{BASE}/bridge/availability", "online")
        if signed_in:
            self.sign_in("pool")
        for account, device in (("fleet", PUMP), ("home", LOAD), *([("pool", POOL)] if signed_in else [])):
            # What was last heard of six hours ago is offline until it is heard again.
            if not behind:
                self.observer.wait_text(topic(account, device, "availability"), "online")
            self.observer.wait_for(partial(self.state, account, device), 20, f"state of {device}")
        self.deploy(read_flow(flow))

    def deploy(self, nodes):
        self.addCleanup(self.node_red.deploy, [])  # before the broker goes
        self.node_red.deploy(at_broker(nodes, self.broker.port))

    def wait(self, name, count=1):
        """Waits for so many values in the sidebar; all of them."""
        return self.node_red.sidebar.wait(name, count)

    def shown(self, name):
        return self.node_red.sidebar.shown(name)
