#pragma once

// The vocabulary of mapper tables. A word chooses platform, class, unit and state class once, so
// that a row says what the value is and not how Home Assistant spells it. The permitted triples
// stand in core/discovery_rules; a catalogue test holds every row against them.

#include <algorithm>

#include "bridge/entity.hpp"

namespace bridge {

consteval std::string_view checked_key(std::string_view key) {
  if (key.empty() || key[0] < 'a' || key[0] > 'z') throw "a key starts with a lower-case letter";
  for (const char c : key) {
    const bool fits = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_';
    if (!fits) throw "a key is [a-z0-9_]";
  }
  for (const std::string_view taken : {"set", "event", "state", "availability", "history",
                                       "outcome", "status"}) {
    if (key == taken) throw "the key is a reserved topic level";
  }
  return key;
}

consteval std::string_view checked_pointer(std::string_view pointer) {
  if (!pointer.empty() && pointer[0] != '/') throw "a JSON pointer starts with '/'";
  return pointer;
}

/// Open text, cut at 255 characters.
consteval Entity sensor(std::string_view key, std::string_view name, std::string_view pointer) {
  Entity row;
  row.key = checked_key(key);
  row.name = name;
  row.pointer = checked_pointer(pointer);
  return row;
}

/// A number that may rise and fall.
consteval Entity measurement(std::string_view key, std::string_view name, std::string_view pointer,
                             std::string_view unit = {}, DeviceClass meaning = DeviceClass::none) {
  Entity row = sensor(key, name, pointer);
  row.unit = unit;
  row.device_class = meaning;
  row.state_class = StateClass::measurement;
  return row;
}

/// A count that only rises, such as sessions.
consteval Entity counter(std::string_view key, std::string_view name, std::string_view pointer) {
  Entity row = sensor(key, name, pointer).with_icon("mdi:counter");
  row.state_class = StateClass::total_increasing;
  return row;
}

consteval Entity amperes(std::string_view key, std::string_view name, std::string_view pointer) {
  return measurement(key, name, pointer, "A", DeviceClass::current);
}
consteval Entity battery(std::string_view key, std::string_view name, std::string_view pointer) {
  return measurement(key, name, pointer, "%", DeviceClass::battery).diagnostic().rounded(0);
}
consteval Entity celsius(std::string_view key, std::string_view name, std::string_view pointer) {
  return measurement(key, name, pointer, "°C", DeviceClass::temperature);
}
consteval Entity fahrenheit(std::string_view key, std::string_view name, std::string_view pointer) {
  return measurement(key, name, pointer, "°F", DeviceClass::temperature);
}
consteval Entity flow(std::string_view key, std::string_view name, std::string_view pointer) {
  return measurement(key, name, pointer, "L/min", DeviceClass::volume_flow_rate);
}
consteval Entity hertz(std::string_view key, std::string_view name, std::string_view pointer) {
  return measurement(key, name, pointer, "Hz", DeviceClass::frequency).rounded(2);
}
consteval Entity volts(std::string_view key, std::string_view name, std::string_view pointer) {
  return measurement(key, name, pointer, "V", DeviceClass::voltage);
}
consteval Entity watts(std::string_view key, std::string_view name, std::string_view pointer) {
  return measurement(key, name, pointer, "W", DeviceClass::power);
}

/// The energy of a stretch of time that moves on, such as yesterday: no meter, so no state class.
consteval Entity rolling_energy(std::string_view key, std::string_view name, std::string_view pointer) {
  Entity row = sensor(key, name, pointer);
  row.unit = "kWh";
  row.device_class = DeviceClass::energy;
  return row;
}

/// A running total of energy, in Wh unless said otherwise.
consteval Entity energy_total(std::string_view key, std::string_view name, std::string_view pointer,
                              std::string_view unit = "Wh") {
  Entity row = sensor(key, name, pointer);
  row.unit = unit;
  row.device_class = DeviceClass::energy;
  row.state_class = StateClass::total_increasing;
  return row;
}

/// A running total of water, in the unit the account's setting names.
consteval Entity water_total(std::string_view key, std::string_view name, std::string_view pointer) {
  Entity row = sensor(key, name, pointer);
  row.device_class = DeviceClass::water;
  row.state_class = StateClass::total_increasing;
  return row;
}

/// Pressure, in the unit the account's setting names.
consteval Entity pressure(std::string_view key, std::string_view name, std::string_view pointer) {
  return measurement(key, name, pointer, {}, DeviceClass::pressure);
}

/// Seconds since something began; falls back to 0, so it has no state class.
consteval Entity elapsed(std::string_view key, std::string_view name, std::string_view pointer) {
  Entity row = sensor(key, name, pointer);
  row.unit = "s";
  row.device_class = DeviceClass::duration;
  return row;
}

/// A moment: any form that moment_at reads.
consteval Entity moment(std::string_view key, std::string_view name, std::string_view pointer) {
  Entity row = sensor(key, name, pointer);
  row.device_class = DeviceClass::timestamp;
  return row;
}

/// A moment that tells how old the device's word is: stays available while the device is not.
consteval Entity last_heard(std::string_view key, std::string_view name, std::string_view pointer) {
  Entity row = moment(key, name, pointer).diagnostic();
  row.explains = Explains::device;
  return row;
}

/// One word of a list that the vendor documents as closed.
consteval Entity choice(std::string_view key, std::string_view name, std::string_view pointer,
                        std::span<const std::string_view> options) {
  Entity row = sensor(key, name, pointer);
  row.device_class = DeviceClass::enum_;
  row.options = options;
  return row;
}

/// On or off, read only.
consteval Entity state_of(std::string_view key, std::string_view name, std::string_view pointer,
                          DeviceClass meaning = DeviceClass::none) {
  Entity row = sensor(key, name, pointer);
  row.component = Component::binary_sensor;
  row.device_class = meaning;
  return row;
}

/// Whether the device is reachable, as the core judges it: stays available to say so.
consteval Entity online(std::string_view key, std::string_view name) {
  Entity row = state_of(key, name, {}, DeviceClass::connectivity).diagnostic();
  row.explains = Explains::device;
  return row;
}

/// Something that has to be put right, and may be why the device is silent: stays available then.
consteval Entity trouble(std::string_view key, std::string_view name, std::string_view pointer) {
  Entity row = state_of(key, name, pointer, DeviceClass::problem).diagnostic();
  row.explains = Explains::device;
  return row;
}

/// Things that happen; `types` are the documented ones, "other" stands for the rest.
consteval Entity happening(std::string_view key, std::string_view name,
                           std::span<const std::string_view> types) {
  Entity row;
  row.key = checked_key(key);
  row.name = name;
  row.component = Component::event;
  row.options = types;
  return row;
}

/// A member of the list's element, by its name: for vendors that take back what they show.
template <std::size_t size>
struct Field {
  consteval Field(const char (&name)[size]) { std::copy_n(name, size, text + 6); }  // NOLINT
  constexpr std::string_view pointer() const { return text; }
  constexpr std::string_view name() const { return text + 6; }
  char text[size + 6] = "/list/";
};

/// A `Confirm`: whether the field is what was sent, or the `state` of its arguments.
template <Field field>
bool shows(const Device& device, const Json& sent) {
  const Json& state = at(sent, "/state");
  return is_same(at(device.facts, field.pointer()), state.is_null() ? sent : state);
}

consteval Entity toggle(std::string_view key, std::string_view name, std::string_view pointer,
                        Perform perform) {
  Entity row = sensor(key, name, pointer);
  row.component = Component::switch_;
  row.perform = perform;
  return row;
}

consteval Entity number(std::string_view key, std::string_view name, std::string_view pointer,
                        std::string_view unit, Range range, Perform perform) {
  Entity row = sensor(key, name, pointer);
  row.component = Component::number;
  row.unit = unit;
  row.range = range;
  row.perform = perform;
  return row;
}

consteval Entity select(std::string_view key, std::string_view name, std::string_view pointer,
                        std::span<const std::string_view> options, Perform perform) {
  Entity row = sensor(key, name, pointer);
  row.component = Component::select;
  row.options = options;
  row.perform = perform;
  return row;
}

consteval Entity press(std::string_view key, std::string_view name, Perform perform) {
  Entity row;
  row.key = checked_key(key);
  row.name = name;
  row.component = Component::button;
  row.perform = perform;
  return row;
}

/// A command with arguments and no entity of its own in Home Assistant: only its topic.
consteval Entity command(std::string_view key, std::string_view name, Perform perform) {
  Entity row = press(key, name, perform);
  row.announced = false;
  return row;
}

/// A list of objects: shown in the state as it may be sent back, and replaced as a whole. No entity
/// of its own in Home Assistant, whose states are too short for it.
consteval Entity list_command(std::string_view key, std::string_view name, const ObjectList& list,
                              Perform perform) {
  Entity row = command(key, name, perform).takes(list.members, list.needed);
  row.pointer = checked_pointer(list.facts);
  row.most = list.most;
  return row;
}

}  // namespace bridge
