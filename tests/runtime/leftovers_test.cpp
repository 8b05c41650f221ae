#include <gtest/gtest.h>

#include "support/world.hpp"

namespace bridge::test {
namespace {

const std::string kDiscovery = "homeassistant/device/cloud2mqtt_acme_p1/config";

std::string topic(const std::string& account, const std::string& rest) {
  return "cloud2mqtt/" + account + '/' + rest;
}

/// Starts again with other accounts.
void restart_with(World& world, const std::vector<std::string>& names) {
  world.stop();
  const AccountConfiguration pattern = world.configuration.accounts.front();
  world.configuration.accounts.clear();
  for (const std::string& name : names) {
    world.configuration.accounts.push_back(pattern);
    world.configuration.accounts.back().name = name;
  }
  world.start();
}

/// The accounts that left something at the broker, as the store has it.
std::vector<std::string> accounts_in(World& world) {
  std::vector<std::string> names = world.store.announcers();
  std::erase(names, kBridgeItself);
  return names;
}

TEST(Leftovers, OfAnAccountThatWasRemovedAreTakenBack) {
  World world({"home", "shed"});
  world.vendor = [&](const std::string& request, const std::string&) -> Answer {
    const bool is_home = world.requests.back().starts_with("home ");
    if (request != "GET /pumps") return {200, "{}", {}};
    return {200, is_home ? R"({"pumps":[{"id":"p1"}]})" : R"({"pumps":[{"id":"p2"}]})", {}};
  };
  world.start();
  ASSERT_FALSE(world.retained(kDiscovery).empty());
  restart_with(world, {"shed"});
  world.advance(3min);
  for (const std::string& gone : {kDiscovery, topic("home", "p1/state"), topic("home", "p1/status"),
                                  topic("home", "p1/availability"), topic("home", "status"),
                                  topic("home", "availability")}) {
    EXPECT_EQ(world.link->retained.count(gone), 0U) << gone;
  }
  EXPECT_FALSE(world.retained(topic("shed", "p2/state")).empty());
  EXPECT_EQ(accounts_in(world), std::vector<std::string>{"shed"});
}

TEST(Leftovers, OfARenamedAccountAreItsTopicsButNotItsAnnouncements) {
  World world;
  world.start();
  const auto before = world.link->on(kDiscovery).size();
  restart_with(world, {"house"});
  world.advance(5min);
  const auto said = world.link->on(kDiscovery);
  ASSERT_EQ(said.size(), before + 1) << "announced by the new account, and never empty";
  EXPECT_NE(said.back().find("house/p1"), std::string::npos);
  EXPECT_EQ(world.link->retained.count(topic("home", "p1/state")), 0U);
  EXPECT_EQ(world.link->retained.count(topic("home", "availability")), 0U);
  EXPECT_EQ(accounts_in(world), std::vector<std::string>{"house"});
}

TEST(Leftovers, OfARenamedAccountStayWhileTheVendorDoesNotSayWhatThereIs) {
  World world;
  world.start();
  const auto fine = world.vendor;
  world.vendor = [](const std::string&, const std::string&) { return Answer{500, "", {}}; };
  restart_with(world, {"house"});
  world.advance(6h);
  EXPECT_FALSE(world.retained(kDiscovery).empty());
  EXPECT_EQ(world.link->on(topic("home", "availability")).end()[-2], "offline")
      << "Home Assistant keeps the last word";
  world.vendor = fine;
  world.advance(16min);
  EXPECT_NE(world.retained(kDiscovery).find("house/p1"), std::string::npos);
  EXPECT_EQ(world.link->retained.count(topic("home", "p1/state")), 0U);
}

TEST(Leftovers, OfADeviceThatTheNewAccountDoesNotHaveGoAfterThreeLists) {
  World world;
  world.start();
  world.vendor = [](const std::string&, const std::string&) { return Answer{200, R"({"pumps":[]})", {}}; };
  restart_with(world, {"house"});
  world.advance(90s);
  EXPECT_FALSE(world.retained(kDiscovery).empty());
  world.advance(2min);
  EXPECT_TRUE(world.retained(kDiscovery).empty());
  EXPECT_EQ(world.link->retained.count(topic("home", "p1/state")), 0U);
}

TEST(Leftovers, AreSaidAgainUntilTheBrokerAcknowledges) {
  World world({"home", "shed"});
  world.start();
  world.stop();
  world.configuration.accounts.erase(world.configuration.accounts.begin());
  world.link->acknowledges = false;
  world.start();
  world.advance(5min);
  EXPECT_EQ(accounts_in(world).size(), 2U);
  world.link->disconnect();
  world.link->retained[topic("home", "status")] = "{}";
  world.link->acknowledges = true;
  world.link->connect();
  world.clock.settle();
  EXPECT_EQ(world.link->retained.count(topic("home", "status")), 0U);
  EXPECT_EQ(accounts_in(world), std::vector<std::string>{"shed"});
}

TEST(Leftovers, AreTheAnnouncementsWhenDiscoveryIsSwitchedOff) {
  World world;
  world.start();
  world.configuration.homeassistant.discovery = false;
  restart_with(world, {"home"});
  EXPECT_TRUE(world.retained(kDiscovery).empty());
  EXPECT_FALSE(world.retained(topic("home", "p1/state")).empty());
  world.configuration.homeassistant.discovery = true;
  restart_with(world, {"home"});
  EXPECT_FALSE(world.retained(kDiscovery).empty());
}

TEST(Leftovers, AreTheAnnouncementsUnderAnotherPrefix) {
  World world;
  world.start();
  world.configuration.homeassistant.prefix = "ha";
  restart_with(world, {"home"});
  EXPECT_TRUE(world.retained(kDiscovery).empty());
  EXPECT_FALSE(world.retained("ha/device/cloud2mqtt_acme_p1/config").empty());
}

TEST(Leftovers, OfAnAccountWithoutAnnouncementsAreKnownToo) {
  World world({"home", "shed"});
  world.configuration.homeassistant.discovery = false;
  world.start();
  ASSERT_FALSE(world.retained(topic("home", "p1/state")).empty());
  restart_with(world, {"shed"});
  EXPECT_EQ(world.link->retained.count(topic("home", "p1/state")), 0U);
  EXPECT_EQ(world.link->retained.count(topic("home", "status")), 0U);
}

/// Two accounts of which the first answers slowly.
class SharedDevice : public testing::Test {
 protected:
  SharedDevice() {
    world.vendor = [this](const std::string& request, const std::string&) -> Answer {
      const bool is_first = world.requests.back().starts_with("first ");
      if (is_first && !first_works) return {503, "", {}};
      return {200, request == "GET /pumps" ? R"({"pumps":[{"id":"p1"}]})" : "{}", {}};
    };
  }
  bool is_announced_by(const std::string& account) const {
    return world.retained(kDiscovery).find(account + "/p1/state") != std::string::npos;
  }

