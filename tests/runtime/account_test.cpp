#include <gtest/gtest.h>

#include "bridge/timestamp.hpp"
#include "support/world.hpp"

namespace bridge::test {
namespace {

std::string reason_of(const World& world, const std::string& topic) {
  const std::string document = world.retained(topic);
  return document.empty() ? "nothing" : text(boost::json::parse(document), "/reason");
}

class Polling : public testing::Test {
 protected:
  void list(const std::string& pumps, const std::string& more = "") {
    answer = [=](const std::string& request) -> Answer {
      if (request == "GET /pumps") return {200, R"({"pumps":[)" + pumps + "]" + more + "}", {}};
      return {200, "{}", {}};
    };
  }
  void start() {
    world.vendor = [this](const std::string& request, const std::string&) { return answer(request); };
    world.start();
  }

  World world;
  std::function<Answer(const std::string&)> answer = [](const std::string&) { return Answer{200, R"({"pumps":[]})", {}}; };
};

const std::string kStatus = "cloud2mqtt/home/status";
const std::string kAvailability = "cloud2mqtt/home/availability";
const std::string kPump = "cloud2mqtt/home/p1/";
const std::string kDiscovery = "homeassistant/device/cloud2mqtt_acme_p1/config";

TEST_F(Polling, AnnouncesADeviceBeforeItsState) {
  list(R"({"id":"p1","name":"Pump","speed":40})");
  start();
  std::vector<std::string> topics;
  for (const Publication& each : world.link->said) topics.push_back(each.topic);
  const auto place = [&](const std::string& topic) { return std::find(topics.begin(), topics.end(), topic) - topics.begin(); };
  EXPECT_LT(place(kDiscovery), place(kPump + "availability"));
  EXPECT_LT(place(kPump + "availability"), place(kPump + "state"));
  EXPECT_LT(place(kPump + "state"), static_cast<std::ptrdiff_t>(topics.size()));
  EXPECT_EQ(world.retained(kAvailability), "online");
  EXPECT_EQ(world.retained("cloud2mqtt/bridge/availability"), "online");
}

TEST_F(Polling, SaysNothingWhenNothingChanged) {
  list(R"({"id":"p1","speed":40})");
  start();
  const auto before = world.link->said.size();
  world.advance(59s);
  EXPECT_EQ(world.link->said.size(), before);
  const auto asked = world.asked("GET /pumps");
  world.advance(5min);
  EXPECT_EQ(world.asked("GET /pumps"), asked + 5);
  for (std::size_t index = before; index < world.link->said.size(); ++index) {
    EXPECT_EQ(world.link->said[index].topic.find("/p1/"), std::string::npos) << world.link->said[index].topic;
  }
}

TEST_F(Polling, SaysOnlyTheDeviceThatChanged) {
  list(R"({"id":"p1","speed":40},{"id":"p2","speed":40})");
  start();
  list(R"({"id":"p1","speed":41},{"id":"p2","speed":40})");
  world.advance(61s);
  EXPECT_EQ(world.link->on(kPump + "state").size(), 1U + 1U);  // list with the meter's first answer, change
  EXPECT_EQ(at(world.state("p1"), "/speed"), Json(41));
  EXPECT_EQ(world.link->on("cloud2mqtt/home/p2/state").size(), 1U);
}

TEST_F(Polling, RenamesADeviceWithItsNewName) {
  list(R"({"id":"p1","name":"Old"})");
  start();
  list(R"({"id":"p1","name":"New"})");
  world.advance(61s);
  EXPECT_EQ(text(boost::json::parse(world.retained(kDiscovery)), "/device/name"), "New");
}

TEST_F(Polling, TakesADeviceOutAfterThreeCompleteListsWithoutIt) {
  list(R"({"id":"p1"},{"id":"p2"})");
  start();
  list(R"({"id":"p2"})");
  world.advance(2min);
  EXPECT_FALSE(world.retained(kDiscovery).empty());
  world.advance(1min);
  EXPECT_TRUE(world.retained(kDiscovery).empty());
  EXPECT_TRUE(world.retained(kPump + "state").empty());
  EXPECT_TRUE(world.retained(kPump + "availability").empty());
}

TEST_F(Polling, TakesADeviceOutAlsoWhenTheBrokerWasAwayMeanwhile) {
  list(R"({"id":"p1"},{"id":"p2"})");
  start();
  list(R"({"id":"p2"})");
  world.link->disconnect();
  world.advance(5min);
  world.link->connect();
  world.clock.settle();
  EXPECT_TRUE(world.retained(kDiscovery).empty());
  EXPECT_TRUE(world.retained(kPump + "state").empty());
}

TEST_F(Polling, ShowsNothingOfAnEarlierProcessAsTrue) {
  world.link->retained[kAvailability] = "online";
  answer = [](const std::string&) { return Answer{429, "", {{"retry-after", "3600"}}}; };
  start();
  EXPECT_EQ(world.retained(kAvailability), "offline");
}

TEST_F(Polling, DoesNotAskABadDeviceAgainWithEveryGoodOne) {
  list(R"({"id":"bad"},{"id":"p1"},{"id":"p2"},{"id":"p3"})");
  start();
  answer = [fine = answer](const std::string& request) { return request == "GET /pumps/bad/meter" ? Answer{500, "", {}} : fine(request); };
  world.advance(6h);
  EXPECT_LT(world.asked("GET /pumps/bad/meter"), 45U);
  EXPECT_EQ(world.retained(kAvailability), "online");
}

TEST_F(Polling, AsksNothingMoreOfAVendorThatRefusedTheKey) {
  list(R"({"id":"p1"},{"id":"p2"},{"id":"p3"})");
  start();
  answer = [](const std::string&) { return Answer{401, "", {}}; };
  const auto before = world.requests.size();
  world.advance(50min);
  EXPECT_EQ(world.requests.size(), before + 1);
}

TEST_F(Polling, TakesBackWhatAnEarlierProcessAnnouncedAndIsGone) {
  world.store.save_announced("home", {{"homeassistant/device/cloud2mqtt_acme_old/config", "old", "speed:number"}});
  world.link->retained["homeassistant/device/cloud2mqtt_acme_old/config"] = "{}";
  list(R"({"id":"p1"})");
  start();
  EXPECT_EQ(world.link->retained.count("homeassistant/device/cloud2mqtt_acme_old/config"), 1U);
  world.advance(3min);
  EXPECT_EQ(world.link->retained.count("homeassistant/device/cloud2mqtt_acme_old/config"), 0U);
}

TEST_F(Polling, ShowsStubsOnceForComponentsThatAreNoMore) {
  world.store.save_announced("home", {{kDiscovery, "p1", "old_key:sensor speed:number"}});
  list(R"({"id":"p1"})");
  start();
  const auto documents = world.link->on(kDiscovery);
  ASSERT_EQ(documents.size(), 2U);
  EXPECT_EQ(at(boost::json::parse(documents[0]), "/components/old_key"), (Json{{"platform", "sensor"}}));
  EXPECT_EQ(at(boost::json::parse(documents[1]), "/components/old_key"), Json());
}

TEST_F(Polling, CallsTheVendorDownAfterThreeFailedAttemptsAndComesBack) {
  list(R"({"id":"p1"})");
  start();
  const auto fine = answer;
  answer = [](const std::string&) { return Answer{0, "", {}}; };
  world.advance(61s);
  EXPECT_EQ(world.retained(kAvailability), "online");
  world.advance(1min);
  EXPECT_EQ(world.retained(kAvailability), "offline");
  EXPECT_EQ(reason_of(world, kStatus), "vendor_down");
  answer = fine;
  world.advance(15min);
  EXPECT_EQ(world.retained(kAvailability), "online");
  EXPECT_EQ(reason_of(world, kStatus), "ok");
}

TEST_F(Polling, CallsTheVendorDownWhenOneReadFailsThoughAnotherWorks) {
  list(R"({"id":"p1"})");
  world.configuration.accounts[0].every["meter"] = 5s;
  start();
  answer = [fine = answer](const std::string& request) { return request == "GET /pumps" ? Answer{503, "", {}} : fine(request); };
  world.advance(3min);
  EXPECT_EQ(reason_of(world, kStatus), "vendor_down");
  EXPECT_EQ(world.retained(kAvailability), "offline");
}

TEST_F(Polling, AsksEverythingAgainAsSoonAsTheVendorIsBack) {
  list(R"({"id":"p1"})");
  world.configuration.accounts[0].every["meter"] = 1min;
  start();
  const auto fine = answer;
  answer = [](const std::string&) { return Answer{0, "", {}}; };
  world.advance(4h);
  EXPECT_EQ(world.retained(kAvailability), "offline");
  answer = fine;
  world.link->deliver("cloud2mqtt/bridge/request/poll", "");
  world.advance(1s);
  EXPECT_EQ(world.retained(kAvailability), "online");
}

TEST_F(Polling, WaitsExactlyAsLongAsTheVendorSays) {
  list(R"({"id":"p1"})");
  start();
  const auto fine = answer;
  answer = [](const std::string&) { return Answer{429, "", {{"retry-after", "120"}}}; };
  world.advance(1min);
  EXPECT_EQ(reason_of(world, kStatus), "rate_limited");
  EXPECT_EQ(world.retained(kAvailability), "online");
  answer = fine;
  const auto before = world.requests.size();
  world.advance(119s);
  EXPECT_EQ(world.requests.size(), before);
  world.advance(3s);
  EXPECT_GT(world.requests.size(), before);
  EXPECT_EQ(reason_of(world, kStatus), "ok");
}

TEST_F(Polling, AsksARefusedKeyAgainEveryHourAndAtOnceWhenToldTo) {
  answer = [](const std::string&) { return Answer{401, R"({"error":{"code":"invalid_api_key"}})", {}}; };
  start();
  EXPECT_EQ(world.retained(kAvailability), "offline");
  EXPECT_EQ(reason_of(world, kStatus), "unauthorized");
  const std::string message = text(boost::json::parse(world.retained(kStatus)), "/message");
  EXPECT_TRUE(message.ends_with("; put a new key where accounts.home.token points, and reload (restart, where it is a credential)")) << message;
  world.advance(59min);
  EXPECT_EQ(world.asked("GET /pumps"), 1U);
  world.advance(2min);
  EXPECT_EQ(world.asked("GET /pumps"), 2U);
  list(R"({"id":"p1"})");
  world.link->deliver("cloud2mqtt/bridge/request/poll", R"({"id":7})");
  world.clock.settle();
  EXPECT_EQ(reason_of(world, kStatus), "ok");
  EXPECT_EQ(world.link->on("cloud2mqtt/bridge/response/poll").front(), R"({"id":7,"status":"ok","error":null})");
}

TEST_F(Polling, ShowsTheVendorsOwnWordForARefusal) {
  answer = [](const std::string&) { return Answer{403, R"({"error":{"code":"no_delegated_users","message":"nobody"}})", {}}; };
  start();
  EXPECT_EQ(reason_of(world, kStatus), "no_delegated_users");
}

TEST_F(Polling, SurvivesEveryBrokenAnswerAndRecovers) {
  list(R"({"id":"p1","speed":40})");
  start();
  const auto fine = answer;
  for (const char* body : {"", "<html>", "{\"pumps\":", "7", "[]", "{}", "null", R"({"pumps":{}})", R"({"pumps":[7,null,{}]})",
                           R"({"pumps":[{"id":{},"name":[]}]})"}) {
    answer = [=](const std::string& request) { return Answer{200, request == "GET /pumps" ? body : "{}", {}}; };
    world.advance(1min);
    EXPECT_FALSE(world.retained(kDiscovery).empty()) << body;
    answer = fine;
    world.advance(1min);
    EXPECT_EQ(reason_of(world, kStatus), "ok") << body;
  }
}

TEST_F(Polling, SaysWhatCameInsteadOfJson) {
  answer = [](const std::string&) {
    return Answer{200, "<html>\n <head>for key-1 of jane@example.com</head>" + std::string(100, 'x'),
                  {{"content-type", "text/html; charset=utf-8"}}};
  };
  start();
  EXPECT_EQ(reason_of(world, kStatus), "malformed");
  EXPECT_EQ(text(boost::json::parse(world.retained(kStatus)), "/message"),
            "GET /pumps: the answer is not JSON (status 200) but text/html, \"<html> <head>for *** of ***</head>" +
                std::string(26, 'x') + "...\": perhaps a maintenance page");
}

TEST_F(Polling, CallsADeviceStaleWhenItsWordIsOld) {
  list(R"({"id":"p1","heard":"2026-05-08T11:30:00Z"})");
  start();
  EXPECT_EQ(world.retained(kPump + "availability"), "online");
  world.advance(31min);
  EXPECT_EQ(world.retained(kPump + "availability"), "offline");
  EXPECT_EQ(reason_of(world, kPump + "status"), "data_stale");
  EXPECT_EQ(at(world.state(), "/online"), Json(false));
}

TEST_F(Polling, CallsADeviceOfflineWhoseReadsFailThreeTimes) {
  list(R"({"id":"p1"})");
  start();
  answer = [fine = answer](const std::string& request) {
    return request == "GET /pumps/p1/meter" ? Answer{422, "", {}} : fine(request);
  };
  world.advance(40min);
  EXPECT_EQ(reason_of(world, kPump + "status"), "read_failed");
  EXPECT_EQ(world.retained(kAvailability), "online");
}

TEST_F(Polling, KeepsDurableFactsAcrossARestart) {
  answer = [](const std::string& request) {
    return Answer{200, request == "GET /pumps" ? R"({"pumps":[{"id":"p1"}]})" : R"({"more":5})", {}};
  };
  start();
  EXPECT_EQ(at(world.state(), "/total"), Json(5));
  world.stop();
  world.start();
  EXPECT_EQ(at(world.state(), "/total"), Json(10));
}

TEST_F(Polling, KeepsAnEventUntilTheBrokerHasIt) {
  answer = [](const std::string& request) {
    return Answer{200, request == "GET /pumps" ? R"({"pumps":[{"id":"p1"}]})" : R"({"more":1,"alarm":true})", {}};
  };
  world.link->acknowledges = false;
  start();
  EXPECT_EQ(world.store.outbox().size(), 1U);
  EXPECT_EQ(world.link->on(kPump + "event/alarm").size(), 1U);
}

TEST_F(Polling, CountsNothingWhileTheClockIsWrong) {
  list(R"({"id":"p1"})");
  world.clock.set_now(Instant{});
  start();
  EXPECT_EQ(world.asked("GET /pumps/p1/meter"), 0U);
  EXPECT_EQ(reason_of(world, kStatus), "clock_wrong");
}

TEST_F(Polling, SaysWhenTheNextPollComesAndKeepsToIt) {
  list(R"({"id":"p1"})");
  world.configuration.accounts[0].every["meter"] = 24h;
  start();
  const auto promised = [&] { return *parse_time(text(boost::json::parse(world.retained(kStatus)), "/next_poll")) - world.clock.now(); };
  EXPECT_EQ(promised(), 0min) << "said by the first list, after which the meter is read";
  answer = [](const std::string&) { return Answer{0, "", {}}; };
  while (reason_of(world, kStatus) != "vendor_down") world.advance(1s);
  const auto asked = world.requests.size();
  ASSERT_GT(promised(), 1ms);
  world.advance(promised() - 1ms);
  EXPECT_EQ(world.requests.size(), asked);
  world.advance(1ms);
  EXPECT_EQ(world.requests.size(), asked + 1) << "after the back-off, which was not known when it failed";
}

TEST_F(Polling, LogsHowManyDevicesThereAreOnce) {
  list(R"({"id":"p1"},{"id":"p2"})");
  start();
  world.advance(5min);
  EXPECT_EQ(std::count(world.log.begin(), world.log.end(), "home: has 2 devices"), 1);
}

Task<void> list_of_an_owner(Vendor& acme, Fleet& fleet) {
  const auto pumps = co_await acme.get("/pumps?owner=jane");
  if (!pumps) co_return pumps.error();
  fleet.add({.kind = "pump", .id = "p1", .name = "Pump", .facts = *pumps});
  co_return success();
}

TEST_F(Polling, LogsEachRequestWithoutItsQuery) {
  Mapper mapper = acme();
  mapper.list = list_of_an_owner;
  world.configuration.accounts[0].mapper = &mapper;
  start();
  world.advance(5min);
  EXPECT_GE(world.asked("GET /pumps?owner=jane"), 5U);
  EXPECT_GE(std::count(world.log.begin(), world.log.end(), "home: GET /pumps: 200 after 0 ms"), 5);
  for (const std::string& line : world.log) EXPECT_EQ(line.find("jane"), std::string::npos) << line;
  world.stop();
}

}  // namespace
}  // namespace bridge::test
