"""The tour: each step does something, looks at what came of it, and compares it with what was promised."""

import time

from system.harness import BASE, HEAT_PUMP, LOAD, METER, POOL, topic
from system.mqtt import retained

PUMPS = ("pump-001", "pump-002", "pump-003")
CONTROLLERS = (LOAD, "controller-002")
HEAT_PUMPS = (HEAT_PUMP, "3c90c3cc-0d44-4b50-8888-a00000000002")
POOLS = (POOL, str(int(POOL) + 1))
CHANNELS = (*(f"{METER}_C{number}" for number in range(1, 7)), "D000000000002_C1", "D000000000002_C2")
METERS = (METER, "D000000000002", *CHANNELS, *(f"{METER}_S{number}" for number in (1, 2, 3)))
DEVICES = [("fleet", "hub"), *(("fleet", each) for each in PUMPS), *(("green", each) for each in CONTROLLERS),
           *(("heat", each) for each in HEAT_PUMPS), *(("pool", each) for each in POOLS),
           *(("watt", each) for each in METERS)]
OWN_DEVICES = ("bridge", "account_fleet", "account_green", "account_heat", "account_pool", "account_watt")
DISCOVERY = "homeassistant/device/"
SIMULATED_HOURS = 3
GOOD = ("done", "confirmed")


