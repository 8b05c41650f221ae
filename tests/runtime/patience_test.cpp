#include <gtest/gtest.h>

#include <set>

#include "support/world.hpp"

namespace bridge::test {
namespace {

Task<Json> set_speed(Vendor& vendor, const Device& pump, Json speed) {
  Json body = {{"speed", std::move(speed)}};
  co_return co_await vendor.put("/pumps/" + pump.id, std::move(body));
}

bool shows_speed(const Device& pump, const Json& speed) {
  return number_at(pump.facts, "/list/speed") == number_at(speed, "");
}

constexpr Range kRange{0, 100, 5};
constexpr Entity kRows[] = {
    number("speed", "Speed", "/list/speed", "%", kRange, set_speed)
        .then_read("list").confirmed_by(shows_speed, 2min),
};
constexpr DeviceKind kKinds[] = {{.name = "pump", .entities = kRows}};

/// A vendor that takes a command at once, and whose pump does it later.
class Patience : public testing::Test {
 protected:
  Patience() {
    mapper.kinds = kKinds;
    mapper.list_every = 1h;
    world.configuration.accounts[0].mapper = &mapper;
    world.vendor = [this](const std::string& request, const std::string&) -> Answer {
      if (request != "GET /pumps") {
        sent_at = world.clock.uptime();
        return {200, "{}", {}};
      }
      const bool has_moved = sent_at && world.clock.uptime() - *sent_at >= takes;
      const std::string speed = has_moved ? "55" : "40";
      return {200, R"({"pumps":[{"id":"p1","speed":)" + speed + "}]}", {}};
    };
  }
  std::string outcome() const { return text(world.last_outcome(), "/outcome"); }

  Mapper mapper = acme();
  World world;
  std::chrono::milliseconds takes = 24h;
  std::optional<std::chrono::milliseconds> sent_at;
};

TEST_F(Patience, ConfirmsWhatIsShownAfterAWhile) {
  takes = 45s;
  world.start();
  world.command("speed", "55");
  world.advance(44s);
  EXPECT_TRUE(world.outcomes().empty());
  world.advance(11s);
  EXPECT_EQ(outcome(), "confirmed");
  EXPECT_EQ(at(world.state(), "/speed"), Json(55));
  const auto before = world.requests.size();
  world.advance(10min);
  EXPECT_EQ(world.requests.size(), before) << "nothing is left to be looked at";
}

TEST_F(Patience, EndsWhereNothingIsShownAndLooksOnceMoreLater) {
  takes = 3min;
  world.start();
  world.command("speed", "55");
  world.advance(119s);
  EXPECT_TRUE(world.outcomes().empty());
  world.advance(1s);
  EXPECT_EQ(outcome(), "unconfirmed");
  EXPECT_EQ(at(world.state(), "/speed"), Json(40));
  const auto before = world.asked("GET /pumps");
  world.advance(5min);
  EXPECT_EQ(world.asked("GET /pumps"), before + 1);
  EXPECT_EQ(at(world.state(), "/speed"), Json(55));
  EXPECT_EQ(world.outcomes().size(), 1U);
}

TEST_F(Patience, ReadsSecondsApart) {
  world.start();
  const auto before = world.asked("GET /pumps");
  world.command("speed", "55");
  world.advance(2min);
  EXPECT_LE(world.asked("GET /pumps") - before, 4U + 22U) << "never less than 5 s";
  EXPECT_GE(world.asked("GET /pumps") - before, 4U + 11U) << "never more than 10 s";
}

TEST_F(Patience, LeavesTheReserveToTheNextCommand) {
  mapper.command_reserve = 6;
  world.configuration.accounts[0].quotas = {{.requests = 12, .per = 1h}};
  world.start();
  world.command("speed", "55");
  world.advance(5min);
  EXPECT_EQ(outcome(), "unconfirmed");
  EXPECT_LE(world.requests.size(), 6U);
  world.command("speed", "60");
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 2U);
}

TEST_F(Patience, EndsWithANewerCommandForTheSameKey) {
  world.start();
  world.command("speed", "60");
  world.advance(30s);
  EXPECT_TRUE(world.outcomes().empty());
  takes = 0s;
  world.command("speed", "55");
  std::multiset<std::string> words;
  for (const Json& each : world.outcomes()) words.insert(text(each, "/outcome"));
  EXPECT_EQ(words, (std::multiset<std::string>{"confirmed", "unconfirmed"}));
}

/// The same where the process that sent the command was killed.
class PatienceAfterAKill : public Patience {
 protected:
  PatienceAfterAKill() {
    Arrival arrival;
    arrival.topic = "cloud2mqtt/home/p1/speed/set";
    arrival.payload = "55";
    world.store.mark_started(world.store.accept(arrival, world.clock.now()));
    sent_at = world.clock.uptime();
    world.start();
  }
};

TEST_F(PatienceAfterAKill, ConfirmsWhatIsShownAfterAWhile) {
  takes = 45s;
  world.advance(44s);
  EXPECT_TRUE(world.outcomes().empty());
  world.advance(11s);
  EXPECT_EQ(outcome(), "confirmed");
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 0U);
  const auto before = world.requests.size();
  world.advance(10min);
  EXPECT_EQ(world.requests.size(), before) << "nothing is left to be looked at";
}

TEST_F(PatienceAfterAKill, EndsWhereNothingIsShown) {
  world.advance(119s);
  EXPECT_TRUE(world.outcomes().empty());
  world.advance(1s);
  EXPECT_EQ(outcome(), "unknown");
  EXPECT_EQ(world.outcomes().size(), 1U);
}

TEST_F(Patience, HoldsUpNoStop) {
  world.start();
  world.command("speed", "60");
  world.advance(30s);
  const auto begun = world.clock.uptime();
  world.stop();
  EXPECT_LE(world.clock.uptime() - begun, 6s);
  EXPECT_EQ(outcome(), "unconfirmed");
  EXPECT_TRUE(world.store.journal().empty());
}

}  // namespace
}  // namespace bridge::test
