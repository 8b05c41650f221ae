#include <gtest/gtest.h>

#include "support/world.hpp"

namespace bridge::test {
namespace {

const std::string kAccount = "cloud2mqtt/home/";
const std::string kPump = kAccount + "p1/";
const std::string kDiscovery = "homeassistant/device/cloud2mqtt_acme_p1/config";

/// What is made of a list in which a device is missing.
class MissingDevice : public testing::Test {
 protected:
  MissingDevice() {
    world.vendor = [this](const std::string& request, const std::string&) -> Answer {
      if (request != "GET /pumps") return {200, "{}", {}};
      ++lists;
      return answer;
    };
  }
  void list(const std::string& pumps, const std::string& more = "") {
    answer = {200, R"({"pumps":[)" + pumps + "]" + more + "}", {}};
  }
  /// Until the vendor was asked for so many lists from now on.
  void after(int count) {
    const int wanted = lists + count;
    for (int second = 0; second < 3600 && lists < wanted; ++second) world.advance(1s);
    ASSERT_EQ(lists, wanted);
  }
  std::string reason() const {
    const std::string document = world.retained(kPump + "status");
    return document.empty() ? "nothing" : text(boost::json::parse(document), "/reason");
  }
  auto times_logged(const std::string& words) const {
    return std::count_if(world.log.begin(), world.log.end(), [&](const std::string& line) {
      return line.find(words) != std::string::npos;
    });
  }
  std::string status() const { return world.retained(kAccount + "status"); }

  Answer answer;
  int lists = 0;
  World world;
};

TEST_F(MissingDevice, IsNotTakenOutForListsThatFail) {
  list(R"({"id":"p1"},{"id":"p2"})");
  world.start();
  answer = {500, "", {}};
  world.advance(1h);
  list(R"({"id":"p2"})");
  after(2);
  EXPECT_FALSE(world.retained(kDiscovery).empty()) << "two complete lists are not three";
  after(1);
  EXPECT_TRUE(world.retained(kDiscovery).empty());
}

TEST_F(MissingDevice, IsNotTakenOutWhileTheVendorCountsMoreThanItLists) {
  list(R"({"id":"p1"},{"id":"p2"})");
  world.start();
  list(R"({"id":"p2"})", R"(,"total":2)");
  world.advance(2min);
  EXPECT_EQ(world.retained(kPump + "availability"), "online");
  world.advance(2h);
  EXPECT_FALSE(world.retained(kDiscovery).empty());
  EXPECT_EQ(world.retained(kPump + "availability"), "offline") << "but it grows old";
  EXPECT_EQ(reason(), "read_failed");
  EXPECT_EQ(world.retained(kAccount + "p2/availability"), "online");
  EXPECT_EQ(world.retained(kAccount + "availability"), "online");
  EXPECT_NE(status().find("the vendor counts 2 devices but lists 1"), std::string::npos);
  EXPECT_EQ(times_logged("the vendor counts 2 devices but lists 1"), 1);
  list(R"({"id":"p2"})", R"(,"total":1)");
  after(3);
  EXPECT_TRUE(world.retained(kDiscovery).empty()) << "the vendor counts it no more";
}

TEST_F(MissingDevice, IsNotWaitedForByACommandWhereTheVendorCountsMoreThanItLists) {
  list(R"({"id":"p1"})", R"(,"total":2)");
  world.delay = 2s;
  world.start();
  world.command("limit", "10", "nobody");
  EXPECT_TRUE(world.outcomes("nobody").empty());
  world.advance(3s);
  ASSERT_EQ(world.outcomes("nobody").size(), 1U);
  EXPECT_EQ(text(world.last_outcome("nobody"), "/outcome"), "rejected");
}

TEST_F(MissingDevice, IsNotTakenOutWhileAPartOfTheListIsMissing) {
  list(R"({"id":"p1"},{"id":"p2"})");
  world.start();
  list(R"({"id":"p2"})", R"(,"gap":"user 7 may not be read")");
  world.advance(2min);
  EXPECT_EQ(world.retained(kPump + "availability"), "online");
  world.advance(5min);
  EXPECT_FALSE(world.retained(kDiscovery).empty());
  EXPECT_EQ(world.retained(kPump + "availability"), "offline");
  EXPECT_EQ(reason(), "read_failed");
  EXPECT_EQ(world.retained(kAccount + "p2/availability"), "online");
  EXPECT_EQ(world.retained(kAccount + "availability"), "online");
  EXPECT_NE(status().find("user 7 may not be read"), std::string::npos);
  EXPECT_EQ(times_logged("user 7 may not be read"), 1);
}

TEST_F(MissingDevice, IsBackWhenItsPartOfTheListIsReadAgain) {
  list(R"({"id":"p1"},{"id":"p2"})");
  world.start();
  list(R"({"id":"p2"})", R"(,"gap":"user 7 may not be read")");
  world.advance(5min);
  EXPECT_EQ(world.retained(kPump + "availability"), "offline");
  list(R"({"id":"p1"},{"id":"p2"})");
  world.advance(75s);
  EXPECT_EQ(world.retained(kPump + "availability"), "online");
}

TEST_F(MissingDevice, IsNotTakenOutByAListThatBroughtNothingButAGap) {
  list(R"({"id":"p1"})");
  world.start();
  list("", R"(,"gap":"user 7 may not be read")");
  world.advance(5min);
  EXPECT_EQ(world.retained(kAccount + "availability"), "online");
  EXPECT_NE(status().find("user 7 may not be read"), std::string::npos);
  EXPECT_FALSE(world.retained(kDiscovery).empty());
}

}  // namespace
}  // namespace bridge::test
