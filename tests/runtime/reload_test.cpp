#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "support/world.hpp"

namespace bridge::test {
namespace {

std::string topic(const std::string& account, const std::string& rest) {
  return "cloud2mqtt/" + account + '/' + rest;
}

class Reload : public testing::Test {
 protected:
  /// Each account has a pump of its own, "home-p".
  Reload() {
    world.vendor = [this](const std::string& request, const std::string&) -> Answer {
      const std::string account = world.requests.back().substr(0, world.requests.back().find(' '));
      if (request != "GET /pumps") return {200, "{}", {}};
      return {200, R"({"pumps":[{"id":")" + account + R"(-p","speed":)" + std::to_string(world.speed) + "}]}", {}};
    };
  }
  std::size_t asked_for(const std::string& account) const {
    return static_cast<std::size_t>(std::count_if(world.requests.begin(), world.requests.end(), [&](const std::string& each) {
      return each.starts_with(account + ' ');
    }));
  }
  std::size_t said_about(const std::string& account) const {
    return static_cast<std::size_t>(std::count_if(world.link->said.begin(), world.link->said.end(), [&](const Publication& each) {
      return each.topic.find('/' + account + '/') != std::string::npos || each.topic.find(account + "-p") != std::string::npos;
    }));
  }
  void add(const std::string& name) {
    world.configuration.accounts.push_back(world.configuration.accounts.front());
    world.configuration.accounts.back().name = name;
  }

