"""What a person reads in the front end, written down independently of what the bridge announces."""

import re

from system.harness import BASE, HEAT_PUMP, LOAD, METER, POOL, PUMP

ENTITIES = {  # by device, with every setting that shows more switched on
    f"{BASE}_bridge": 7,
    f"{BASE}_account_fleet": 8,
    **dict.fromkeys((f"{BASE}_account_{name}" for name in ("green", "heat", "pool", "watt")), 10),
    f"{BASE}_ewellcon_hub__fleet": 6,
    f"{BASE}_ewellcon_{PUMP}": 26,
    f"{BASE}_ewellcon_user-101": 7,
    f"{BASE}_ewellcon_user-102": 7,
    f"{BASE}_automate_green_{LOAD}": 19,
    f"{BASE}_ondilo_{POOL}": 37,
    f"{BASE}_podero_{HEAT_PUMP}": 58,
    f"{BASE}_wattwatchers_{METER}": 9,
    **{f"{BASE}_wattwatchers_{METER}_C{number}": 9 for number in range(1, 7)},
    **{f"{BASE}_wattwatchers_{METER}_S{number}": 2 for number in range(1, 4)},
}


class Near:
    """Equals the text of every number between two."""

    def __init__(self, low, high):
        self.low, self.high = low, high

    def __eq__(self, other):
        try:
            return self.low <= float(other) <= self.high
        except (TypeError, ValueError):
            return False

    def __repr__(self):
        return f"{self.low} to {self.high}"


class Moment:
    """Equals the text of every moment in this century."""

    def __eq__(self, other):
        return isinstance(other, str) and re.match(r"20\d\d-\d\d-\d\dT", other) is not None

    def __repr__(self):
        return "a moment"


def row(platform, key, name, state, device_class=None, unit=None, state_class=None, **more):
    """An entity: its key, its name beside the device's, its state and the state's attributes."""
    return platform, key, name, state, {"device_class": device_class, "unit_of_measurement": unit,
                                        "state_class": state_class, **more}


def shown(identifier, slug, device, *rows):
    """By unique id what is shown of a device whose entity ids begin with the slug."""
    return {f"{identifier}_{key}": {"entity_id": f"{platform}.{slug}_{key}", "state": state,
                                    "friendly_name": f"{device} {name}".strip(), **more}
            for platform, key, name, state, more in rows}


def limits(low, high, step):
    return {"min": low, "max": high, "step": step}


M, RISING = "measurement", "total_increasing"
HEALTH = {"options": ["ok", "warning", "error", "unknown"]}
DAYS = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
OUTCOMES = ["done", "confirmed", "unconfirmed", "rejected", "failed", "expired", "superseded", "unknown"]

OWN = {
    **shown(
        f"{BASE}_bridge", "cloud2mqtt_bridge", "cloud2mqtt",
        row("binary_sensor", "connectivity", "Connectivity", "on", "connectivity"),
        row("sensor", "mqtt_version", "MQTT version", "5"),
        row("sensor", "uptime", "Uptime", Near(0, 3600), "duration", "s"),
        row("sensor", "memory", "Memory", Near(1000, 1000000), "data_size", "KiB", M),
        row("select", "log_level", "Log level", "info",
            options=["error", "warning", "notice", "info", "debug"]),
        row("button", "poll_now", "Poll now", "unknown")),
    **shown(
        f"{BASE}_account_fleet", "cloud2mqtt_account_fleet", "eWellcon account fleet",
        row("binary_sensor", "connectivity", "Connectivity", "on", "connectivity"),
        row("binary_sensor", "problem", "Problem", "off", "problem"),
        row("sensor", "last_success", "Last success", Moment(), "timestamp"),
        row("sensor", "devices", "Devices", Near(3, 100), None, None, M),
        row("sensor", "devices_offline", "Devices offline", Near(0, 3), None, None, M),
        row("button", "poll_now", "Poll now", "unknown")),
    **shown(
        f"{BASE}_account_pool", "cloud2mqtt_account_pool", "Ondilo account pool",
        row("sensor", "reason", "Reason", "ok"),
        row("sensor", "token_expires", "Token expires", Moment(), "timestamp")),
    **shown(
        f"{BASE}_account_watt", "cloud2mqtt_account_watt", "Wattwatchers account watt",
        # The vendor's headers say a million a day.
        row("sensor", "quota_left", "Quota left", Near(990000, 999999), None, None, M),
        row("event", "command_outcome", "Command outcome", "unknown", event_types=OUTCOMES)),
}

