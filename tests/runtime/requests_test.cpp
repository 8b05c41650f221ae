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

TEST_F(Requests, ThatAreRetainedAreRefused) {
  Arrival arrival;
  arrival.topic = "cloud2mqtt/bridge/request/poll";
  arrival.payload = R"({"id":"r1"})";
  arrival.retained = true;
  const auto asked = world.requests.size();
  world.link->deliver(arrival);
  world.clock.settle();
  ASSERT_EQ(world.link->on("cloud2mqtt/bridge/response/poll").size(), 1U);
  const Json answer = boost::json::parse(world.link->on("cloud2mqtt/bridge/response/poll").back());
  EXPECT_EQ(text(answer, "/id"), "r1");
  EXPECT_EQ(text(answer, "/status"), "error");
  EXPECT_NE(text(answer, "/error").find("publish it without retain"), std::string::npos);
  EXPECT_EQ(world.requests.size(), asked);
  EXPECT_NE(world.log.back().find("bridge/request/poll: a retained request is refused"), std::string::npos);
  arrival.payload.clear();
  world.link->deliver(arrival);
  world.clock.settle();
  EXPECT_EQ(world.link->on("cloud2mqtt/bridge/response/poll").size(), 1U) << "it was taken away";
}

TEST_F(Requests, AreAnsweredWhereTheyAskForItToo) {
  for (const char* action : {"poll", "reload", "dance"}) {
    Arrival arrival;
    arrival.topic = std::string("cloud2mqtt/bridge/request/") + action;
    arrival.payload = "{}";
    arrival.response_topic = std::string("answers/") + action;
    arrival.correlation_data = std::string("a\0b", 3);
    world.link->deliver(arrival);
    world.advance(20ms);
    ASSERT_EQ(world.link->on(arrival.response_topic).size(), 1U) << action;
    const auto& said = world.link->said;
    const auto answer = std::find_if(said.begin(), said.end(), [&](const Publication& each) {
      return each.topic == arrival.response_topic;
    });
    EXPECT_EQ(answer->correlation_data, arrival.correlation_data);
    const std::string usual = std::string("cloud2mqtt/bridge/response/") + action;
    EXPECT_EQ(world.link->on(arrival.response_topic), world.link->on(usual));
  }
  Arrival arrival;
  arrival.topic = "cloud2mqtt/bridge/request/poll";
  arrival.response_topic = "answers/#";
  world.link->deliver(arrival);
  world.clock.settle();
  EXPECT_TRUE(world.link->on("answers/#").empty());
}

TEST_F(Requests, ToReloadSayWhatNeedsARestart) {
  world.configuration.mqtt.username = "another";
  world.configuration.homeassistant.discovery = false;
  world.link->deliver("cloud2mqtt/bridge/request/reload", "{}");
  world.advance(20ms);
  EXPECT_EQ(world.link->on("cloud2mqtt/bridge/response/reload").back(),
            R"({"id":null,"status":"ok","error":null,"restart_needed":["mqtt","homeassistant"]})");
}

TEST_F(Requests, ToPollSayWhenTheVendorIsNotAsked) {
  const auto fine = world.vendor;
  world.vendor = [](const std::string&, const std::string&) { return Answer{429, "", {{"retry-after", "600"}}}; };
  world.advance(1min);
  world.vendor = fine;
  const auto asked = world.requests.size();
  EXPECT_EQ(error_of("poll", "{}"), "home: the vendor wants a pause until 2026-05-08T12:11:00.000Z");
  EXPECT_EQ(world.requests.size(), asked);
  world.advance(10min);
  EXPECT_EQ(ask("poll", "{}"), R"({"id":null,"status":"ok","error":null})");
}

TEST(RequestsToPoll, SayThatTheQuotaIsUsedUp) {
  World world({"full", "spent"});
  world.configuration.accounts[1].quotas = std::vector<Quota>{{2, 1h}};
  world.start();
  world.advance(10s);
  const auto asked = world.requests.size();
  world.link->deliver("cloud2mqtt/bridge/request/poll", "{}");
  world.clock.settle();
  const Json answer = boost::json::parse(world.link->on("cloud2mqtt/bridge/response/poll").back());
  EXPECT_EQ(text(answer, "/error"), "spent: the quota is used up until 2026-05-08T13:00:00.000Z");
  EXPECT_GT(world.requests.size(), asked) << "the other is asked";
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
