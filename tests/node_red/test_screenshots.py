"""What a person sees of an example flow in Node-RED's editor, in a real browser; it makes the README's picture."""

import unittest

from node_red.flows import read_flow
from node_red.stage import FlowTest, start_node_red
from system.browser import Browser, keep, skip_without

FLOW = "switch-and-wait"


def setUpModule():  # noqa: N802
    skip_without()
    start_node_red()


class Screenshot(FlowTest):
    def test_the_editor_shows_the_flow_its_connections_and_what_came_of_a_command(self):
        self.start(FLOW)
        browser = Browser(self.directory / "browser").start()
        self.addCleanup(browser.stop)
        nodes = read_flow(FLOW)
        tab = next(each for each in nodes if each["type"] == "tab")
        names = {each["name"] for each in nodes if each["type"] in ("inject", "function", "debug")}
        browser.go(f"http://127.0.0.1:{self.node_red.port}/#flow/{tab['id']}")
        browser.wait({tab["label"], "connected"})
        for each in ("RED.sidebar.show('debug')", "RED.actions.invoke('core:toggle-palette')",
                     "RED.actions.invoke('core:zoom-out')"):
            browser.run(f"void {each}")
        self.node_red.press("OFF")
        browser.wait(names | {'"confirmed"'}, {".red-ui-debug-msg": 1, ".red-ui-notification": 0})
        keep("node-red", browser.picture())
        self.assertEqual(browser.complaints, [])


if __name__ == "__main__":
    unittest.main()
