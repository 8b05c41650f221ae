#include "core/discovery_vocabulary.hpp"

#include <algorithm>

namespace bridge {
namespace {

constexpr std::uint8_t kSensor = bit(Component::sensor);
constexpr std::uint8_t kBinary = bit(Component::binary_sensor);
constexpr std::uint8_t kSwitch = bit(Component::switch_);
constexpr std::uint8_t kButton = bit(Component::button);
constexpr std::uint8_t kNumber = bit(Component::number);
constexpr std::uint8_t kSelect = bit(Component::select);
constexpr std::uint8_t kEvent = bit(Component::event);
constexpr std::uint8_t kControls = kSwitch | kButton | kNumber | kSelect;
constexpr std::uint8_t kStates = kSensor | kBinary | kSwitch | kNumber | kSelect | kEvent;
constexpr std::uint8_t kAll = kStates | kButton;

using enum OptionKind;

// Sorted by name.
constexpr Option kOptions[] = {
    {"availability", kAll, availability},
    {"availability_mode", kAll, text},
    {"availability_template", kAll, template_text},
    {"availability_topic", kAll, subscribe_topic},
    {"command_template", kControls, template_text},
    {"command_topic", kControls, publish_topic},
    {"default_entity_id", kAll, text},
    {"device_class", kSensor | kBinary | kSwitch | kButton | kNumber | kEvent, text_or_null},
    {"enabled_by_default", kAll, flag},
    {"encoding", kAll, text},
    {"entity_category", kAll, text_or_null},
    {"entity_picture", kAll, text},
    {"event_types", kEvent, texts},
    {"expire_after", kSensor | kBinary, natural},
    {"force_update", kSensor | kBinary, flag},
    {"group", kAll, any},
    {"icon", kAll, text},
    {"json_attributes_template", kAll, template_text},
    {"json_attributes_topic", kAll, subscribe_topic},
    {"last_reset_value_template", kSensor, template_text},
    {"max", kNumber, number},
    {"message_expiry_interval", kAll, natural},
    {"min", kNumber, number},
    {"mode", kNumber, text},
    {"name", kAll, text_or_null},
    {"off_delay", kBinary, natural},
    {"optimistic", kSwitch | kNumber | kSelect, flag},
    {"options", kSensor | kSelect, texts},
    {"payload_available", kAll, text},
    {"payload_not_available", kAll, text},
    {"payload_off", kBinary | kSwitch, text},
    {"payload_on", kBinary | kSwitch, text},
    {"payload_press", kButton, text},
    {"payload_reset", kNumber, text},
    {"platform", kAll, text},
    {"qos", kAll, qos},
    {"retain", kControls, flag},
    {"state_class", kSensor, text_or_null},
    {"state_off", kSwitch, text},
    {"state_on", kSwitch, text},
    {"state_topic", kStates, subscribe_topic},
    {"step", kNumber, number},
    {"suggested_display_precision", kSensor, natural},
    {"unique_id", kAll, text},
    {"unit_of_measurement", kSensor | kNumber, text_or_null},
    {"value_template", kStates, template_text},
    {"visible_by_default", kAll, flag},
};

constexpr std::string_view kShared[] = {
    "availability",  "availability_mode", "availability_template", "availability_topic",
    "command_topic", "encoding",          "payload_available",     "payload_not_available",
    "qos",           "state_topic",
};

constexpr bool by_name(const Option& a, const Option& b) { return a.name < b.name; }
static_assert(std::is_sorted(std::begin(kOptions), std::end(kOptions), by_name));
static_assert(std::is_sorted(std::begin(kShared), std::end(kShared)));

constexpr std::string_view kBinaryClasses[] = {"battery",
                                               "battery_charging",
                                               "carbon_monoxide",
                                               "cold",
                                               "connectivity",
                                               "door",
                                               "garage_door",
                                               "gas",
                                               "heat",
                                               "light",
                                               "lock",
                                               "moisture",
                                               "motion",
                                               "moving",
                                               "occupancy",
                                               "opening",
                                               "plug",
                                               "power",
                                               "presence",
                                               "problem",
                                               "running",
                                               "safety",
                                               "smoke",
                                               "sound",
                                               "tamper",
                                               "update",
                                               "vibration",
                                               "window"};
constexpr std::string_view kSwitchClasses[] = {"outlet", "switch"};
constexpr std::string_view kButtonClasses[] = {"identify", "restart", "update"};
constexpr std::string_view kEventClasses[] = {"button", "doorbell", "motion"};

// Sensors and numbers have the measured classes.
constexpr Platform kPlatforms[] = {
    {Component::sensor, "sensor", {}, true, false},
    {Component::binary_sensor, "binary_sensor", kBinaryClasses, true, false},
    {Component::switch_, "switch", kSwitchClasses, false, true},
    {Component::button, "button", kButtonClasses, false, true},
    {Component::number, "number", {}, false, true},
    {Component::select, "select", {}, false, true},
    {Component::event, "event", kEventClasses, true, false},
};

constexpr std::string_view kM = "measurement";
constexpr std::string_view kT = "total total_increasing";
constexpr std::string_view kAny = "measurement total total_increasing";
constexpr std::string_view kEnergyUnits = "J kJ MJ GJ mWh Wh kWh MWh GWh TWh cal kcal Mcal Gcal";
constexpr std::string_view kPressureUnits = "Pa hPa kPa bar cbar mbar mmHg inHg psi";
constexpr std::string_view kVolumeUnits = "ft³ CCF m³ L mL gal";
constexpr std::string_view kDegrees = "°C °F K";

constexpr MeasuredClass kMeasured[] = {
    {"apparent_power", "VA", kM},
    {"aqi", "-", kM},
    {"atmospheric_pressure", kPressureUnits, kM},
    {"battery", "%", kM},
    {"conductivity", "S/cm mS/cm µS/cm μS/cm", kM},
    {"current", "mA A", kM},
    {"data_size", "B kB MB GB KiB MiB GiB", kAny},
    {"date", "-", ""},
    {"distance", "mm cm m km in ft yd mi nmi", kAny},
    {"duration", "d h min s ms", kAny},
    {"energy", kEnergyUnits, kT},
    {"energy_storage", kEnergyUnits, kM},
    {"enum", "-", ""},
    {"frequency", "Hz kHz MHz GHz", kM},
    {"gas", "CCF ft³ m³", kT},
    {"humidity", "%", kM},
    {"irradiance", "W/m² BTU/(h⋅ft²)", kM},
    {"moisture", "%", kM},
    {"monetary", "", "total"},
    {"ph", "-", kM},
    {"power", "W kW MW GW TW", kM},
    {"power_factor", "% -", kM},
    {"pressure", kPressureUnits, kM},
    {"reactive_power", "var kvar", kM},
    {"signal_strength", "dB dBm", kM},
    {"speed", "m/s km/h mph kn ft/s", kM},
    {"temperature", kDegrees, kM},
    {"temperature_delta", kDegrees, kM},
    {"timestamp", "-", ""},
    {"voltage", "µV μV mV V kV MV", kM},
    {"volume", kVolumeUnits, kT},
    {"volume_flow_rate", "m³/h m³/s ft³/min L/h L/min L/s gal/min mL/s", kM},
    {"volume_storage", kVolumeUnits, kM},
    {"water", "CCF ft³ gal L m³", kT},
    {"wind_direction", "°", "measurement_angle"},
};

constexpr bool by_class(const MeasuredClass& a, const MeasuredClass& b) { return a.name < b.name; }
static_assert(std::is_sorted(std::begin(kMeasured), std::end(kMeasured), by_class));

/// The element of a sorted table that has the name.
template <class Row, std::size_t N>
const Row* find_in(const Row (&table)[N], std::string_view name) {
  const auto found =
      std::lower_bound(std::begin(table), std::end(table), name,
                       [](const Row& row, std::string_view wanted) { return row.name < wanted; });
  return found == std::end(table) || found->name != name ? nullptr : found;
}

constexpr std::string_view kClassNames[] = {
    "",         "battery",        "connectivity",   "current",   "duration",
    "energy",   "enum",           "frequency",      "ph",        "power",
    "power_factor", "pressure",   "problem",        "reactive_power", "restart",
    "running",  "signal_strength", "switch",        "temperature", "timestamp",
    "voltage",  "volume_flow_rate", "volume_storage", "water"};
static_assert(std::size(kClassNames) == static_cast<std::size_t>(DeviceClass::water) + 1);

bool is_currency(std::string_view unit) {
  return unit.size() == 3 &&
         std::all_of(unit.begin(), unit.end(), [](char c) { return c >= 'A' && c <= 'Z'; });
}

}  // namespace

std::string_view spelled(Component component) {
  return kPlatforms[static_cast<std::size_t>(component)].name;
}

std::string_view spelled(DeviceClass device_class) {
  return kClassNames[static_cast<std::size_t>(device_class)];
}

std::string_view spelled(StateClass state_class) {
  switch (state_class) {
    case StateClass::none:
      return "";
    case StateClass::measurement:
      return "measurement";
    case StateClass::total:
      return "total";
    case StateClass::total_increasing:
      return "total_increasing";
  }
  return "";
}

std::string_view spelled(Category category) {
  switch (category) {
    case Category::primary:
      return "";
    case Category::diagnostic:
      return "diagnostic";
    case Category::config:
      return "config";
  }
  return "";
}

const Option* find_option(std::string_view name) { return find_in(kOptions, name); }

const Option* find_shared_option(std::string_view name) {
  const bool shared = std::binary_search(std::begin(kShared), std::end(kShared), name);
  return shared ? find_option(name) : nullptr;
}

const Platform* find_platform(std::string_view name) {
  const auto found = std::find_if(std::begin(kPlatforms), std::end(kPlatforms),
                                  [name](const Platform& row) { return row.name == name; });
  return found == std::end(kPlatforms) ? nullptr : found;
}

const MeasuredClass* find_measured_class(std::string_view name) { return find_in(kMeasured, name); }

bool is_word_of(std::string_view list, std::string_view word) {
  if (word.empty()) return false;
  while (!list.empty()) {
    const auto blank = list.find(' ');
    if (list.substr(0, blank) == word) return true;
    if (blank == std::string_view::npos) return false;
    list.remove_prefix(blank + 1);
  }
  return false;
}

bool needs_unit(const MeasuredClass& meaning) { return !is_word_of(meaning.units, "-"); }

bool takes_unit(const MeasuredClass& meaning, std::string_view unit) {
  if (unit.empty()) return !needs_unit(meaning);
  if (meaning.name == "monetary") return is_currency(unit);
  return unit != "-" && is_word_of(meaning.units, unit);
}

}  // namespace bridge
