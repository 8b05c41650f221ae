"""What tests of energy meters have in common: two meters, whose channels count from one moment."""

from system.harness import BASE, METER, SystemTest, topic

HOUR = 3600
OTHER = "D000000000002"
CHANNELS = (f"{METER}_C1", f"{METER}_C4", f"{OTHER}_C1")
TOTAL = "GET /long-energy"


class MeterTest(SystemTest):
    def start(self, *arguments, **settings):
        """Everything runs; all channels count from `self.since`, after which no period has ended yet."""
        self.start_broker()
        self.start_simulators("--meters", "2", *arguments)
        self.start_observer()
        self.since = self.simulators.state()["now"]
        self.start_bridge(fleet=False, green=False, watt=settings)
        for channel in CHANNELS:
            self.observer.wait_state(topic("watt", channel, "state"), imported=0, exported=0)

    def truth(self):
        """kWh in and out of every channel that has a device."""
        meters = self.simulators.truth(self.since)["wattwatchers"]
        return {each: (joules["imported_kwh"], joules["exported_kwh"])
                for meter in meters.values() for each, joules in meter["channels"].items()}

    def shown(self):
        states = {each: self.state("watt", each) or {} for each in self.truth()}
        return {each: (state.get("imported"), state.get("exported")) for each, state in states.items()}

    def stays_exact(self, seconds=20):
        """The totals become the vendor's and remain so over further reads."""
        expected = self.truth()
        self.observer.wait_for(lambda: self.shown() == expected, seconds, f"totals {expected}")
        self.wait_requests(TOTAL, 6, self.simulators.count())
        self.assertEqual(self.shown(), expected)
        return expected

    def change(self, **wish):
        self.simulators.change(wattwatchers=wish)

    def disturb(self, kind, **more):
        self.change(records=[{"device": METER, "kind": kind, **more}])

    def advance(self, hours):
        self.simulators.change(advance=hours * HOUR)

    def restart(self):
        self.bridge.start()
        self.observer.wait_text(f"{BASE}/bridge/availability", "online")