class Tour:
    """The steps, in order; each returns what it saw or raises AssertionError."""

    def __init__(self, stage, seconds):
        self.stage, self.observer, self.simulators = stage, stage.observer, stage.simulators
        self.deadline = time.monotonic() + seconds

    def left(self, most=25):
        """How long a wait may last."""
        return max(0.5, min(most, self.deadline - time.monotonic()))

    def until(self, predicate, what, most=25):
        return self.observer.wait_for(predicate, self.left(most), what)

    def text_becomes(self, name, expected):
        self.until(lambda: self.observer.text(name) == expected, f"{name} = {expected}")

    def state(self, account, device):
        return self.observer.json(topic(account, device, "state")) or {}

    def outcome(self, payload, device=LOAD, account="green", key="load", **more):
        """Sends a command, for a load unless said otherwise; the outcome document."""
        mark = self.observer.mark()
        self.observer.publish(topic(account, device, f"{key}/set"), payload, **more)
        return self.observer.wait_next(topic(account, device, "outcome"), mark, self.left()).json

    # ---- the steps ---------------------------------------------------------------------------

    def every_device_is_announced_and_online(self):
        self.text_becomes(f"{BASE}/bridge/availability", "online")
        for account, device in DEVICES:
            if device != "hub":
                self.text_becomes(topic(account, device, "availability"), "online")
        count = len(OWN_DEVICES) + len(DEVICES)
        self.until(lambda: len(self.announced()) == count, f"{count} discovery documents")
        entities = sum(len(document["components"]) for document in self.announced().values())
        return f"{count} discovery documents with {entities} entities; bridge, accounts and devices online"

    def announced(self):
        found = {name: self.observer.json(name) for name in list(self.observer.last) if name.startswith(DISCOVERY)}
        return {name: each for name, each in found.items() if each}

    def states_equal_the_vendors_truth(self):
        def equal():
            facts = self.simulators.state()
            pumps = facts["ewellcon"]["pumps"]
            controllers = facts["automate_green"]["controllers"]
            heat_pumps = facts["podero"]["heat_pumps"]
            return all((
                *(pump_fits(self.state("fleet", each), pumps[each]) for each in PUMPS),
                *(load_fits(self.state("green", each), controllers[each]["status"]["info"]) for each in CONTROLLERS),
                *(heat_fits(self.state("heat", each), heat_pumps[each]) for each in HEAT_PUMPS),
                *(pool_fits(self.state("pool", each), self.simulators.truth()["ondilo"][each]) for each in POOLS)))

        self.until(equal, "states that equal the simulators' truth")
        pump, load = self.state("fleet", PUMPS[0]), self.state("green", LOAD)
        return f"{PUMPS[0]}: water {pump['water']}, battery {pump['battery']}; {LOAD}: {load['voltage']} V, load on"

    def a_recommendation_is_validated(self):
        first, second = self.simulators.truth()["ondilo"][POOL]["waiting"]
        self.until(lambda: self.state("pool", POOL).get("recommendation_id") == second, "the newest recommendation")
        mark = self.observer.mark()
        self.observer.publish(topic("pool", POOL, "validate_recommendation/set"), "PRESS")
        answer = self.observer.wait_next(topic("pool", POOL, "outcome"), mark, self.left()).json
        assert answer["outcome"] == "confirmed", answer
        assert self.simulators.truth()["ondilo"][POOL]["waiting"] == [first], "the vendor still waits for it"
        return f"PRESS to {topic('pool', POOL, 'validate_recommendation/set')}: confirmed, one is left"

    def a_load_is_switched(self):
        answer = self.outcome("OFF")
        assert answer["outcome"] in GOOD, answer
        self.until(lambda: self.state("green", LOAD).get("load") is False, "load off in the state")
        assert self.simulators.truth()["automate_green"][LOAD]["on"] is False, "the vendor's load is still on"
        return f"OFF to {topic('green', LOAD, 'load/set')}: {answer['outcome']}; the state says load false"

    def a_heat_pump_pauses(self):
        answer = self.outcome('{"value": {"state": "ON", "hours": 3}}', HEAT_PUMP, "heat", "pause")
        assert answer["outcome"] in GOOD, answer
        self.until(lambda: self.state("heat", HEAT_PUMP).get("pause") is True, "a pause in the state")
        facts = self.simulators.state()["podero"]["heat_pumps"][HEAT_PUMP]
        assert facts["is_pause_power_active"] is True, "the vendor's heat pump does not pause"
        return f"three hours: {answer['outcome']}; the vendor says until {facts['pause_power_until']}"

    def a_relay_that_takes_its_time_is_confirmed(self):
        relay = f"{METER}_S1"
        answer = self.outcome("ON", relay, "watt", "switch")
        assert answer["outcome"] == "confirmed", answer
        assert self.simulators.truth()["wattwatchers"][METER]["switches"][relay] == "closed", "the contactor is open"
        return f"ON to {topic('watt', relay, 'switch/set')}: confirmed once nothing was pending"

    def a_command_gets_its_answer_on_its_response_topic(self):
        mark = self.observer.mark()
        answer = self.outcome('{"value": "ON", "id": "tour-1"}', response_topic="tour/answers", correlation=b"\x01tour")
        reply = self.observer.wait_next("tour/answers", mark, self.left())
        assert reply.correlation == b"\x01tour", f"correlation data {reply.correlation}"
        assert reply.json == answer and answer["id"] == "tour-1" and answer["outcome"] in GOOD, (reply.json, answer)
        self.until(lambda: self.state("green", LOAD).get("load") is True, "load on in the state")
        return f"{answer['outcome']} with id {answer['id']} on tour/answers, with its correlation data"

    def a_bad_command_is_rejected(self):
        before = self.simulators.count()
        answer = self.outcome("MAYBE")
        assert answer["outcome"] == "rejected" and answer["reason"] == "invalid_argument", answer
        assert answer["message"], "no message says what to send"
        assert not self.simulators.asked("/command", after=before), "the vendor was asked"
        return f"MAYBE: rejected, {answer['message']}"

    def a_retained_command_is_refused(self):
        before = self.simulators.count()
        answer = self.outcome("OFF", device=CONTROLLERS[1], retain=True)
        self.observer.publish(topic("green", CONTROLLERS[1], "load/set"), b"", retain=True)
        assert answer["outcome"] == "rejected", answer
        assert not self.simulators.asked("/command", after=before), "the vendor was asked"
        return f"rejected, {answer['message']}"

    def a_vendor_fails_and_comes_back(self):
        self.simulators.fault("ewellcon", "status", status=503)
        self.text_becomes(f"{BASE}/fleet/availability", "offline")
        self.until(lambda: self.account_reason() != "ok", "a reason in the account's status")
        reason = self.account_reason()
        assert self.observer.text(f"{BASE}/green/availability") == "online", "the other account suffered"
        self.simulators.heal()
        self.text_becomes(f"{BASE}/fleet/availability", "online")
        return f"eWellcon answers 503: the account is offline ({reason}), the other one online; healed: online again"

    def account_reason(self):
        return (self.observer.json(f"{BASE}/fleet/status") or {}).get("reason")

    def the_broker_dies_and_everything_is_back(self):
        before = steady(retained(self.stage.broker.port))
        self.stage.broker.restart()

        def all_back():
            after = steady(retained(self.stage.broker.port))
            return after if set(before) <= set(after) else None

        after = self.until(all_back, "everything retained, again")
        documents = [name for name in before if name.startswith(DISCOVERY)]
        assert all(before[name].payload == after[name].payload for name in documents), "other discovery documents"
        self.until(lambda: self.observer.subscribed, "the observer's subscription")
        return f"killed and restarted without persistence: all {len(before)} retained topics are back"

    def energy_equals_the_vendors_truth(self):
        self.simulators.change(advance=SIMULATED_HOURS * 3600)
        expected = self.simulators.truth(self.stage.begun)["automate_green"]
        for each in CONTROLLERS:
            self.until(lambda: self.state("green", each).get("energy") == expected[each]["wh"],
                       f"energy of {each} = {expected[each]['wh']} Wh")
        meters = self.simulators.truth(self.stage.begun)["wattwatchers"]
        channels = {each: joules for meter in meters.values() for each, joules in meter["channels"].items()}
        for each in CHANNELS:
            self.until(lambda: fits_channel(self.state("watt", each), channels[each]), f"energy of {each}")
        figures = ", ".join(f"{each} {expected[each]['wh']} Wh" for each in CONTROLLERS)
        joules = sum(channels[each]["imported"] + channels[each]["exported"] for each in CHANNELS)
        return (f"{SIMULATED_HOURS} simulated hours later: {figures}, to the hundredth; "
                f"{len(CHANNELS)} channels {joules} J, to the joule")

    def clients_did_what_the_vendors_document(self):
        wrong = self.simulators.violations()
        assert not wrong, f"the simulators saw: {wrong[:5]}"
        assert self.simulators.count(), "nothing was asked at all"
        return f"{self.simulators.count()} requests, none that breaks the vendors' documents"

    def the_bridge_stops_cleanly(self):
        status, seconds = self.stage.bridge.stop()
        assert status == 0, f"exit status {status}"
        assert seconds <= 5, f"it took {seconds:.1f} s"
        farewell = retained(self.stage.broker.port)[f"{BASE}/bridge/availability"].text
        assert farewell == "offline", farewell
        return f"after {seconds:.1f} s with status 0, leaving bridge/availability offline"


