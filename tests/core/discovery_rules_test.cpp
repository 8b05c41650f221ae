#include "core/discovery_rules.hpp"

#include <gtest/gtest.h>

#include "support/rule_probe.hpp"

namespace bridge {
namespace {

using namespace rule_probe;

std::size_t findings_for_topic(std::string_view topic) {
  return discovery_findings(topic, sound()).size();
}

TEST(DiscoveryRules, FindNothingInASoundDocument) {
  expect_sound([](object&) {});
}

TEST(DiscoveryTopic, MayHaveANodeAndAPrefixOfSeveralLevels) {
  EXPECT_EQ(findings_for_topic("homeassistant/device/node/c_acme_7/config"), 0u);
  EXPECT_EQ(findings_for_topic("home/ha/device/c_acme_7/config"), 0u);
}

TEST(DiscoveryTopic, HasIdsOfLettersDigitsUnderlineAndHyphen) {
  for (const auto* id : {"a b", "a.b", "ä", "", "a+b"}) {
    EXPECT_EQ(findings_for_topic("homeassistant/device/" + std::string(id) + "/config"), 1u) << id;
  }
  EXPECT_EQ(findings_for_topic("homeassistant/device/n.o/c_acme_7/config"), 1u);
}

TEST(DiscoveryTopic, IsOfTheFormThatHomeAssistantListensTo) {
  for (const auto* topic :
       {"", "homeassistant", "device/x/config", "homeassistant/sensor/x/config",
        "homeassistant/device/x/state", "/device/x/config", "homeassistant/device/a/b/c/config"}) {
    EXPECT_EQ(findings_for_topic(topic), 1u) << topic;
  }
}

TEST(DiscoveryTopic, HasNoWildcardNoControlCharacterAndIsUtf8) {
  EXPECT_EQ(findings_for_topic("home/+/device/x/config"), 1u);
  EXPECT_EQ(findings_for_topic("home\n/device/x/config"), 1u);
  EXPECT_EQ(findings_for_topic("home\xff/device/x/config"), 1u);
  EXPECT_EQ(findings_for_topic("home\xEF\xBF\xBF/device/x/config"), 1u);
}

TEST(DiscoveryTopic, FitsIntoAnMqttString) {
  EXPECT_EQ(findings_for_topic("homeassistant/device/" + std::string(65500, 'a') + "/config"), 0u);
  EXPECT_EQ(findings_for_topic("homeassistant/device/" + std::string(65520, 'a') + "/config"), 1u);
}

TEST(DiscoveryRoot, IsAnObject) {
  EXPECT_EQ(discovery_findings(kTopic, Json("text")).size(), 1u);
  EXPECT_EQ(discovery_findings(kTopic, Json(array{})).size(), 1u);
}

TEST(DiscoveryRoot, RefusesEveryUnknownKey) {
  expect_finding("", "expire_after is no key", at_root("expire_after", 5));
  expect_finding("", "stat_t is no key", at_root("stat_t", "c/state"));
  expect_finding("", "message_expiry_interval is no key", at_root("message_expiry_interval", 60));
}

TEST(DiscoveryRoot, NeedsDeviceOriginAndComponents) {
  for (const auto* key : {"device", "origin", "components"}) {
    expect_finding("", std::string(key) + " is missing",
                   [=](object& document) { document.erase(key); });
    expect_finding("", std::string(key) + " is missing", at_root(key, "text"));
  }
}

TEST(DiscoveryRoot, NeedsAComponent) {
  expect_finding("", "none", at_root("components", object{}));
}

TEST(DiscoveryRoot, HasValidSharedOptions) {
  expect_finding("", "state_topic has a wildcard", at_root("state_topic", "c/+x/state"));
  expect_finding("", "command_topic has a wildcard", at_root("command_topic", "c/+/set"));
  expect_finding("", "qos has to be", at_root("qos", 3));
  expect_finding("", "encoding has to be", at_root("encoding", 8));
  expect_finding("", "availability_mode", at_root("availability_mode", "some"));
}

TEST(DiscoveryRoot, HasOneFormOfAvailability) {
  expect_finding("", "exclude each other", at_root("availability_topic", "c/availability"));
}

TEST(DiscoveryRoot, ListsValidAvailabilityTopics) {
  expect_finding("", "without a topic", at_root("availability", array{object{}}));
  expect_finding("", "list of objects", at_root("availability", array{}));
  expect_finding("", "list of objects", at_root("availability", object{{"topic", "c/a"}}));
  expect_finding("", "no object", at_root("availability", array{"c/a"}));
  expect_finding("", "unknown key t",
                 at_root("availability", array{object{{"topic", "c/a"}, {"t", "c/a"}}}));
  expect_finding("", "no text", at_root("availability", array{object{{"topic", 7}}}));
  expect_finding("", "whole level", at_root("availability", array{object{{"topic", "c/#/a"}}}));
  expect_finding(
      "", "broken template",
      at_root("availability", array{object{{"topic", "c/a"}, {"value_template", "{{ value"}}}));
}

TEST(DiscoveryDevice, RefusesEveryUnknownKey) {
  expect_finding("", "mdl is no key", in_device("mdl", "X"));
}

TEST(DiscoveryDevice, NeedsAnIdentity) {
  const auto identity = [](const Json& identifiers, const Json& connections) {
    return [=](object& document) {
      object& device = document.at("device").as_object();
      device.erase("identifiers");
      if (!identifiers.is_null()) device["identifiers"] = identifiers;
      if (!connections.is_null()) device["connections"] = connections;
    };
  };
  expect_finding("", "neither", identity(nullptr, nullptr));
  expect_finding("", "neither", identity(array{}, nullptr));
  expect_sound(identity(array{"a", "b"}, nullptr));
  expect_sound(identity(nullptr, array{array{"mac", "02:00:00:00:00:01"}}));
}

TEST(DiscoveryDevice, HasIdentifiersAndConnectionsOfTheirShape) {
  expect_finding("", "identifiers have to be", in_device("identifiers", array{7}));
  expect_finding("", "identifiers have to be", in_device("identifiers", ""));
  expect_finding("", "connections have to be", in_device("connections", array{array{"mac"}}));
  expect_finding("", "connections have to be", in_device("connections", "mac"));
}

TEST(DiscoveryDevice, HasANameOfSaneLength) {
  expect_finding("", "no name", in_device("name", ""));
  expect_finding("", "longer than 255", in_device("name", letters(256)));
}

TEST(DiscoveryDevice, HasTextsOnly) {
  for (const auto* key : {"manufacturer", "model", "model_id", "hw_version", "sw_version",
                          "serial_number", "suggested_area"}) {
    expect_finding("", std::string(key) + " is no text", in_device(key, 7));
    expect_sound(in_device(key, "text"));
  }
}

TEST(DiscoveryDevice, IsNotItsOwnParent) {
  expect_finding("", "the device itself", in_device("via_device", "c_acme_7"));
  expect_finding("", "via_device is empty", in_device("via_device", ""));
}

TEST(DiscoveryDevice, HasAnAddressWithASchemeAndAHost) {
  for (const auto* url : {"ftp://example.com", "https://", "example.com", "https:///x", ""}) {
    expect_finding("", "configuration_url", in_device("configuration_url", url));
  }
  expect_sound(in_device("configuration_url", "http://example.com/setup?x"));
  expect_sound(in_device("configuration_url", "homeassistant://config"));
}

TEST(DiscoveryDevice, IsAtMostOneEntityItself) {
  expect_sound(in("load", "name", nullptr));
  expect_finding("choose", "a second time", [](object& document) {
    in("load", "name", nullptr)(document);
    in("choose", "name", nullptr)(document);
  });
}

TEST(DiscoveryOrigin, HasANameAndKnownKeysOnly) {
  const auto origin = [](object members) { return at_root("origin", members); };
  expect_finding("", "origin has no name", origin({{"sw_version", "1"}}));
  expect_finding("", "sw is no key", origin({{"name", "c"}, {"sw", "1"}}));
  expect_finding("", "sw_version is no text", origin({{"name", "c"}, {"sw_version", 1}}));
  expect_finding("", "support_url", origin({{"name", "c"}, {"support_url", "example.com"}}));
}

}  // namespace
}  // namespace bridge
