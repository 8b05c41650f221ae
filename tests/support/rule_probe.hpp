#pragma once

// A document that breaks no rule of Home Assistant, and ways to break exactly one.

#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <functional>
#include <string>
#include <vector>

#include "core/discovery_rules.hpp"

namespace bridge::rule_probe {

using boost::json::array;
using boost::json::object;

inline constexpr std::string_view kTopic = "homeassistant/device/c_acme_7/config";

/// A document that breaks no rule, with a component of every platform.
inline Json sound() {
  return boost::json::parse(R"({
    "device": {"identifiers": "c_acme_7", "name": "Pump", "manufacturer": "Acme",
               "via_device": "c_acme_hub__home"},
    "origin": {"name": "cloud2mqtt", "sw_version": "0.1.0", "support_url": "https://example.com"},
    "availability": [{"topic": "c/bridge/availability"}, {"topic": "c/home/7/availability"}],
    "availability_mode": "all",
    "state_topic": "c/home/7/state",
    "components": {
      "power": {"platform": "sensor", "unique_id": "c_acme_7_power", "name": "Power",
                "default_entity_id": "sensor.pump_power", "device_class": "power",
                "unit_of_measurement": "W", "state_class": "measurement",
                "suggested_display_precision": 1, "value_template": "{{ value_json.power }}"},
      "mode": {"platform": "sensor", "unique_id": "c_acme_7_mode", "device_class": "enum",
               "options": ["a", "b"], "entity_category": "diagnostic"},
      "on": {"platform": "binary_sensor", "unique_id": "c_acme_7_on", "device_class": "running",
             "enabled_by_default": false},
      "load": {"platform": "switch", "unique_id": "c_acme_7_load", "qos": 1,
               "command_topic": "c/home/7/load/set", "payload_on": "ON", "payload_off": "OFF"},
      "refresh": {"platform": "button", "unique_id": "c_acme_7_refresh",
                  "command_topic": "c/home/7/refresh/set", "entity_category": "config"},
      "limit": {"platform": "number", "unique_id": "c_acme_7_limit", "min": 0, "max": 100,
                "step": 0.5, "mode": "box", "command_topic": "c/home/7/limit/set"},
      "choose": {"platform": "select", "unique_id": "c_acme_7_choose", "options": ["a"],
                 "command_topic": "c/home/7/choose/set"},
      "activity": {"platform": "event", "unique_id": "c_acme_7_activity",
                   "event_types": ["relay"], "state_topic": "c/home/7/event/activity"},
      "gone": {"platform": "sensor"}
    }})");
}

using Change = std::function<void(object& document)>;

inline std::string described(const std::vector<Finding>& findings) {
  std::string all;
  for (const Finding& each : findings) all += each.component + ": " + each.rule + "\n";
  return all;
}

/// Breaks one rule and expects exactly one finding, in that component, with those words.
inline void expect_finding(std::string_view component, std::string_view words,
                           const Change& change) {
  Json document = sound();
  change(document.as_object());
  const auto findings = discovery_findings(kTopic, document);
  ASSERT_EQ(findings.size(), 1u) << described(findings);
  EXPECT_EQ(findings[0].component, component);
  EXPECT_NE(findings[0].rule.find(words), std::string::npos) << findings[0].rule;
}

/// A text of that many letters.
inline Json letters(std::size_t count) { return boost::json::string(count, 'a'); }

/// Changes one option of a component.
inline Change in(std::string_view component, std::string_view option, Json value) {
  return [=](object& document) {
    document.at("components").at(component).as_object()[option] = value;
  };
}

inline Change without(std::string_view component, std::string_view option) {
  return
      [=](object& document) { document.at("components").at(component).as_object().erase(option); };
}

inline Change at_root(std::string_view key, Json value) {
  return [=](object& document) { document[key] = value; };
}

inline Change in_device(std::string_view key, Json value) {
  return [=](object& document) { document.at("device").as_object()[key] = value; };
}

inline void expect_sound(const Change& change) {
  Json document = sound();
  change(document.as_object());
  const auto findings = discovery_findings(kTopic, document);
  EXPECT_TRUE(findings.empty()) << described(findings);
}

}  // namespace bridge::rule_probe
