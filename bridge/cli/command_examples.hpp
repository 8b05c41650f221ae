#pragma once

#include <string>

#include "bridge/device.hpp"
#include "bridge/entity.hpp"

namespace bridge {

/// What a command takes, as Markdown for people: "`ON`, `OFF`", "5 to 30 in steps of 0.5".
std::string command_values(const Entity& row, const Device& sample);

/// A payload that the command takes, such as `ON` or `{"value": {"state": "ON", "delay": 60}}`: with
/// the sample's present values, where its facts show them.
std::string command_example(const Entity& row, const Device& sample);

/// A command in Home Assistant's YAML: the action that sends the row's example to `topic`.
std::string command_action(const Entity& row, const Device& sample, std::string_view topic);

}  // namespace bridge
