#include "core/bridge_device.hpp"

#include <boost/json/array.hpp>

#include "core/configuration.hpp"
#include "core/own_device.hpp"

namespace bridge {
namespace {

using boost::json::object;

constexpr std::string_view kProgram = "cloud2mqtt";

// Two bridges on one broker have two base topics, and two names.
std::string name_of(const Topics& topics) {
  std::string name(kProgram);
  if (topics.base() != kProgram) name += " (" + topics.base() + ')';
  return name;
}

void add_facts(OwnDevice& device, const Topics& topics) {
  const std::string info = topics.bridge_info();
  const std::string health = topics.bridge_health();
  device.add("sensor", "version", "Version",
             {{"icon", "mdi:tag-outline"},
              {"entity_category", "diagnostic"},
              {"state_topic", info},
              {"value_template", "{{ value_json.version }}"}});
  device.add("sensor", "mqtt_version", "MQTT version",
             {{"icon", "mdi:tag-outline"},
              {"entity_category", "diagnostic"},
              {"state_topic", info},
              {"value_template", "{{ value_json.mqtt_version }}"}});
  device.add("sensor", "uptime", "Uptime",
             {{"device_class", "duration"},
              {"unit_of_measurement", "s"},
              {"entity_category", "diagnostic"},
              {"enabled_by_default", false},
              {"state_topic", health},
              {"value_template", "{{ value_json.uptime }}"}});
  device.add("sensor", "memory", "Memory",
             {{"device_class", "data_size"},
              {"unit_of_measurement", "KiB"},
              {"state_class", "measurement"},
              {"entity_category", "diagnostic"},
              {"enabled_by_default", false},
              {"state_topic", health},
              {"value_template", "{{ value_json.memory_kib }}"}});
}

void add_controls(OwnDevice& device, const Topics& topics) {
  boost::json::array levels;
  for (const std::string_view level : kLogLevels) levels.emplace_back(level);
  device.add("select", "log_level", "Log level",
             {{"icon", "mdi:math-log"},
              {"options", std::move(levels)},
              {"entity_category", "config"},
              {"state_topic", topics.bridge_info()},
              {"value_template", "{{ value_json.log_level }}"},
              {"command_topic", topics.bridge_request("log_level")},
              {"command_template", R"({"value": "{{ value }}"})"},
              {"qos", 1}});
  device.add("button", "poll_now", "Poll now",
             {{"icon", "mdi:refresh"},
              {"command_topic", topics.bridge_request("poll")},
              {"payload_press", "{}"},
              {"qos", 1}});
}

}  // namespace

Announcement bridge_announcement(const Topics& topics, std::string_view version,
                                 const std::vector<std::string>& gone) {
  OwnDevice device(topics.bridge_id(), name_of(topics), version);
  device.block().emplace("manufacturer", kProgram);
  device.block().emplace("model", "Bridge");
  device.add("binary_sensor", "connectivity", "",
             {{"device_class", "connectivity"},
              {"entity_category", "diagnostic"},
              {"state_topic", topics.bridge_availability()},
              {"payload_on", "online"},
              {"payload_off", "offline"}});
  // The connection explains why all the others are unavailable.
  device.available_with(topics.bridge_availability());
  add_facts(device, topics);
  add_controls(device, topics);
  Json document = std::move(device).finish(gone);
  return sound_announcement(topics.discovery(topics.bridge_id()), document);
}

}  // namespace bridge