  World world{{"home", "shed"}};
};

TEST_F(Reload, IsNotNoticedByAnAccountThatIsAsItWas) {
  world.start();
  world.advance(10s);
  const auto asked = asked_for("home");
  const auto said = said_about("home");
  world.configuration.accounts[1].every["list"] = 2min;
  world.reload();
  EXPECT_EQ(asked_for("home"), asked);
  EXPECT_EQ(said_about("home"), said);
  world.advance(51s);
  EXPECT_EQ(asked_for("home"), asked + 1) << "its list comes when it was due";
}

TEST_F(Reload, OfTheSameFileDoesNothingAtAll) {
  world.start();
  world.advance(10s);
  const auto asked = world.requests.size();
  const auto said = world.link->said.size();
  world.reload();
  EXPECT_EQ(world.requests.size(), asked);
  EXPECT_EQ(world.link->said.size(), said);
}

TEST_F(Reload, StartsAChangedAccountAnewWithItsNewSettings) {
  world.start();
  const auto asked = asked_for("shed");
  world.configuration.accounts[1].every["list"] = 10s;
  world.reload();
  EXPECT_GT(asked_for("shed"), asked);
  const auto then = asked_for("shed");
  world.advance(31s);
  EXPECT_EQ(asked_for("shed"), then + 3);
  EXPECT_EQ(world.retained(topic("shed", "availability")), "online");
  EXPECT_EQ(world.link->on("homeassistant/device/cloud2mqtt_acme_shed-p/config").size(), 2U);
  EXPECT_FALSE(world.retained("homeassistant/device/cloud2mqtt_acme_shed-p/config").empty());
}

TEST_F(Reload, StartsAnAccountThatIsNew) {
  world.start();
  add("barn");
  world.reload();
  EXPECT_FALSE(world.retained(topic("barn", "barn-p/state")).empty());
  EXPECT_NE(world.retained("cloud2mqtt/bridge/info").find("barn"), std::string::npos);
}

TEST_F(Reload, TakesBackAnAccountThatIsRemoved) {
  world.start();
  world.configuration.accounts.pop_back();
  world.reload();
  world.advance(3min);
  for (const auto& [topic, payload] : world.link->retained) {
    EXPECT_EQ(topic.find("shed"), std::string::npos) << topic;
  }
  EXPECT_EQ(world.store.announcers(), (std::vector<std::string>{"bridge", "home"}));
  const auto asked = asked_for("shed");
  world.advance(1h);
  EXPECT_EQ(asked_for("shed"), asked);
}

TEST_F(Reload, OfARenamedAccountNeverClearsItsAnnouncement) {
  world.vendor = [](const std::string& request, const std::string&) -> Answer {
    return {200, request == "GET /pumps" ? R"({"pumps":[{"id":"p1"}]})" : "{}", {}};
  };
  world.configuration.accounts.pop_back();
  world.start();
  world.configuration.accounts[0].name = "house";
  world.reload();
  world.advance(5min);
  const auto said = world.link->on("homeassistant/device/cloud2mqtt_acme_p1/config");
  ASSERT_EQ(said.size(), 2U);
  EXPECT_NE(said.back().find("house/p1"), std::string::npos);
  EXPECT_EQ(world.link->retained.count(topic("home", "p1/state")), 0U);
}

TEST_F(Reload, OfAWrongFileLeavesEverythingAsItWas) {
  world.start();
  world.configuration.accounts.pop_back();
  world.mistake = "line 3: no such key";
  world.link->deliver("cloud2mqtt/bridge/request/reload", R"({"id":"a"})");
  world.clock.settle();
  EXPECT_EQ(world.link->on("cloud2mqtt/bridge/response/reload"),
            std::vector<std::string>{R"({"id":"a","status":"error","error":"line 3: no such key"})"});
  EXPECT_FALSE(world.retained(topic("shed", "shed-p/state")).empty());
}

TEST_F(Reload, IsAskedForByARequestToo) {
  world.start();
  add("barn");
  world.link->deliver("cloud2mqtt/bridge/request/reload", "");
  world.clock.settle();
  EXPECT_EQ(world.link->on("cloud2mqtt/bridge/response/reload"),
            std::vector<std::string>{R"({"id":null,"status":"ok","error":null})"});
  EXPECT_FALSE(world.retained(topic("barn", "barn-p/state")).empty());
}

TEST_F(Reload, TellsTheServiceManagerThatItBeginsAndEnds) {
  world.start();
  world.told.clear();
  world.reload();
  EXPECT_EQ(world.told, (std::vector<std::string>{"RELOADING=1", "READY=1"}));
}

TEST_F(Reload, NamesWhatOnlyARestartCanChange) {
  world.start();
  world.configuration.mqtt.base_topic = "other";
  world.configuration.state_directory = "/elsewhere";
  world.reload();
  std::string log;
  for (const std::string& line : world.log) log += line + '\n';
  EXPECT_NE(log.find("[mqtt] changed: restart"), std::string::npos);
  EXPECT_NE(log.find("state_directory changed: restart"), std::string::npos);
  EXPECT_EQ(log.find("[homeassistant] changed"), std::string::npos);
}

TEST_F(Reload, LetsARunningCommandOfAChangedAccountEndFirst) {
  world.start();
  world.delay = 2s;
  world.command("limit", "50", "home-p");
  world.configuration.accounts[0].every["list"] = 2min;
  world.reload();
  world.advance(10s);
  EXPECT_EQ(text(world.last_outcome("home-p"), "/outcome"), "done");
  EXPECT_EQ(world.asked("PUT /pumps/home-p"), 1U);
}

TEST_F(Reload, HandsWaitingCommandsOfAChangedAccountToItsSuccessor) {
  world.start();
  world.delay = 3s;
  world.command("limit", "50", "home-p");
  world.command("kick", "PRESS", "home-p");
  world.configuration.accounts[0].every["list"] = 2min;
  world.reload();
  world.command("speed", "55", "home-p");
  world.advance(40s);
  std::vector<std::string> keys;
  for (const Json& outcome : world.outcomes("home-p")) keys.push_back(text(outcome, "/key"));
  std::sort(keys.begin(), keys.end());
  EXPECT_EQ(keys, (std::vector<std::string>{"kick", "limit", "speed"})) << "each is answered once";
  EXPECT_EQ(world.asked("POST /pumps/home-p/kick"), 1U);
  EXPECT_TRUE(world.store.journal().empty());
}

TEST_F(Reload, TakesACommandOnceThatIsKeptMeanwhileAndToldAfterwards) {
  world.start();
  Arrival arrival;
  arrival.topic = topic("home", "home-p/kick/set");
  arrival.payload = "PRESS";
  world.link->keep(arrival);
  world.configuration.accounts[0].every["list"] = 2min;
  world.reload();
  EXPECT_EQ(world.asked("POST /pumps/home-p/kick"), 0U) << "it is still on its way";
  world.link->arrive(arrival);
  world.advance(10s);
  EXPECT_EQ(world.asked("POST /pumps/home-p/kick"), 1U);
  EXPECT_EQ(world.outcomes("home-p").size(), 1U);
  EXPECT_TRUE(world.store.journal().empty());
}

TEST_F(Reload, RejectsWaitingCommandsOfARemovedAccount) {
  world.start();
  world.delay = 3s;
  world.command("limit", "50", "home-p");
  world.command("kick", "PRESS", "home-p");
  world.configuration.accounts.erase(world.configuration.accounts.begin());
  world.reload();
  world.advance(20s);
  ASSERT_EQ(world.outcomes("home-p").size(), 2U);
  EXPECT_EQ(text(world.last_outcome("home-p"), "/outcome"), "rejected");
  EXPECT_EQ(world.asked("POST /pumps/home-p/kick"), 0U);
}

TEST_F(Reload, AsksARefusedAccountAgainAtOnce) {
  const auto fine = world.vendor;
  world.vendor = [](const std::string&, const std::string&) { return Answer{401, "", {}}; };
  world.start();
  world.vendor = fine;
  world.reload();
  EXPECT_EQ(world.retained(topic("home", "availability")), "online");
}

TEST_F(Reload, KeepsTheQuotaOfAChangedAccount) {
  world.configuration.accounts[0].quotas = std::vector<Quota>{{3, 1h}};
  world.start();
  world.advance(30min);
  const auto asked = asked_for("home");
  for (int time = 1; time <= 5; ++time) {
    world.configuration.accounts[0].every["list"] = std::chrono::minutes(time + 1);
    world.reload();
    world.advance(1min);
  }
  EXPECT_EQ(asked_for("home"), asked);
}

TEST_F(Reload, MayBeFollowedByAnotherOneAtOnce) {
  world.start();
  world.delay = 3s;
  world.command("limit", "50", "home-p");
  world.configuration.accounts[0].every["list"] = 2min;
  world.reload();
  world.configuration.accounts[0].every["list"] = 3min;
  world.reload();
  world.advance(20s);
  EXPECT_EQ(text(world.last_outcome("home-p"), "/outcome"), "done");
  world.reload();
  EXPECT_EQ(world.log.back(), "configuration: read again: 0 accounts start anew, 2 go on");
}

TEST_F(Reload, DoesNotHoldUpAStop) {
  world.start();
  world.delay = 25s;
  world.command("limit", "50", "home-p");
  world.configuration.accounts[0].every["list"] = 2min;
  world.reload();
  boost::asio::co_spawn(world.loop, world.bridge->stop(), boost::asio::detached);
  world.advance(5s);
  EXPECT_TRUE(world.bridge->has_ended());
  EXPECT_EQ(world.link->said.back().payload, "offline");
}

}  // namespace
}  // namespace bridge::test
