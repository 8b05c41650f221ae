#include <gtest/gtest.h>

#include "support/world.hpp"

namespace bridge::test {
namespace {

std::string word_of(const Json& outcome) { return text(outcome, "/outcome"); }

/// Commands that a killed process had sent, of a vendor that lists its devices once and is then
/// away.
class OfAKilledProcess : public testing::Test {
 protected:
  OfAKilledProcess() {
    const auto fine = world.vendor;
    world.vendor = [this, fine](const std::string& request, const std::string& body) {
      if (request == "GET /pumps" && ++lists > 1 && is_away) return Answer{0, "", {}};
      return fine(request, body);
    };
    Arrival arrival;
    arrival.topic = "cloud2mqtt/home/p1/speed/set";
    arrival.payload = "40";
    world.store.mark_started(world.store.accept(arrival, world.clock.now()));
    world.start();
  }

  int lists = 0;
  bool is_away = true;
  World world;
};

TEST_F(OfAKilledProcess, AreAskedForAgainUntilTheVendorIsBack) {
  world.advance(30s);
  EXPECT_TRUE(world.outcomes().empty());
  is_away = false;
  world.advance(10s);
  ASSERT_EQ(world.outcomes().size(), 1U);
  EXPECT_EQ(word_of(world.last_outcome()), "confirmed");
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 0U);
  EXPECT_TRUE(world.store.journal().empty());
}

TEST_F(OfAKilledProcess, AreUnknownAsSoonAsTheVendorIsBackAndDoesNotShowThem) {
  world.advance(30s);
  world.speed = 35;
  is_away = false;
  world.advance(10s);
  EXPECT_EQ(word_of(world.last_outcome()), "unknown");
}

TEST_F(OfAKilledProcess, AreUnknownWhereItStaysAwayForTwoMinutes) {
  world.advance(119s);
  EXPECT_TRUE(world.outcomes().empty());
  world.advance(1s);
  ASSERT_EQ(world.outcomes().size(), 1U);
  EXPECT_EQ(word_of(world.last_outcome()), "unknown");
  EXPECT_TRUE(world.store.journal().empty());
}

TEST_F(OfAKilledProcess, HoldUpNoOtherCommand) {
  world.command("kick", "PRESS");
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 1U);
  EXPECT_EQ(text(world.last_outcome(), "/key"), "kick");
}

TEST_F(OfAKilledProcess, AreUnknownAsSoonAsANewerOneOfTheirKeyIsSent) {
  world.command("speed", "50");
  ASSERT_EQ(world.outcomes().size(), 1U);
  EXPECT_EQ(word_of(world.last_outcome()), "unknown");
}

TEST_F(OfAKilledProcess, AreLeftToTheNextStartByAStop) {
  world.advance(30s);
  const auto begun = world.clock.uptime();
  world.stop();
  EXPECT_LE(world.clock.uptime() - begun, 6s);
  EXPECT_TRUE(world.outcomes().empty());
  EXPECT_EQ(world.store.journal().size(), 1U);
  is_away = false;
  world.start();
  EXPECT_EQ(word_of(world.last_outcome()), "confirmed");
}

}  // namespace
}  // namespace bridge::test
