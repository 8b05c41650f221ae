"""What `cloud2mqtt discovery --dry-run` lists of a bridge that ran is what its next start removes."""

import os
import re
import subprocess
import unittest

from system.harness import BASE, LOAD, PUMP, SECRETS, SystemTest, topic

DISCOVERY = "homeassistant/device/"
PUMPS = (PUMP, "pump-002", "hub__fleet")
GONE = {f"{DISCOVERY}{BASE}_ewellcon_{device}/config" for device in PUMPS}
STAYS = f"{DISCOVERY}{BASE}_automate_green_{LOAD}/config"


class Preview(SystemTest):
    def start(self):
        """Two accounts, all whose devices are announced; the bridge is then stopped."""
        self.start_all("--pumps", "2")
        self.observer.wait_for(lambda: {*GONE, STAYS} <= self.announced(), 20, "all announcements")
        self.assertEqual(self.bridge.stop()[0], 0)

    def announced(self):
        return {name for name in self.retained() if name.startswith(DISCOVERY)}

    def preview(self):
        """What it lists: lines of removal, how many documents stay."""
        command = [self.program, "discovery", "--dry-run", "--config", self.bridge.file]
        done = subprocess.run(command, text=True, capture_output=True, timeout=20, check=False,
                              env={**os.environ, **SECRETS})
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        *lines, last = done.stdout.splitlines()
        removed, stay = re.match(r"(\d+) to be removed, (\d+) documents stay\.", last).groups()
        self.assertEqual(int(removed), len(lines))
        return lines, int(stay)

    def test_lists_the_devices_of_an_account_that_is_gone_and_the_next_start_removes_them(self):
        self.start()
        before = self.announced()
        self.bridge.configure(self.configuration(fleet=False))
        lines, stay = self.preview()
        why = "there is no account fleet any more"
        self.assertEqual(sorted(lines), sorted(f"remove {each}: {why}" for each in GONE))
        self.assertEqual(stay, 1)
        self.assertEqual(self.announced(), before, "it only looks")
        self.bridge.start()
        self.observer.wait_for(lambda: not GONE & self.announced(), 30, "end of the announcements")
        self.observer.wait_text(topic("green", LOAD, "availability"), "online")
        own = {f"{DISCOVERY}{BASE}_account_fleet/config"}  # the bridge's, which is not listed
        self.observer.wait_for(lambda: not own & self.announced(), 30, "end of the account's own")
        self.assertEqual(self.announced(), before - GONE - own)
        self.bridge.stop()
        self.assertEqual(self.preview(), ([], 1))

    def test_lists_nothing_where_nothing_changed(self):
        self.start()
        self.assertEqual(self.preview(), ([], len(GONE) + 1))


if __name__ == "__main__":
    unittest.main()
