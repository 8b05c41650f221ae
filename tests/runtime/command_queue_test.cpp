#include <gtest/gtest.h>

#include "support/world.hpp"

namespace bridge::test {
namespace {

std::string word_of(const Json& outcome) { return text(outcome, "/outcome"); }

class Commands : public testing::Test {
 protected:
  // The vendor's pump takes the speed it is sent.
  void obedient() {
    world.vendor = [this](const std::string& request, const std::string& body) -> Answer {
      if (request == "GET /pumps") {
        return {200, R"({"pumps":[{"id":"p1","speed":)" + std::to_string(world.speed) + R"(},{"id":"p2"}]})", {}};
      }
      if (request == "PUT /pumps/p1") {
        const auto brace = body.find('{');
        world.speed = static_cast<int>(*number_at(boost::json::parse(body.substr(brace)), "/speed"));
      }
      return {200, "{}", {}};
    };
  }
  void answers(const std::string& request, Answer answer) {
    auto before = world.vendor;
    world.vendor = [=](const std::string& asked, const std::string& body) { return asked == request ? answer : before(asked, body); };
  }

  World world;
};

TEST_F(Commands, AreConfirmedByWhatTheVendorShowsAfterwards) {
  obedient();
  world.start();
  world.command("speed", R"({"value": 55, "id": "a-1"})");
  EXPECT_EQ(word_of(world.last_outcome()), "confirmed");
  EXPECT_EQ(text(world.last_outcome(), "/id"), "a-1");
  EXPECT_EQ(text(world.last_outcome(), "/key"), "speed");
  EXPECT_EQ(text(world.last_outcome(), "/device"), "p1");
  EXPECT_EQ(at(world.state(), "/speed"), Json(55));
}

TEST_F(Commands, AreUnconfirmedWhenTheVendorAcceptsButDoesNotShowThem) {
  world.start();
  world.command("speed", "55");
  EXPECT_TRUE(world.outcomes().empty());
  world.advance(1min);
  ASSERT_EQ(world.outcomes().size(), 1U);
  EXPECT_EQ(word_of(world.last_outcome()), "unconfirmed");
  EXPECT_EQ(at(world.state(), "/speed"), Json(40));
}

TEST_F(Commands, AreNotConfirmedByWhatWasReadBeforeThem) {
  world.start();
  world.advance(30s);
  answers("GET /pumps", {200, R"({"pumps":[{"id":"p2"}],"gap":"user 7 may not be read"})", {}});
  world.command("speed", "40");
  world.advance(11s);
  EXPECT_EQ(word_of(world.last_outcome()), "unconfirmed");
}

TEST_F(Commands, AreDoneWhereNothingConfirmsThem) {
  world.start();
  world.command("limit", "50");
  EXPECT_EQ(word_of(world.last_outcome()), "done");
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 1U);
}

TEST_F(Commands, FailWithTheVendorsReason) {
  answers("PUT /pumps/p1", {422, R"({"error":{"code":"too_fast","message":"not for owner@example.com"}})", {{"x-request-id", "r-7"}}});
  world.start();
  world.command("speed", "55");
  EXPECT_EQ(word_of(world.last_outcome()), "failed");
  EXPECT_EQ(text(world.last_outcome(), "/reason"), "refused");
  EXPECT_EQ(text(world.last_outcome(), "/message").find("owner@example.com"), std::string::npos);
}

TEST_F(Commands, FailAfterReadingAgainWhenTheCallGotLost) {
  answers("PUT /pumps/p1", {0, "", {}});
  world.start();
  world.command("speed", "55");
  world.advance(11s);
  EXPECT_EQ(word_of(world.last_outcome()), "failed");
  EXPECT_EQ(text(world.last_outcome(), "/reason"), "network");
  EXPECT_EQ(world.asked("GET /pumps"), 1U + 4U);
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 1U);
}

TEST_F(Commands, AreLookedUpWhenTheAnswerMakesNoSense) {
  world.start();
  answers("PUT /pumps/p1", {200, "<html>done, perhaps</html>", {}});
  world.speed = 55;
  world.command("speed", "55");
  EXPECT_EQ(word_of(world.last_outcome()), "confirmed");
}

TEST_F(Commands, AreConfirmedWhenTheLostCallArrivedAllTheSame) {
  world.start();
  answers("PUT /pumps/p1", {0, "", {}});
  world.speed = 55;
  world.command("speed", "55");
  EXPECT_EQ(word_of(world.last_outcome()), "confirmed");
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 1U);
}

TEST_F(Commands, AreRejectedWithASentenceWithoutAskingTheVendor) {
  world.start();
  const std::size_t before = world.requests.size();
  for (const char* payload : {"", "fast", "101", "-1", "7", "{\"value\":", "[5]", R"({"value":5,"speed":3})", "\xff\xfe"}) {
    world.command("speed", payload);
    EXPECT_EQ(word_of(world.last_outcome()), "rejected") << payload;
    EXPECT_EQ(text(world.last_outcome(), "/reason"), "invalid_argument") << payload;
    EXPECT_FALSE(text(world.last_outcome(), "/message").empty()) << payload;
  }
  EXPECT_EQ(world.outcomes().size(), 9U);
  EXPECT_EQ(world.requests.size(), before);
}

