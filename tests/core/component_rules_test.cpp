#include "core/component_rules.hpp"

#include <gtest/gtest.h>

#include "support/rule_probe.hpp"

namespace bridge {
namespace {

using namespace rule_probe;

TEST(DiscoveryComponent, IsAnObjectOfAKnownPlatform) {
  const auto component = [](const Json& value) {
    return [=](object& document) { document.at("components").as_object()["x"] = value; };
  };
  expect_finding("x", "no object", component("sensor"));
  expect_finding("x", "platform is missing", component(object{{"unique_id", "x"}}));
  expect_finding("x", "not known", component(object{{"platform", "toaster"}}));
}

TEST(DiscoveryComponent, NeedsAUniqueIdOfPlainCharacters) {
  expect_finding("power", "unique_id is missing", without("power", "unique_id"));
  expect_finding("power", "unique_id has to be", in("power", "unique_id", "a/b"));
  expect_finding("power", "unique_id has to be", in("power", "unique_id", letters(256)));
}

TEST(DiscoveryComponent, HasAUniqueIdThatNoOtherOfItsPlatformHas) {
  expect_finding("mode", "stands twice", in("mode", "unique_id", "c_acme_7_power"));
  expect_sound(in("on", "unique_id", "c_acme_7_power"));
}

TEST(DiscoveryComponent, HasNoUnknownOption) {
  expect_finding("power", "device_clas is no option", in("power", "device_clas", "power"));
  expect_finding("power", "dev_cla is no option", in("power", "dev_cla", "power"));
}

TEST(DiscoveryComponent, HasNoOptionOfAnotherPlatform) {
  const std::pair<const char*, const char*> kStrays[] = {{"power", "command_topic"},
                                                         {"on", "state_class"},
                                                         {"load", "options"},
                                                         {"refresh", "state_topic"},
                                                         {"refresh", "value_template"},
                                                         {"limit", "options"},
                                                         {"choose", "device_class"},
                                                         {"activity", "retain"},
                                                         {"mode", "min"},
                                                         {"load", "expire_after"},
                                                         {"choose", "unit_of_measurement"}};
  for (const auto& [component, option] : kStrays) {
    Json document = sound();
    document.at("components").at(component).as_object()[option] = nullptr;
    const auto findings = discovery_findings(kTopic, document);
    ASSERT_FALSE(findings.empty()) << option;
    EXPECT_EQ(findings[0].rule.find(std::string(option) + " is no option of a "), 0u)
        << findings[0].rule;
  }
}

TEST(DiscoveryComponent, HasNoObjectId) {
  expect_finding("power", "object_id is no longer", in("power", "object_id", "power"));
}

TEST(DiscoveryComponent, HasAnEntityIdOfPlatformAndSlug) {
  const auto id = [](const char* text) { return in("power", "default_entity_id", text); };
  for (const auto* text : {"pump_power", "switch.pump_power", "sensor", "sensorpump", ""}) {
    expect_finding("power", "begin with the platform", id(text));
  }
  for (const auto* text : {"sensor.", "sensor.Pump", "sensor._a", "sensor.a_", "sensor.a__b",
                           "sensor.a b", "sensor.ä", "sensor.a.b"}) {
    expect_finding("power", "no valid entity id", id(text));
  }
  expect_finding("power", "longer than 255",
                 in("power", "default_entity_id", Json("sensor." + std::string(249, 'a'))));
}

TEST(DiscoveryComponent, HasANameOfSaneLengthOrNull) {
  expect_finding("power", "name is empty", in("power", "name", ""));
  expect_finding("power", "name is longer", in("power", "name", letters(256)));
  expect_finding("power", "name has to be a text", in("power", "name", 7));
  expect_sound(in("power", "name", nullptr));
}

TEST(DiscoveryComponent, HasAnIconWithItsCollection) {
  for (const char* icon : {"flash", "", "mdi:", "mdi:Flash", "mdi:flash on", "mdi flash", "hass:flash"}) {
    expect_finding("power", "icon has to be", in("power", "icon", icon));
  }
  expect_sound(in("power", "icon", "mdi:flash"));
  expect_sound(in("power", "icon", "mdi:numeric-3-box"));
}

TEST(DiscoveryComponent, HasAKnownCategory) {
  expect_finding("power", "diagnostic or config", in("power", "entity_category", "system"));
}

TEST(DiscoveryComponent, IsNotConfigurationWhereItCanOnlyBeRead) {
  expect_finding("power", "can only be read", in("power", "entity_category", "config"));
  expect_finding("on", "can only be read", in("on", "entity_category", "config"));
  expect_sound(in("load", "entity_category", "config"));
}

TEST(DiscoveryComponent, HasOptionsOfTheirType) {
  expect_finding("power", "enabled_by_default", in("power", "enabled_by_default", "false"));
  expect_finding("power", "qos has to be", in("power", "qos", 3));
  expect_finding("power", "qos has to be", in("power", "qos", -1));
  expect_finding("power", "qos has to be", in("power", "qos", "1"));
  expect_finding("load", "payload_on has to be", in("load", "payload_on", true));
}

TEST(DiscoveryComponent, HasTemplatesWhoseBracesMatch) {
  for (const auto* jinja : {"{{ value_json.x", "value_json.x }}", "{{ a {{ b }}", "{% if a }}"}) {
    expect_finding("power", "braces", in("power", "value_template", jinja));
  }
  for (const auto* jinja : {"{{ a }}{{ b }}", "{% if a %}{{ b }}{% endif %}", "plain"}) {
    expect_sound(in("power", "value_template", jinja));
  }
}

TEST(DiscoveryComponent, HasTheTopicsThatItsPlatformNeeds) {
  for (const auto* component : {"load", "refresh", "limit", "choose"}) {
    expect_finding(component, "command_topic is missing", without(component, "command_topic"));
  }
  Json document = sound();
  document.as_object().erase("state_topic");
  const auto findings = discovery_findings(kTopic, document);
  std::vector<std::string> lacking;
  for (const Finding& each : findings) lacking.push_back(each.component);
  EXPECT_EQ(lacking, (std::vector<std::string>{"power", "mode", "on"})) << described(findings);
}

TEST(DiscoveryComponent, HasValidTopics) {
  expect_finding("load", "command_topic has a wildcard", in("load", "command_topic", "c/+/set"));
  expect_finding("load", "command_topic is empty", in("load", "command_topic", ""));
  expect_finding("power", "state_topic has a wildcard", in("power", "state_topic", "c/#/x"));
  expect_sound(in("power", "state_topic", "c/+/x/#"));
  expect_finding("power", "control characters", in("power", "state_topic", "a\tb"));
  expect_finding("power", "longer than 65535", in("power", "state_topic", letters(65536)));
}

TEST(DiscoveryComponent, HasOneFormOfAvailability) {
  expect_finding("power", "exclude each other", in("power", "availability_topic", "c/a"));
  expect_finding("power", "availability has an entry without",
                 in("power", "availability", array{object{}}));
  expect_finding("power", "availability_mode", in("power", "availability_mode", "none"));
}

TEST(DiscoveryComponent, NeverRetainsCommands) {
  expect_finding("load", "retain", in("load", "retain", true));
  expect_sound(in("load", "retain", false));
}

TEST(DiscoveryComponent, DoesNotExpireWhileItsStateIsRetained) {
  expect_finding("power", "expire_after", in("power", "expire_after", 60));
}

TEST(DiscoveryComponent, MayBeAStubThatRemovesTheEntity) {
  for (const auto* platform : {"switch", "number", "select", "event", "button"}) {
    expect_sound([=](object& document) {
      document.at("components").as_object()["old"] = {{"platform", platform}};
    });
  }
}

TEST(DiscoveryClass, IsKnownForThePlatform) {
  expect_finding("power", "no class of a sensor", in("power", "device_class", "running"));
  expect_finding("on", "no class of a binary_sensor", in("on", "device_class", "voltage"));
  expect_finding("load", "no class of a switch", in("load", "device_class", "running"));
  expect_finding("refresh", "no class of a button", in("refresh", "device_class", "outlet"));
  expect_finding("limit", "no class of a number", in("limit", "device_class", "timestamp"));
  expect_finding("activity", "no class of a event", in("activity", "device_class", "update"));
  expect_sound(in("load", "device_class", "switch"));
  expect_sound(in("refresh", "device_class", "restart"));
}

TEST(DiscoveryClass, GoesWithItsUnits) {
  expect_finding("power", "does not go with the unit BTU/h",
                 in("power", "unit_of_measurement", "BTU/h"));
  expect_finding("limit", "does not go with the unit V", [](object& document) {
    in("limit", "device_class", "current")(document);
    in("limit", "unit_of_measurement", "V")(document);
  });
}

TEST(DiscoveryClass, NeedsTheUnitThatItIsMeasuredIn) {
  expect_finding("power", "needs a unit", without("power", "unit_of_measurement"));
}

TEST(DiscoveryClass, GoesWithItsStateClasses) {
  expect_finding("power", "does not go with the state class total_increasing",
                 in("power", "state_class", "total_increasing"));
}

struct Triple {
  const char* device_class;
  const char* unit;
  const char* state_class;
  bool fits;
};

TEST(DiscoveryClass, HasThePinnedTriples) {
  for (const Triple& each : {Triple{"energy", "Wh", "total_increasing", true},
                             Triple{"energy", "Wh", "measurement", false},
                             Triple{"energy", "W", "total", false},
                             Triple{"water", "L", "total_increasing", true},
                             Triple{"water", "m³", "total", true},
                             Triple{"water", "mL", "total", false},
                             Triple{"temperature", "°F", "measurement", true},
                             Triple{"temperature", "F", "measurement", false},
                             Triple{"ph", "", "measurement", true},
                             Triple{"ph", "pH", "measurement", false},
                             Triple{"signal_strength", "%", "measurement", false},
                             Triple{"power_factor", "", "measurement", true},
                             Triple{"power_factor", "%", "measurement", true},
                             Triple{"volume_flow_rate", "L/min", "measurement", true},
                             Triple{"pressure", "psi", "measurement", true},
                             Triple{"duration", "s", "", true},
                             Triple{"duration", "seconds", "", false},
                             Triple{"timestamp", "", "", true},
                             Triple{"timestamp", "s", "", false},
                             Triple{"timestamp", "", "measurement", false},
                             Triple{"monetary", "EUR", "total", true},
                             Triple{"monetary", "€", "total", false},
                             Triple{"monetary", "EUR", "measurement", false},
                             Triple{"wind_direction", "°", "measurement_angle", true},
                             Triple{"ph", "-", "measurement", false}}) {
    Json document = sound();
    object& power = document.at("components").at("power").as_object();
    power["device_class"] = each.device_class;
    power.erase("unit_of_measurement");
    power.erase("state_class");
    if (*each.unit != '\0') power["unit_of_measurement"] = each.unit;
    if (*each.state_class != '\0') power["state_class"] = each.state_class;
    const auto findings = discovery_findings(kTopic, document);
    EXPECT_EQ(findings.size(), each.fits ? 0u : 1u)
        << each.device_class << ' ' << each.unit << ' ' << each.state_class << '\n'
        << described(findings);
  }
}

TEST(DiscoveryClass, NoneTakesAnyUnitThatIsNotBlank) {
  expect_sound([](object& document) {
    without("power", "device_class")(document);
    in("power", "unit_of_measurement", "mg/L")(document);
  });
  expect_finding("power", "blank", [](object& document) {
    without("power", "device_class")(document);
    in("power", "unit_of_measurement", " ")(document);
  });
}

TEST(DiscoverySensor, HasAKnownStateClass) {
  expect_finding("power", "state_class sum is none", [](object& document) {
    without("power", "device_class")(document);
    in("power", "state_class", "sum")(document);
  });
}

TEST(DiscoverySensor, MeasuresAnglesInDegrees) {
  expect_finding("power", "needs the unit °", [](object& document) {
    without("power", "device_class")(document);
    in("power", "state_class", "measurement_angle")(document);
  });
}

TEST(DiscoverySensor, IsResetOnlyAsATotal) {
  expect_finding("power", "last_reset", in("power", "last_reset_value_template", "{{ 1 }}"));
}

TEST(DiscoverySensor, HasOptionsOnlyAsAnEnum) {
  expect_finding("mode", "options need", without("mode", "device_class"));
  expect_finding("mode", "options are missing", without("mode", "options"));
  expect_finding("mode", "options has to be", in("mode", "options", array{}));
  expect_finding("mode", "options has to be", in("mode", "options", array{"a", 7}));
  expect_finding("mode", "longer than", in("mode", "options", array{letters(256)}));
}

TEST(DiscoverySensor, HasNoOptionThatHomeAssistantTakesForNoValue) {
  for (const char* word : {"none", "None", "unavailable"}) {
    expect_finding("mode", "for no value", in("mode", "options", array{"a", word}));
  }
  expect_sound(in("mode", "options", array{"ok", "unknown", "(none)"}));
}

TEST(DiscoverySensor, HasNeitherUnitNorStateClassBesideOptions) {
  for (const auto& [option, value] :
       {std::pair{"unit_of_measurement", "W"}, std::pair{"state_class", "measurement"}}) {
    Json document = sound();
    in("mode", option, value)(document.as_object());
    const auto all = described(discovery_findings(kTopic, document));
    EXPECT_NE(all.find("mode: options exclude"), std::string::npos) << all;
  }
}

TEST(DiscoverySensor, ShowsAWholeNumberOfDigits) {
  for (const Json& digits : {Json(-1), Json(1.5), Json("1")}) {
    expect_finding("power", "suggested_display_precision",
                   in("power", "suggested_display_precision", digits));
  }
}

TEST(DiscoveryNumber, HasLimitsInTheirOrder) {
  expect_finding("limit", "min is larger", in("limit", "min", 101));
  expect_finding("limit", "max has to be a number", in("limit", "max", "100"));
}

TEST(DiscoveryNumber, KnowsTheLimitsThatHomeAssistantAssumes) {
  expect_finding("limit", "min is larger", [](object& document) {
    without("limit", "max")(document);
    in("limit", "min", 100.5)(document);
  });
  expect_finding("limit", "min is larger", [](object& document) {
    without("limit", "min")(document);
    in("limit", "max", 0.5)(document);
  });
}

TEST(DiscoveryNumber, HasAStepThatHomeAssistantTakes) {
  expect_finding("limit", "step", in("limit", "step", 0.0005));
  expect_finding("limit", "step", in("limit", "step", 0));
  expect_sound(in("limit", "step", 0.001));
}

TEST(DiscoveryNumber, HasAKnownMode) {
  expect_finding("limit", "mode has to be", in("limit", "mode", "dial"));
}

TEST(DiscoverySelect, NeedsOptions) {
  expect_finding("choose", "options is missing", without("choose", "options"));
  expect_finding("choose", "options has to be", in("choose", "options", array{1}));
  expect_finding("choose", "options has to be", in("choose", "options", "a"));
}

TEST(DiscoverySelect, HasNoOptionThatHomeAssistantTakesForNoValue) {
  for (const char* word : {"none", "NONE", "unknown", "unavailable"}) {
    expect_finding("choose", "for no value", in("choose", "options", array{"a", word}));
  }
  expect_sound(in("choose", "options", array{"(none)", "nothing"}));
}

TEST(DiscoveryEvent, NeedsTypes) {
  expect_finding("activity", "event_types is missing", without("activity", "event_types"));
  expect_finding("activity", "event_types has to be", in("activity", "event_types", array{}));
}

}  // namespace
}  // namespace bridge