EWELLCON = {  # the units of water and pressure are settings: the vendor does not say them
    **shown(
        f"{BASE}_ewellcon_{PUMP}", "north_field", "North field",
        row("binary_sensor", "running", "Running", "on", "running"),
        row("binary_sensor", "alarm", "Alarm", "off", "problem"),
        row("binary_sensor", "online", "Online", "on", "connectivity"),
        row("binary_sensor", "own", "Own pump", "on"),
        row("sensor", "pump_status", "Pump status", "running"),
        row("sensor", "water", "Water delivered", "15420.5", "water", "m³", RISING),
        row("sensor", "pressure", "Pressure", "4.2", "pressure", "bar", M),
        row("sensor", "battery", "Battery", "85", "battery", "%", M),
        row("sensor", "battery_voltage", "Battery voltage", "12.6", "voltage", "V", M),
        row("sensor", "battery_current", "Battery current", "-2.3", "current", "A", M),
        row("sensor", "alarms", "Active alarms", "0", None, None, M),
        row("sensor", "alarm_level", "Highest alarm level", "unknown"),
        row("sensor", "sessions", "Sessions", "12", None, None, RISING),
        row("sensor", "uptime", "Uptime", "86400", "duration", "s"),
        row("sensor", "last_heartbeat", "Last heartbeat", Moment(), "timestamp"),
        row("sensor", "week_water", "Water, week", Near(0, 0), "water", "m³"),
        row("sensor", "daily_water", "Water, daily average", "unknown", "water", "m³"),
        row("sensor", "lifetime_battery", "Battery, lifetime", "unknown", "battery", "%", M)),
    **shown(
        f"{BASE}_ewellcon_hub__fleet", "ewellcon_fleet", "eWellcon fleet",
        row("sensor", "controllers", "Pumps", "1", None, None, M),
        row("sensor", "battery", "Average battery", Near(85, 85), "battery", "%", M),
        row("sensor", "water", "Water delivered", "15420.5", "water", "m³", "total")),
    **shown(
        f"{BASE}_ewellcon_user-101", "user_101", "User 101",
        row("sensor", "controllers_active", "Pumps active", "1", None, None, M),
        row("sensor", "battery", "Average battery", Near(85, 85), "battery", "%", M),
        row("sensor", "water", "Water delivered", "15420.5", "water", "m³", "total")),
}

# Of a quarter of an hour 590.59 Wh, which is a mean power of 590.59 * 4 W.
AUTOMATE_GREEN = shown(
    f"{BASE}_automate_green_{LOAD}", "pc_zxcvbnmasdf_001", "PC-ZXCVBNMASDF-001",
    row("switch", "load", "", "on"),
    row("sensor", "energy", "Energy", "0", "energy", "Wh", RISING),
    row("sensor", "power", "Mean power", "2362.36", "power", "W", M),
    row("sensor", "voltage", "Voltage", Near(238, 240), "voltage", "V", M),
    row("sensor", "current", "Current", Near(9.8, 10), "current", "A", M),
    row("sensor", "frequency", "Frequency", Near(59.9, 60.1), "frequency", "Hz", M),
    # 90.7 to 92.7 °F, in a home that is metric.
    row("sensor", "temperature", "Temperature", Near(32.6, 33.8), "temperature", "°C", M),
    row("sensor", "flow", "Flow", "unknown", "volume_flow_rate", "L/min", M),
    row("sensor", "next_toggle", "Next toggle", "unknown", "timestamp"),
    row("sensor", "last_reason", "Last switch reason", "unknown"),
    row("binary_sensor", "online", "Online", "on", "connectivity"),
    row("event", "activity", "Activity", "unknown", event_types=["relay", "trigger", "other"]),
    row("button", "refresh", "Ask for a report", "unknown"),
    row("switch", "ffr", "Frequency response", "off"),
    row("number", "sample_period", "Sample period", "900", "duration", "s"),
    row("select", "flowmeter", "Flow meter", "(none)", options=["(none)", "tuf2000m", "euf4315k"]))

ONDILO = shown(
    f"{BASE}_ondilo_{POOL}", "garden_pool", "Garden pool",
    row("sensor", "temperature", "Water temperature", "24.6", "temperature", "°C", M),
    row("sensor", "temperature_high", "Water temperature, high limit", "30", "temperature", "°C"),
    row("binary_sensor", "temperature_outside", "Water temperature out of range", "off", "problem"),
    row("sensor", "ph", "pH", "7.91", "ph", None, M),
    row("sensor", "ph_low", "pH, low limit", "7.6", "ph"),
    row("sensor", "orp", "Redox potential", Near(580, 700), "voltage", "mV", M),
    row("sensor", "orp_low", "Redox potential, low limit", "400", "voltage", "mV"),
    row("sensor", "salt", "Salt", "unknown", None, "mg/L", M),
    row("sensor", "salt_low", "Salt, low limit", "3000", None, "mg/L"),
    row("sensor", "tds", "Dissolved solids", Near(860, 940), None, "ppm", M),
    row("sensor", "tds_low", "Dissolved solids, low limit", "250", None, "ppm"),
    row("sensor", "battery", "Battery", Near(85, 91), "battery", "%", M),
    row("sensor", "rssi", "Signal quality", Near(62, 78), None, "%", M),
    row("sensor", "last_measure", "Last measure", Moment(), "timestamp"),
    row("binary_sensor", "online", "Online", "on", "connectivity"),
    row("sensor", "recommendations", "Recommendations", "0", None, None, M),
    row("event", "new_recommendation", "New recommendation", "unknown",
        event_types=["new", "other"]),
    row("button", "validate_recommendation", "Validate newest recommendation", "unknown"),
    row("sensor", "type", "Type", "outdoor_inground_pool"),
    row("sensor", "volume", "Volume", Near(15, 15), "volume_storage", "m³", M),
    row("sensor", "disinfection", "Disinfection", "chlorine", "enum",
        options=["chlorine", "bromine", "salt"]),
    row("sensor", "maintenance_day", "Maintenance day", "Wednesday", "enum", options=DAYS))

