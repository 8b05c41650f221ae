"""The home that the README speaks of: its accounts, its vendors' examples, and the dashboards."""

import math
from datetime import datetime, timedelta, timezone
from pathlib import Path

from home_assistant.harness import SECONDS, HomeTest, wait_until_none
from home_assistant.wanted import ABSENT
from system.harness import POOL, green_account, pool_account, watt_account

FOLDER = Path(__file__).resolve().parents[2] / "config" / "home-assistant"
DASHBOARDS = sorted(FOLDER.glob("*.yaml"))
PLENTY = [{"requests": 50, "per": "1s"}]  # so that there is a quota to show
RECOMMENDED = 2
DAILY = {"kWh": 24, "Wh": 24_000}  # what a meter counts in a day of the past
ACCOUNTS = {  # by the names that the README gives them
    "home": (green_account, "automate_green", {}),
    "energy": (watt_account, "wattwatchers", {}),
    "pool": (pool_account, "ondilo", {"quotas": PLENTY}),
}


class Showcase(HomeTest):
    dashboards = DASHBOARDS

    def accounts(self):
        return {name: make(self.simulators.urls[vendor], **more) for name, (make, vendor, more) in ACCOUNTS.items()}

    def start_showcase(self):
        """Everything, and a pool that needs something; returns when all states are shown."""
        self.start_broker()
        self.start_simulators("--ondilo-quota", "0")
        self.start_observer()
        self.start_bridge()
        self.sign_in("pool")
        for name in ACCOUNTS:
            self.wait_reason(name, "ok")
        self.simulators.change(ondilo={"set": {POOL: {"recommend": RECOMMENDED}}})
        self.start_home()
        self.wait_registered()
        self.wait_shown(f"cloud2mqtt_ondilo_{POOL}_recommendations", str(RECOMMENDED))
        self.wait_states()

    def remember(self, days=30):
        """Gives Home Assistant a past: statistics of every hour, as though it had run for so long."""
        client = self.home.client
        states, now = client.states(), datetime.now(timezone.utc).replace(minute=0, second=0, microsecond=0)
        known = {each["statistic_id"]: each for each in client.ask("recorder/list_statistic_ids")
                 if states[each["statistic_id"]]["state"] not in ABSENT}
        for name, each in known.items():
            daily = DAILY.get(each["statistics_unit_of_measurement"]) if each["has_sum"] else None
            rows = past(float(states[name]["state"]), daily, days * 24)
            client.ask("recorder/import_statistics", metadata={
                "source": "recorder", "statistic_id": name, "name": None, "has_sum": each["has_sum"],
                "mean_type": each["mean_type"], "unit_class": each["unit_class"],
                "unit_of_measurement": each["statistics_unit_of_measurement"],
            }, stats=[{"start": (now - timedelta(hours=ago)).isoformat(), **row} for ago, row in rows])
        wait_until_none(lambda: sorted(set(known) - set(client.ask(
            "recorder/statistics_during_period", start_time=(now - timedelta(days=1)).isoformat(),
            statistic_ids=list(known), period="hour"))), SECONDS, "meters have no past")


def past(now, daily, hours):
    """Pairs of hours ago and statistics that end at the present state; a meter counts so much daily."""
    for ago in range(hours, 0, -1):
        wave = math.sin(2 * math.pi * ago / 24)
        if daily:
            yield ago, {"state": now, "sum": daily * ((hours - ago) / 24 - wave / 7)}
        else:
            mean = now * (1 + 0.04 * wave * abs(math.sin(ago / 60)))
            yield ago, {"mean": mean, "min": mean * 0.99, "max": mean * 1.01}
