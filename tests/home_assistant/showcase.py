"""The home that the README speaks of: its accounts, its vendors' examples, and the dashboards."""

from pathlib import Path

from home_assistant.harness import HomeTest
from system.harness import POOL, green_account, pool_account, watt_account

FOLDER = Path(__file__).resolve().parents[2] / "config" / "home-assistant"
DASHBOARDS = sorted(FOLDER.glob("*.yaml"))
PLENTY = [{"requests": 50, "per": "1s"}]  # so that there is a quota to show
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
        self.simulators.change(ondilo={"set": {POOL: {"recommend": 1}}})
        self.start_home()
        self.wait_registered()
        self.wait_shown(f"cloud2mqtt_ondilo_{POOL}_recommendations", "1")
        self.wait_states()
