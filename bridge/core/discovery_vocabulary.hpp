#pragma once

// Home Assistant's words for its MQTT platforms, as facts: which options a platform knows, which
// device classes, and which units and state classes go with a class. A safe subset of what
// 2025.4 to 2026.9 accept: what an older release takes, a newer one takes too.

#include <cstdint>
#include <span>
#include <string_view>

#include "bridge/entity.hpp"

namespace bridge {

std::string_view spelled(Component component);
std::string_view spelled(DeviceClass device_class);  ///< empty for none
std::string_view spelled(StateClass state_class);    ///< empty for none
std::string_view spelled(Category category);         ///< empty for primary

/// What an option's value has to be.
enum class OptionKind {
  any,
  text,
  text_or_null,
  flag,
  qos,
  natural,  ///< an integer that is not negative
  number,
  texts,            ///< a list of strings that is not empty
  template_text,    ///< a Jinja template
  subscribe_topic,  ///< a topic that Home Assistant subscribes to
  publish_topic,    ///< a topic that Home Assistant publishes to
  availability,     ///< the list of availability topics
};

/// One option of entities: its name, and the platforms that know it.
struct Option {
  std::string_view name;
  std::uint8_t platforms;  ///< a bit for each Component
  OptionKind kind;
};

/// The bit of a platform in Option::platforms.
constexpr std::uint8_t bit(Component component) {
  return static_cast<std::uint8_t>(1u << static_cast<unsigned>(component));
}

/// The option of that name; nullptr for a name that no platform knows.
const Option* find_option(std::string_view name);

/// The options that stand at the root of a device document for all of its components.
const Option* find_shared_option(std::string_view name);

/// A platform whose rules are pinned here.
struct Platform {
  Component component;
  std::string_view name;
  std::span<const std::string_view> device_classes;
  bool needs_state_topic = false;
  bool needs_command_topic = false;
};

/// The platform of that name; nullptr for one that the bridge never announces.
const Platform* find_platform(std::string_view name);

/// Home Assistant's device classes of sensors and numbers, each with what goes with it.
struct MeasuredClass {
  std::string_view name;
  std::string_view units;          ///< separated by blanks; "-" stands for none
  std::string_view state_classes;  ///< separated by blanks
};

/// The class of that name; nullptr for one that is not pinned.
const MeasuredClass* find_measured_class(std::string_view name);

/// Whether `word` is one of the words of a list separated by blanks.
bool is_word_of(std::string_view list, std::string_view word);

/// Whether a sensor or number of this class has to name a unit.
bool needs_unit(const MeasuredClass& meaning);

/// Whether a class takes this unit, "" for none.
bool takes_unit(const MeasuredClass& meaning, std::string_view unit);

}  // namespace bridge