  World world{{"first", "second"}};
  bool first_works = true;
};

TEST_F(SharedDevice, IsAnnouncedByTheFirstInTheFileThoughTheOtherListsFirst) {
  first_works = false;
  world.start();
  EXPECT_TRUE(is_announced_by("second"));
  first_works = true;
  world.advance(5min);
  EXPECT_TRUE(is_announced_by("first"));
  const Json status = boost::json::parse(world.retained(topic("second", "status")));
  EXPECT_NE(text(status, "/note"), "");
}

TEST_F(SharedDevice, StaysWithItsAnnouncerAcrossARestart) {
  world.start();
  first_works = false;
  world.stop();
  const auto before = world.link->on(kDiscovery).size();
  world.start();
  world.advance(10min);
  EXPECT_EQ(world.link->on(kDiscovery).size(), before) << "the second does not announce it meanwhile";
  EXPECT_TRUE(is_announced_by("first"));
}

TEST_F(SharedDevice, GoesToTheOtherWhenItsAnnouncerIsRemoved) {
  world.start();
  restart_with(world, {"second"});
  EXPECT_TRUE(is_announced_by("second"));
  world.advance(5min);
  EXPECT_TRUE(is_announced_by("second"));
  EXPECT_EQ(world.link->retained.count(topic("first", "p1/state")), 0U);
}

}  // namespace
}  // namespace bridge::test