STEPS = (
    Tour.every_device_is_announced_and_online, Tour.states_equal_the_vendors_truth, Tour.a_load_is_switched,
    Tour.a_heat_pump_pauses,
    Tour.a_recommendation_is_validated, Tour.a_relay_that_takes_its_time_is_confirmed,
    Tour.a_command_gets_its_answer_on_its_response_topic, Tour.a_bad_command_is_rejected,
    Tour.a_retained_command_is_refused, Tour.a_vendor_fails_and_comes_back,
    Tour.the_broker_dies_and_everything_is_back, Tour.energy_equals_the_vendors_truth,
    Tour.clients_did_what_the_vendors_document, Tour.the_bridge_stops_cleanly,
)


def pump_fits(state, facts):
    return bool(state) and (state["water"], state["battery"], state["pressure"], state["running"]) == (
        facts["pump"]["total_water_delivered"], facts["battery"]["soc"], facts["current_pressure"],
        facts["pump"]["running"])


def heat_fits(state, facts):
    return bool(state) and (state["power"], state["outlet_temperature"], state["optimization_level"]) == (
        facts["current_power_consumption_w"], facts["outlet_temperature"], facts["optimization_level"])


def load_fits(state, info):
    return bool(state) and (state["load"], state["voltage"], state["current"], state["frequency"]) == (
        info["on"], info["voltage"], info["current"], info["frequency"])


def pool_fits(state, truth):
    return bool(state) and all(state[each] == value for each, value in truth["measures"].items()) and (
        state["recommendations"] == len(truth["waiting"]))


def fits_channel(state, joules):
    return (state.get("imported"), state.get("exported")) == (joules["imported_kwh"], joules["exported_kwh"])


def steady(kept):
    """The retained topics of the bridge."""
    return {name: each for name, each in kept.items() if name.startswith((BASE + "/", DISCOVERY))
            and not name.endswith("/set")}


def make(stage, seconds):
    """Makes the tour; whether everything was as promised."""
    begun = time.monotonic()
    steps, failed = Tour(stage, seconds), 0
    for number, step in enumerate(STEPS, 1):
        title = step.__name__.replace("_", " ")
        before = time.monotonic()
        try:
            saw, verdict = step(steps), "OK"
        except (AssertionError, OSError, KeyError, TypeError, ValueError) as error:
            saw, verdict = f"{type(error).__name__}: {error}", "FAILED"
            failed += 1
        print(f"{number:2}. {title}: {verdict} ({time.monotonic() - before:.1f} s)\n    {saw}", flush=True)
    all_of_it = f"{len(STEPS)} steps in {time.monotonic() - begun:.0f} s"
    print(f"Everything was as promised: {all_of_it}." if not failed else f"{failed} FAILED of {all_of_it}.", flush=True)
    return failed == 0
