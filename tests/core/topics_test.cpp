#include "core/topics.hpp"

#include <gtest/gtest.h>

#include <map>
#include <random>

namespace bridge {
namespace {

std::string unescaped(std::string_view level) {
  std::string out;
  for (std::size_t i = 0; i < level.size(); ++i) {
    if (level.substr(i, 2) == "__") {
      out += static_cast<char>(std::stoi(std::string(level.substr(i + 2, 2)), nullptr, 16));
      i += 3;
    } else {
      out += level[i];
    }
  }
  return out;
}

std::string random_id(std::mt19937& random) {
  static const std::string kPieces[] = {"_", "_", "__", "__5F", "5F", "a", "B",   "7",
                                        "-", "/", "ä",  "水",   "#",  " ", "hub", "\xff"};
  std::string id;
  const auto pieces = 1 + random() % 5;
  for (unsigned i = 0; i < pieces; ++i) id += kPieces[random() % std::size(kPieces)];
  return id;
}

bool is_plain(std::string_view level) {
  return level.find_first_not_of(
             "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-") ==
         std::string_view::npos;
}

TEST(Segment, LeavesDocumentedIdsAsTheyAre) {
  for (const auto* id : {"6ItNKFLm_mS", "pump-001", "D123_C1", "12345", "_", "a_", "_a",
                         "0e8a3a0c-1b9f-4ad6-8b6e-3c1f1d1f4b1e"}) {
    EXPECT_EQ(segment(id), id);
  }
}

TEST(Segment, EscapesEveryOtherByteInUpperCaseHex) {
  EXPECT_EQ(segment("a/b"), "a__2Fb");
  EXPECT_EQ(segment("+#"), "__2B__23");
  EXPECT_EQ(segment("ä"), "__C3__A4");
  EXPECT_EQ(segment("pump 1.2"), "pump__201__2E2");
  EXPECT_EQ(segment(std::string_view("a\0b", 3)), "a__00b");
}

TEST(Segment, EscapesAnUnderlineOnlyWhereTheOutputAfterItBeginsWithOne) {
  EXPECT_EQ(segment("a__b"), "a__5F_b");
  EXPECT_EQ(segment("a___b"), "a__5F__5F_b");
  EXPECT_EQ(segment("a_/"), "a__5F__2F");
  EXPECT_EQ(segment("a/_"), "a__2F_");
  EXPECT_EQ(segment("a__2F"), "a__5F_2F");
}

TEST(Segment, IsNeverTheReservedWord) {
  EXPECT_EQ(segment("hub"), "__68ub");
  EXPECT_EQ(segment("hub2"), "hub2");
  EXPECT_EQ(segment("Hub"), "Hub");
}

TEST(Segment, IsInjectiveAndSafeForAnyId) {
  std::mt19937 random(20260508);
  std::map<std::string, std::string> id_of;
  for (int i = 0; i < 20000; ++i) {
    const std::string id = random_id(random);
    const std::string level = segment(id);
    EXPECT_TRUE(is_plain(level)) << level;
    EXPECT_EQ(unescaped(level), id);
    EXPECT_EQ(id_of.emplace(level, id).first->second, id);
  }
  EXPECT_GT(id_of.size(), 5000u);
}

TEST(DeviceLevel, IsTheReservedWordForTheAccountsOwnDeviceOnly) {
  EXPECT_EQ(device_level("hub"), "hub");
  EXPECT_EQ(device_level("a/b"), "a__2Fb");
}

TEST(Topics, HaveTheFixedDepthsOfTheContract) {
  const Topics topics("cloud2mqtt", "homeassistant");
  EXPECT_EQ(topics.bridge_availability(), "cloud2mqtt/bridge/availability");
  EXPECT_EQ(topics.bridge_info(), "cloud2mqtt/bridge/info");
  EXPECT_EQ(topics.bridge_health(), "cloud2mqtt/bridge/health");
  EXPECT_EQ(topics.bridge_requests(), "cloud2mqtt/bridge/request/+");
  EXPECT_EQ(topics.bridge_response("reload"), "cloud2mqtt/bridge/response/reload");
  EXPECT_EQ(topics.account_availability("home"), "cloud2mqtt/home/availability");
  EXPECT_EQ(topics.account_status("home"), "cloud2mqtt/home/status");
  EXPECT_EQ(topics.availability("home", "7"), "cloud2mqtt/home/7/availability");
  EXPECT_EQ(topics.status("home", "7"), "cloud2mqtt/home/7/status");
  EXPECT_EQ(topics.state("home", "7"), "cloud2mqtt/home/7/state");
  EXPECT_EQ(topics.outcome("home", "7"), "cloud2mqtt/home/7/outcome");
  EXPECT_EQ(topics.event("home", "7", "relay"), "cloud2mqtt/home/7/event/relay");
  EXPECT_EQ(topics.command("home", "7", "load"), "cloud2mqtt/home/7/load/set");
  EXPECT_EQ(topics.commands(), "cloud2mqtt/+/+/+/set");
  EXPECT_EQ(topics.discovery("cloud2mqtt_acme_7"), "homeassistant/device/cloud2mqtt_acme_7/config");
}

TEST(Topics, KnowACommandWithoutAKey) {
  const Topics topics("cloud2mqtt", "homeassistant");
  EXPECT_EQ(topics.keyless_commands(), "cloud2mqtt/+/+/set");
  const auto address = topics.parse_keyless_command("cloud2mqtt/home/7/set");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->account, "home");
  EXPECT_EQ(address->device, "7");
  EXPECT_EQ(address->key, "");
  for (const char* topic : {"cloud2mqtt/home/7/load/set", "cloud2mqtt/home/set", "cloud2mqtt/home/7/state",
                            "cloud2mqtt/bridge/request/set", "cloud2mqtt/bridge/7/set", "other/home/7/set"}) {
    EXPECT_FALSE(topics.parse_keyless_command(topic)) << topic;
  }
}

TEST(DeviceId, NamesBaseMapperAndDevice) {
  const Topics topics("cloud2mqtt", "homeassistant");
  EXPECT_EQ(topics.device_id("acme", "home", "6ItNKFLm_mS"), "cloud2mqtt_acme_6ItNKFLm_mS");
}

TEST(DeviceId, OfTheHubNamesItsAccount) {
  const Topics topics("cloud2mqtt", "homeassistant");
  EXPECT_EQ(topics.device_id("acme", "home", kHub), "cloud2mqtt_acme_hub__home");
  EXPECT_NE(topics.device_id("acme", "home", segment("hub")),
            topics.device_id("acme", "home", kHub));
}

TEST(DeviceId, EscapesTheBaseTopic) {
  const Topics topics("home/cloud", "homeassistant");
  EXPECT_EQ(topics.device_id("acme", "home", "7"), "home__2Fcloud_acme_7");
}

TEST(OwnIds, NameTheBridgeAndItsAccounts) {
  const Topics topics("home/c", "homeassistant");
  EXPECT_EQ(topics.bridge_id(), "home__2Fc_bridge");
  EXPECT_EQ(topics.account_id("fleet"), "home__2Fc_account_fleet");
}

TEST(OwnIds, AreInjectiveInTheAccountsName) {
  const Topics topics("c", "homeassistant");
  EXPECT_EQ(topics.account_id("a_b-c"), "c_account_a_b-c");
  EXPECT_EQ(topics.account_id("a__b"), "c_account_a__5F_b");
  EXPECT_EQ(topics.account_id("hub"), "c_account_hub");
}

TEST(ParseCommand, TakesACommandTopicApart) {
  const auto address = Topics("cloud2mqtt", "ha").parse_command("cloud2mqtt/home/a__2Fb/load/set");
  ASSERT_TRUE(address);
  EXPECT_EQ(address->account, "home");
  EXPECT_EQ(address->device, "a__2Fb");
  EXPECT_EQ(address->key, "load");
}

TEST(ParseCommand, KnowsABaseOfSeveralLevels) {
  const Topics topics("home/cloud", "ha");
  const auto address = topics.parse_command(topics.command("fleet", "7", "load"));
  ASSERT_TRUE(address);
  EXPECT_EQ(address->account, "fleet");
  EXPECT_FALSE(topics.parse_command("home/fleet/7/load/set"));
}

TEST(ParseCommand, RefusesEveryOtherTopic) {
  const Topics topics("cloud2mqtt", "ha");
  for (const auto* topic :
       {"", "cloud2mqtt", "cloud2mqtt/", "cloud2mqtt/home/7/set", "cloud2mqtt/home/7/load/x/set",
        "cloud2mqtt/home/7/load/get", "cloud2mqtt/home/7/load/set/", "cloud2mqtt//7/load/set",
        "cloud2mqtt/home//load/set", "cloud2mqtt/home/7//set", "/cloud2mqtt/home/7/load/set",
        "cloud2mqttx/home/7/load/set", "other/home/7/load/set", "cloud2mqtt/home/7/event/load"}) {
    EXPECT_FALSE(topics.parse_command(topic)) << topic;
  }
}

TEST(SendableTopic, HasNoWildcardAndNoZero) {
  EXPECT_EQ(sendable_topic("flows/answer"), "flows/answer");
  EXPECT_EQ(sendable_topic(""), "");
  EXPECT_EQ(sendable_topic("flows/+"), "");
  EXPECT_EQ(sendable_topic("flows/#"), "");
  EXPECT_EQ(sendable_topic(std::string_view("flows\0x", 7)), "");
}

TEST(ParseRequest, NamesTheAction) {
  EXPECT_EQ(Topics("home/cloud", "ha").parse_request("home/cloud/bridge/request/reload"), "reload");
}

TEST(ParseRequest, RefusesEveryOtherTopic) {
  const Topics topics("cloud2mqtt", "ha");
  for (const auto* topic :
       {"cloud2mqtt/bridge/request", "cloud2mqtt/bridge/request/", "cloud2mqtt/bridge/request/a/b",
        "cloud2mqtt/bridge/response/a", "cloud2mqtt/home/request/a", "other/bridge/request/a"}) {
    EXPECT_FALSE(topics.parse_request(topic)) << topic;
  }
}

}  // namespace
}  // namespace bridge
