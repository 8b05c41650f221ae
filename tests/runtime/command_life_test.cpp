#include <gtest/gtest.h>

#include <map>

#include "support/world.hpp"

namespace bridge::test {
namespace {

using Words = std::map<std::string, std::string>;

class LifeOfACommand : public testing::Test {
 protected:
  /// The outcomes by key.
  Words words() const {
    Words all;
    for (const Json& each : world.outcomes()) all[text(each, "/key")] = text(each, "/outcome");
    return all;
  }

  World world;
};

TEST_F(LifeOfACommand, EndsBeforeItIsSent) {
  world.start();
  world.delay = 20s;
  world.command("limit", "10");
  world.command("kick", R"({"value":"PRESS","ttl":5,"id":"late"})");
  world.advance(1min);
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 0U);
  bool expired = false;
  for (const Json& outcome : world.outcomes()) expired = expired || (text(outcome, "/outcome") == "expired" && text(outcome, "/id") == "late");
  EXPECT_TRUE(expired);
}

TEST_F(LifeOfACommand, EndsWhileTheConnectionIsBusy) {
  world.start();
  world.delay = 20s;
  world.command("limit", "10");
  world.advance(21s);  // it is being read again, until 40 s
  world.command("kick", R"({"value":"PRESS","ttl":5,"id":"late"})");
  world.advance(1min);
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 0U);
  EXPECT_EQ(words(), (Words{{"kick", "expired"}, {"limit", "done"}}));
}

TEST_F(LifeOfACommand, IsNoLongerWhereTheClockIsSetBack) {
  world.start();
  world.delay = 20s;
  world.command("limit", "10");
  world.command("kick", R"({"value":"PRESS","ttl":5})");
  world.clock.set_now(world.clock.now() - 1h);
  world.advance(1min);
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 0U);
  EXPECT_EQ(words(), (Words{{"kick", "expired"}, {"limit", "done"}}));
}

TEST_F(LifeOfACommand, IsNoLongerOnABusyConnectionWhereTheClockIsSetBack) {
  world.start();
  world.delay = 20s;
  world.command("limit", "10");
  world.advance(21s);  // it is being read again, until 40 s
  world.command("kick", R"({"value":"PRESS","ttl":5})");
  world.clock.set_now(world.clock.now() - 1h);
  world.advance(1min);
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 0U);
  EXPECT_EQ(words(), (Words{{"kick", "expired"}, {"limit", "done"}}));
}

TEST_F(LifeOfACommand, EndsWhileTheMachineSleeps) {
  world.start();
  world.delay = 20s;
  world.command("limit", "10");
  world.command("kick", "PRESS");
  world.clock.set_now(world.clock.now() + 1h);  // the uptime stands still in a sleep
  world.advance(1min);
  EXPECT_EQ(world.asked("POST /pumps/p1/kick"), 0U);
}

/// How long the answer to an id is remembered.
class MemoryOfAnId : public LifeOfACommand {
 protected:
  MemoryOfAnId() {
    world.start();
    send();
  }
  void send() { world.command("limit", R"({"value":50,"id":"same"})"); }
  std::size_t sent() const { return world.asked("PUT /pumps/p1"); }
};

TEST_F(MemoryOfAnId, LastsAnHour) {
  world.advance(59min);
  send();
  EXPECT_EQ(sent(), 1U);
  world.advance(1min);
  send();
  EXPECT_EQ(sent(), 2U);
}

TEST_F(MemoryOfAnId, OutlivesAClockThatJumpsAhead) {
  world.clock.set_now(world.clock.now() + 5h);
  send();
  EXPECT_EQ(sent(), 1U);
  EXPECT_EQ(at(world.last_outcome(), "/duplicate"), Json(true));
}

TEST_F(MemoryOfAnId, LastsNoLongerWhereTheClockIsSetBack) {
  world.clock.set_now(world.clock.now() - 5h);
  world.advance(1h);
  send();
  EXPECT_EQ(sent(), 2U);
}

TEST_F(MemoryOfAnId, OutlivesARestartForTheRestOfItsHour) {
  world.stop();
  world.start();
  send();
  EXPECT_EQ(sent(), 1U);
  world.stop();
  world.advance(1h);
  world.start();
  send();
  EXPECT_EQ(sent(), 2U);
}

}  // namespace
}  // namespace bridge::test
