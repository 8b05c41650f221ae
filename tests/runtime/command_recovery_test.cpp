#include <gtest/gtest.h>

#include "support/world.hpp"

namespace bridge::test {
namespace {

std::string word_of(const Json& outcome) { return text(outcome, "/outcome"); }

class Interrupted : public testing::Test {
 protected:
  void answers(const std::string& request, Answer answer) {
    auto before = world.vendor;
    world.vendor = [=](const std::string& asked, const std::string& body) { return asked == request ? answer : before(asked, body); };
  }

  void reconnect() {
    world.link->disconnect();
    world.link->connect();
  }

  World world;
};

TEST_F(Interrupted, InFlightAtAStopAreAnsweredByTheNextStart) {
  for (const int shown : {55, 40}) {
    SCOPED_TRACE(shown);
    const std::size_t before = world.outcomes().size();
    world.speed = 40;
    world.start();
    world.delay = 1h;
    world.command("speed", R"({"value":55,"id":"s)" + std::to_string(shown) + "\"}");
    const auto began = world.clock.uptime();
    world.stop();
    EXPECT_LE(world.clock.uptime() - began, 6s);
    EXPECT_EQ(world.link->said.back().topic, "cloud2mqtt/bridge/availability");
    EXPECT_EQ(world.outcomes().size(), before) << "there is one answer, and it is the last";

    world.delay = 0ms;
    world.speed = shown;
    const std::size_t sent = world.asked("PUT /pumps/p1");
    world.start();
    ASSERT_EQ(world.outcomes().size(), before + 1);
    EXPECT_EQ(word_of(world.last_outcome()), shown == 55 ? "confirmed" : "unknown");
    EXPECT_EQ(text(world.last_outcome(), "/id"), "s" + std::to_string(shown));
    EXPECT_EQ(world.asked("PUT /pumps/p1"), sent) << "it is not sent again";
    EXPECT_TRUE(world.store.journal().empty());
    world.stop();
  }
}

TEST_F(Interrupted, LostBeforeAStopThatBreaksTheirReadingOffAreAnsweredByTheNextStart) {
  world.start();
  answers("PUT /pumps/p1", {0, "", {}});
  world.delay = 3s;
  world.command("speed", "55");
  world.advance(3500ms);  // the call got lost, and the vendor is being asked
  world.delay = 1h;
  world.stop();
  EXPECT_TRUE(world.outcomes().empty());
  world.delay = 0ms;
  world.speed = 55;
  world.start();
  ASSERT_EQ(world.outcomes().size(), 1U);
  EXPECT_EQ(word_of(world.last_outcome()), "confirmed");
}

TEST_F(Interrupted, OfAnAccountThatIsGoneAreUnknownIfTheyWereSent) {
  Arrival arrival;
  arrival.topic = "cloud2mqtt/gone/p1/speed/set";
  arrival.payload = "40";
  world.store.mark_started(world.store.accept(arrival, world.clock.now()));
  world.store.accept(arrival, world.clock.now());
  world.start();
  const auto said = world.link->on("cloud2mqtt/gone/p1/outcome");
  ASSERT_EQ(said.size(), 2U);
  EXPECT_EQ(word_of(boost::json::parse(said[0])), "unknown");
  EXPECT_EQ(word_of(boost::json::parse(said[1])), "rejected");
}

TEST_F(Interrupted, OfAKilledProcessAreNotSentAgainButAsked) {
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/p1/speed/set";
  arrival.payload = R"({"value":40,"id":"k"})";
  const auto number = world.store.accept(arrival, world.clock.now());
  world.store.mark_started(number);
  world.start();
  EXPECT_EQ(word_of(world.last_outcome()), "confirmed");
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 0U);
  EXPECT_TRUE(world.store.journal().empty());
}

TEST_F(Interrupted, AcceptedButNotSentBeforeAKillAreSentInTheirTime) {
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/p1/limit/set";
  arrival.payload = "45";
  world.store.accept(arrival, world.clock.now() - 10s);
  arrival.payload = "50";
  arrival.topic = "cloud2mqtt/home/p1/kick/set";
  arrival.payload = "PRESS";
  world.store.accept(arrival, world.clock.now() - 2h);
  world.start();
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 1U);
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 0U);
  EXPECT_EQ(world.outcomes().size(), 2U);
}

