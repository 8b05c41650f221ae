#include <gtest/gtest.h>

#include "support/world.hpp"

namespace bridge::test {
namespace {

const std::string kDiscovery = "homeassistant/device/cloud2mqtt_acme_p1/config";

class Requests : public testing::Test {
 protected:
  Requests() { world.start(); }

  /// The response to a request.
  std::string ask(const std::string& action, const std::string& payload) {
    world.link->deliver("cloud2mqtt/bridge/request/" + action, payload);
    world.clock.settle();
    const auto responses = world.link->on("cloud2mqtt/bridge/response/" + action);
    return responses.empty() ? "no response" : responses.back();
  }
  std::string error_of(const std::string& action, const std::string& payload) {
    return text(boost::json::parse(ask(action, payload)), "/error");
  }

  World world;
};

TEST_F(Requests, AreAnsweredWithTheirIdOrWithout) {
  EXPECT_EQ(ask("poll", R"({"id":"x"})"), R"({"id":"x","status":"ok","error":null})");
  EXPECT_EQ(ask("poll", ""), R"({"id":null,"status":"ok","error":null})");
  EXPECT_EQ(ask("poll", R"({"id":{"a":[1]},"account":"home"})"), R"({"id":{"a":[1]},"status":"ok","error":null})");
  EXPECT_EQ(ask("log_level", R"({"value":"debug"})"), R"({"id":null,"status":"ok","error":null})");
}

TEST_F(Requests, ThatAreWrongAreToldWhatToSend) {
  EXPECT_EQ(error_of("poll", "{"), R"(the payload is no JSON: send {} for all accounts, or {"account": "home"})");
  EXPECT_NE(error_of("poll", "7").find("no JSON object: send {}"), std::string::npos);
  EXPECT_NE(error_of("poll", R"({"acount":"home"})").find(R"(unknown member "acount": send)"), std::string::npos);
  EXPECT_NE(error_of("poll", R"({"account":7})").find(R"("account" is no text: send)"), std::string::npos);
  EXPECT_NE(error_of("poll", R"({"account":"nobody"})").find("no such account"), std::string::npos);
  EXPECT_NE(error_of("poll", R"({"account":""})").find("no such account"), std::string::npos);
  EXPECT_NE(error_of("log_level", R"({"value":"loud"})").find("error|warning"), std::string::npos);
  EXPECT_NE(error_of("log_level", "{}").find("error|warning"), std::string::npos);
  EXPECT_NE(error_of("reload", R"({"now":true})").find("unknown member"), std::string::npos);
  EXPECT_NE(error_of("forget", R"({"account":"home"})").find("no such device: send"), std::string::npos);
  EXPECT_NE(error_of("forget", R"({"device":"p1"})").find("no such account: send"), std::string::npos);
  EXPECT_EQ(error_of("dance", "{}"), "no such request: there are poll, reload, log_level, forget");
}

TEST_F(Requests, WithAWrongMemberKeepTheirId) {
  EXPECT_EQ(at(boost::json::parse(ask("poll", R"({"id":4,"x":1})")), "/id"), Json(4));
  EXPECT_EQ(at(boost::json::parse(ask("dance", R"({"id":4})")), "/id"), Json(4));
}

TEST_F(Requests, ThatAreRetainedAreNotHeard) {
  Arrival arrival;
  arrival.topic = "cloud2mqtt/bridge/request/poll";
  arrival.retained = true;
  world.link->deliver(arrival);
  world.clock.settle();
  EXPECT_TRUE(world.link->on("cloud2mqtt/bridge/response/poll").empty());
}

TEST_F(Requests, ForgetADeviceUntilItIsListedAgain) {
  world.vendor = [](const std::string&, const std::string&) { return Answer{503, "", {}}; };
  EXPECT_EQ(ask("forget", R"({"account":"home","device":"p1"})"), R"({"id":null,"status":"ok","error":null})");
  EXPECT_TRUE(world.retained(kDiscovery).empty());
  for (const char* last : {"state", "status", "availability"}) {
    EXPECT_EQ(world.link->retained.count(std::string("cloud2mqtt/home/p1/") + last), 0U) << last;
  }
  world.advance(10min);
  EXPECT_TRUE(world.retained(kDiscovery).empty());
  world.vendor = [](const std::string& request, const std::string&) -> Answer {
    return {200, request == "GET /pumps" ? R"({"pumps":[{"id":"p1"}]})" : "{}", {}};
  };
  world.advance(16min);
  EXPECT_FALSE(world.retained(kDiscovery).empty());
  EXPECT_EQ(world.retained("cloud2mqtt/home/p1/availability"), "online");
}

TEST_F(Requests, ForgetADeviceThatOnlyAnEarlierProcessKnew) {
  world.stop();
  const std::string old = "homeassistant/device/cloud2mqtt_acme_old/config";
  world.store.save_announced("home", {{old, "old", "speed:number"}});
  world.link->retained[old] = "{}";
  world.vendor = [](const std::string&, const std::string&) { return Answer{503, "", {}}; };
  world.start();
  ask("forget", R"({"account":"home","device":"old"})");
  EXPECT_TRUE(world.retained(old).empty());
  EXPECT_NE(error_of("forget", R"({"account":"home","device":"old"})").find("no such device"), std::string::npos);
}

}  // namespace
}  // namespace bridge::test