PODERO = shown(
    f"{BASE}_podero_{HEAT_PUMP}", "example_heating_boreas_8_3c90", "Example Heating Boreas 8 3c90",
    row("sensor", "power", "Power", "1240", "power", "W", M),
    row("sensor", "inlet_temperature", "Inlet temperature", "31.2", "temperature", "°C", M),
    row("sensor", "hot_water_temperature", "Hot water temperature", "47.5", "temperature", "°C", M),
    row("sensor", "outdoor_temperature", "Outdoor temperature", "-1.5", "temperature", "°C", M),
    row("sensor", "energy_day", "Energy, last day", "18.4", "energy", "kWh"),
    row("sensor", "energy_month", "Energy, last month", "498.2", "energy", "kWh"),
    row("sensor", "mode", "Mode", "mid"),
    row("sensor", "connection", "Connection", "ok", "enum", **HEALTH),
    row("binary_sensor", "needs_login", "Needs login", "off", "problem"),
    row("binary_sensor", "online", "Online", "on", "connectivity"),
    row("binary_sensor", "forced_mode_active", "Forced mode active", "off"),
    # The vendor's year 1 means never.
    row("sensor", "forced_mode_since", "Forced since", "unknown", "timestamp"),
    row("sensor", "energy_updated", "Energy updated", Moment(), "timestamp"),
    row("switch", "smart_optimization", "Smart optimisation", "on"),
    row("switch", "pool_heating", "Pool heating", "unknown"),
    row("select", "optimization_level", "Optimisation level", "Mid",
        options=["Low", "Mid", "Max"]),
    row("number", "away_minimum", "Away minimum", "16", "temperature", "°C", **limits(0, 40, 0.5)),
    row("number", "hot_water_standard", "Hot water standard", Near(48, 48), "temperature", "°C",
        **limits(20, 90, 0.5)),
    # A difference: Home Assistant must not convert it as a temperature.
    row("number", "indoor_offset", "Indoor offset", "0.5", None, "°C", **limits(-10, 10, 0.5)))

WATTWATCHERS = {
    **shown(
        f"{BASE}_wattwatchers_{METER}", "cellular_device", "Cellular device",
        row("sensor", "frequency", "Frequency", Near(49.9, 50.1), "frequency", "Hz", M),
        # Of an hour's history 2400 W in and 1750 W out; the vendor counts hundredths.
        row("sensor", "modbus_imported", "Modbus energy imported", Near(2.4, 3), "energy", "kWh",
            RISING),
        row("sensor", "modbus_net", "Modbus energy net", Near(0.6, 0.9), "energy", "kWh", "total"),
        row("sensor", "signal", "Signal", "-57", "signal_strength", "dBm", M),
        row("sensor", "last_heard", "Last heard", Moment(), "timestamp"),
        row("binary_sensor", "online", "Online", "on", "connectivity")),
    **shown(
        f"{BASE}_wattwatchers_{METER}_C1", "grid_connection_c1", "Grid connection C1",
        row("sensor", "power", "Power", Near(2399, 2401), "power", "W", M),
        row("sensor", "voltage", "Voltage", Near(240, 240.7), "voltage", "V", M),
        row("sensor", "current", "Current", Near(9.9, 10.1), "current", "A", M),
        row("sensor", "imported", "Energy imported", "0", "energy", "kWh", RISING),
        row("sensor", "exported", "Energy exported", "0", "energy", "kWh", RISING),
        row("sensor", "power_factor", "Power factor", Near(0.9, 1), "power_factor", None, M),
        row("sensor", "reactive_power", "Reactive power", Near(239, 241), "reactive_power", "var",
            M),
        row("sensor", "category", "Category", "Grid connect")),
    **shown(
        f"{BASE}_wattwatchers_{METER}_C4", "solar_c4", "Solar C4",
        row("sensor", "power", "Power", Near(-1751, -1749), "power", "W", M)),
    **shown(
        f"{BASE}_wattwatchers_{METER}_S1", "switch_one", "Switch one",
        row("switch", "switch", "", "off"),
        row("binary_sensor", "pending", "Pending", "off")),
}

SHOWN = {**OWN, **EWELLCON, **AUTOMATE_GREEN, **ONDILO, **PODERO, **WATTWATCHERS}
