"""Home Assistant keeps long-term statistics of every meter, and its energy dashboard takes them."""

import unittest

from home_assistant.harness import SharedHomeTest
from system.harness import HEAT_PUMP, LOAD, METER, PUMP

PERIODS = 3  # of statistics, which Home Assistant makes up for at its start
CHANNELS = [f"cloud2mqtt_wattwatchers_{METER}_C{number}" for number in range(1, 7)]
ENERGY = [f"cloud2mqtt_automate_green_{LOAD}_energy",
          *(f"{channel}_{way}" for channel in CHANNELS for way in ("imported", "exported")),
          *(f"cloud2mqtt_wattwatchers_{METER}_modbus_{total}" for total in ("imported", "exported", "total", "net"))]
WATER = [f"cloud2mqtt_ewellcon_{PUMP}_water", "cloud2mqtt_ewellcon_hub__fleet_water",
         *(f"cloud2mqtt_ewellcon_user-{user}_water" for user in (101, 102))]

GRID = (f"{CHANNELS[0]}_imported", f"{CHANNELS[0]}_exported")


def grid_source(version, imported, exported):
    """A connection to the grid, in the words of a release of Home Assistant."""
    source = {"type": "grid", "cost_adjustment_day": 0}
    free = {"entity_energy_price": None, "number_energy_price": None}
    if tuple(int(part) for part in version.split(".")[:2]) < (2026, 3):
        return {**source, "flow_from": [{"stat_energy_from": imported, "stat_cost": None, **free}],
                "flow_to": [{"stat_energy_to": exported, "stat_compensation": None, **free}]}
    return {**source, "stat_energy_from": imported, "stat_energy_to": exported}


class Statistics(SharedHomeTest):
    @classmethod
    def prepare(cls):
        super().prepare()
        cls.stage.enable_everything()
        cls.before = cls.stage.home.client.states()
        cls.stage.home.stop()
        cls.stage.home.grow_older(PERIODS)
        cls.stage.home.start()
        cls.stage.wait_states()

    def setUp(self):
        self.client = self.stage.home.client
        self.entries = self.client.entities()

    def kept(self):
        """What statistics there are: entity id -> description."""
        return {each["statistic_id"]: each for each in self.client.ask("recorder/list_statistic_ids")}

    def entity_ids(self, unique_ids):
        return [self.entries[each]["entity_id"] for each in unique_ids]

    def test_every_meter_is_named_here(self):
        meters = {each.unique_id for each in self.stage.wanted()
                  if each.get("device_class") in ("energy", "water") and each.get("state_class")}
        self.assertEqual(meters, {*ENERGY, *WATER})

    def test_every_meter_has_a_sum_in_the_unit_of_its_kind(self):
        kept, wrong = self.kept(), []
        for unit, meters in (("energy", ENERGY), ("volume", WATER)):
            for name in self.entity_ids(meters):
                found = kept.get(name)
                if not found or not found["has_sum"] or found["unit_class"] != unit:
                    wrong.append(f"{name}: {found}")
        self.assertEqual(wrong, [])

    def test_every_measurement_has_a_mean_and_nothing_else_has_statistics(self):
        kept, wanted = self.kept(), {}
        for entity in self.stage.wanted():
            if entity.get("state_class"):
                wanted[self.entries[entity.unique_id]["entity_id"]] = entity.get("state_class") != "measurement"
        ours = {each["entity_id"] for each in self.entries.values()}
        self.assertEqual({name: each["has_sum"] for name, each in kept.items() if name in ours}, wanted)

    def test_the_last_period_has_the_meters_state(self):
        meters = self.entity_ids(ENERGY + WATER)
        found = self.client.ask("recorder/statistics_during_period", start_time="2020-01-01T00:00:00Z",
                                statistic_ids=meters, period="5minute", types=["state", "sum"])
        for name in meters:
            with self.subTest(name):
                last = found[name][-1]
                self.assertAlmostEqual(last["state"], float(self.before[name]["state"]), 6)
                self.assertIsNotNone(last["sum"])

    def test_home_assistant_finds_no_fault_with_them(self):
        self.assertEqual(self.client.ask("recorder/validate_statistics"), {})

    def dashboard(self, energy, water):
        """What the energy dashboard says about meters that it is given."""
        imported, exported = self.entity_ids(GRID)
        self.client.ask("energy/save_prefs", energy_sources=[
            grid_source(self.client.ask("get_config")["version"], imported, exported),
            {"type": "solar", "stat_energy_from": exported},
            {"type": "water", "stat_energy_from": self.entity_ids(WATER)[0]},
        ], device_consumption=[{"stat_consumption": each} for each in self.entity_ids(energy)],
            device_consumption_water=[{"stat_consumption": each} for each in self.entity_ids(water)])
        return [issue for group in self.client.ask("energy/validate").values() for each in group for issue in each]

    def test_the_energy_dashboard_takes_every_meter_and_nothing_that_is_none(self):
        self.assertEqual(self.dashboard(ENERGY, WATER), [])
        rolling = f"cloud2mqtt_podero_{HEAT_PUMP}_energy_month"  # falls when a day leaves it
        self.assertNotEqual(self.dashboard([rolling], []), [])

    def test_nobody_complains(self):
        self.stage.assert_no_complaints()


if __name__ == "__main__":
    unittest.main()