TEST_F(Interrupted, OfAKilledProcessAreNotSentByAClockThatIsBehindThem) {
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/p1/kick/set";
  arrival.payload = "PRESS";
  world.store.accept(arrival, world.clock.now() - 1s);
  arrival.topic = "cloud2mqtt/home/p1/limit/set";
  arrival.payload = "45";
  world.store.accept(arrival, world.clock.now() + 10min);
  world.start();
  world.advance(20min);
  ASSERT_EQ(world.outcomes().size(), 2U);
  for (const Json& outcome : world.outcomes()) EXPECT_EQ(word_of(outcome), "expired");
  EXPECT_EQ(world.asked("PUT /pumps/p1") + world.asked("POST /pumps/p1/kick"), 0U);
  EXPECT_TRUE(world.store.journal().empty());
  world.command("kick", "PRESS");
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 1U) << "what comes now is as old as it is";
}

TEST_F(Interrupted, OfAKilledProcessAreNotSentByAClockThatBeginsAnew) {
  world.clock.set_now(Instant{} + 20s);
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/p1/kick/set";
  arrival.payload = "PRESS";
  world.store.accept(arrival, world.clock.now() - 10s);
  world.start();
  world.advance(5s);
  EXPECT_EQ(word_of(world.last_outcome()), "expired");
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 0U);
  world.command("kick", "PRESS");
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 1U);
}

TEST_F(Interrupted, OfAKilledProcessAreSentThoughTheClockWasSetBackALittle) {
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/p1/kick/set";
  arrival.payload = "PRESS";
  world.store.accept(arrival, world.clock.now() + 2s);
  world.start();
  EXPECT_EQ(word_of(world.last_outcome()), "done");
}

TEST_F(Interrupted, ThatTheBrokerSendsAgainAreOneCommand) {
  world.start();
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/p1/kick/set";
  arrival.payload = "PRESS";
  world.link->deliver(arrival);
  reconnect();
  arrival.duplicate = true;
  world.link->deliver(arrival);
  world.clock.settle();
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 1U);
  EXPECT_EQ(world.outcomes().size(), 1U);
  EXPECT_TRUE(world.store.journal().empty());
}

TEST_F(Interrupted, ThatTheBrokerSendsAgainTogetherAreEachOneCommand) {
  world.start();
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/p1/kick/set";
  arrival.payload = "PRESS";
  for (const bool again : {false, true}) {
    if (again) reconnect();
    arrival.duplicate = again;
    for (const char* sender : {"one", "another"}) {
      arrival.correlation_data = sender;
      world.link->deliver(arrival);
    }
  }
  world.clock.settle();
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 2U);
  EXPECT_EQ(world.outcomes().size(), 2U);
  EXPECT_TRUE(world.store.journal().empty());
}

TEST_F(Interrupted, SentAgainByTheBrokerAfterTheFirstOnesAnswerAreNotTheFirst) {
  world.start();
  world.command("kick", "PRESS");  // acknowledged: the broker has acknowledged its outcome, too
  world.advance(6s);
  world.link->disconnect();
  world.advance(1s);
  world.link->connect();
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/p1/kick/set";
  arrival.payload = "PRESS";
  arrival.duplicate = true;  // its first sending was lost with the connection
  world.link->deliver(arrival);
  world.clock.settle();
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 2U);
  EXPECT_EQ(world.outcomes().size(), 2U);
}

TEST_F(Interrupted, OfAKilledProcessThatTheBrokerSendsAgainAreOneCommand) {
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/p1/kick/set";
  arrival.payload = "PRESS";
  world.store.accept(arrival, world.clock.now());
  world.start();
  arrival.duplicate = true;
  world.link->deliver(arrival);
  world.clock.settle();
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 1U);
  EXPECT_EQ(world.outcomes().size(), 1U);
}

TEST_F(Interrupted, SentAgainByTheBrokerAfterAnotherOneAreNotTheFirst) {
  world.start();
  world.command("limit", "10");
  world.command("limit", "20");
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/p1/limit/set";
  arrival.payload = "10";
  arrival.duplicate = true;  // its first sending was lost with the connection
  world.link->deliver(arrival);
  world.clock.settle();
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 3U);
  EXPECT_EQ(world.outcomes().size(), 3U);
}

