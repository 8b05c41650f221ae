// The bridge and its accounts as devices of Home Assistant.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/world.hpp"

namespace bridge::test {
namespace {

const std::string kBridge = "homeassistant/device/cloud2mqtt_bridge/config";
const std::string kAccount = "homeassistant/device/cloud2mqtt_account_home/config";
const std::string kOther = "homeassistant/device/cloud2mqtt_account_other/config";
const std::string kPump = "homeassistant/device/cloud2mqtt_acme_p1/config";

/// The discovery topics in the order in which they were said, from a message on.
std::vector<std::string> announced(const World& world, std::size_t from = 0) {
  std::vector<std::string> topics;
  for (std::size_t index = from; index < world.link->said.size(); ++index) {
    const Publication& each = world.link->said[index];
    if (!each.topic.starts_with("homeassistant/")) continue;
    EXPECT_EQ(each.qos, 1);
    EXPECT_EQ(each.retain, Retain::yes);
    topics.push_back(each.topic);
  }
  return topics;
}

/// What the store says was announced.
std::vector<std::string> kept(World& world) {
  std::vector<std::string> topics;
  for (const Announced& each : world.store.announced("bridge")) topics.push_back(each.topic);
  return topics;
}

/// A component of the newest document on a topic.
Json component(const World& world, const std::string& topic, const std::string& key) {
  const std::string document = world.retained(topic);
  return document.empty() ? Json() : at(boost::json::parse(document), "/components/" + key);
}

TEST(OwnDevices, AreAnnouncedParentsFirst) {
  World world;
  world.start();
  EXPECT_EQ(announced(world), (std::vector<std::string>{kBridge, kAccount, kPump}));
}

TEST(OwnDevices, AreAnnouncedOncePerConnection) {
  World world;
  world.start();
  world.advance(2h);
  EXPECT_EQ(world.link->on(kBridge).size(), 1U);
  EXPECT_EQ(world.link->on(kAccount).size(), 1U);
  const auto before = world.link->said.size();
  world.link->disconnect();
  world.link->connect();
  world.clock.settle();
  EXPECT_EQ(announced(world, before), (std::vector<std::string>{kBridge, kAccount, kPump}));
}

TEST(OwnDevices, AreAnnouncedAgainToAHomeAssistantThatStarts) {
  World world;
  world.start();
  const auto before = world.link->said.size();
  world.link->deliver("homeassistant/status", "online");
  world.advance(11s);
  EXPECT_EQ(announced(world, before), (std::vector<std::string>{kBridge, kAccount, kPump}));
}

TEST(OwnDevices, WaitForRoomAndStillComeBeforeTheirChildren) {
  World world;
  world.link->room = 0;
  world.start();
  world.link->room = 1'000'000;
  world.bridge->room();
  world.clock.settle();
  EXPECT_EQ(announced(world), (std::vector<std::string>{kBridge, kAccount, kPump}));
}

TEST(OwnDevices, AreNotAnnouncedWithoutDiscovery) {
  World world;
  world.configuration.homeassistant.discovery = false;
  world.start();
  EXPECT_EQ(announced(world), std::vector<std::string>{});
  EXPECT_EQ(kept(world), std::vector<std::string>{});
}

TEST(OwnDevices, AreRememberedOnceTheBrokerHasThem) {
  World world;
  world.start();
  EXPECT_THAT(kept(world), testing::UnorderedElementsAre(kBridge, kAccount));
  World unheard;
  unheard.link->acknowledges = false;
  unheard.start();
  EXPECT_EQ(kept(unheard), std::vector<std::string>{});
}

TEST(OwnDevices, OutliveARestart) {
  World world;
  world.start();
  const std::string before = world.retained(kAccount);
  world.stop();
  world.start();
  world.advance(10min);
  EXPECT_FALSE(world.retained(kBridge).empty());
  EXPECT_EQ(world.retained(kAccount), before);
  EXPECT_EQ(world.link->on(kAccount), (std::vector<std::string>{before, before}));
}

TEST(OwnDevices, OfAnAccountThatIsNoMoreAreTakenBack) {
  World world({"home", "other"});
  world.start();
  EXPECT_FALSE(world.retained(kOther).empty());
  world.stop();
  world.configuration.accounts.pop_back();
  world.start();
  EXPECT_TRUE(world.retained(kOther).empty());
  EXPECT_FALSE(world.retained(kAccount).empty());
  EXPECT_THAT(kept(world), testing::UnorderedElementsAre(kBridge, kAccount));
}

TEST(OwnDevices, AreTakenBackAgainUntilTheBrokerHasHeardOfIt) {
  World world({"home", "other"});
  world.start();
  world.stop();
  world.configuration.accounts.pop_back();
  world.link->acknowledges = false;
  world.start();
  world.link->acknowledges = true;
  world.link->disconnect();
  world.link->connect();
  world.clock.settle();
  world.link->disconnect();
  world.link->connect();
  world.clock.settle();
  const auto said = world.link->on(kOther);
  EXPECT_EQ(std::count(said.begin(), said.end(), ""), 2);
}

TEST(OwnDevices, AreTakenBackWhenDiscoveryIsSwitchedOff) {
  World world;
  world.start();
  world.stop();
  world.configuration.homeassistant.discovery = false;
  world.start();
  EXPECT_TRUE(world.retained(kBridge).empty());
  EXPECT_TRUE(world.retained(kAccount).empty());
}

TEST(OwnDevices, MoveWithTheBaseTopic) {
  World world;
  world.start();
  world.stop();
  world.configuration.mqtt.base_topic = "cloud";
  world.start();
  EXPECT_TRUE(world.retained(kBridge).empty());
  EXPECT_FALSE(world.retained("homeassistant/device/cloud_bridge/config").empty());
}

TEST(OwnDevices, TakeBackAComponentByAStubBeforeItIsLeftOut) {
  World world;
  world.configuration.accounts[0].quotas = std::vector<Quota>{{1000, 1h}};
  world.start();
  EXPECT_EQ(at(component(world, kAccount, "quota_left"), "/name"), Json("Quota left"));
  world.stop();
  world.configuration.accounts[0].quotas.emplace();
  world.start();
  const auto said = world.link->on(kAccount);
  ASSERT_EQ(said.size(), 3U);
  EXPECT_EQ(at(boost::json::parse(said[1]), "/components/quota_left"),
            (Json{{"platform", "sensor"}}));
  EXPECT_TRUE(component(world, kAccount, "quota_left").is_null());
  world.link->disconnect();
  world.link->connect();
  world.clock.settle();
  EXPECT_EQ(world.link->on(kAccount).size(), 4U) << "the stub was said and is not repeated";
}

TEST(OwnDevices, PollWhatTheirButtonsName) {
  World world({"home", "other"});
  world.start();
  const Json all = component(world, kBridge, "poll_now");
  const Json one = component(world, kAccount, "poll_now");
  world.requests.clear();
  world.link->deliver(text(one, "/command_topic"), text(one, "/payload_press"));
  world.clock.settle();
  EXPECT_EQ(world.requests,
            (std::vector<std::string>{"home GET /pumps", "home GET /pumps/p1/meter"}));
  world.link->deliver(text(all, "/command_topic"), text(all, "/payload_press"));
  world.clock.settle();
  EXPECT_EQ(world.asked("GET /pumps"), 3U);
}

TEST(OwnDevices, ShowTheLogLevelThatIsInForce) {
  World world;
  world.start();
  const Json select = component(world, kBridge, "log_level");
  const auto shown = [&] {
    const std::string document = world.retained(text(select, "/state_topic"));
    return text(boost::json::parse(document), "/log_level");
  };
  EXPECT_EQ(shown(), "info");
  world.link->deliver(text(select, "/command_topic"), R"({"value": "debug"})");
  world.clock.settle();
  EXPECT_EQ(world.log_level, "debug");
  EXPECT_EQ(shown(), "debug");
  world.link->deliver(text(select, "/command_topic"), R"({"value": "loud"})");
  world.clock.settle();
  EXPECT_EQ(shown(), "debug") << "what was refused is not shown";
}

}  // namespace
}  // namespace bridge::test
