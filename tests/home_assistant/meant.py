"""What a person reads in the front end, written down independently of what the bridge announces."""

from system.harness import BASE, HEAT_PUMP, LOAD, METER, POOL, PUMP

ENTITIES = {  # by device, with every setting that shows more switched on
    f"{BASE}_bridge": 7,
    f"{BASE}_account_fleet": 6,
    **dict.fromkeys((f"{BASE}_account_{name}" for name in ("green", "heat", "pool", "watt")), 8),
    f"{BASE}_ewellcon_hub__fleet": 6,
    f"{BASE}_ewellcon_{PUMP}": 26,
    f"{BASE}_ewellcon_user-101": 7,
    f"{BASE}_ewellcon_user-102": 7,
    f"{BASE}_automate_green_{LOAD}": 19,
    f"{BASE}_ondilo_{POOL}": 37,
    f"{BASE}_podero_{HEAT_PUMP}": 57,
    f"{BASE}_wattwatchers_{METER}": 9,
    **{f"{BASE}_wattwatchers_{METER}_C{number}": 9 for number in range(1, 7)},
    **{f"{BASE}_wattwatchers_{METER}_S{number}": 2 for number in range(1, 4)},
}


def words(entity_id, state, name, device_class=None, unit=None, state_class=None, **more):
    """An entity's id, its state, and the attributes that a state has."""
    given = {"device_class": device_class, "unit_of_measurement": unit, "state_class": state_class}
    return {"entity_id": entity_id, "state": state, "friendly_name": name,
            **{key: each for key, each in given.items() if each}, **more}


def limits(low, high, step):
    return {"min": low, "max": high, "step": step}


SHOWN = {
    f"{BASE}_bridge_log_level": words("select.cloud2mqtt_bridge_log_level", "info", "cloud2mqtt Log level", options=[
        "error", "warning", "notice", "info", "debug"]),
    f"{BASE}_account_fleet_connectivity": words(
        "binary_sensor.cloud2mqtt_account_fleet_connectivity", "on", "eWellcon account fleet Connectivity",
        "connectivity"),
    f"{BASE}_account_pool_reason": words(
        "sensor.cloud2mqtt_account_pool_reason", "ok", "Ondilo account pool Reason"),
    f"{BASE}_ewellcon_{PUMP}_water": words(
        "sensor.north_field_water", "15420.5", "North field Water delivered", "water", "m³", "total_increasing"),
    f"{BASE}_ewellcon_{PUMP}_pressure": words(
        "sensor.north_field_pressure", "4.2", "North field Pressure", "pressure", "bar", "measurement"),
    f"{BASE}_ewellcon_{PUMP}_running": words(
        "binary_sensor.north_field_running", "on", "North field Running", "running"),
    f"{BASE}_ewellcon_user-101_water": words(
        "sensor.user_101_water", "15420.5", "User 101 Water delivered", "water", "m³", "total"),
    f"{BASE}_automate_green_{LOAD}_load": words("switch.pc_zxcvbnmasdf_001_load", "on", "PC-ZXCVBNMASDF-001"),
    f"{BASE}_automate_green_{LOAD}_energy": words(
        "sensor.pc_zxcvbnmasdf_001_energy", "0", "PC-ZXCVBNMASDF-001 Energy", "energy", "Wh", "total_increasing"),
    f"{BASE}_automate_green_{LOAD}_power": words(
        "sensor.pc_zxcvbnmasdf_001_power", "2362.36", "PC-ZXCVBNMASDF-001 Mean power", "power", "W", "measurement"),
    f"{BASE}_automate_green_{LOAD}_activity": words(
        "event.pc_zxcvbnmasdf_001_activity", "unknown", "PC-ZXCVBNMASDF-001 Activity",
        event_types=["relay", "trigger", "other"]),
    f"{BASE}_automate_green_{LOAD}_flowmeter": words(
        "select.pc_zxcvbnmasdf_001_flowmeter", "(none)", "PC-ZXCVBNMASDF-001 Flow meter",
        options=["(none)", "tuf2000m", "euf4315k"]),
    f"{BASE}_ondilo_{POOL}_temperature": words(
        "sensor.garden_pool_temperature", "24.6", "Garden pool Water temperature", "temperature", "°C", "measurement"),
    f"{BASE}_ondilo_{POOL}_ph": words("sensor.garden_pool_ph", "7.91", "Garden pool pH", "ph", None, "measurement"),
    f"{BASE}_ondilo_{POOL}_salt": words(
        "sensor.garden_pool_salt", "unknown", "Garden pool Salt", None, "mg/L", "measurement"),
    f"{BASE}_ondilo_{POOL}_disinfection": words(
        "sensor.garden_pool_disinfection", "chlorine", "Garden pool Disinfection", "enum",
        options=["chlorine", "bromine", "salt"]),
    f"{BASE}_podero_{HEAT_PUMP}_away_minimum": words(
        "number.example_heating_boreas_8_away_minimum", "16", "Example Heating Boreas 8 Away minimum", "temperature",
        "°C", **limits(0, 90, 0.5)),
    f"{BASE}_podero_{HEAT_PUMP}_indoor_offset": words(
        "number.example_heating_boreas_8_indoor_offset", "0.5", "Example Heating Boreas 8 Indoor offset", None, "°C",
        min=-10, max=10),
    f"{BASE}_podero_{HEAT_PUMP}_optimization_level": words(
        "select.example_heating_boreas_8_optimization_level", "Mid", "Example Heating Boreas 8 Optimisation level",
        options=["Low", "Mid", "Max"]),
    f"{BASE}_podero_{HEAT_PUMP}_energy_month": words(
        "sensor.example_heating_boreas_8_energy_month", "498.2", "Example Heating Boreas 8 Energy, last month",
        "energy", "kWh"),
    f"{BASE}_wattwatchers_{METER}_signal": words(
        "sensor.cellular_device_signal", "-57", "Cellular device Signal", "signal_strength", "dBm", "measurement"),
    f"{BASE}_wattwatchers_{METER}_C1_imported": words(
        "sensor.grid_connection_c1_imported", "0", "Grid connection C1 Energy imported", "energy", "kWh", "total_increasing"),
    f"{BASE}_wattwatchers_{METER}_S1_switch": words("switch.switch_one_switch", "off", "Switch one"),
}
