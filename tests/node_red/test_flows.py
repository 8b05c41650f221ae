"""The example flows as files: whole, tidy, without secrets, and each explains itself."""

import copy
import re
import unittest

from node_red.flows import BROKER, FOLDER, read_flow, read_flows

BETWEEN = 20  # pixels that two nodes are apart, at least
HEIGHT = 30
CALL = 30  # seconds that a call of a vendor may take
MAPPERS = FOLDER.parents[1] / "mappers"


def width(node):
    """About as wide as the editor draws it."""
    return max(100, 50 + 7 * len(node.get("name") or node.get("topic", "")))


def drawn(nodes):
    return [each for each in nodes if "x" in each]


def overlapping(nodes):
    found = []
    for one in drawn(nodes):
        for other in drawn(nodes):
            apart = abs(one["x"] - other["x"]) >= (width(one) + width(other)) / 2 + BETWEEN
            if one["id"] < other["id"] and not apart and abs(one["y"] - other["y"]) < HEIGHT + BETWEEN:
                found.append(f"{one['id']} and {other['id']} overlap")
    return found


def loose_ends(nodes):
    """Wires that lead nowhere, nodes on no flow, nodes without any wire."""
    (tab,) = [each["id"] for each in nodes if each["type"] == "tab"]
    ids = {each["id"] for each in drawn(nodes)}
    wired = {end for each in drawn(nodes) for port in each["wires"] for end in port}
    found = [f"a wire leads to {end}, which is not there" for end in wired - ids]
    for each in drawn(nodes):
        if each["z"] != tab:
            found.append(f"{each['id']} is on another flow")
        if each["type"] != "comment" and each["id"] not in wired and not any(each["wires"]):
            found.append(f"{each['id']} has no wire")
    return found


def explanation(nodes):
    """What is missing of the comment on top that says what the flow does and what to change."""
    comments = [each for each in nodes if each["type"] == "comment"]
    if len(comments) != 1 or comments[0]["y"] != min(each["y"] for each in drawn(nodes)):
        return ["there is not one comment, on top"]
    text = comments[0]["info"]
    return [] if "**To change:**" in text and len(text) > 200 else ["the comment does not say what to change"]


def secrets(nodes):
    found = []
    for each in nodes:
        if {"credentials", "user", "password"} & set(each) or each.get("clientid"):
            found.append(f"{each['id']} has credentials")
        if each.get("libs"):
            found.append(f"{each['id']} uses a module from elsewhere")
    return found


def manners(nodes):
    """Commands are never retained and have QoS 1; the broker is this machine's, by MQTT 5."""
    found = [f"{each['id']} is retained or may be lost" for each in nodes
             if each["type"] == "mqtt out" and (each["retain"], each["qos"]) != ("false", "1")]
    brokers = [(each["broker"], each["port"], each["protocolVersion"]) for each in nodes if each["type"] == BROKER]
    return found if brokers == [("localhost", "1883", "5")] else [*found, "the broker is another one"]


def longest_patience():
    """Seconds that the slowest control of all vendors has to show what was commanded."""
    texts = [path.read_text() for path in MAPPERS.glob("*.cpp")]
    return max(60 * int(minutes) for text in texts
               for minutes in re.findall(r"confirmed_by\(\w+, (\d+)min\)", text))


RULES = (overlapping, loose_ends, explanation, secrets, manners)


def findings(nodes):
    return [finding for rule in RULES for finding in rule(nodes)]


class Flows(unittest.TestCase):
    def setUp(self):
        self.flows = read_flows()

    def test_keep_the_rules(self):
        for name, nodes in self.flows.items():
            with self.subTest(name):
                self.assertEqual(findings(nodes), [])

    def test_have_ids_of_their_own_and_share_one_broker(self):
        brokers = [each for nodes in self.flows.values() for each in nodes if each["type"] == BROKER]
        self.assertTrue(all(each == brokers[0] for each in brokers))
        ids = [each["id"] for nodes in self.flows.values() for each in nodes if each["type"] != BROKER]
        self.assertEqual(len(ids), len(set(ids)))

    def test_every_broken_rule_would_be_seen(self):
        def broken(finding, change):
            nodes = copy.deepcopy(self.flows["switch-and-wait"])
            change({kind: next(each for each in nodes if each["type"] == kind) for kind in
                    ("comment", "inject", "function", "mqtt out", BROKER)})
            with self.subTest(finding):
                self.assertRegex("\n".join(findings(nodes)), finding)

        broken("overlap", lambda of: of["inject"].update(x=of["function"]["x"]))
        broken("leads to nowhere", lambda of: of["inject"].update(wires=[["nowhere"]]))
        broken("has no wire", lambda of: of["inject"].update(wires=[[]]))
        broken("another flow", lambda of: of["inject"].update(z="elsewhere"))
        broken("on top", lambda of: of["comment"].update(y=900))
        broken("what to change", lambda of: of["comment"].update(info="Change nothing."))
        broken("has credentials", lambda of: of[BROKER].update(credentials={"user": "me"}))
        broken("from elsewhere", lambda of: of["function"].update(libs=[{"var": "os", "module": "os"}]))
        broken("retained or may be lost", lambda of: of["mqtt out"].update(retain="true"))
        broken("another one", lambda of: of[BROKER].update(broker="broker.example.com"))

    def test_an_outcome_is_waited_for_as_long_as_the_slowest_takes(self):
        nodes = read_flow("switch-and-wait")
        (wait,) = [each for each in nodes if each["type"] == "delay"]
        (life,) = {int(found) for each in nodes for found in re.findall(r"ttl: (\d+)", each.get("func", ""))}
        self.assertEqual(wait["timeoutUnits"], "seconds")
        self.assertGreaterEqual(int(wait["timeout"]), life + CALL + longest_patience())

    def test_are_all_in_the_readme(self):
        listed = re.findall(r"\]\(([\w-]+)\.json\)", (FOLDER / "README.md").read_text())
        self.assertEqual(sorted(listed), sorted(self.flows))


if __name__ == "__main__":
    unittest.main()
