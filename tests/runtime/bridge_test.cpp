#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "support/world.hpp"

namespace bridge::test {
namespace {

std::string reason_of(const World& world, const std::string& topic) {
  const std::string document = world.retained(topic);
  return document.empty() ? "nothing" : text(boost::json::parse(document), "/reason");
}

const std::string kStatus = "cloud2mqtt/home/status";
const std::string kAvailability = "cloud2mqtt/home/availability";
const std::string kPump = "cloud2mqtt/home/p1/";
const std::string kDiscovery = "homeassistant/device/cloud2mqtt_acme_p1/config";

TEST(Accounts, DoNotWaitForEachOther) {
  World world({"slow", "quick"});
  world.vendor = [](const std::string&, const std::string&) { return Answer{200, R"({"pumps":[]})", {}}; };
  world.delay = 25s;
  world.start();
  EXPECT_EQ(world.requests, (std::vector<std::string>{"slow GET /pumps", "quick GET /pumps"}));
}

TEST(Accounts, ThatSeeOneDeviceAnnounceItOnce) {
  World world({"first", "second"});
  world.start();
  EXPECT_EQ(world.link->on(kDiscovery).size(), 1U);
  EXPECT_FALSE(world.retained("cloud2mqtt/second/p1/state").empty());
}

TEST(Accounts, HandADeviceOverWhenTheFirstLosesIt) {
  World world({"first", "second"});
  bool first_has_it = true;
  world.vendor = [&](const std::string& request, const std::string& sent) -> Answer {
    const bool is_first = sent.find("key-1") != std::string::npos;
    const bool has_it = !is_first || first_has_it;
    if (request != "GET /pumps") return {200, "{}", {}};
    return {200, has_it ? R"({"pumps":[{"id":"p1"},{"id":"p2"}]})" : R"({"pumps":[{"id":"p2"}]})", {}};
  };
  world.configuration.accounts[1].settings = Settings(Json{{"token", "key-2"}});
  world.start();
  first_has_it = false;
  world.advance(5min);
  EXPECT_FALSE(world.retained(kDiscovery).empty());
  EXPECT_NE(world.retained(kDiscovery).find("second/p1"), std::string::npos);
}

TEST(Accounts, KeepTheirQuotaAcrossARestart) {
  World world;
  world.configuration.accounts[0].quotas = std::vector<Quota>{{3, 1h}};
  world.start();
  world.advance(30min);
  EXPECT_EQ(world.requests.size(), 3U);
  world.stop();
  world.start();
  world.advance(25min);
  EXPECT_EQ(world.requests.size(), 3U);
  world.advance(10min);
  EXPECT_GT(world.requests.size(), 3U);
}

TEST(Tokens, AreFetchedOnceKeptAndRenewedAfterA401) {
  World world;
  world.configuration.accounts[0].settings = Settings(Json{{"password", "p"}});
  int logins = 0;
  std::string refused;
  world.vendor = [&](const std::string& request, const std::string& sent) -> Answer {
    if (request == "POST /login") return {200, R"({"token":"t)" + std::to_string(++logins) + "\"}", {}};
    if (sent.starts_with("Bearer " + refused) && !refused.empty()) return {401, "", {}};
    return {200, R"({"pumps":[]})", {}};
  };
  world.start();
  EXPECT_EQ(logins, 1);
  world.stop();
  world.start();
  EXPECT_EQ(logins, 1) << "the token was kept";
  refused = "t1";
  world.advance(1min);
  EXPECT_EQ(logins, 2);
  EXPECT_EQ(reason_of(world, kStatus), "ok");
  world.advance(55min);
  EXPECT_EQ(logins, 3) << "renewed at nine tenths of its life, before it ends";
}

TEST(Tokens, LiveAsLongAsTheyWereAskedForWhereTheirOwnEndIsPast) {
  World world;
  world.configuration.accounts[0].settings = Settings(Json{{"password", "p"}});
  int logins = 0;
  world.vendor = [&, fine = world.vendor](const std::string& request, const std::string& sent) -> Answer {
    if (request != "POST /login") return fine(request, sent);
    ++logins;
    return {200, R"({"token":"e30.eyJleHAiOjE3MDAwMDAwMDB9.x"})", {}};  // of 2023
  };
  world.start();
  world.advance(50min);
  EXPECT_GE(world.asked("GET /pumps"), 50U);
  EXPECT_EQ(logins, 1);
  world.advance(10min);
  EXPECT_EQ(logins, 2);
  world.stop();  // while `logins` is there
}

TEST(Tokens, AreNotAskedForByEveryReadWhereTheAnswerMakesNoSense) {
  World world;
  world.configuration.accounts[0].settings = Settings(Json{{"password", "p"}});
  const auto fine = world.vendor;
  int logins = 0;
  Answer answer{200, "<html>Under construction</html>", {}};
  world.vendor = [&](const std::string& request, const std::string& sent) -> Answer {
    if (request != "POST /login") return fine(request, sent);
    ++logins;
    return answer;
  };
  world.start();
  world.advance(1h);
  EXPECT_GE(logins, 5);
  EXPECT_LE(logins, 25) << "the list comes every minute, the password does not";
  answer = {200, R"({"token":"t1"})", {}};
  world.advance(15min);
  EXPECT_EQ(reason_of(world, kStatus), "ok");
}

TEST(TheBridge, SaysEverythingAgainOnANewConnection) {
  World world;
  world.start();
  world.link->retained.clear();
  world.link->disconnect();
  world.link->connect();
  world.clock.settle();
  for (const std::string& topic : {kDiscovery, kPump + "state", kPump + "availability", kPump + "status", kStatus, kAvailability,
                                   std::string("cloud2mqtt/bridge/availability"), std::string("cloud2mqtt/bridge/info")}) {
    EXPECT_FALSE(world.retained(topic).empty()) << topic;
  }
  EXPECT_EQ(world.link->said.back().topic, "cloud2mqtt/bridge/availability") << "online comes last";
}

TEST(TheBridge, SaysEverythingAgainOnceForHomeAssistantsBirths) {
  World world;
  world.start();
  const auto before = world.link->on(kDiscovery).size();
  world.link->deliver("homeassistant/status", "online");
  world.link->deliver("homeassistant/status", "online");
  world.advance(11s);
  EXPECT_EQ(world.link->on(kDiscovery).size(), before + 1);
}

TEST(TheBridge, HoldsNoBacklogWhileTheBrokerIsAway) {
  World world;
  world.start();
  world.link->disconnect();
  for (int value = 0; value < 50; ++value) {
    world.speed = value;
    world.advance(1min);
  }
  const auto before = world.link->on(kPump + "state").size();
  world.link->connect();
  world.clock.settle();
  EXPECT_EQ(world.link->on(kPump + "state").size(), before + 1);
  EXPECT_EQ(at(world.state(), "/speed"), Json(49));
}

TEST(TheBridge, KeepsEventsInTheStoreAloneWhileTheBrokerIsAwayAndSaysEachOnce) {
  World world;
  bool is_away = false;
  const auto fine = world.vendor;
  world.vendor = [&](const std::string& request, const std::string& body) -> Answer {
    if (request != "GET /pumps/p1/meter") return fine(request, body);
    return {200, is_away ? R"({"more":1,"alarm":true})" : "{}", {}};
  };
  world.start();
  world.link->disconnect();
  is_away = true;
  world.advance(5h);
  const std::size_t kept = world.store.outbox().size();
  EXPECT_GE(kept, 25U) << "about one every ten minutes";
  is_away = false;
  world.link->connect();
  world.clock.settle();
  EXPECT_EQ(world.link->on(kPump + "event/alarm").size(), kept);
  EXPECT_TRUE(world.store.outbox().empty());
  world.link->disconnect();
  world.link->connect();
  world.clock.settle();
  EXPECT_EQ(world.link->on(kPump + "event/alarm").size(), kept) << "each is said once";
}

class TwoBridges : public testing::Test {
 protected:
  TwoBridges() { world.start(); }