TEST_F(Commands, ForUnknownThingsAreRejectedWhereTheyWereAddressed) {
  world.start();
  world.command("speed", "5", "nobody");
  EXPECT_EQ(word_of(world.last_outcome("nobody")), "rejected");
  EXPECT_EQ(text(world.last_outcome("nobody"), "/device"), "nobody");
  world.command("sped", R"({"value":5,"id":"x"})");
  EXPECT_NE(text(world.last_outcome(), "/message").find("speed"), std::string::npos);
  EXPECT_EQ(text(world.last_outcome(), "/id"), "x");
  world.command("total", "5");
  EXPECT_EQ(word_of(world.last_outcome()), "rejected");
  world.link->deliver("cloud2mqtt/nowhere/p1/speed/set", "5");
  world.clock.settle();
  EXPECT_EQ(world.link->on("cloud2mqtt/nowhere/p1/outcome").size(), 1U);
}

TEST_F(Commands, ThatAreRetainedAreRefused) {
  world.start();
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/p1/speed/set";
  arrival.payload = R"({"value":55,"id":"r"})";
  arrival.retained = true;
  world.link->deliver(arrival);
  world.clock.settle();
  EXPECT_EQ(word_of(world.last_outcome()), "rejected");
  EXPECT_EQ(text(world.last_outcome(), "/id"), "r");
  EXPECT_NE(text(world.last_outcome(), "/message").find("retain"), std::string::npos);
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 0U);
}

TEST_F(Commands, WithAnIdThatCameBeforeRepeatTheirAnswer) {
  world.start();
  world.command("limit", R"({"value":50,"id":"same"})");
  world.command("limit", R"({"value":50,"id":"same"})");
  ASSERT_EQ(world.outcomes().size(), 2U);
  EXPECT_EQ(at(world.outcomes()[0], "/duplicate"), Json());
  EXPECT_EQ(at(world.outcomes()[1], "/duplicate"), Json(true));
  EXPECT_EQ(word_of(world.last_outcome()), "done");
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 1U);
}

TEST_F(Commands, WithAnIdThatIsStillOnItsWayAreAnsweredWithTheFirst) {
  world.start();
  world.delay = 2s;
  world.command("limit", R"({"value":50,"id":"same"})");
  world.command("limit", R"({"value":50,"id":"same"})");
  EXPECT_TRUE(world.outcomes().empty());
  world.advance(10s);
  EXPECT_EQ(world.outcomes().size(), 2U);
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 1U);
}

TEST_F(Commands, WithAUsedIdAndAnotherPayloadAreRejected) {
  world.start();
  world.command("limit", R"({"value":50,"id":"same"})");
  world.command("limit", R"({"value":60,"id":"same"})");
  EXPECT_EQ(word_of(world.last_outcome()), "rejected");
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 1U);
}

TEST_F(Commands, AreSupersededByANewerValueWhileTheyWait) {
  world.start();
  world.delay = 2s;
  world.command("limit", R"({"value":10,"id":"1"})");
  world.command("limit", R"({"value":20,"id":"2"})");
  world.command("limit", R"({"value":30,"id":"3"})");
  EXPECT_EQ(word_of(world.last_outcome()), "superseded");
  EXPECT_EQ(text(world.last_outcome(), "/id"), "2");
  world.advance(20s);
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 2U);
  EXPECT_EQ(world.outcomes().size(), 3U);
}

TEST_F(Commands, ThatAreNotIdempotentAreAllSent) {
  world.start();
  world.delay = 1s;
  for (int press = 0; press < 3; ++press) world.command("kick", "PRESS");
  world.advance(20s);
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 3U);
  EXPECT_EQ(world.outcomes().size(), 3U);
}

TEST_F(Commands, ThatComeBeforeTheDevicesAreKnownWaitForThem) {
  world.delay = 2s;
  world.start();
  world.command("limit", "10");
  world.command("limit", "20", "nobody");
  EXPECT_TRUE(world.outcomes().empty());
  world.advance(30s);
  EXPECT_EQ(word_of(world.last_outcome()), "done");
  EXPECT_EQ(word_of(world.last_outcome("nobody")), "rejected");
}

TEST_F(Commands, GoToTheResponseTopicTooWithTheirCorrelationData) {
  world.start();
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/p1/limit/set";
  arrival.payload = "15";
  arrival.response_topic = "flows/answer";
  arrival.correlation_data = std::string("\x00\x01", 2);
  world.link->deliver(arrival);
  world.clock.settle();
  ASSERT_EQ(world.link->on("flows/answer").size(), 1U);
  EXPECT_EQ(world.link->on("flows/answer"), world.link->on("cloud2mqtt/home/p1/outcome"));
  for (const Publication& each : world.link->said) {
    if (each.topic == "flows/answer") {
      EXPECT_EQ(each.correlation_data, arrival.correlation_data);
    }
  }
}

