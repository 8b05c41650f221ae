"""What Podero accepts in the body of an update: a part of the documented fields, each of its type."""

import math

from simulators.sim_clock import seconds_of

LEVELS = ("Low", "Mid", "Max")
FLAGS = ("is_smart_optimization_active", "is_pause_power_active", "is_inverter_forced_mode_enabled",
         "is_trading_enabled", "is_hot_water_heating_enabled", "is_space_heating_enabled", "is_pool_heating_enabled",
         "is_space_cooling_enabled", "is_heating_policy_enabled", "is_away_mode_enabled")
DEGREES = ("indoor_target_temperature_offset", "dhw_standard_temperature", "maximum_temperature_limit",
           "minimum_temperature_limit", "minimum_dhw_temperature_limit", "away_mode_minimum_temperature_limit")
MOMENTS = ("pause_power_until", "away_mode_start", "away_mode_end", "deleted_at")
TEXTS = {"price_zone": 20, "building_id": 36, "comment": 300, "actual_steering_state": 20, "heating_policy_name": 100,
         "lifecycle_state": 50}
# Documented, too, but a bridge between devices and a broker has no business with them.
SENT_BY_NOBODY = {"deleted_at", "lifecycle_state", "building_id", "comment", "price_zone", "actual_steering_state",
                  "is_trading_enabled", "heating_policy_name"}


def is_moment(value):
    try:
        return isinstance(value, str) and seconds_of(value) > 0
    except ValueError:
        return False


def problem_of(name, value):
    """What is wrong with a field's value, or None."""
    if name in FLAGS:
        return None if isinstance(value, bool) else "a boolean is required"
    if name == "optimization_level":
        return None if value in LEVELS else f"one of {', '.join(LEVELS)}"
    if name in DEGREES:
        good = isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
        return None if good else "a number is required"
    if name in MOMENTS:
        return None if value is None or is_moment(value) else "a date-time is required"
    if name in TEXTS:
        return None if isinstance(value, str) and len(value) <= TEXTS[name] else "a shorter text is required"
    return "extra fields not permitted"


def wrong_fields(body):
    """A list of {loc, msg, type} for everything that is wrong; empty: nothing."""
    if not isinstance(body, dict) or not body:
        return [{"loc": ["body"], "msg": "an object of the fields to change is required", "type": "type_error"}]
    problems = {name: problem_of(name, value) for name, value in body.items()}
    return [{"loc": ["body", name], "msg": text, "type": "value_error"} for name, text in problems.items() if text]