  void hear(const std::string& topic, const std::string& payload, bool retained = false) {
    Arrival arrival;
    arrival.topic = topic;
    arrival.payload = payload;
    arrival.retained = retained;
    world.link->deliver(std::move(arrival));
    world.clock.settle();
  }
  std::size_t warnings() const {
    return static_cast<std::size_t>(std::count_if(world.log.begin(), world.log.end(), [](const std::string& line) {
      return line.find("is a second cloud2mqtt running with base_topic cloud2mqtt?") != std::string::npos;
    }));
  }

  const std::string availability = "cloud2mqtt/bridge/availability";
  const std::string info = "cloud2mqtt/bridge/info";
  World world;
};

TEST_F(TwoBridges, AreWatchedForOnTheBridgesOwnTopics) {
  EXPECT_EQ(world.link->watched, (std::vector<std::string>{availability, info}));
}

TEST_F(TwoBridges, DoNotLeaveTheFirstOfflineWhenTheSecondStops) {
  const auto said = world.link->on(availability).size();
  hear(availability, "offline");
  hear(availability, "offline");
  EXPECT_EQ(world.link->on(availability).size(), said + 2);
  EXPECT_EQ(world.retained(availability), "online");
  EXPECT_EQ(warnings(), 1U);
  world.advance(61min);
  hear(availability, "offline");
  EXPECT_EQ(warnings(), 2U);
}

TEST_F(TwoBridges, NameEachOther) {
  const auto said = world.link->on(info).size();
  hear(info, R"({"instance":"0123","client_id":"other-client"})");
  EXPECT_EQ(warnings(), 1U);
  EXPECT_NE(world.log.back().find("(instance 0123, client id other-client)"), std::string::npos) << world.log.back();
  EXPECT_EQ(world.link->on(info).size(), said + 1) << "the other hears of this one";
  EXPECT_EQ(text(boost::json::parse(world.retained(info)), "/client_id"), "cloud2mqtt-test");
  hear(info, R"({"instance":"0123","client_id":"other-client"})");
  EXPECT_EQ(world.link->on(info).size(), said + 1) << "two bridges do not answer each other for ever";
}

TEST_F(TwoBridges, AreNotSeenInAnEcho) {
  const auto said = world.link->said.size();
  hear(info, world.retained(info));
  hear(availability, "online");
  hear(availability, "offline", true);
  hear(info, R"({"instance":"of an earlier run"})", true);
  hear(info, "no JSON");
  EXPECT_EQ(warnings(), 0U);
  EXPECT_EQ(world.link->said.size(), said);
}

TEST_F(TwoBridges, LeaveTheFarewellOfOneThatStopsAlone) {
  world.delay = 60s;
  world.command("limit", "50");
  const auto said = world.link->on(availability).size();
  boost::asio::co_spawn(world.loop, world.bridge->stop(), boost::asio::detached);
  world.advance(10ms);
  ASSERT_TRUE(world.link->is_connected());
  hear(availability, "offline");
  EXPECT_EQ(world.link->on(availability).size(), said);
  world.advance(6s);
}

TEST(AStop, LeavesTheBrokerWhatTheVendorLeavesOfFiveSeconds) {
  World world;
  world.start();
  world.delay = 60s;
  world.command("limit", "50");
  const auto begin = world.clock.uptime();
  boost::asio::co_spawn(world.loop, world.bridge->stop(), boost::asio::detached);
  while (world.link->is_connected()) world.advance(10ms);
  EXPECT_LT(world.clock.uptime() - begin + world.link->stop_limit, 5s);
  EXPECT_GT(world.link->stop_limit, 500ms);
}

TEST(AStop, HurriesNobodyWhereNothingRuns) {
  World world;
  world.start();
  world.stop();
  EXPECT_EQ(world.link->stop_limit, 1800ms);
}

}  // namespace
}  // namespace bridge::test
