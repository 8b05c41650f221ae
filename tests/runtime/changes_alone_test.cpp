#include <gtest/gtest.h>

#include "support/world.hpp"

namespace bridge::test {
namespace {

template <const std::string_view& member>
Task<Json> set(Vendor& vendor, const Device& pump, Json value) {
  Json body = {{member, std::move(value)}};
  co_return co_await vendor.put("/pumps/" + pump.id, std::move(body));
}
constexpr std::string_view kHeat = "heat";
constexpr std::string_view kWater = "water";
constexpr std::string_view kFan = "fan";

bool shows_heat(const Device& pump, const Json& value) {
  return number_at(pump.facts, "/list/heat") == number_at(value, "");
}

constexpr Range kRange{0, 100, 1};
constexpr Entity kRows[] = {
    number("heat", "Heat", "/list/heat", "%", kRange, set<kHeat>)
        .then_read("list").confirmed_by(shows_heat).alone(),
    number("water", "Water", "/list/water", "%", kRange, set<kWater>).then_read("list").alone(),
    number("fan", "Fan", "/list/fan", "%", kRange, set<kFan>).then_read("list"),
};
constexpr DeviceKind kKinds[] = {{.name = "pump", .entities = kRows}};

class ChangesAlone : public testing::Test {
 protected:
  ChangesAlone() {
    mapper.kinds = kKinds;
    world.configuration.accounts[0].mapper = &mapper;
    world.vendor = [this](const std::string& request, const std::string& body) -> Answer {
      if (request == "GET /pumps") {
        if (is_away) return {0, "", {}};
        return {200, R"({"pumps":[{"id":"p1","heat":)" + std::to_string(heat) + R"(,"water":)" +
                         std::to_string(water) + R"(,"fan":)" + std::to_string(fan) + "}]}",
                {}};
      }
      is_away = false;
      const Json sent = boost::json::parse(body.substr(body.find('{')));
      if (const auto value = number_at(sent, "/heat")) heat = static_cast<int>(*value);
      if (const auto value = number_at(sent, "/water"); value && !is_slow) {
        water = static_cast<int>(*value);
      }
      if (const auto value = number_at(sent, "/fan")) fan = static_cast<int>(*value);
      if (meddles) water = 1;
      return {200, "{}", {}};
    };
  }
  std::string outcome() const { return text(world.last_outcome(), "/outcome"); }

  World world;
  Mapper mapper = acme();
  int heat = 50, water = 50, fan = 50;
  bool meddles = false;
  bool is_away = false;  // cannot be read until something was sent
  bool is_slow = false;  // what is sent for the water shows later
};

TEST_F(ChangesAlone, IsConfirmedWhenNothingElseChanged) {
  world.start();
  world.command("heat", "60");
  EXPECT_EQ(outcome(), "confirmed");
}

TEST_F(ChangesAlone, IsUnconfirmedWithTheNameOfAControlThatTheVendorChangedToo) {
  meddles = true;
  world.start();
  world.command("heat", "60");
  EXPECT_EQ(outcome(), "unconfirmed");
  EXPECT_EQ(text(world.last_outcome(), "/message"), "the vendor changed water as well");
}

TEST_F(ChangesAlone, DoesNotTakeWhatTheOwnerChangedElsewhereForTheVendorsChange) {
  world.start();
  world.advance(30s);
  water = 30;
  world.command("heat", "60");
  EXPECT_EQ(outcome(), "confirmed");
  EXPECT_EQ(world.asked("GET /pumps"), 3U) << "the poll's, before, and afterwards";
}

TEST_F(ChangesAlone, IsStillNoticedOfAControlThatWasReadAgainBefore) {
  meddles = true;
  world.start();
  world.advance(30s);
  world.command("heat", "60");
  EXPECT_EQ(text(world.last_outcome(), "/message"), "the vendor changed water as well");
}

TEST_F(ChangesAlone, IsNotWatchedWhereTheOthersCouldNotBeReadBefore) {
  world.start();
  world.advance(30s);
  water = 30;
  is_away = true;
  world.command("heat", "60");
  EXPECT_EQ(outcome(), "confirmed");
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 1U);
}

TEST_F(ChangesAlone, IsReadForMarkedRowsAndOldFactsOnly) {
  world.start();
  world.command("heat", "60");
  EXPECT_EQ(world.asked("GET /pumps"), 2U) << "just listed";
  world.advance(30s);
  world.command("fan", "60");
  EXPECT_EQ(world.asked("GET /pumps"), 3U);
}

TEST_F(ChangesAlone, IsNotSentByAStopThatComesWhileTheOthersAreRead) {
  world.start();
  world.advance(30s);
  world.delay = 1h;
  world.command("heat", "60");
  world.stop();
  EXPECT_EQ(world.asked("PUT /pumps/p1"), 0U);
  EXPECT_TRUE(world.outcomes().empty());
  world.delay = 0ms;
  world.start();
  EXPECT_EQ(outcome(), "confirmed");
}

TEST_F(ChangesAlone, IsAskedOfMarkedRowsOnly) {
  meddles = true;
  world.start();
  world.command("fan", "60");
  EXPECT_EQ(outcome(), "done");
}

TEST_F(ChangesAlone, DoesNotTakeOurOwnCommandForTheVendorsChange) {
  world.start();
  world.delay = 2s;
  world.command("heat", "60");
  world.command("water", "70");
  world.command("fan", "80");
  world.advance(1min);
  ASSERT_EQ(world.outcomes().size(), 3U);
  for (const Json& each : world.outcomes()) {
    EXPECT_NE(text(each, "/outcome"), "unconfirmed") << each;
  }
}

TEST_F(ChangesAlone, DoesNotTakeALateEffectOfOursForTheVendorsChange) {
  is_slow = true;
  world.start();
  world.delay = 2s;
  world.command("water", "70");
  world.advance(3s);  // sent, and being read again
  world.command("heat", "60");
  water = 70;
  world.advance(1min);
  ASSERT_EQ(world.outcomes().size(), 2U);
  EXPECT_EQ(outcome(), "confirmed");
}

}  // namespace
}  // namespace bridge::test