TEST_F(Commands, ToOneDeviceKeepTheirDistanceWhereConfigured) {
  world.configuration.accounts[0].command_spacing = 1s;
  obedient();
  world.start();
  world.command("kick", "PRESS");
  world.command("kick", "PRESS");
  world.command("kick", "PRESS", "p2");
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 1U);
  EXPECT_EQ(world.asked("POST /pumps/p2/kick"), 1U);
  world.advance(1s);
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 2U);
}

TEST_F(Commands, BeyondTheHourlyLimitAreRejectedWithTheNextTime) {
  world.configuration.accounts[0].commands_per_hour = 2;
  world.start();
  for (int press = 0; press < 3; ++press) world.command("kick", "PRESS");
  EXPECT_EQ(word_of(world.last_outcome()), "rejected");
  EXPECT_EQ(text(world.last_outcome(), "/retry_at"), format_time(ManualClock::kStart + 1h));
  world.advance(1h);
  world.command("kick", "PRESS");
  EXPECT_EQ(word_of(world.last_outcome()), "done");
}

TEST_F(Commands, FailWithTheTimeWhileTheVendorWantsAPause) {
  world.start();
  answers("PUT /pumps/p1", {429, "", {{"retry-after", "90"}}});
  world.command("limit", "10");
  EXPECT_EQ(text(world.last_outcome(), "/reason"), "rate_limited");
  EXPECT_EQ(text(world.last_outcome(), "/retry_at"), format_time(world.clock.now() + 90s));
  const auto before = world.requests.size();
  world.command("kick", "PRESS");
  EXPECT_EQ(word_of(world.last_outcome()), "failed");
  EXPECT_EQ(world.requests.size(), before);
}

TEST_F(Commands, AreReadAgainWhileAListWaitsForItsQuota) {
  Mapper frugal = acme();
  frugal.command_reserve = 3;
  world.configuration.accounts[0].mapper = &frugal;
  world.configuration.accounts[0].quotas = std::vector<Quota>{{6, 1h}};  // a list and two meters
  obedient();
  world.start();
  world.advance(10min);
  const auto asked = world.requests.size();
  world.advance(1min);
  ASSERT_EQ(world.requests.size(), asked) << "the list waits";
  world.command("speed", "55");
  EXPECT_EQ(word_of(world.last_outcome()), "confirmed");
  world.stop();
}

TEST_F(Commands, AreLoggedWithWhatBecameOfThem) {
  obedient();
  world.start();
  world.command("speed", "55");
  world.command("speed", R"({"value": 60, "id": "a1"})");
  world.command("speed", "loud");
  world.command("speed", std::string(99, 'x'));
  world.command("dance", "1");
  world.command("dance", "{");
  const auto is_said = [&](const std::string& line) {
    return std::any_of(world.log.begin(), world.log.end(), [&](const std::string& each) { return each.starts_with(line); });
  };
  EXPECT_TRUE(is_said("home: p1: speed 55 confirmed"));
  EXPECT_TRUE(is_said("home: p1: speed 60 confirmed (id a1)"));
  EXPECT_TRUE(is_said("home: p1: speed loud rejected: "));
  EXPECT_TRUE(is_said("home: p1: speed " + std::string(40, 'x') + "... rejected: "));
  EXPECT_TRUE(is_said("home: p1: dance 1 rejected: no such command"));
  EXPECT_TRUE(is_said("home: p1: dance rejected: "));
}

TEST_F(Commands, ForAnUnknownDeviceNameTheOneThatIsMeant) {
  obedient();
  world.start();
  world.command("speed", "55", "P1");
  EXPECT_EQ(text(world.last_outcome("P1"), "/message"), "no such device: P1, did you mean p1?");
  world.command("speed", "55", "something");
  EXPECT_EQ(text(world.last_outcome("something"), "/message"), "no such device: something");
}

TEST_F(Commands, WithoutAKeyAreToldTheTopic) {
  world.start();
  const auto said = world.link->said.size();
  world.link->deliver("cloud2mqtt/home/p1/set", "ON");
  world.link->deliver("cloud2mqtt/home/p1/set", "");
  world.clock.settle();
  const auto lines = std::count_if(world.log.begin(), world.log.end(), [](const std::string& line) {
    return line.starts_with("home: p1/set names no key, nothing is done: publish to cloud2mqtt/home/p1/KEY/set");
  });
  EXPECT_EQ(lines, 1);
  EXPECT_EQ(world.link->said.size(), said);
  EXPECT_TRUE(world.store.journal().empty());
  const auto& filters = world.link->filters;
  EXPECT_EQ(std::count(filters.begin(), filters.end(), "cloud2mqtt/+/+/set"), 1);
}

TEST_F(Commands, ThatFailAreLoggedOnce) {
  world.start();
  answers("PUT /pumps/p1", {422, "", {}});
  world.command("speed", "55");
  const auto lines = std::count_if(world.log.begin(), world.log.end(), [](const std::string& line) {
    return line.starts_with("home: p1: speed");
  });
  EXPECT_EQ(lines, 1);
}

}  // namespace
}  // namespace bridge::test
