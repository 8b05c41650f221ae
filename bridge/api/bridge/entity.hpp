#pragma once

#include <chrono>
#include <span>
#include <string_view>

#include "bridge/device.hpp"
#include "bridge/json.hpp"
#include "bridge/result.hpp"
#include "bridge/settings.hpp"
#include "bridge/vendor.hpp"

namespace bridge {

/// The Home Assistant platform of an entity.
enum class Component { sensor, binary_sensor, switch_, button, number, select, event };

/// Home Assistant's device classes that our vendors need. `none`: the entity has no class.
enum class DeviceClass {
  none, battery, connectivity, current, duration, energy, enum_, frequency, ph, power, power_factor,
  pressure, problem, reactive_power, restart, running, signal_strength, switch_, temperature,
  timestamp, voltage, volume_flow_rate, volume_storage, water,
};

enum class StateClass { none, measurement, total, total_increasing };

enum class Category { primary, diagnostic, config };

/// The level of availability that an entity explains, and therefore must outlive.
enum class Explains { nothing, device };

/// A number entity's limits, and the validation of its commands.
struct Range {
  double minimum = 0, maximum = 0, step = 1;
};

/// One member of a command's JSON argument, such as {"state": "ON", "delay": 60}.
struct Argument {
  /// A moment is any form of parse_time, made RFC 3339; a unix_time any of moment_at, made seconds.
  enum Kind { number, flag, text, moment, unix_time };
  std::string_view name;
  Range range = {};  ///< of a number
  Kind kind = number;
  std::span<const std::string_view> options = {};  ///< of a text; empty: any text
  std::string_view reported = {};  ///< what the vendor calls it when it is read; empty: the same
  std::string_view only_for = {};  ///< needed with this word as the first member, else refused

  constexpr std::string_view read_name() const { return reported.empty() ? name : reported; }
};

/// Where groups of settings are asked for and put: a path with {id} of the device, the JSON pointer
/// to the groups in the answer to a GET, and the member of the PUT that holds one.
struct GroupPlace {
  std::string_view path, answer, body;
};

/// Settings that a vendor wants whole: {"name": {members}}.
struct Group {
  std::string_view name;
  std::span<const Argument> members;
  std::string_view facts;  ///< JSON pointer to the groups as they were read
  const GroupPlace* place = nullptr;
};

/// The group by its name, as it is written: the members `given`, and the others as the groups that
/// the vendor `reported` have them.
Json completed(const Group& group, const Json& given, const Json& reported);

/// Puts a group whole. The members that are not given are asked for anew, so that what was just
/// written is not taken back by facts from before. Errors: those of the two requests.
Task<Json> put_group(Vendor& vendor, const Device& device, const Group& group, Json given);

/// The same as a `Perform`.
template <const Group& group>
Task<Json> put_group(Vendor& vendor, const Device& device, Json given) {
  return put_group(vendor, device, group, std::move(given));
}

/// A `Confirm`: whether the facts show every member given.
template <const Group& group>
bool shows(const Device& device, const Json& given) {
  const Json& reported = at(device.facts, group.facts);
  return completed(group, given, reported) == completed(group, {}, reported);
}

/// A list that a vendor takes whole, of objects of these members.
struct ObjectList {
  std::span<const Argument> members;
  std::size_t needed = 0, most = 0;  ///< members in each object, from the first one on; objects
  std::string_view facts;  ///< JSON pointer to the list as it was read
};

/// The list that a vendor `reported`, as it would be written: of each object these members by their
/// own names, and nothing else. Null for what is no list.
Json listed(std::span<const Argument> members, const Json& reported);

/// Whether a vendor reports the list `given`, in its order. A member left out is as good as 0.
bool is_listed(std::span<const Argument> members, const Json& given, const Json& reported);

/// A `Confirm`: whether the facts show the list.
template <const ObjectList& list>
bool shows(const Device& device, const Json& given) {
  return is_listed(list.members, given, at(device.facts, list.facts));
}

/// Turns a fact into what is published. Pure; null in, null out is the caller's business: it is
/// called for null too.
using Convert = Json (*)(const Json& fact);

/// Checks a command's value, or the object of its checked arguments, and makes the argument for
/// `Perform`. Errors: invalid_argument.
using Parse = Result<Json> (*)(const Json& value, const Device& device);

/// Sends a command to the vendor. The answer only matters as success or failure.
using Perform = Task<Json> (*)(Vendor& vendor, const Device& device, Json argument);

/// Whether the facts, read again, show what the command asked for.
using Confirm = bool (*)(const Device& device, const Json& argument);

/// One row of a mapper's table is one Home Assistant entity: the fact that feeds its state, and
/// for a control the REST call behind its command topic.
struct Entity {
  std::string_view key;           ///< topic level and unique-id suffix; never changes once released
  std::string_view name = {};     ///< what a person reads; sentence case, without the device's name
  std::string_view pointer = {};  ///< JSON pointer into Device::facts; empty: all, for `convert`
  Component component = Component::sensor;
  DeviceClass device_class = DeviceClass::none;
  std::string_view unit = {};
  StateClass state_class = StateClass::none;
  Category category = Category::primary;
  Convert convert = nullptr;
  /// JSON pointers to limits that the owner set. Three more rows come with them: `key`_outside, a
  /// problem while the value is not within, and `key`_low and `key`_high.
  std::string_view low = {}, high = {};