TEST_F(Interrupted, ThatCannotBeKeptAreNotBegun) {
  world.start();
  world.store.accepts = false;
  world.command("kick", R"({"value":"PRESS","id":"full"})");
  EXPECT_EQ(word_of(world.last_outcome()), "failed");
  EXPECT_EQ(text(world.last_outcome(), "/id"), "full");
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 0U);
}

TEST_F(Interrupted, OfAKilledProcessAreAskedForAlsoLongAfterwards) {
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/p1/speed/set";
  arrival.payload = "40";
  world.store.mark_started(world.store.accept(arrival, world.clock.now() - 1h));
  world.start();
  EXPECT_EQ(word_of(world.last_outcome()), "confirmed");
}

TEST_F(Interrupted, OfAKilledProcessAreUnknownWhenTheVendorStaysAway) {
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/p1/speed/set";
  arrival.payload = "40";
  world.store.mark_started(world.store.accept(arrival, world.clock.now() - 1h));
  world.vendor = [](const std::string&, const std::string&) { return Answer{0, "", {}}; };
  world.start();
  EXPECT_TRUE(world.outcomes().empty());
  world.advance(3min);
  EXPECT_EQ(word_of(world.last_outcome()), "unknown");
}

class WithAGap : public Interrupted {
 protected:
  WithAGap() {
    answers("GET /pumps", {200,
                           R"({"pumps":[{"id":"p1","speed":40}],"gap":"user 7 may not be read"})",
                           {}});
  }
};

TEST_F(WithAGap, InTheListAreSentToTheDevicesThatItHas) {
  world.delay = 2s;
  world.start();
  world.command("limit", "10");
  world.command("limit", "20", "nobody");
  world.advance(30s);
  EXPECT_EQ(word_of(world.last_outcome()), "done");
  EXPECT_TRUE(world.outcomes("nobody").empty()) << "it may be in the part that is missing";
  world.advance(1min);
  EXPECT_EQ(word_of(world.last_outcome("nobody")), "expired");
}

TEST_F(WithAGap, InTheListAreTakenUpAfterAKill) {
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/p1/speed/set";
  arrival.payload = "40";
  world.store.mark_started(world.store.accept(arrival, world.clock.now()));
  arrival.topic = "cloud2mqtt/home/p1/kick/set";
  arrival.payload = "PRESS";
  world.store.accept(arrival, world.clock.now());
  world.start();
  std::vector<std::string> words;
  for (const Json& outcome : world.outcomes()) words.push_back(word_of(outcome));
  EXPECT_EQ(words, (std::vector<std::string>{"confirmed", "done"}));
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 0U);
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 1U);
}

TEST_F(Interrupted, RefusedAtAStopAreFailedAndNotUnknown) {
  world.start();
  world.delay = 2s;
  answers("PUT /pumps/p1", {422, "", {}});
  world.command("limit", "10");
  world.stop();
  EXPECT_EQ(word_of(world.last_outcome()), "failed");
}

TEST_F(Interrupted, ThatWereRefusedMayComeAgainUnderTheirId) {
  world.start();
  Arrival arrival;
  arrival.topic = "cloud2mqtt/home/p1/limit/set";
  arrival.payload = R"({"value":10,"id":"x"})";
  arrival.retained = true;
  world.link->deliver(arrival);
  world.command("limit", arrival.payload);
  EXPECT_EQ(word_of(world.last_outcome()), "done");
}

TEST_F(Interrupted, ThatOnlyLookAlikeAreTwo) {
  world.start();
  world.command("kick", "PRESS");
  world.command("kick", "PRESS");
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 2U);
}

TEST_F(Interrupted, KeepTheirOutcomeUntilTheBrokerHasIt) {
  world.start();
  world.link->acknowledges = false;
  world.command("limit", "50");
  EXPECT_EQ(world.store.outbox().size(), 1U);
  world.link->acknowledges = true;
  world.link->disconnect();
  world.link->connect();
  world.clock.settle();
  EXPECT_TRUE(world.store.outbox().empty());
  EXPECT_EQ(world.outcomes().size(), 2U);
}

}  // namespace
}  // namespace bridge::test