  Perform perform = nullptr;
  /// The members of an object in place of a plain value, which stands for the first of them.
  std::span<const Argument> arguments = {};
  /// So many arguments, from the first one on, must be there. The value is a list of at most so many
  /// such objects; 0: it is one.
  std::size_t needed = 0, most = 0;
  Parse parse = nullptr;  ///< nullptr: what the component implies (ON/OFF, the range, an option, PRESS)
  Range range = {};
  std::span<const std::string_view> options = {};  ///< of an enum, a select, or an event's types
  std::string_view refresh = {};    ///< the read to repeat after the command
  Confirm confirm = nullptr;        ///< nullptr: success of the call is `done`
  std::chrono::seconds patience{};  ///< how long the facts may take to show it; less than 10 s: 10 s
  bool answer_suffices = false;     ///< not shown by the facts: `done`, not `unconfirmed`
  bool idempotent = true;           ///< sent twice does no harm; a newer one replaces a waiting one
  /// Nothing but this row may change: when the facts, read again, show another value of another
  /// control too, the outcome is `unconfirmed` with that control's name.
  bool changes_alone = false;

  Condition when = {};                 ///< whether an account has the row
  bool shown_anyway = false;           ///< without what `when` wants a control becomes a plain value
  std::string_view unit_setting = {};  ///< the setting that names the unit; not given: no class
  bool enabled = true;                 ///< whether Home Assistant enables it by default
  Explains explains = Explains::nothing;
  bool announced = true;  ///< false: a command topic without an entity in Home Assistant
  bool is_device = false;  ///< Home Assistant shows it by the device's name alone; one in a kind
  std::string_view icon = {};  ///< "mdi:water-pump", where the device class brings none
  int precision = -1;     ///< digits Home Assistant shows after the point; -1: as sent

  constexpr bool is_command() const { return perform != nullptr; }
  constexpr bool is_list() const { return most > 0; }
  constexpr bool is_event() const { return component == Component::event; }

  consteval Entity diagnostic() const { Entity row = *this; row.category = Category::diagnostic; return row; }
  consteval Entity config() const { Entity row = *this; row.category = Category::config; return row; }
  consteval Entity via(Convert reshape) const { Entity row = *this; row.convert = reshape; return row; }
  consteval Entity within(std::string_view lowest, std::string_view highest) const {
    Entity row = *this; row.low = lowest; row.high = highest; return row;
  }
  consteval Entity accepts(Parse check) const { Entity row = *this; row.parse = check; return row; }
  /// A plain value, or a JSON object of these members; the first `required` must be there.
  consteval Entity takes(std::span<const Argument> members, std::size_t required) const {
    Entity row = *this; row.arguments = members; row.needed = required; return row;
  }
  consteval Entity then_read(std::string_view read) const { Entity row = *this; row.refresh = read; return row; }
  /// The facts must show the value, else the outcome is `unconfirmed`: after ten seconds, or after the
  /// `patience` that a slow relay takes; then they are looked at once more, later.
  consteval Entity confirmed_by(Confirm shown, std::chrono::seconds patience = {}) const {
    Entity row = *this; row.confirm = shown; row.patience = patience; return row;
  }
  /// The facts may show the value (`confirmed`); where they do not, the vendor's answer is `done`.
  consteval Entity perhaps_confirmed_by(Confirm shown) const {
    Entity row = *this; row.confirm = shown; row.answer_suffices = true; return row;
  }
  /// A part of a group, which the facts may show. It takes some of the members, and another part that
  /// waits is not made pointless by it.
  template <const Group& group>
  consteval Entity part_of() const {
    return takes(group.members, 0).perhaps_confirmed_by(shows<group>).once();
  }
  consteval Entity once() const { Entity row = *this; row.idempotent = false; return row; }
  consteval Entity alone() const { Entity row = *this; row.changes_alone = true; return row; }
  /// The row exists while the flag setting is on, or the list setting has the word.
  consteval Entity only_with(std::string_view setting, std::string_view word = {}) const {
    Entity row = *this; row.when = Condition(setting, word); return row;
  }
  /// The row exists while the flag setting is off. It may share its key with an only_with() twin.
  consteval Entity only_without(std::string_view setting) const {
    Entity row = *this; row.when = Condition(setting, {}, true); return row;
  }
  /// A control while the list setting has the word; otherwise its value is only shown.
  consteval Entity settable_with(std::string_view setting, std::string_view word) const {
    Entity row = only_with(setting, word); row.shown_anyway = true; return row;
  }
  consteval Entity in_unit_of(std::string_view setting) const { Entity row = *this; row.unit_setting = setting; return row; }
  /// The device itself, as the relay of a switch: Home Assistant names it as the device is named.
  consteval Entity main() const { Entity row = *this; row.is_device = true; return row; }
  consteval Entity with_icon(std::string_view mdi) const { Entity row = *this; row.icon = mdi; return row; }
  consteval Entity disabled() const { Entity row = *this; row.enabled = false; return row; }
  consteval Entity rounded(int digits) const { Entity row = *this; row.precision = digits; return row; }
  consteval Entity of_class(DeviceClass meaning) const { Entity row = *this; row.device_class = meaning; return row; }
  consteval Entity counting(StateClass meaning) const { Entity row = *this; row.state_class = meaning; return row; }
};

}  // namespace bridge
